//! Lists and searches of providers, a page at a time, show exactly what a naive implementation shows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use idpstore::engine::MemoryEngine;
use idpstore::model::{Id, IdentityProvider, MutualTls, Protocol, Saml};
use idpstore::testing::inside::{Policy, with_policy};
use idpstore::{Cursor, ErrorKind, IdpStore, Page, ProviderQuery, Service};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Characters that are hard to compare: case changes their length, or depends on what is around them; they sort
/// next to what ends a text, or take several bytes.
const CHARACTERS: [&str; 14] = ["a", "A", "b", "ß", "ẞ", "İ", "i", "I", "Σ", "σ", "ς", "\0", "\u{1}", "🦀"];

/// Some vendors' APIs take providers without a name.
static ANY_NAME: Policy = Policy { name_length: 0..=usize::MAX, ..Policy::NEUTRAL };

#[derive(Clone, Debug)]
enum Step {
    Create(String, bool),
    Rename(Index, String),
    Delete(Index),
}

fn text(length: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = String> {
    prop::collection::vec(select(&CHARACTERS[..]), length).prop_map(|parts| parts.concat())
}

/// Short names, so that they contain each other; sometimes a long one.
fn name() -> impl Strategy<Value = String> {
    let long =
        (text(1..4), 1..120_usize, text(0..3)).prop_map(|(part, times, end)| part.repeat(times) + &end);
    prop_oneof![6 => text(0..6), 1 => long]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (name(), any::<bool>()).prop_map(|(name, is_saml)| Step::Create(name, is_saml)),
        1 => (any::<Index>(), name()).prop_map(|(at, name)| Step::Rename(at, name)),
        1 => any::<Index>().prop_map(Step::Delete),
    ]
}

fn do_steps(service: &Service, steps: &[Step]) -> Vec<IdentityProvider> {
    let mut there: Vec<IdentityProvider> = Vec::new();
    for step in steps {
        match step {
            Step::Create(name, is_saml) => {
                let protocol = || {
                    if *is_saml {
                        Protocol::Saml(Saml::default())
                    } else {
                        Protocol::MutualTls(MutualTls::default())
                    }
                };
                let make = service.create_provider(|draft| {
                    Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol()))
                });
                there.push(make.unwrap());
            }
            Step::Rename(at, name) if !there.is_empty() => {
                let renamed = at.get_mut(&mut there);
                let rename = |old: &IdentityProvider| IdentityProvider { name: name.clone(), ..old.clone() };
                *renamed = service.update_provider(renamed.id, |old, _| Ok(rename(old))).unwrap();
            }
            Step::Delete(at) if !there.is_empty() => {
                let gone = there.remove(at.index(there.len()));
                service.delete_provider(gone.id).unwrap();
            }
            _ => {}
        }
    }
    there
}

/// Without regard to case, wherever a character stands.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// Where a name stands among the hits: first the needle itself, in its own case, then those that begin with it, by
/// their whole length, then those that contain it, by the 32 characters from where they do, each followed by the id.
fn place(needle: &str, provider: &IdentityProvider) -> Option<(u8, String, Id)> {
    let is_needle = provider.name == needle;
    let (name, needle) = (fold(&provider.name), fold(needle));
    let at = name.find(&needle)?;
    if at == 0 {
        return Some((u8::from(!is_needle), name, provider.id));
    }
    Some((2, name[at..].chars().take(32).collect(), provider.id))
}

fn query(needle: Option<&str>, kind: Option<&str>, after: Option<Cursor>, limit: usize) -> ProviderQuery {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    ProviderQuery {
        name_contains: owned(needle),
        kinds: owned(kind).into_iter().collect(),
        after,
        limit,
        ..ProviderQuery::default()
    }
}

fn service() -> Service {
    with_policy(&IdpStore::builder().engine(MemoryEngine::default()).open().unwrap().service(), &ANY_NAME)
}

fn ids(page: &Page<IdentityProvider>) -> Vec<Id> {
    page.items.iter().map(|provider| provider.id).collect()
}

proptest! {
    #[test]
    fn searches_find_what_is_there(
        steps in prop::collection::vec(step(), 1..40),
        (free, from, name, is_free) in (text(0..3), any::<Index>(), any::<Index>(), any::<bool>()),
        kind in select(vec![None, Some("saml"), Some("mutual_tls")]),
        limit in 1..6_usize,
        deletions in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        let service = service();
        let mut there = do_steps(&service, &steps);
        let needle = if is_free || there.is_empty() {
            free
        } else {
            let name: Vec<char> = there[name.index(there.len())].name.chars().collect();
            name[from.index(name.len() + 1)..].iter().take(40).collect()
        };
        let mut deletions = deletions.into_iter();
        let (mut after, mut last) = (None, None);
        loop {
            let mut expected: Vec<_> = there
                .iter()
                .filter(|provider| kind.is_none_or(|kind| provider.protocol.kind() == kind))
                .filter_map(|provider| place(&needle, provider))
                .filter(|place| Some(place) > last.as_ref())
                .collect();
            expected.sort();
            let page = service.providers(&query(Some(&needle), kind, after, limit)).unwrap();
            let expected_ids: Vec<_> = expected.iter().take(limit).map(|(.., id)| *id).collect();
            prop_assert_eq!(ids(&page), expected_ids, "needle {:?} among {:?}", needle, there);
            prop_assert_eq!(page.next.is_some(), expected.len() > limit);
            if page.next.is_none() {
                break;
            }
            (after, last) = (page.next, Some(expected[limit - 1].clone()));
            // The one at which the page ended may go, too.
            if let Some(at) = deletions.next() {
                let gone = there.remove(at.index(there.len()));
                service.delete_provider(gone.id).unwrap();
            }
        }
    }

    #[test]
    fn lists_are_whole_and_in_order(
        steps in prop::collection::vec(step(), 1..40),
        kind in select(vec![None, Some("saml"), Some("mutual_tls"), Some("open_id_connect")]),
        limit in 1..6_usize,
        deletions in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        let service = service();
        let mut there = do_steps(&service, &steps);
        let mut deletions = deletions.into_iter();
        let (mut after, mut last) = (None, None);
        loop {
            let fits = |provider: &&IdentityProvider| kind.is_none_or(|kind| provider.protocol.kind() == kind);
            let rest: Vec<_> = there.iter().filter(fits).map(|found| found.id).filter(|id| Some(id) > last.as_ref()).collect();
            let page = service.providers(&query(None, kind, after, limit)).unwrap();
            prop_assert_eq!(&ids(&page)[..], &rest[..limit.min(rest.len())]);
            prop_assert_eq!(page.next.is_some(), rest.len() > limit);
            if page.next.is_none() {
                break;
            }
            (after, last) = (page.next, Some(rest[limit - 1]));
            if let Some(at) = deletions.next() {
                let gone = there.remove(at.index(there.len()));
                service.delete_provider(gone.id).unwrap();
            }
        }
    }
}

