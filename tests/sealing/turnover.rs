//! Whole stores: sealed, unsealed, restored, exported, and sealed with another data key.

use std::collections::BTreeSet;

use idpstore::Secrets;
use idpstore::engine::open_document;
use idpstore::env::SeededEntropy;
use idpstore::testing::OptimisticEngine;

use super::*;

fn random() -> SeededEntropy {
    SeededEntropy::new([7; 32])
}

fn export(store: &IdpStore) -> String {
    let mut document = Vec::new();
    store.export(Secrets::InTheClear, &mut document, |_| {}).unwrap();
    String::from_utf8(document).unwrap()
}

fn holds(snapshot: &Snapshot, text: &str) -> bool {
    memchr::memmem::find(&snapshot.to_bytes().unwrap(), text.as_bytes()).is_some()
}

#[test]
fn a_whole_store_is_sealed_and_unsealed() {
    let plain = builder(MemoryEngine::default()).open().unwrap();
    let id = create(&plain, SECRET);
    let before = plain.snapshot().unwrap();
    let sealed = before.sealed(&wrap(), &random()).unwrap();
    assert!(holds(&before, SECRET) && !holds(&sealed, SECRET));
    assert!(sealed.is_sealed() && !before.is_sealed());
    let store = builder(holding(&sealed)).seal(wrap()).open().unwrap();
    assert_eq!(secret(&store, id).unwrap(), SECRET);
    assert!(store.check().unwrap().is_sound());
    assert_eq!(sealed.unsealed(&wrap()).unwrap(), before, "versions and all");

    assert_eq!(kind(sealed.sealed(&wrap(), &random())), ErrorKind::WrongState);
    assert_eq!(kind(before.unsealed(&wrap())), ErrorKind::WrongState);
    assert_eq!(kind(sealed.unsealed(&KeyWrap::key([8; 32]))), ErrorKind::WrongKey);
}

#[test]
fn the_data_key_changes_while_the_store_is_used() {
    for store in
        [sealed(), builder(OptimisticEngine::new(std::time::Duration::ZERO)).seal(wrap()).open().unwrap()]
    {
        let ids: Vec<_> = (0..250).map(|number| create(&store, &format!("{SECRET}-{number}"))).collect();
        let before = store.snapshot().unwrap();
        let other = std::thread::spawn({
            let store = store.clone();
            let ids = ids.clone();
            move || {
                for (number, id) in ids.iter().enumerate() {
                    change(&store, *id, &format!("{SECRET}-{number}")).unwrap();
                    rename(&store, *id, &format!("New {id}")).unwrap();
                }
            }
        });
        assert!(store.rotate_data_key().unwrap() >= 250);
        other.join().unwrap();
        let opened = builder(holding(&store.snapshot().unwrap())).seal(wrap()).open().unwrap();
        for (number, id) in ids.iter().enumerate() {
            assert_eq!(secret(&opened, *id).unwrap(), format!("{SECRET}-{number}"));
        }
        let [old, new] = [&before, &store.snapshot().unwrap()].map(data_keys);
        assert_eq!((old.len(), new.len()), (1, 1));
        assert!(old.is_disjoint(&new));
    }
}

#[test]
fn a_store_that_goes_back_while_its_data_key_changes_loses_nothing() {
    let store = sealed();
    let ids: Vec<_> = (0..250).map(|number| create(&store, &format!("{SECRET}-{number}"))).collect();
    let before = store.snapshot().unwrap();
    for _ in 0..10 {
        let restoring = std::thread::spawn({
            let (store, before) = (store.clone(), before.clone());
            move || (0..5).for_each(|_| store.restore(&before).unwrap())
        });
        store.rotate_data_key().unwrap();
        restoring.join().unwrap();
        store.lock();
        store.unlock(&wrap()).unwrap();
        for (number, id) in ids.iter().enumerate() {
            assert_eq!(secret(&store, *id).unwrap(), format!("{SECRET}-{number}"));
        }
    }
}

#[test]
fn a_rotation_leaves_records_in_their_versions() {
    let store = sealed();
    let ids = [create(&store, SECRET), create(&store, SECRET)];
    let before = versions(&store, &ids);
    store.rotate_data_key().unwrap();
    assert_eq!(versions(&store, &ids), before);
    assert_eq!(store.service().last_change().unwrap(), 2);
}

