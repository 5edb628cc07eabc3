//! Stores in which everything is sealed.

use idpstore::engine::{Direction, OneOwner as _, RawRead as _};
use idpstore::env::SeededEntropy;
use idpstore::model::{Application, Saml};
use idpstore::testing::OptimisticEngine;
use idpstore::{ApplicationQuery, ProviderQuery};

use super::*;

const NAME: &str = "Partner of ours";

/// A store over an engine that can be changed below it.
fn founded() -> (&'static MemoryEngine, IdpStore) {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    (engine, builder(engine).seal_everything(wrap()).open().unwrap())
}

fn named(store: &IdpStore, name: &str) -> Id {
    store.providers().create(IdentityProvider::named(name, oidc(SECRET))).unwrap().id
}

fn holds(store: &IdpStore, text: &str) -> bool {
    memchr::memmem::find(&store.snapshot().unwrap().to_bytes().unwrap(), text.as_bytes()).is_some()
}

/// What is stored: all entries whose keys begin with this tag.
fn entries(engine: &MemoryEngine, tag: u8) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.push((key.to_vec(), value.to_vec()));
        Ok(std::ops::ControlFlow::Continue(()))
    };
    engine.raw_read().unwrap().scan(&[tag], &[tag + 1], Direction::Ascending, visit).unwrap();
    found
}