fn found(names: &[&str], needle: &str) -> Vec<String> {
    let service = service();
    do_steps(&service, &names.iter().map(|name| Step::Create((*name).to_owned(), true)).collect::<Vec<_>>());
    let page = service.providers(&query(Some(needle), None, None, 100)).unwrap();
    page.items.into_iter().map(|provider| provider.name).collect()
}

#[test]
fn the_name_itself_comes_first() {
    let names = ["Okta East", "east", "North-East", "Eastern", "West", "East"];
    assert_eq!(found(&names, "EAST"), ["east", "East", "Eastern", "Okta East", "North-East"]);
    assert_eq!(found(&names, "East"), ["East", "east", "Eastern", "Okta East", "North-East"]);
}

#[test]
fn a_text_is_found_behind_its_own_beginning() {
    let name = "a".repeat(40) + "b";
    assert_eq!(found(&[&name], &("a".repeat(33) + "b")), [name.as_str()]);
}

#[test]
fn case_does_not_depend_on_the_place_in_a_word() {
    assert_eq!(found(&["ΟΔΟΣΣΗΜΑ"], "ΟΔΟΣ"), ["ΟΔΟΣΣΗΜΑ"]);
    assert_eq!(found(&["ΟΔΟΣ"], "οδος"), ["ΟΔΟΣ"]);
    assert_eq!(found(&["İstanbul"], "i\u{307}STAN"), ["İstanbul"]);
    assert_eq!(found(&["GROẞ"], "groß"), ["GROẞ"]);
}

#[test]
fn cursors_of_other_lists_are_refused() {
    let service = service();
    do_steps(&service, &["a", "ab", "ba"].map(|name| Step::Create(name.to_owned(), true)));
    let next = |needle: Option<&str>| service.providers(&query(needle, None, None, 1)).unwrap().next;
    let (by_id, by_name) = (next(None), next(Some("a")));
    let garbage = |bytes: &[u8]| Some(Cursor::Name(bytes.to_vec()));
    let refused = [
        (None, by_name.clone()),
        (Some("a"), by_id),
        (Some("b"), by_name),
        (Some("a"), garbage(b"")),
        (Some("a"), garbage(b"A")),
        (Some("a"), garbage(b"Z")),
        (Some("a"), garbage(b"N")),
        (Some("a"), garbage(b"\0")),
        (Some("a"), garbage(b"\0N\0\0\0\0\0\0\0\x02a")),
        (Some("a"), garbage(b"S\0\0\0\0\0\0\0\x02a")),
    ];
    for (needle, cursor) in refused {
        let outcome = service.providers(&query(needle, None, cursor.clone(), 1));
        assert_eq!(outcome.expect_err("refused").kind(), &ErrorKind::BadCursor, "{needle:?} {cursor:?}");
    }
}

#[test]
fn searches_follow_whatever_happens_between_them() {
    let store = IdpStore::builder().engine(MemoryEngine::default()).open().unwrap();
    let service = store.service();
    let named = |needle: &str| {
        let mut found = ids(&service.providers(&query(Some(needle), None, None, usize::MAX)).unwrap());
        found.sort();
        found
    };
    let make = |name: &str| do_steps(&service, &[Step::Create(name.to_owned(), true)])[0].id;
    let (first, before) = (make("first"), store.snapshot().unwrap());
    assert_eq!(named("i"), [first]);
    // After going back, ids are given again.
    let rename = |name: &str| {
        let renamed = |old: &IdentityProvider| IdentityProvider { name: name.to_owned(), ..old.clone() };
        service.update_provider(first, |old, _| Ok(renamed(old))).unwrap();
    };
    let second = make("second i");
    rename("third");
    assert_eq!((named("i"), named("first")), (vec![first, second], vec![]));
    store.restore(&before).unwrap();
    assert_eq!((named("i"), named("first"), named("third")), (vec![first], vec![first], vec![]));
    let again = make("another i");
    assert_eq!(named("i"), [first, again]);
    assert_eq!(named("second"), []);
    // More changes than are followed one by one.
    (0..1100).for_each(|number| rename(&format!("name {number}")));
    assert_eq!((named("first"), named("name 1099")), (vec![], vec![first]));
    service.delete_provider(first).unwrap();
    assert_eq!(named("name"), []);
}
