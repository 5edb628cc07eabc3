//! Whatever reads such a store comes to an end, says what is wrong, or passes over it.

use std::collections::BTreeMap;

use idpstore::ErrorKind;
use idpstore::model::Id;
use idpstore::testing::inside::keyspace::{Key, tag};
use proptest::prelude::*;
use proptest::sample::Index;

use super::told::{Told, clear};
use super::{Entry, INDEXES, entries, store};

/// Where records are stored, by the tags of the tables.
const RECORDS: &[u8] =
    &[tag::TENANT, tag::PROVIDER, tag::SIGNING_KEY, tag::TRUSTED_KEY, tag::ATTACHMENT, tag::APPLICATION];

/// The tables of which the key ends in an id, or in a number.
const ENDING_IN_IDS: &[u8] = b"TPKVLHIC";

#[test]
fn a_record_under_a_foreign_key_is_corrupt() {
    let sound = entries();
    let all = Told::of(&store(&sound), 1000).unwrap().0;
    assert!(!all.is_empty());
    for tag in ENDING_IN_IDS {
        // Under the next key that is free, and under the last key that there can be, where a list begins anew.
        let of_table = || sound.iter().filter(|(key, _)| key[0] == *tag);
        let (first, value) = of_table().next().unwrap();
        let number = first.len() - 8;
        let ending = |number: u64| [&first[..first.len() - 8], &number.to_be_bytes()].concat();
        let known = u64::from_be_bytes(first[number..].try_into().unwrap());
        let mut others = (2..).map(|step| ending(known ^ step));
        let free = others.find(|other| sound.iter().all(|(key, _)| key != other)).unwrap();
        for (place, is_high) in [(free, false), (ending(u64::MAX), true)] {
            let crafted: Vec<_> = sound.iter().cloned().chain([(place.clone(), value.clone())]).collect();
            let store = store(&crafted);
            for limit in [1, 2, 1000] {
                let outcome = Told::of(&store, limit).map(drop);
                // A user is found by login only, and the links to no provider are in no list.
                if outcome.is_ok() && matches!(tag, b'H') || is_high && outcome.is_ok() && *tag == b'I' {
                    continue;
                }
                let error = outcome.expect_err(&format!("{} {place:?}", char::from(*tag)));
                assert_eq!(error.kind(), &ErrorKind::Corrupt, "{}", char::from(*tag));
                assert!(error.to_string().contains("belongs elsewhere"), "{error}");
            }
            let _ = clear(&store);
        }
    }
}

#[test]
fn a_record_that_takes_anothers_place_is_corrupt() {
    let sound = entries();
    for tag in RECORDS {
        let of_table: Vec<_> = sound.iter().filter(|(key, _)| key[0] == *tag).collect();
        let ((_, one), (place, _)) = (of_table[0], of_table[of_table.len() - 1]);
        let mut crafted = sound.clone();
        crafted.iter_mut().filter(|(key, _)| key == place).for_each(|(_, value)| value.clone_from(one));
        let store = store(&crafted);
        for limit in [1, 1000] {
            let error = Told::of(&store, limit).map(drop).expect_err(&char::from(*tag).to_string());
            assert_eq!(error.kind(), &ErrorKind::Corrupt, "{}", char::from(*tag));
        }
        let _ = clear(&store);
    }
}

/// Entries that lead to nothing, made of one that leads to something: to ids that no record has, and to no id.
fn dangling((key, value): &Entry) -> Vec<Entry> {
    let numbers = [7_u64, u64::MAX, u64::MAX >> 1].map(u64::to_be_bytes);
    // These end in a text and note the id of the record.
    if matches!(key[0], b'k' | b'R') {
        let with = |text: &[u8]| [&key[..key.len() - 3], text, &[0, 1]].concat();
        let notes = numbers.iter().map(|number| number.to_vec()).chain([Vec::new()]);
        return notes.zip([b"~", b"!", b"?", b"+"]).map(|(note, text)| (with(text), note)).collect();
    }
    let (start, id) = key.split_at(key.len() - 8);
    let with = |end: &[u8]| ([start, end].concat(), value.clone());
    let something_between = [&[0xfe; 3], id].concat();
    numbers.iter().map(|number| with(number)).chain([with(&something_between), with(&id[..4])]).collect()
}