fn put(engine: &MemoryEngine, key: &[u8], value: Option<&[u8]>) {
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
fn one_form_of_seal_is_not_taken_for_the_other() {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    let secrets = builder(engine).seal(wrap()).open().unwrap();
    for (engine, store, forms) in [(engine, secrets, [1, 2]), {
        let (engine, store) = founded();
        (engine, store, [2, 1])
    }] {
        let id = named(&store, NAME);
        let entry = entries(engine, b'$').remove(0).1;
        let [own, crafted] = forms.map(|form| format!("\"seal\":{form}"));
        let text = String::from_utf8_lossy(&entry[..entry.len() - 8]).replace(&own, &crafted);
        assert_ne!(text.as_bytes(), &entry[..entry.len() - 8]);
        put(engine, b"$", Some(&[text.as_bytes(), &[0; 8]].concat()));
        assert_eq!(kind(store.providers().get(id)), ErrorKind::WrongKey);
        assert_eq!(kind(builder(engine).seal(wrap()).open().map(drop)), ErrorKind::WrongKey);
        let locked = builder(engine).open().unwrap();
        assert!(rename(&locked, id, "Mine").is_err() || forms == [2, 1]);
        assert_eq!(kind(locked.unlock(&wrap())), ErrorKind::WrongKey);
        put(engine, b"$", Some(&entry));
        assert_eq!(secret(&store, id).unwrap(), SECRET);
    }
}

#[test]
fn what_is_not_sealed_for_its_place_is_refused() {
    let (engine, store) = founded();
    let (id, other) = (named(&store, NAME), named(&store, "Other"));
    let plain = builder(MemoryEngine::default()).open().unwrap();
    named(&plain, NAME);
    for tag in *b"PN" {
        let [(first, own), (second, others)] = &entries(engine, tag)[..] else { panic!("two entries") };
        let cut = &own[..own.len() / 2];
        let clear = [&[2][..], b"{\"name\":\"Mine\"}", &[0; 8]].concat();
        for crafted in [&**others, cut, &clear, b"", b"\x00\x00\x00\x00\x00\x00\x00\x01"] {
            put(engine, first, Some(crafted));
            assert!(!store.check().unwrap().is_sound());
            if tag == b'P' {
                assert_eq!(kind(store.providers().get(id)), ErrorKind::Corrupt);
            }
        }
        put(engine, first, Some(own));
        put(engine, &[first, &b"\x01"[..]].concat(), Some(own));
        assert!(!store.check().unwrap().is_sound());
        put(engine, &[first, &b"\x01"[..]].concat(), None);
        put(engine, second, None);
        assert!(!store.check().unwrap().is_sound());
        put(engine, second, Some(others));
        assert!(store.check().unwrap().is_sound());
    }
    assert_eq!(store.providers().get(other).unwrap().name, "Other");
}

#[test]
fn a_record_that_is_older_than_the_rest_is_noticed() {
    let (engine, store) = founded();
    let (id, other) = (named(&store, NAME), named(&store, "Other"));
    let (older, sum) = (entries(engine, b'P'), entries(engine, b'G'));
    rename(&store, id, "Newer").unwrap();
    rename(&store, other, "Newer still").unwrap();
    let (newer, now) = (entries(engine, b'P'), entries(engine, b'G'));
    let open = || builder(engine).seal(wrap()).open().map(drop);
    assert!(open().is_ok());
    for sum in [Some(&now), Some(&sum), None] {
        put(engine, b"G", sum.map(|sum| &*sum[0].1));
        put(engine, &older[0].0, Some(&older[0].1));
        assert_eq!(kind(open()), ErrorKind::Corrupt);
        assert_eq!(kind(store.snapshot().unwrap().unsealed(&wrap())), ErrorKind::Corrupt);
        put(engine, &newer[0].0, None);
        assert_eq!(kind(open()), ErrorKind::Corrupt, "or is missing");
    }
    put(engine, b"G", Some(&now[0].1));
    put(engine, &newer[0].0, Some(&newer[0].1));
    assert!(open().is_ok());
}

#[test]
fn an_index_entry_that_is_older_leads_nowhere() {
    let (engine, store) = founded();
    let provider = IdentityProvider::named(NAME, oidc(SECRET));
    let provider = IdentityProvider { alias: Some("first".into()), ..provider };
    let id = store.providers().create(provider).unwrap().id;
    let older = entries(engine, b'n');
    store.providers().update(id, |provider| provider.alias = Some("second".into())).unwrap();
    for (key, value) in &older {
        put(engine, key, Some(value));
    }
    assert!(matches!(kind(store.providers().with_alias("first")), ErrorKind::NotFound { .. }));
    assert_eq!(store.providers().with_alias("second").unwrap().id, id);
    assert!(!store.check().unwrap().is_sound());
}

#[test]
fn the_history_shows_nothing_that_was_not_in_it() {
    let (engine, store) = founded();
    let id = named(&store, NAME);
    rename(&store, id, "Newer").unwrap();
    let log = entries(engine, b'C');
    let [(key, own), ..] = &log[..] else { panic!("no entries") };
    let number = &own[own.len() - 8..];
    let record = entries(engine, b'P').remove(0).1;
    let moved = [&record[..record.len() - 8], number].concat();
    let clear = [&[2][..], b"{\"kind\":\"provider_deleted\"}", number].concat();
    for crafted in [&moved, &clear, &own[..own.len() / 2].to_vec()] {
        put(engine, key, Some(crafted));
        assert_eq!(kind(store.service().changes(0, 10)), ErrorKind::Corrupt);
        assert_eq!(kind(store.undo(1)), ErrorKind::Corrupt);
        assert_eq!(store.providers().get(id).unwrap().name, "Newer");
    }
    put(engine, key, Some(own));
    assert_eq!(store.service().changes(0, 10).unwrap().len(), log.len());
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

#[test]
fn a_store_that_was_exchanged_for_one_in_the_clear_is_not_sealed() {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    let plain = builder(engine).open().unwrap();
    plain.applications().create(Application::named("Mine")).unwrap();
    for (key, _) in entries(engine, b'C') {
        put(engine, &key, None);
    }
    assert_eq!(plain.service().last_change().unwrap(), 0);
    assert_eq!(kind(builder(engine).seal_everything(wrap()).open()), ErrorKind::WrongState);
    assert_eq!(kind(builder(engine).seal(wrap()).open()), ErrorKind::WrongState);
}

#[test]
fn an_index_entry_in_the_clear_is_in_no_list() {
    let (engine, store) = founded();
    let id = named(&store, NAME);
    let application = store.applications().create(Application::named(NAME)).unwrap().id;
    let key = |tag: u8, text: &str, id: Id| {
        [&[tag][..], &1_u64.to_be_bytes(), text.as_bytes(), &[0, 1], &id.number().to_be_bytes()].concat()
    };
    let search = |text: &str| {
        let query = ProviderQuery { name_contains: Some(text.into()), ..ProviderQuery::default() };
        builder(engine).seal(wrap()).open().unwrap().providers().list(&query).unwrap().items.len()
    };
    let starting = |text: &str| {
        let query = ApplicationQuery { name_starts: Some(text.into()), ..ApplicationQuery::default() };
        store.applications().list(&query).unwrap().items.len()
    };
    assert_eq!((search("mine"), search("partner"), starting("partner")), (0, 1, 1));
    for crafted in [
        key(b'N', "mine", id),
        key(b'l', "partner of mine", application),
        key(b'l', "partner of ours", application),
    ] {
        put(engine, &crafted, Some(b""));
        assert_eq!((search("mine"), search("partner"), starting("partner")), (0, 1, 1));
        assert!(!store.check().unwrap().is_sound());
        put(engine, &crafted, None);
    }
}

#[test]
fn no_provider_is_of_a_kind_because_of_a_crafted_entry() {
    let (engine, store) = founded();
    let id = named(&store, NAME);
    let saml = IdentityProvider::named("Other", Saml::default());
    let other = store.providers().create(saml).unwrap().id;
    let kind_of = |kind: &str| {
        let (kinds, text) = (vec![kind.to_owned()], Some(NAME.into()));
        let query = ProviderQuery { kinds, name_contains: text, ..ProviderQuery::default() };
        store.providers().list(&query).unwrap().items.len()
    };
    assert_eq!((kind_of("open_id_connect"), kind_of("saml")), (1, 0));
    let all = entries(engine, b'Y');
    let [number, crafted] = [other, id].map(|id| id.number().to_be_bytes());
    let (of_saml, _) = all.iter().find(|(key, _)| key.ends_with(&number)).unwrap();
    let crafted = [&of_saml[..of_saml.len() - 8], &crafted].concat();
    for value in [&b""[..], b"00000000"] {
        put(engine, &crafted, Some(value));
        assert_eq!((kind_of("open_id_connect"), kind_of("saml")), (1, 0));
        assert!(!store.check().unwrap().is_sound());
    }
}

#[test]
fn a_store_whose_seal_cannot_be_read_is_not_read_either() {
    for (engine, store) in [founded(), {
        let engine: &'static MemoryEngine = Box::leak(Box::default());
        (engine, builder(engine).seal(wrap()).open().unwrap())
    }] {
        let id = named(&store, NAME);
        let entry = entries(engine, b'$').remove(0).1;
        let later = String::from_utf8_lossy(&entry[..entry.len() - 8]).replacen("\"seal\":", "\"seal\":9", 1);
        let later = [later.as_bytes(), &[0; 8]].concat();
        for (crafted, expected) in [(&b"damaged"[..], ErrorKind::Corrupt), (&later, ErrorKind::TooNew)] {
            put(engine, b"$", Some(crafted));
            let locked = builder(engine).open().unwrap();
            assert_eq!(kind(locked.providers().get(id)), expected);
            assert_eq!(kind(locked.applications().create(Application::named(NAME))), expected);
            assert_eq!(kind(locked.is_locked()), expected);
        }
        put(engine, b"$", Some(&entry));
        assert_eq!(secret(&store, id).unwrap(), SECRET);
    }
}

#[test]
fn a_store_that_is_locked_again_is_known_to_be_sealed() {
    let plain = builder(MemoryEngine::default()).open().unwrap();
    named(&plain, "Mine");
    for is_whole in [true, false] {
        let engine: &'static MemoryEngine = Box::leak(Box::default());
        let builder = builder(engine);
        let store =
            if is_whole { builder.seal_everything(wrap()) } else { builder.seal(wrap()) }.open().unwrap();
        let entry = entries(engine, b'$').remove(0).1;
        let before = store.snapshot().unwrap();
        store.lock();
        let restore = |snapshot: &Snapshot| {
            let mut tx = engine.write().unwrap();
            tx.restore(snapshot).unwrap();
            tx.commit(None).unwrap();
        };
        restore(&plain.snapshot().unwrap());
        let create = || store.providers().create(IdentityProvider::named(NAME, oidc(SECRET)));
        assert_eq!(kind(store.providers().list(&ProviderQuery::default())), ErrorKind::Corrupt);
        assert_eq!(kind(create()), ErrorKind::Corrupt);
        let text = String::from_utf8_lossy(&entry[..entry.len() - 8]).replace("\"seal\":2", "\"seal\":1");
        put(engine, b"$", Some(&[text.as_bytes(), &[0; 8]].concat()));
        assert_eq!(store.applications().list(&ApplicationQuery::default()).is_err(), is_whole);
        assert_eq!(kind(create()), ErrorKind::Sealed);
        restore(&before);
        store.unlock(&wrap()).unwrap();
        named(&store, NAME);
    }
}
