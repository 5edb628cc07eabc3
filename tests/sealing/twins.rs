//! Stores in the clear and stores in which everything is sealed, used in the same way under odd names: they answer alike, and hold
//! the same.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::time::Duration;

use idpstore::engine::{Scan, Value as Stored};
use idpstore::env::SeededEntropy;
use idpstore::model::{Application, State, User};
use idpstore::pki::Timestamp;
use idpstore::testing::{FixedClock, OptimisticEngine};
use idpstore::{ApplicationQuery, Cursor, ProviderQuery, Secrets};
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

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

/// One of several; none if there are none.
fn chosen<T: Clone>(from: &[T], choice: usize) -> Option<T> {
    from.get(choice % from.len().max(1)).cloned()
}

/// What a call comes to, in words.
fn words<T: Debug>(outcome: Result<T>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?} {error}", error.kind()),
    }
}

fn days(choice: usize) -> u32 {
    u32::try_from(choice % 400).unwrap() * 24 * 60 * 60
}

struct Twin {
    store: IdpStore,
    is_sealed: bool,
    clock: FixedClock,
    names: Vec<String>,
    snapshots: Vec<Snapshot>,
    tenants: Vec<Id>,
    /// What was made, and in which tenant.
    made: Vec<(Id, Id)>,
}

impl Twin {
    fn new(engine: impl Engine + 'static, is_sealed: bool) -> Self {
        let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
        let builder = builder(engine).clock(clock.clone()).entropy(SeededEntropy::new([7; 32]));
        let store = if is_sealed { builder.seal_everything(wrap()) } else { builder }.open().unwrap();
        let tenants = vec![Id::from_number(1)];
        Self { store, is_sealed, clock, names: names(), snapshots: Vec::new(), tenants, made: Vec::new() }
    }

    fn call(&mut self, (what, one, other): Call) -> String {
        self.clock.advance(1);
        match what % 25 {
            what @ 0..5 => self.create(what, one, other),
            what @ 5..15 => self.change(what, one, other),
            what @ 15..20 => self.look_back(what, one, other),
            what => self.turn_over(what, one),
        }
    }

    /// Makes something.
    fn create(&mut self, what: u8, one: usize, other: usize) -> String {
        let [name, second] = [one, other].map(|choice| chosen(&self.names, choice).unwrap());
        let tenant = chosen(&self.tenants, one ^ other).unwrap();
        let store = self.store.for_tenant(tenant);
        let made = match what {
            0 => {
                let provider = IdentityProvider::named(name, oidc(&second));
                let alias = (!other.is_multiple_of(3)).then_some(second);
                store.providers().create(IdentityProvider { alias, ..provider }).map(|it| it.id)
            }
            1 => {
                let application = Application::named(name.clone());
                let names = Application { alias: Some(second), entity_id: Some(name), ..application };
                store.applications().create(names).map(|it| it.id)
            }
            2 => store.users().create(User::named(name)).map(|it| it.id),
            3 => return answer(&store, "POST", "/api/v1/groups", &json!({"profile": {"name": name}})),
            _ => {
                let made = self.store.tenants().create(&name).map(|it| it.id);
                self.tenants.extend(made.as_ref().ok());
                return words(made);
            }
        };
        self.made.extend(made.as_ref().ok().map(|id| (tenant, *id)));
        words(made)
    }

    /// Changes something that was made, or removes it.
    fn change(&mut self, what: u8, one: usize, other: usize) -> String {
        let name = chosen(&self.names, one).unwrap();
        let Some((tenant, id)) = chosen(&self.made, other) else { return String::new() };
        let (store, owners) = (self.store.for_tenant(tenant), [Owner::Provider(id)]);
        match what {
            5 => words(store.providers().update(id, |it| it.name.clone_from(&name))),
            6 => words(store.providers().update(id, |it| it.alias = Some(name.clone()))),
            7 => words(store.providers().delete(id)),
            8 => words(store.applications().update(id, |it| it.name.clone_from(&name))),
            9 => words(store.applications().deactivate(id)),
            10 => words(store.applications().delete(id)),
            11 => words(store.users().delete(id)),
            12 => {
                let key = store.rotation().prepare(&owners, &NewSigningKey::default());
                words(key.and_then(|key| store.rotation().promote(&key.kid, &owners, days(one))))
            }
            13 => {
                let key = store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default());
                let share = |kid: &str| store.signing_keys(Owner::Tenant).share(kid, owners[0]);
                words(key.and_then(|key| share(&key.kid)))
            }
            _ => words(self.store.tenants().delete(tenant)),
        }
    }

    /// Reads the history, or undoes a part of it.
    fn look_back(&mut self, what: u8, one: usize, other: usize) -> String {
        let tenant = chosen(&self.tenants, other).unwrap();
        let store = self.store.for_tenant(tenant);
        let change = 1 + one as u64 % store.service().last_change().unwrap().max(1);
        match what {
            15 => words(store.undo(change)),
            16 => words(store.diff(change, change + 2)),
            17 => words(store.at(change).map(|past| read(&past.for_tenant(tenant), &self.names))),
            18 => words(store.service().changes(change, 20)),
            _ => chosen(&self.made, other).map(|(_, id)| words(store.history(id, 5))).unwrap_or_default(),
        }
    }

    /// Changes the whole store, or its time.
    fn turn_over(&mut self, what: u8, one: usize) -> String {
        match what {
            20 => {
                self.snapshots.push(self.store.snapshot().unwrap());
                String::new()
            }
            21 => chosen(&self.snapshots, one).map(|it| words(self.store.restore(&it))).unwrap_or_default(),
            22 => {
                if let Some(error) = self.is_sealed.then(|| self.store.rotate_data_key().err()).flatten() {
                    assert_eq!(error.kind(), &ErrorKind::Unsupported);
                }
                String::new()
            }
            23 => {
                let mut document = Vec::new();
                let exported = self.store.export(Secrets::InTheClear, &mut document, |_| {});
                let document = String::from_utf8(document).unwrap();
                let again = self.store.import_document(&document, one.is_multiple_of(2), |_| {});
                words(exported) + &words(again.map(|(done, _)| done))
            }
            _ => {
                self.clock.advance(days(one).into());
                words(self.store.advance())
            }
        }
    }
}

/// What Okta's API answers.
fn answer(store: &IdpStore, method: &str, path: &str, body: &Value) -> String {
    let request = http::Request::builder().method(method).uri(format!("https://example.okta.com{path}"));
    let request = request.header("content-type", "application/json").body(body.to_string().into()).unwrap();
    let answer = store.handle(request);
    format!("{} {}", answer.status(), String::from_utf8_lossy(answer.body()))
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
    all.push(answer(store, "GET", "/api/v1/groups", &Value::Null));
    all.push(answer(store, "GET", "/api/v1/groups?q=a&limit=2", &Value::Null));
    let ids: Vec<_> =
        store.providers().list(&ProviderQuery::all()).into_iter().flat_map(|all| all.items).collect();
    all.extend(ids.iter().map(|it| words(store.rotation().status(Owner::Provider(it.id)))));
    all.push(words(store.expiring(Timestamp::from_unix_seconds(4_000_000_000))));
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
    for call in calls {
        let [plain, sealed] = twins.each_mut().map(|twin| twin.call(*call));
        proptest::prop_assert_eq!(plain, sealed, "{:?}", call);
    }
    for tenant in &twins[0].tenants {
        let [plain, sealed] = twins.each_ref().map(|twin| read(&twin.store.for_tenant(*tenant), &twin.names));
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
    let visit = &mut |key: &[u8], value: Stored<&[u8]>| {
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
