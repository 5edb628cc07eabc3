//! Stores in which everything is sealed.

use idpstore::engine::{Direction, OneOwner as _, RawRead as _};
use idpstore::env::SeededEntropy;
use idpstore::model::Application;
use idpstore::testing::OptimisticEngine;
use idpstore::{ApplicationQuery, ProviderQuery};

use super::*;

pub(super) const NAME: &str = "Partner of ours";

/// A store over an engine that can be changed below it.
pub(super) fn founded() -> (&'static MemoryEngine, IdpStore) {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    (engine, builder(engine).seal_everything(wrap()).open().unwrap())
}

pub(super) fn named(store: &IdpStore, name: &str) -> Id {
    store.providers().create(IdentityProvider::named(name, oidc(SECRET))).unwrap().id
}

fn holds(store: &IdpStore, text: &str) -> bool {
    memchr::memmem::find(&store.snapshot().unwrap().to_bytes().unwrap(), text.as_bytes()).is_some()
}

/// What is stored: all entries whose keys begin with this tag.
pub(super) fn entries(engine: &MemoryEngine, tag: u8) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.push((key.to_vec(), value.to_vec()));
        Ok(std::ops::ControlFlow::Continue(()))
    };
    engine.raw_read().unwrap().scan(&[tag], &[tag + 1], Direction::Ascending, visit).unwrap();
    found
}

pub(super) fn put(engine: &MemoryEngine, key: &[u8], value: Option<&[u8]>) {
    let mut tx = engine.raw_write().unwrap();
    match value {
        Some(value) => tx.put(key, value).unwrap(),
        None => tx.delete(key).unwrap(),
    }
    tx.commit().unwrap();
}

#[test]
fn a_locked_store_is_not_read_at_all() {
    let store = founded().1;
    let id = named(&store, NAME);
    let snapshot = store.snapshot().unwrap();
    assert!(snapshot.is_sealed() && snapshot.is_sealed_whole() && !holds(&store, NAME));
    let opened = builder(holding(&snapshot)).open().unwrap();
    for locked in [&opened, &store] {
        locked.lock();
        assert!(locked.is_sealed().unwrap() && locked.is_locked().unwrap());
        assert_eq!(locked.wraps().unwrap(), ["key"]);
        assert_eq!(kind(locked.providers().get(id)), ErrorKind::Sealed);
        assert_eq!(kind(locked.providers().list(&ProviderQuery::default())), ErrorKind::Sealed);
        assert_eq!(kind(rename(locked, id, "Other")), ErrorKind::Sealed);
        assert_eq!(kind(locked.service().changes(0, 1)), ErrorKind::Sealed);
        assert_eq!(kind(locked.at(1)), ErrorKind::Sealed);
        assert_eq!(kind(locked.check()), ErrorKind::Sealed);
        assert_eq!(kind(locked.restore(&snapshot)), ErrorKind::Sealed);
        assert_eq!(kind(locked.rotate_data_key()), ErrorKind::Sealed);
        assert_eq!(locked.snapshot().unwrap(), snapshot, "which is as it is stored");
        locked.unlock(&wrap()).unwrap();
        assert_eq!(locked.providers().get(id).unwrap().name, NAME);
    }
}

#[test]
fn lists_by_the_start_of_a_text_are_in_order() {
    let store = founded().1;
    for number in (0..30).rev() {
        store.applications().create(Application::named(format!("{NAME} {number:02}"))).unwrap();
        store.applications().create(Application::named(format!("Other {number:02}"))).unwrap();
    }
    let mut names = Vec::new();
    let start = Some(NAME.to_lowercase());
    let mut query = ApplicationQuery { name_starts: start, limit: 7, ..ApplicationQuery::default() };
    loop {
        let page = store.applications().list(&query).unwrap();
        names.extend(page.items.into_iter().map(|application| application.name));
        let Some(next) = page.next else { break };
        query.after = Some(next);
    }
    let expected: Vec<_> = (0..30).map(|number| format!("{NAME} {number:02}")).collect();
    assert_eq!(names, expected);
}

fn random() -> SeededEntropy {
    SeededEntropy::new([7; 32])
}

#[test]
fn a_whole_store_is_sealed_and_unsealed() {
    let plain = builder(MemoryEngine::default()).open().unwrap();
    let id = named(&plain, NAME);
    let before = plain.snapshot().unwrap();
    let sealed = before.sealed_whole(&wrap(), &random()).unwrap();
    let store = builder(holding(&sealed)).seal(wrap()).open().unwrap();
    assert!(!holds(&store, NAME) && holds(&plain, NAME));
    assert_eq!(secret(&store, id).unwrap(), SECRET);
    assert!(store.check().unwrap().is_sound());
    assert_eq!(sealed.unsealed(&wrap()).unwrap(), before, "versions and all");
    assert_eq!(kind(sealed.sealed_whole(&wrap(), &random())), ErrorKind::WrongState);
    assert_eq!(kind(sealed.unsealed(&KeyWrap::key([8; 32]))), ErrorKind::WrongKey);
    assert_eq!(kind(plain.restore(&sealed)), ErrorKind::Sealed);
    assert_eq!(plain.providers().get(id).unwrap().name, NAME);

    let secrets = before.sealed(&wrap(), &random()).unwrap();
    assert!(!secrets.is_sealed_whole());
    let refused = builder(holding(&secrets)).seal_everything(wrap()).open().map(drop);
    assert_eq!(kind(refused), ErrorKind::WrongState);
}

