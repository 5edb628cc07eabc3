//! Stores in the clear and stores in which everything is sealed, used in the same way under odd names: they answer alike, and hold
//! the same.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::time::Duration;

use idpstore::engine::{Scan, Value};
use idpstore::env::SeededEntropy;
use idpstore::model::{Application, State, User};
use idpstore::pki::Timestamp;
use idpstore::testing::{FixedClock, OptimisticEngine};
use idpstore::{ApplicationQuery, Cursor, ProviderQuery, Secrets};
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::*;

/// Names that are the beginnings of others, differ in their case, are longer than keys are, or look like the ends of texts in keys.
fn names() -> Vec<String> {
    let long = "é".repeat(600);
    let odd = [
        "",
        "a",
        "A",
        "ab",
        "aB",
        "abc",
        "a\0",
        "a\0\u{1}",
        "a\0\u{1}b",
        "a\u{1}",
        "\0",
        "\0\u{2}",
        "ß",
        "ẞ",
        "SS",
        "σ",
        "ς",
        "Σ",
        "İ",
        "i\u{307}",
        "\u{10ffff}",
        "\u{7f}",
        "a b",
        "é",
    ];
    let odd = odd.into_iter().map(str::to_owned);
    odd.chain([long.clone(), long.clone() + "a", long.clone() + "A", long + "\0b"]).collect()
}

/// One call: what is called, and two choices.
type Call = (u8, usize, usize);

struct Twin {
    store: IdpStore,
    is_sealed: bool,
    clock: FixedClock,
    snapshots: Vec<Snapshot>,
    tenants: Vec<Id>,
    ids: Vec<Id>,
}

/// What a call comes to, in words.
fn words<T: Debug>(outcome: Result<T>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?} {error}", error.kind()),
    }
}

impl Twin {
    fn new(engine: impl Engine + 'static, is_sealed: bool) -> Self {
        let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
        let builder = builder(engine).clock(clock.clone()).entropy(SeededEntropy::new([7; 32]));
        let store = if is_sealed { builder.seal_everything(wrap()) } else { builder }.open().unwrap();
        Self {
            store,
            is_sealed,
            clock,
            snapshots: Vec::new(),
            tenants: vec![Id::from_number(1)],
            ids: Vec::new(),
        }
    }

    fn made<T>(&mut self, outcome: Result<T>, id: impl Fn(&T) -> Id) -> Result<T> {
        if let Ok(made) = &outcome {
            self.ids.push(id(made));
        }
        outcome
    }

    fn call(&mut self, (what, one, other): Call, names: &[String]) -> String {
        self.clock.advance(1);
        let name = &names[one % names.len()];
        let second = &names[other % names.len()];
        let id = self.ids.get(other % self.ids.len().max(1)).copied().unwrap_or_else(|| Id::from_number(99));
        let store = self.store.for_tenant(self.tenants[other % self.tenants.len()]);
        let change = 1 + one as u64 % store.service().last_change().unwrap().max(1);
        match what % 22 {
            0 => {
                let provider = IdentityProvider::named(name.as_str(), oidc(second));
                let alias = (other % 3 > 0).then(|| second.clone());
                words(self.made(store.providers().create(IdentityProvider { alias, ..provider }), |it| it.id))
            }
            1 => words(store.providers().update(id, |it| it.name.clone_from(name))),
            2 => words(store.providers().update(id, |it| it.alias = Some(name.clone()))),
            3 => words(store.providers().delete(id)),
            4 => {
                let application = Application {
                    alias: Some(second.clone()),
                    entity_id: Some(name.clone()),
                    ..Application::named(name.as_str())
                };
                words(self.made(store.applications().create(application), |it| it.id))
            }
            5 => words(store.applications().update(id, |it| it.name.clone_from(name))),
            6 => words(store.applications().deactivate(id)),
            7 => words(store.applications().delete(id)),
            8 => words(self.made(store.users().create(User::named(name.as_str())), |it| it.id)),
            9 => words(store.users().delete(id)),
            10 => {
                let outcome = store.tenants().create(name);
                self.tenants.extend(outcome.as_ref().map(|it| it.id));
                words(outcome)
            }
            11 => words(self.store.tenants().delete(self.tenants[one % self.tenants.len()])),
            12 => words(store.undo(change)),
            13 => {
                self.snapshots.push(self.store.snapshot().unwrap());
                String::new()
            }
            14 => match self.snapshots.get(one % self.snapshots.len().max(1)) {
                Some(snapshot) => words(self.store.restore(snapshot)),
                None => String::new(),
            },
            15 => {
                if self.is_sealed {
                    match store.rotate_data_key() {
                        Ok(_) => {}
                        Err(error) => assert_eq!(error.kind(), &ErrorKind::Unsupported),
                    }
                }
                String::new()
            }
            16 => {
                let key = store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default());
                let shared = key.and_then(|key| {
                    store.signing_keys(Owner::Provider(id)).share(&key.kid, Owner::Application(id))
                });
                words(shared.map(|key| key.kid))
            }
            17 => {
                let mut document = Vec::new();
                let exported = store.export(Secrets::InTheClear, &mut document, |_| {});
                let again =
                    store.import_document(&String::from_utf8(document).unwrap(), one % 2 == 0, |_| {});
                words(exported) + &words(again.map(|(done, _)| done))
            }
            18 => words(store.diff(change, change + 2)),
            19 => words(store.at(change).map(|past| read(&past, names))),
            20 => words(store.history(id, 5)),
            _ => words(store.users().with_login(name)),
        }
    }
}

