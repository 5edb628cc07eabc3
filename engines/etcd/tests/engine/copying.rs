//! A store goes from a file into etcd, and back.

use idpstore::engine::RedbEngine;
use idpstore::model::IdentityProvider;
use idpstore::{ErrorKind, IdpStore};

use crate::cluster::Cluster;
use crate::stores::{create, engine, names, open, quick};

/// More than fits into one transaction of etcd.
const PROVIDERS: usize = 300;

#[test]
fn a_store_is_copied_from_a_file_and_back() {
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().unwrap();
    let file = IdpStore::open(folder.path().join("one.redb")).unwrap();
    for tenant in ["One", "Two"] {
        let tenant = file.for_tenant(file.tenants().create(tenant).unwrap().id);
        (0..PROVIDERS).for_each(|number| drop(create(&tenant, &format!("Partner {number}")).unwrap()));
    }
    let there = engine(&cluster.endpoints(), quick());
    let mut seen = Vec::new();
    let entries = file.copy_to(there.clone(), |entries| seen.push(entries)).unwrap();
    assert_eq!(seen.last(), Some(&entries));
    let shared = open(there.clone());
    assert_eq!(shared.check().unwrap().problems, []);
    create(&shared, "made in etcd").unwrap();
    let refused = file.copy_to(there, |_| {}).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::WrongState, "there is a store");

    let path = folder.path().join("two.redb");
    shared.copy_to(RedbEngine::file(&path).unwrap(), |_| {}).unwrap();
    let again = IdpStore::open(&path).unwrap();
    assert_eq!(again.check().unwrap().problems, []);
    let tenants = |store: &IdpStore| store.service().tenants(&idpstore::Paging::default()).unwrap().items;
    assert_eq!(tenants(&again), tenants(&file));
    for tenant in tenants(&file) {
        let all = |store: &IdpStore| {
            let found = store.for_tenant(tenant.id).providers().list_from(0, 1000).unwrap().items;
            found.into_iter().filter(|provider| provider.name != "made in etcd").collect::<Vec<_>>()
        };
        assert!(all(&again) == all(&shared), "with the numbers of etcd");
        // In the file they were written by units with other numbers.
        let unnumbered = |store| all(store).into_iter().map(|it| IdentityProvider { sequence: 0, ..it });
        assert!(unnumbered(&again).eq(unnumbered(&file)));
    }
    assert_eq!(names(&again).unwrap(), ["made in etcd"]);
    create(&again, "made in the file").unwrap();
}
