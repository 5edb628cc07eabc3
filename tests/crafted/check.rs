//! `check` notices whatever is wrong with a store.

use idpstore::model::{Id, Tenant};
use idpstore::testing::inside::keyspace::{Key, encode, tag};
use idpstore::{Problem, ProblemKind, Report};

use serde_json::json;

use super::{Entry, INDEXES, entries, store};

fn check(entries: &[Entry]) -> Report {
    store(entries).check().unwrap()
}

/// What is noticed when something is added to a sound store.
fn added(added: &[(&[u8], &[u8])]) -> Vec<Problem> {
    let added = added.iter().map(|(key, value)| (key.to_vec(), value.to_vec()));
    check(&entries().into_iter().chain(added).collect::<Vec<_>>()).problems
}

fn kinds(problems: &[Problem]) -> Vec<ProblemKind> {
    problems.iter().map(|problem| problem.kind).collect()
}

fn of_table(table: u8) -> Vec<Entry> {
    entries().into_iter().filter(|(key, _)| key[0] == table).collect()
}

#[test]
fn a_sound_store_is_sound() {
    let all = entries();
    let report = check(&all);
    assert_eq!(report.problems, []);
    assert!(report.is_sound());
    let entries = all.iter().filter(|(key, _)| INDEXES.contains(&key[0])).count() as u64;
    // The form and how far the clock has been logged are neither a record nor an entry of an index.
    assert_eq!((report.records + report.entries + 2, report.entries), (all.len() as u64, entries));
}

#[test]
fn whatever_is_missing_is_noticed() {
    let all = entries();
    // Numbers of changes may be left out, and a tenant that has nothing is not missed.
    let is_missed = |key: &[u8]| match key[0] {
        b'C' | b'#' | b'@' => false,
        b'T' => {
            all.iter().any(|(other, _)| !matches!(other[0], b'T' | b'C') && other.get(1..9) == key.get(1..9))
        }
        _ => true,
    };
    for gone in all.iter().filter(|(key, _)| is_missed(key)) {
        let rest: Vec<_> = all.iter().filter(|entry| *entry != gone).cloned().collect();
        let problems = check(&rest).problems;
        assert!(!problems.is_empty(), "{}", char::from(gone.0[0]));
        if INDEXES.contains(&gone.0[0]) && gone.0[0] != b'k' {
            assert_eq!(kinds(&problems), [ProblemKind::MissingEntry], "{problems:?}");
            assert!(problems[0].words.ends_with("is missing"), "{}", problems[0]);
        }
    }
}

#[test]
fn whatever_is_damaged_is_noticed() {
    let all = entries();
    for (place, (key, value)) in all.iter().enumerate().filter(|(_, (key, _))| key[0] != b'#') {
        let mut crafted = all.clone();
        crafted[place].1 =
            value.get(..value.len() / 2).filter(|half| !half.is_empty()).unwrap_or(b"?").to_vec();
        let problems = check(&crafted).problems;
        assert!(!problems.is_empty(), "{}", char::from(key[0]));
        let unreadable = problems.iter().any(|problem| problem.kind == ProblemKind::Unreadable);
        assert_eq!(unreadable, !INDEXES.contains(&key[0]), "{problems:?}");
    }
}

#[test]
fn a_record_under_another_key_is_misplaced() {
    for table in b"TPKVALHIWC" {
        let (mut key, value) = of_table(*table).remove(0);
        // Of an attachment the owner, of everything else the last id or number.
        let place = if *table == b'A' { 16 } else { key.len() - 1 };
        key[place] ^= 0x80;
        let problems = added(&[(&key, &value)]);
        assert!(kinds(&problems).contains(&ProblemKind::Misplaced), "{problems:?}");
    }
    let (key, _) = of_table(tag::TRUSTED_KEY).remove(0);
    let (_, signing) = of_table(tag::SIGNING_KEY).remove(0);
    let mut crafted = entries();
    crafted.iter_mut().filter(|(known, _)| *known == key).for_each(|(_, value)| value.clone_from(&signing));
    assert!(kinds(&check(&crafted).problems).contains(&ProblemKind::Misplaced));
}

