//! Files of stores in which everything is sealed, changed by somebody who has no key.

use idpstore::model::{Application, Saml};
use idpstore::{ApplicationQuery, ProviderQuery};

use super::everything::{NAME, entries, founded, named, put};
use super::*;

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