fn versions(store: &IdpStore, ids: &[Id]) -> Vec<u64> {
    ids.iter().map(|id| store.providers().get(*id).unwrap().sequence).collect()
}

/// The numbers of the data keys in a store.
fn data_keys(snapshot: &Snapshot) -> BTreeSet<u64> {
    let entry = holding(snapshot).read().unwrap().get(b"$").unwrap().unwrap();
    let entry: serde_json::Value = serde_json::from_slice(&entry[1..]).unwrap();
    entry["keys"].as_array().unwrap().iter().map(|key| key["number"].as_u64().unwrap()).collect()
}

#[test]
fn a_sealed_store_goes_back_to_snapshots_sealed_or_not() {
    let store = sealed();
    let first = create(&store, SECRET);
    let before = store.snapshot().unwrap();
    change(&store, first, "another-secret").unwrap();
    store.rotate_data_key().unwrap();
    store.restore(&before).unwrap();
    assert_eq!(secret(&store, first).unwrap(), SECRET, "sealed with the key before");
    store.rotate_data_key().unwrap();
    assert_eq!(secret(&store, first).unwrap(), SECRET);

    let plain = builder(MemoryEngine::default()).open().unwrap();
    let other = create(&plain, "from-elsewhere");
    store.restore(&plain.snapshot().unwrap()).unwrap();
    assert_eq!(secret(&store, other).unwrap(), "from-elsewhere");
    assert!(!holds(&store.snapshot().unwrap(), "from-elsewhere"));

    let snapshots: Vec<_> = (0..6)
        .map(|_| {
            store.rotate_data_key().unwrap();
            store.snapshot().unwrap()
        })
        .collect();
    for snapshot in &snapshots {
        store.restore(snapshot).unwrap();
        assert_eq!(secret(&store, other).unwrap(), "from-elsewhere");
    }

    let foreign = self::sealed();
    create(&foreign, SECRET);
    assert_eq!(kind(store.restore(&foreign.snapshot().unwrap())), ErrorKind::WrongKey);
    assert_eq!(secret(&store, other).unwrap(), "from-elsewhere");

    let now = store.snapshot().unwrap();
    store.lock();
    assert_eq!(kind(store.restore(&plain.snapshot().unwrap())), ErrorKind::Sealed);
    store.restore(&now).unwrap();
    store.reset().unwrap();
    assert!(store.is_locked().unwrap());
    store.unlock(&wrap()).unwrap();
    create(&store, SECRET);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn a_sealed_export_is_opened_by_its_wrap() {
    let store = sealed();
    let id = create(&store, SECRET);
    let mut sealed = Vec::new();
    let by = KeyWrap::passphrase("export");
    store.export_sealed(&by, &mut sealed, |_| {}).unwrap();
    let sealed = String::from_utf8(sealed).unwrap();
    assert!(!sealed.contains(SECRET) && !sealed.contains("Partner"));
    let document = open_document(&sealed, &by).unwrap();
    assert_eq!(*document, export(&store));
    let other = IdpStore::in_memory().unwrap();
    other.import_document(&document, false, |_| {}).unwrap();
    assert_eq!(secret(&other, id).unwrap(), SECRET);
    store.lock();
    assert_eq!(kind(store.export_sealed(&by, Vec::new(), |_| {})), ErrorKind::Sealed);
    assert_eq!(kind(store.export(Secrets::InTheClear, Vec::new(), |_| {})), ErrorKind::Sealed);
    store.export(Secrets::LeftOut, Vec::new(), |_| {}).unwrap();
}

#[test]
fn several_processes_seal_a_new_store_at_once() {
    let engine = OptimisticEngine::new(std::time::Duration::from_millis(1));
    let stores: Vec<_> = std::thread::scope(|scope| {
        let open = || builder(engine.clone()).seal(wrap()).open().unwrap();
        let opening: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        opening.into_iter().map(|store| store.join().unwrap()).collect()
    });
    let id = create(&stores[0], SECRET);
    assert!(stores.iter().all(|store| secret(store, id).unwrap() == SECRET));
}