#[test]
fn an_entry_that_leads_nowhere_is_a_stray() {
    for table in INDEXES {
        let (key, value) = of_table(*table).remove(0);
        let (place, note) = match table {
            b'k' | b'R' => ([&key[..key.len() - 2], b"~\0\x01"].concat(), 7_u64.to_be_bytes().to_vec()),
            b'z' => ([&key[..17], &7_u64.to_be_bytes(), &key[25..]].concat(), Vec::new()),
            _ => ([&key[..key.len() - 8], &7_u64.to_be_bytes()].concat(), value.clone()),
        };
        let problems = added(&[(&place, &note)]);
        assert_eq!(kinds(&problems), [ProblemKind::StrayEntry], "{problems:?}");
        assert_eq!(problems[0].words, "leads to nothing");
    }
    // To records that are there, but under another name.
    for table in b"NYleoUuhkwq" {
        let (key, value) = of_table(*table).remove(0);
        let end = if *table == b'k' { 2 } else { 10 };
        let place = [&key[..key.len() - end], b"~", &key[key.len() - end..]].concat();
        let problems = added(&[(&place, &value)]);
        assert_eq!(kinds(&problems), [ProblemKind::StrayEntry], "{problems:?}");
        assert_eq!(problems[0].words, "leads to a record that does not have this entry");
    }
}

#[test]
fn what_is_in_no_table_is_noticed() {
    let problems =
        added(&[(b"?who", b""), (b"P", b""), (&[0xff; 9], b""), (b"k\0\0\0\0\0\0\0\x01open", b"")]);
    let (unknown, bad) = (ProblemKind::UnknownTable, ProblemKind::BadKey);
    assert_eq!(kinds(&problems), [unknown, bad, bad, unknown]);
    assert_eq!(problems[0].to_string(), "no table, key `?who`: no table has such keys");
}

#[test]
fn missing_references_are_noticed() {
    let all = entries();
    // What is left when all keys, requests and links are gone, or all whom they are for.
    let without = |tables: &[u8]| {
        let rest: Vec<_> = all.iter().filter(|(key, _)| !tables.contains(&key[0])).cloned().collect();
        let problems = check(&rest).problems;
        let missing = problems.iter().filter(|problem| problem.kind == ProblemKind::MissingReference);
        missing.map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let told = without(b"VvKkAaRr");
    for what in ["providers, tenant 1", "applications, tenant 1", "tenants, tenant 1"] {
        assert!(told.contains(what), "{told}");
    }
    for what in [
        "refers to the trusted key `",
        "refers to the signing key `",
        "` as one of its own, which is missing",
    ] {
        assert!(told.contains(what), "{told}");
    }
    let told = without(b"PNSYULleoHh");
    for what in [
        "refers to the owner",
        "refers to the provider",
        "refers to the user",
        "keys of owners",
        "links of users",
    ] {
        assert!(told.contains(what), "{told}");
    }
    assert!(without(b"T").contains("belongs to a tenant that is missing"));
}

#[test]
fn a_log_that_would_give_numbers_again_is_noticed() {
    // Of the log only the first entry is left, and that has given no id.
    let entry = json!({"time": 0, "actor": "library", "last_id": 5, "changes": []});
    let first = Key::of(tag::CHANGE).number(1);
    let entry = (first.bytes().to_vec(), [&encode(&entry).unwrap()[..], &1_u64.to_be_bytes()].concat());
    let rest = entries().into_iter().filter(|(key, _)| key[0] != tag::CHANGE);
    let problems = check(&rest.chain([entry]).collect::<Vec<_>>()).problems;
    assert_eq!(kinds(&problems), [ProblemKind::LowCounter; 2]);
    assert_eq!(problems[1].to_string(), "changes, 1: the last change number is 1, but 101 is in use");
}

#[test]
fn of_many_problems_the_first_are_listed() {
    let stray = |number| {
        let key = Key::of(tag::KEY_USE).id(Tenant::DEFAULT).text("kid").id(Id::from_number(number));
        (key.bytes().to_vec(), Vec::new())
    };
    let report = check(&entries().into_iter().chain((10..1510).map(stray)).collect::<Vec<_>>());
    assert_eq!((report.problems.len(), report.omitted), (1000, 500));
}