#[test]
fn a_store_goes_back_to_snapshots_and_is_seen_as_it_was() {
    let store = founded().1;
    let id = named(&store, NAME);
    let before = store.snapshot().unwrap();
    let number = store.service().last_change().unwrap();
    rename(&store, id, "Renamed since").unwrap();
    let past = store.at(number).unwrap();
    let query = ProviderQuery { name_contains: Some("of OURS".into()), ..ProviderQuery::default() };
    assert_eq!(past.providers().list(&query).unwrap().items.len(), 1);
    assert_eq!(store.providers().list(&query).unwrap().items.len(), 0);
    store.undo(number + 1).unwrap();
    assert_eq!(store.providers().get(id).unwrap().name, NAME);

    store.rotate_data_key().unwrap();
    store.restore(&before).unwrap();
    assert_eq!(store.providers().get(id).unwrap().name, NAME, "sealed with the key before");
    let plain = builder(MemoryEngine::default()).open().unwrap();
    let other = named(&plain, "From elsewhere");
    store.restore(&plain.snapshot().unwrap()).unwrap();
    assert_eq!(store.providers().get(other).unwrap().name, "From elsewhere");
    assert!(!holds(&store, "From elsewhere"));
    assert!(store.check().unwrap().is_sound());

    for foreign in [founded().1, sealed()] {
        named(&foreign, NAME);
        assert_eq!(kind(store.restore(&foreign.snapshot().unwrap())), ErrorKind::WrongKey);
    }
    store.reset().unwrap();
    assert!(store.is_sealed().unwrap() && !store.is_locked().unwrap());
    named(&store, NAME);
    assert!(!holds(&store, NAME) && store.snapshot().unwrap().is_sealed_whole());
}

#[test]
fn the_data_key_changes_in_all_entries() {
    let (engine, store) = founded();
    let ids: Vec<_> = (0..150).map(|number| named(&store, &format!("{NAME} {number}"))).collect();
    let number_of = |value: &[u8]| value.first_chunk::<4>().copied();
    let used = || -> std::collections::BTreeSet<_> {
        let each = b"TPNC".iter().flat_map(|tag| entries(engine, *tag));
        each.map(|(_, value)| number_of(&value).unwrap()).collect()
    };
    let before = used();
    let other = std::thread::spawn({
        let (store, ids) = (store.clone(), ids.clone());
        move || ids.iter().for_each(|id| drop(rename(&store, *id, &format!("New {id}")).unwrap()))
    });
    assert!(store.rotate_data_key().unwrap() >= 150);
    other.join().unwrap();
    let after = used();
    assert_eq!((before.len(), after.len()), (1, 1));
    assert!(before.is_disjoint(&after));
    let versions = |store: &IdpStore| -> Vec<_> {
        ids.iter().map(|id| store.providers().get(*id).unwrap().sequence).collect()
    };
    let known = versions(&store);
    store.rotate_data_key().unwrap();
    let opened = builder(holding(&store.snapshot().unwrap())).seal(wrap()).open().unwrap();
    assert_eq!(versions(&opened), known);
    assert_eq!(opened.service().changes(0, usize::MAX).unwrap().len(), 300);
    assert!(opened.check().unwrap().is_sound());

    let shared =
        builder(OptimisticEngine::new(std::time::Duration::ZERO)).seal_everything(wrap()).open().unwrap();
    let id = named(&shared, NAME);
    assert_eq!(kind(shared.rotate_data_key()), ErrorKind::Unsupported);
    assert_eq!(shared.providers().get(id).unwrap().name, NAME);
}

#[test]
fn a_snapshot_of_the_past_is_sealed_as_the_store_is() {
    for store in [founded().1, sealed()] {
        let id = named(&store, NAME);
        let number = store.service().last_change().unwrap();
        rename(&store, id, "Newer").unwrap();
        let past = store.at(number).unwrap();
        let snapshot = past.snapshot().unwrap();
        let bytes = snapshot.to_bytes().unwrap();
        let is_whole = store.snapshot().unwrap().is_sealed_whole();
        assert_eq!(snapshot.is_sealed_whole(), is_whole);
        for (text, is_hidden) in [(SECRET, true), (NAME, is_whole), ("Newer", true)] {
            assert_eq!(memchr::memmem::find(&bytes, text.as_bytes()).is_none(), is_hidden, "{text}");
        }
        let again = builder(holding(&snapshot)).seal(wrap()).open().unwrap();
        assert_eq!(again.providers().get(id).unwrap().name, NAME);
        assert!(again.check().unwrap().is_sound());
        store.restore(&snapshot).unwrap();
        assert_eq!(store.providers().get(id).unwrap().name, NAME);
        store.lock();
        assert_eq!(kind(past.snapshot()), ErrorKind::Sealed);
    }
}