/// All that a store lists and finds.
fn read(store: &IdpStore, names: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for name in names {
        all.push(words(store.providers().with_alias(name)));
        all.push(words(store.users().with_login(name)));
        let exactly = ProviderQuery { name: Some(name.clone()), ..ProviderQuery::all() };
        all.push(words(store.providers().list(&exactly)));
        let list = |after| {
            let query =
                ProviderQuery { name_contains: Some(name.clone()), limit: 3, after, ..ProviderQuery::all() };
            store
                .providers()
                .list(&query)
                .map(|page| (page.items.into_iter().map(|it| it.id).collect(), page.next))
        };
        all.extend(pages(list));
        let list = |after| {
            let query = ApplicationQuery {
                name_starts: Some(name.clone()),
                limit: 2,
                after,
                ..ApplicationQuery::default()
            };
            store
                .applications()
                .list(&query)
                .map(|page| (page.items.into_iter().map(|it| it.id).collect(), page.next))
        };
        all.extend(pages(list));
    }
    for state in [State::Active, State::Inactive] {
        let query = ApplicationQuery { state: Some(state), ..ApplicationQuery::default() };
        all.push(words(store.applications().list(&query)));
    }
    all.push(words(store.signing_keys(Owner::Tenant).list()));
    all
}

fn pages(list: impl Fn(Option<Cursor>) -> Result<(Vec<Id>, Option<Cursor>)>) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = list(after.take());
        all.push(words(page.as_ref().map(|(ids, _)| ids).map_err(|error| error.kind().clone().into())));
        let Ok((_, Some(next))) = page else { return all };
        after = Some(next);
    }
}

fn compare(calls: &[Call], mut twins: [Twin; 2]) -> std::result::Result<(), TestCaseError> {
    let names = names();
    for call in calls {
        let [plain, sealed] = twins.each_mut().map(|twin| twin.call(*call, &names));
        proptest::prop_assert_eq!(plain, sealed, "{:?}", call);
    }
    for tenant in &twins[0].tenants {
        let [plain, sealed] = twins.each_ref().map(|twin| read(&twin.store.for_tenant(*tenant), &names));
        proptest::prop_assert_eq!(plain, sealed);
    }
    let [plain, sealed] = twins.each_ref().map(|twin| twin.store.check().unwrap());
    proptest::prop_assert_eq!(plain, sealed);
    let [plain, sealed] = twins.map(|twin| twin.store.snapshot().unwrap());
    proptest::prop_assert!(entries(&sealed.unsealed(&wrap()).unwrap()) == entries(&plain), "entry by entry");
    Ok(())
}

/// What a store holds, without its log and the numbers of the units that have written it: with several owners, founding a seal
/// takes a number.
fn entries(snapshot: &Snapshot) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (engine, mut entries) = (holding(snapshot), Vec::new());
    let visit = &mut |key: &[u8], value: Value<&[u8]>| {
        entries.extend((key[0] != b'C').then(|| (key.to_vec(), value.to_vec())));
        Ok(ControlFlow::Continue(()))
    };
    engine.read().unwrap().scan(Scan::ascending(&[], &[0xff]), visit).unwrap();
    entries
}

fn run(cases: u32, twins: impl Fn() -> [Twin; 2]) {
    let calls = proptest::collection::vec(any::<Call>(), 1..60);
    TestRunner::new(Config::with_cases(cases)).run(&calls, |calls| compare(&calls, twins())).unwrap();
}

#[test]
fn stores_under_odd_names_are_alike_sealed_or_not() {
    run(60, || [false, true].map(|is_sealed| Twin::new(MemoryEngine::default(), is_sealed)));
}

#[test]
fn so_are_those_of_several_owners() {
    let twin = |is_sealed| {
        let engine = OptimisticEngine::new(Duration::ZERO);
        let twin = Twin::new(engine.clone(), is_sealed);
        if !is_sealed {
            // As founding a seal does, this takes a number.
            engine.write().unwrap().commit(None).unwrap();
        }
        twin
    };
    run(30, || [false, true].map(twin));
}
