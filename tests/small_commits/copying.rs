//! A store is copied between engines, and a copy that was broken off goes on.

use std::time::Duration;

use idpstore::engine::{Engine, MemoryEngine, RedbEngine};
use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::testing::OptimisticEngine;
use idpstore::{ChangeKind, ErrorKind, IdpStore};

use crate::failing::{Failing, cluster};

/// How many providers the stores of these tests have.
const PROVIDERS: usize = 700;

fn filled(engine: impl Engine + 'static) -> IdpStore {
    let store = IdpStore::builder().engine(engine).open().unwrap();
    for number in 0..PROVIDERS {
        create(&store, &format!("Partner {number}"));
    }
    store
}

fn create(store: &IdpStore, name: &str) {
    let saml = || Protocol::Saml(Saml::default());
    let made = store
        .service()
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, saml())));
    made.unwrap();
}

fn names(store: &IdpStore) -> Vec<String> {
    let providers = store.providers().list_from(0, 10_000).unwrap().items;
    providers.into_iter().map(|provider| provider.name).collect()
}

#[test]
fn a_store_is_the_same_in_a_cluster_and_back_in_a_file() {
    let (file, there) = (filled(RedbEngine::in_memory().unwrap()), cluster());
    let mut seen = Vec::new();
    let copied = file.copy_to(there.clone(), |entries| seen.push(entries)).unwrap();
    assert!(seen.is_sorted() && seen.len() > 1 && seen.last() == Some(&copied), "{seen:?} of {copied}");

    let shared = IdpStore::builder().engine(there).open().unwrap();
    assert_eq!(names(&shared), names(&file));
    assert_eq!(shared.check().unwrap().problems, []);
    let log = shared.service().changes(0, 10).unwrap();
    assert_eq!(log.iter().map(|change| change.kind).collect::<Vec<_>>(), [ChangeKind::Restored]);

    create(&shared, "made in the cluster");
    shared.tenants().create("with the highest id").unwrap();
    let last = shared.service().last_change().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    shared.copy_to(RedbEngine::file(&path).unwrap(), |_| {}).unwrap();
    let again = IdpStore::open(&path).unwrap();
    assert_eq!(names(&again), names(&shared));
    assert_eq!(again.check().unwrap().problems, []);
    create(&again, "made in the file");
    assert!(again.service().last_change().unwrap() > last, "numbers go on");
}

#[test]
fn a_copy_that_was_broken_off_goes_on_wherever_that_was() {
    let file = filled(MemoryEngine::default());
    for done in 0.. {
        let there = cluster();
        let failing = Failing::after(done, there.clone());
        if file.copy_to(failing, |_| {}).is_ok() {
            assert!(done > 10, "a copy of {done} steps is not one in steps");
            break;
        }
        let opened = IdpStore::builder().engine(there.clone()).open();
        match opened.map_err(|error| error.kind().clone()) {
            // Nothing has happened yet, or the last step alone is missing.
            Ok(store) => assert!(names(&store).is_empty() && done == 0 || names(&store) == names(&file)),
            Err(kind) => {
                assert_eq!(kind, ErrorKind::NotAStore, "after {done} steps");
                create(&file, &format!("made meanwhile {done}"));
                file.copy_to(there.clone(), |_| {}).unwrap();
                assert_eq!(names(&IdpStore::builder().engine(there).open().unwrap()), names(&file));
            }
        }
    }
}

#[test]
fn a_copy_ends_when_another_begins() {
    let (one, other, there) = (filled(MemoryEngine::default()), filled(MemoryEngine::default()), cluster());
    let mut other = Some(other);
    let refused = one.copy_to(there.clone(), |_| {
        if let Some(other) = other.take() {
            other.copy_to(there.clone(), |_| {}).unwrap();
            create(&IdpStore::builder().engine(there.clone()).open().unwrap(), "made since");
        }
    });
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::WrongState);
    let shared = IdpStore::builder().engine(there).open().unwrap();
    assert!(names(&shared).contains(&"made since".to_owned()));
    assert_eq!(shared.check().unwrap().problems, []);
}

#[test]
fn nothing_is_copied_over_a_store_or_something_else() {
    let (one, other) = (filled(MemoryEngine::default()), cluster());
    drop(IdpStore::builder().engine(other.clone()).open().unwrap());
    let refused = one.copy_to(other, |_| {}).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::WrongState);
    let foreign = cluster();
    let mut tx = foreign.write().unwrap();
    tx.put(b"of another program", b"").unwrap();
    tx.commit(None).unwrap();
    let refused = one.copy_to(foreign.clone(), |_| {}).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::NotAStore);
    assert_eq!(foreign.read().unwrap().get(b"%").unwrap(), None, "nothing is marked");
}

#[test]
fn what_no_entry_of_an_engine_can_hold_is_named() {
    let file = filled(MemoryEngine::default());
    create(&file, &"x".repeat(900));
    let small = OptimisticEngine::new(Duration::ZERO).with_limits(126, 900, 900);
    let refused = file.copy_to(small, |_| {}).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::TooLarge);
    assert!(refused.to_string().contains("providers"), "{refused}");
}
