//! Snapshots as bytes, and files made small.

use idpstore::engine::{MemoryEngine, RedbEngine, Snapshot};
use idpstore::model::{IdentityProvider, Saml};
use idpstore::{ErrorKind, IdpStore, Paging};

#[test]
fn a_snapshot_is_a_store_file_and_a_file_is_a_snapshot() {
    let store = IdpStore::builder().engine(MemoryEngine::default()).open().unwrap();
    store.tenants().create("Acme").unwrap();
    let bytes = store.snapshot().unwrap().to_bytes().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.idps");
    std::fs::write(&path, &bytes).unwrap();
    let copy = IdpStore::open(&path).unwrap();
    assert_eq!(copy.snapshot().unwrap(), store.snapshot().unwrap());
    assert_eq!(copy.service().last_change().unwrap(), 1);
    let other = IdpStore::in_memory().unwrap();
    other.restore(&Snapshot::from_bytes(&bytes).unwrap()).unwrap();
    assert_eq!(other.tenants().list(&Paging::all()).unwrap().items.len(), 2);

    let cut = Snapshot::from_bytes(&bytes[..bytes.len() / 2]).unwrap_err();
    assert_eq!(cut.kind(), &ErrorKind::Corrupt);
    assert_eq!(Snapshot::from_bytes(b"{}").unwrap_err().kind(), &ErrorKind::NotAStore);
}

#[test]
fn a_file_of_which_little_is_left_becomes_small() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.idps");
    let store = IdpStore::open(&path).unwrap();
    let tenant = store.tenants().create("Acme").unwrap();
    let acme = store.for_tenant(tenant.id);
    for _ in 0..40 {
        let mut large = IdentityProvider::named("Large", Saml::default());
        large.warnings = vec!["x".repeat(100_000)];
        acme.providers().create(large).unwrap();
    }
    store.tenants().delete(tenant.id).unwrap();
    let locked = RedbEngine::compact(&path).unwrap_err();
    assert_eq!(locked.kind(), &ErrorKind::Locked);
    let before = store.snapshot().unwrap();
    drop((store, acme));
    let large = path.metadata().unwrap().len();
    let missing = folder.path().join("missing.idps");
    assert_eq!(RedbEngine::compact(&missing).unwrap_err().kind(), &ErrorKind::Storage);
    assert!(!missing.exists());
    RedbEngine::compact(&path).unwrap();
    assert!(path.metadata().unwrap().len() < large / 2, "{large}");
    assert_eq!(IdpStore::open(&path).unwrap().snapshot().unwrap(), before);
}
