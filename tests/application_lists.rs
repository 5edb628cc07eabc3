//! Lists of applications, a page at a time, show exactly what a naive implementation shows, whatever index they are
//! read along.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use idpstore::engine::MemoryEngine;
use idpstore::model::{Application, Id, State};
use idpstore::pki::{DistinguishedName, EcCurve, Hash, KeySpec, NameAttribute, Profile};
use idpstore::{ApplicationQuery, CertificatePlan, Cursor, ErrorKind, IdpStore, Owner, Service};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Names that begin with each other, in several cases.
const NAMES: [&str; 7] = ["a", "A", "ab", "aB_1", "ab_12", "b", "\0"];

#[derive(Clone, Debug)]
enum Step {
    Create(&'static str, Option<&'static str>, bool, Option<usize>),
    Rename(Index, &'static str),
    Switch(Index),
    Delete(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let name = || select(&NAMES[..]);
    prop_oneof![
        6 => (name(), prop::option::of(name()), any::<bool>(), prop::option::of(0..KEYS))
            .prop_map(|(name, alias, on, key)| Step::Create(name, alias, on, key)),
        1 => (any::<Index>(), name()).prop_map(|(at, name)| Step::Rename(at, name)),
        1 => any::<Index>().prop_map(Step::Switch),
        1 => any::<Index>().prop_map(Step::Delete),
    ]
}

/// How many keys an application may refer to: it signs with the first ones, and trusts the last.
const KEYS: usize = 3;

/// Makes the keys, and gives their ids.
fn keys(service: &Service) -> [Id; KEYS] {
    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "key");
    let plan = |now| CertificatePlan {
        subject: subject.clone(),
        issuer: subject.clone(),
        serial_number: 1.into(),
        not_before: now,
        not_after: now,
        spec: KeySpec::Ec { curve: EcCurve::P256 },
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let make = || service.create_signing_key(Owner::Tenant, |draft| Ok(plan(draft.now())));
    let [one, other] = [(); 2].map(|()| make().unwrap());
    [one.id, other.id, service.create_trusted_key(&one.chain).unwrap().id]
}

/// The `kid` of one of them.
fn kid(service: &Service, id: Id) -> String {
    service.signing_key(id).map_or_else(|_| id.to_uuid(), |key| key.kid)
}

/// Does the steps, and gives what is there afterwards in the order in which it was made.
fn do_steps(service: &Service, keys: &[Id], steps: &[Step]) -> Vec<Application> {
    let mut there: Vec<Application> = Vec::new();
    for step in steps {
        match step {
            Step::Create(name, alias, on, key) => {
                let made = service.create_application(|draft| {
                    let mut made = Application::new(draft.id(), draft.now(), *name);
                    made.alias = alias.map(str::to_owned);
                    made.state = if *on { State::Active } else { State::Inactive };
                    match key.map(|at| keys[at]) {
                        None => {}
                        Some(id) if id == keys[KEYS - 1] => made.trusted_keys = vec![id.to_uuid()],
                        Some(id) => made.signing_key = draft.lend_signing_key(id)?.map(|key| key.kid),
                    }
                    Ok(made)
                });
                there.push(made.unwrap());
            }
            _ if there.is_empty() => {}
            Step::Rename(at, name) => {
                let at = at.index(there.len());
                let renamed = |old: &Application| Application { name: (*name).to_owned(), ..old.clone() };
                there[at] = service.update_application(there[at].id, |old, _| Ok(renamed(old))).unwrap();
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

/// What a naive implementation finds: where names alone are searched those with this very name first, then in the order
/// of the first that fits, else by id.
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
            && query.signing_key.as_ref().is_none_or(|kid| item.signing_key.as_ref() == Some(kid))
            && query
                .key
                .as_ref()
                .is_none_or(|kid| item.trusted_keys.iter().chain(&item.signing_key).any(|it| it == kid))
            && query.also.is_none_or(|also| also(item))
            && query.id.is_none_or(|id| item.id == id)
    });
    if query.name_starts.is_none() {
        return wanted.map(|item| item.id).collect();
    }
    let is_exact = |item: &Application| {
        let start = query.name_starts.as_ref();
        start == Some(&item.name) || start == item.alias.as_ref()
    };
    let mut found: Vec<_> =
        wanted.filter_map(|item| Some((!is_exact(item), first(item)?, item.id))).collect();
    if query.alias.is_none() && query.signing_key.is_none() && query.key.is_none() {
        found.sort();
    }
    found.into_iter().map(|(.., id)| id).collect()
}

proptest! {
    #[test]
    fn every_page_is_where_it_belongs(
        steps in prop::collection::vec(step(), 1..24),
        name_starts in prop::option::of(select(&["", "a", "A", "AB", "ab_1", "b", "\0", "c"][..])),
        alias in prop::option::weighted(0.3, select(&NAMES[..])),
        key in prop::option::weighted(0.3, 0..KEYS),
        id in prop::option::weighted(0.1, any::<Index>()),
        state in prop::option::of(select(&[State::Active, State::Inactive][..])),
        any_key in prop::option::weighted(0.2, 0..KEYS),
        is_alone in prop::bool::weighted(0.2),
        limit in 1..4_usize,
    ) {
        let service = service();
        let keys = keys(&service);
        let there = do_steps(&service, &keys, &steps);
        let query = ApplicationQuery {
            id: id.filter(|_| !there.is_empty()).map(|at| at.get(&there).id),
            name_starts: name_starts.map(str::to_owned),
            alias: alias.map(str::to_owned),
            state,
            signing_key: key.map(|at| kid(&service, keys[at])),
            key: any_key.map(|at| kid(&service, keys[at])),
            also: is_alone.then_some(|application| application.trusted_keys.is_empty()),
            after: None,
            limit,
        };
        prop_assert_eq!(pages(&service, &query), naive(&there, &query));
        let query = ApplicationQuery { name_starts: None, ..query };
        prop_assert_eq!(pages(&service, &query), naive(&there, &query));
    }
}

#[test]
fn cursors_of_other_lists_are_refused() {
    let service = service();
    let made = do_steps(&service, &[], &["a", "ab"].map(|name| Step::Create(name, None, true, None)));
    let by_name =
        ApplicationQuery { name_starts: Some("a".to_owned()), limit: 1, ..ApplicationQuery::default() };
    let place = service.applications(&by_name).unwrap().next;
    let by_id = ApplicationQuery { limit: 1, ..ApplicationQuery::default() };
    let id = Some(Cursor::Id(made[0].id));
    let others = ApplicationQuery { name_starts: Some("b".to_owned()), ..by_name.clone() };
    let one = ApplicationQuery { id: Some(made[0].id), ..by_id.clone() };
    for (query, after) in [(&by_id, &place), (&by_name, &id), (&others, &place), (&one, &place)] {
        let refused = service.applications(&ApplicationQuery { after: after.clone(), ..query.clone() });
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::BadCursor);
    }
}
