//! Lists of applications, a page at a time, show exactly what a naive implementation shows, whatever index they are
//! read along.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use idpstore::engine::memory::MemoryEngine;
use idpstore::model::{Application, Id, State};
use idpstore::service::{ApplicationQuery, Cursor, Service};
use idpstore::{ErrorKind, IdpStore};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Names that begin with each other, in several cases.
const NAMES: [&str; 7] = ["a", "A", "ab", "aB_1", "ab_12", "b", "\0"];

#[derive(Clone, Debug)]
enum Step {
    Create(&'static str, Option<&'static str>, bool),
    Rename(Index, &'static str),
    Switch(Index),
    Delete(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let name = || select(&NAMES[..]);
    prop_oneof![
        6 => (name(), prop::option::of(name()), any::<bool>()).prop_map(|(name, alias, on)| Step::Create(name, alias, on)),
        1 => (any::<Index>(), name()).prop_map(|(at, name)| Step::Rename(at, name)),
        1 => any::<Index>().prop_map(Step::Switch),
        1 => any::<Index>().prop_map(Step::Delete),
    ]
}

/// Does the steps, and gives what is there afterwards in the order in which it was made.
fn do_steps(service: &Service, steps: &[Step]) -> Vec<Application> {
    let mut there: Vec<Application> = Vec::new();
    for step in steps {
        match step {
            Step::Create(name, alias, on) => {
                let made = service.create_application(|draft| {
                    let mut made = Application::new(draft.id(), draft.now(), *name);
                    made.alias = alias.map(str::to_owned);
                    made.state = if *on { State::Active } else { State::Inactive };
                    Ok(made)
                });
                there.push(made.unwrap());
            }
            _ if there.is_empty() => {}
            Step::Rename(at, name) => {
                let at = at.index(there.len());
                let renamed = |old: &Application| Application { name: (*name).to_owned(), ..old.clone() };
                there[at] = service.replace_application(there[at].id, |old, _| Ok(renamed(old))).unwrap();
            }
            Step::Switch(at) => {
                let at = at.index(there.len());
                let state = if there[at].state == State::Active { State::Inactive } else { State::Active };
                there[at] = service.set_application_state(there[at].id, state).unwrap();
            }
            Step::Delete(at) => {
                let gone = there.remove(at.index(there.len()));
                service.delete_application(gone.id).unwrap();
            }
        }
    }
    there
}

fn service() -> Service {
    IdpStore::builder().engine(MemoryEngine::default()).open().unwrap().service()
}

/// All pages of a list.
fn pages(service: &Service, query: &ApplicationQuery) -> Vec<Id> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = service.applications(&ApplicationQuery { after, ..query.clone() }).unwrap();
        assert!(page.items.len() <= query.limit);
        found.extend(page.items.iter().map(|item| item.id));
        match page.next {
            None => return found,
            next => after = next,
        }
    }
}

/// What a naive implementation finds: where names are searched in the order of the first that fits, else by id.
fn naive(there: &[Application], query: &ApplicationQuery) -> Vec<Id> {
    let fits = |name: &&String| {
        let start = query.name_starts.as_ref().unwrap();
        name.to_lowercase().starts_with(&start.to_lowercase())
    };
    let first = |item: &Application| {
        let names = std::iter::once(&item.name).chain(&item.alias);
        names.filter(fits).map(|name| name.to_lowercase()).min()
    };
    let wanted = there.iter().filter(|item| {
        query.alias.as_ref().is_none_or(|alias| item.alias.as_ref() == Some(alias))
            && query.state.is_none_or(|state| item.state == state)
    });
    if query.name_starts.is_none() {
        return wanted.map(|item| item.id).collect();
    }
    let mut found: Vec<_> = wanted.filter_map(|item| Some((first(item)?, item.id))).collect();
    found.sort();
    found.into_iter().map(|(_, id)| id).collect()
}

proptest! {
    #[test]
    fn every_page_is_where_it_belongs(
        steps in prop::collection::vec(step(), 1..24),
        name_starts in prop::option::of(select(&["", "a", "AB", "ab_1", "b", "\0", "c"][..])),
        alias in prop::option::weighted(0.2, select(&NAMES[..])),
        state in prop::option::of(select(&[State::Active, State::Inactive][..])),
        limit in 1..4_usize,
    ) {
        let service = service();
        let there = do_steps(&service, &steps);
        let query = ApplicationQuery {
            name_starts: name_starts.map(str::to_owned),
            state,
            limit,
            ..ApplicationQuery::default()
        };
        prop_assert_eq!(pages(&service, &query), naive(&there, &query));
        let query = ApplicationQuery { alias: alias.map(str::to_owned), name_starts: None, ..query };
        prop_assert_eq!(pages(&service, &query), naive(&there, &query));
    }
}

#[test]
fn cursors_of_other_lists_are_refused() {
    let service = service();
    let made = do_steps(&service, &[Step::Create("a", None, true), Step::Create("ab", None, true)]);
    let by_name =
        ApplicationQuery { name_starts: Some("a".to_owned()), limit: 1, ..ApplicationQuery::default() };
    let place = service.applications(&by_name).unwrap().next;
    let by_id = ApplicationQuery { limit: 1, ..ApplicationQuery::default() };
    let id = Some(Cursor::Id(made[0].id));
    let others = ApplicationQuery { name_starts: Some("b".to_owned()), ..by_name.clone() };
    for (query, after) in [(&by_id, &place), (&by_name, &id), (&others, &place)] {
        let refused = service.applications(&ApplicationQuery { after: after.clone(), ..query.clone() });
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::BadCursor);
    }
}
