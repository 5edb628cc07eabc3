//! What etcd accepts in one transaction is what the engine says, and what is larger is refused as such.

use idpstore::engine::Engine as _;
use idpstore::{ErrorKind, Secrets};

use crate::cluster::Cluster;
use crate::stores::{create, elsewhere, names, on, open};

#[test]
fn the_limits_are_those_of_etcd() {
    let cluster = Cluster::start_single();
    let engine = elsewhere(&cluster, "limits/");
    let capabilities = engine.capabilities();
    let commit = |count: usize, bytes: usize| {
        let mut tx = engine.write().unwrap();
        for number in 0..count {
            // What is compared needs room, too.
            let key = [&b"x"[..], &number.to_be_bytes()].concat();
            tx.get(&key).unwrap();
            tx.put(&key, &vec![0; bytes]).unwrap();
        }
        tx.commit(Some(b"entry")).map(drop).map_err(|error| error.kind().clone())
    };
    assert_eq!(commit(capabilities.commit_entries - 1, 0), Ok(()));
    assert_eq!(commit(capabilities.commit_entries - 1, 8000), Ok(()));
    assert_eq!(commit(1, capabilities.value_bytes - 100), Ok(()));
    assert_eq!(commit(capabilities.commit_entries + 1, 0), Err(ErrorKind::TooLarge));
    assert_eq!(commit(1, capabilities.value_bytes + 1), Err(ErrorKind::TooLarge));
    assert_eq!(commit(capabilities.commit_entries - 1, 20_000), Err(ErrorKind::TooLarge));
    assert_eq!(commit(2, 10), Ok(()), "all goes on");
}

#[test]
fn a_whole_store_is_imported() {
    let cluster = Cluster::start();
    let store = on(&cluster);
    for number in 0..150 {
        create(&store, &format!("{number}")).unwrap();
    }
    let mut document = Vec::new();
    store.export(Secrets::InTheClear, &mut document, |_| {}).unwrap();
    let other = open(elsewhere(&cluster, "other/"));
    other.import_document(std::str::from_utf8(&document).unwrap(), false, |_| {}).unwrap();
    assert_eq!(names(&other).unwrap(), names(&store).unwrap());
    assert_eq!(other.check().unwrap().problems, []);
}