#[test]
fn an_index_entry_that_leads_to_nothing_is_passed_over() {
    let sound = entries();
    let mut crafted = sound.clone();
    for tag in INDEXES {
        let of_table: Vec<_> = sound.iter().filter(|(key, _)| key[0] == *tag).collect();
        assert!(!of_table.is_empty(), "{}", char::from(*tag));
        crafted.extend(of_table.into_iter().flat_map(dangling));
    }
    assert!(crafted.len() > 2 * sound.len());
    let (sound, crafted) = (store(&sound), store(&crafted));
    for limit in [1, 2, 3, 1000] {
        let (expected, told) = (Told::of(&sound, limit).unwrap().0, Told::of(&crafted, limit).unwrap().0);
        for (told, expected) in told.iter().zip(&expected) {
            assert_eq!(told, expected, "in pages of {limit}");
        }
        assert_eq!(told.len(), expected.len());
    }
    clear(&crafted).unwrap();
}

#[test]
fn what_refers_to_a_record_that_is_gone_is_passed_over() {
    let sound = entries();
    for tag in b"PKVLHIW" {
        for gone in sound.iter().filter(|(key, _)| key[0] == *tag) {
            let crafted: Vec<_> = sound.iter().filter(|entry| *entry != gone).cloned().collect();
            let store = store(&crafted);
            for limit in [1, 1000] {
                Told::of(&store, limit).unwrap();
            }
            clear(&store).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Entries are removed, or put under keys that differ in an octet, or under those of others.
    #[test]
    fn a_store_in_which_the_check_finds_nothing_can_be_read(
        steps in prop::collection::vec((any::<Index>(), any::<Index>(), 0..17_usize, any::<u8>(), 0..4), 1..4)
    ) {
        let mut crafted: BTreeMap<_, _> = entries().into_iter().collect();
        for (from, to, place, octet, what) in steps {
            let (mut key, value) = from.get(&Vec::from_iter(crafted.clone())).clone();
            if what < 2 {
                crafted.remove(&key);
            }
            match what {
                0 => {}
                1 | 2 => {
                    let place = key.len().saturating_sub(place + 1);
                    key[place] = octet;
                    crafted.insert(key, value);
                }
                _ => _ = crafted.insert(to.get(&Vec::from_iter(crafted.clone())).0.clone(), value),
            }
        }
        let engine = Vec::from_iter(crafted);
        prop_assume!(engine.iter().any(|(key, value)| key == b"#" && value.starts_with(b"\x02{\"form\"")));
        let store = store(&engine);
        let (report, told) = (store.check().unwrap(), Told::of(&store, 2).map(drop));
        prop_assert!(told.is_ok() || !report.is_sound(), "{told:?}");
        let _ = clear(&store);
    }
}

#[cfg(feature = "okta")]
#[test]
fn no_vendors_list_fails_because_an_index_leads_to_nothing() {
    let sound = entries();
    let crafted: Vec<_> = sound.iter().filter(|(key, _)| !b"PL".contains(&key[0])).cloned().collect();
    let store = store(&crafted);
    for path in
        ["/api/v1/idps", "/api/v1/idps?q=Part", "/api/v1/idps?type=SAML2", "/api/v1/apps", "/api/v1/apps?q=W"]
    {
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        let response = store.handle(request);
        assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"[]"[..]), "{path}");
    }
}

#[test]
fn keys_are_as_the_layout_says() {
    // The tests above take keys apart: tag, tenant, and an id at the end.
    let key = Key::of(tag::PROVIDER).id(Id::from_number(1)).id(Id::from_number(2));
    assert_eq!(key.bytes().len(), 17);
}
