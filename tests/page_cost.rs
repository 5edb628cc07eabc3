//! What a page costs depends on the page, not on how many providers there are before or after it.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use idpstore::engine::{
    Direction, Engine, MemoryEngine, ReadTx, RedbEngine, Scan, Snapshot, Value, Visit, VisitLog, WriteTx,
};
use idpstore::model::{Id, IdentityProvider, Protocol, Saml};
use idpstore::testing::CannedKeys;
use idpstore::{Cursor, IdpStore, NewSigningKey, Owner, ProviderQuery, Result, Service};

const LIMIT: usize = 3;

/// An engine that counts what its readers look at.
#[derive(Debug)]
struct Counting<E>(E, Arc<AtomicUsize>);

struct Reader<'e>(Box<dyn ReadTx + 'e>, &'e AtomicUsize);

impl<E: Engine> Engine for Counting<E> {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(Reader(self.0.read()?, &self.1)))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        self.0.write()
    }

    fn snapshot(&self) -> Result<Snapshot> {
        self.0.snapshot()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.0.wait_for(number, timeout)
    }
}

impl ReadTx for Reader<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.get(key)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        self.0.scan(scan, &mut |key, value| {
            self.1.fetch_add(1, Ordering::Relaxed);
            visit(key, value)
        })
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.0.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        self.0.number()
    }
}

/// What the pages around the last provider but `LIMIT` cost among so many providers, and what the second of them costs that is
/// found by its position.
fn costs(engine: impl Engine + 'static, providers: usize) -> [usize; 3] {
    let looks = Arc::new(AtomicUsize::new(0));
    let service = IdpStore::builder().engine(Counting(engine, looks.clone())).open().unwrap().service();
    let ids: Vec<_> = (0..providers).map(|number| create(&service, &format!("Provider {number}"))).collect();
    let place = ids.len() - LIMIT;
    let here = *ids.get(place).unwrap();
    let cost = |wanted: &[Id], page: &dyn Fn() -> Vec<Id>| {
        looks.store(0, Ordering::Relaxed);
        assert_eq!(page(), wanted);
        looks.load(Ordering::Relaxed)
    };
    let before = ids.get(place - LIMIT..place).unwrap();
    let after = ids.get(place + 1..).unwrap();
    let page = |direction| {
        let after = Some(Cursor::Id(here));
        let query = ProviderQuery { after, direction, limit: LIMIT, ..ProviderQuery::default() };
        service.provider_ids(&query).unwrap().items
    };
    let portion = || {
        let portion = service.providers_from(place + 1, LIMIT).unwrap();
        assert_eq!(portion.total, providers);
        portion.items.iter().map(|provider| provider.id).collect()
    };
    cost(after, &portion); // the first one reads all ids
    [
        cost(before, &|| page(Direction::Descending)),
        cost(after, &|| page(Direction::Ascending)),
        cost(after, &portion),
    ]
}

fn create(service: &Service, name: &str) -> Id {
    let saml = || Protocol::Saml(Saml::default());
    let made = service
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, saml())))
        .unwrap();
    made.id
}

#[test]
fn pages_on_both_sides_cost_the_same_among_few_and_many() {
    let few = costs(MemoryEngine::default(), 10);
    assert_eq!(costs(MemoryEngine::default(), 1000), few);
    assert_eq!(costs(RedbEngine::in_memory().unwrap(), 300), few);
    // One more than the page, to see whether there are others, and one to stop at.
    assert!(few.into_iter().all(|cost| cost <= LIMIT + 2), "{few:?}");
}

/// What it costs to find the two providers that use a key, beside so many that use another.
fn cost_of_references(others: usize) -> usize {
    let looks = Arc::new(AtomicUsize::new(0));
    let engine = Counting(MemoryEngine::default(), looks.clone());
    let store = IdpStore::builder().engine(engine).keys(CannedKeys::default()).open().unwrap();
    let owners: Vec<_> =
        (0..others + 2).map(|number| create(&store.service(), &format!("Provider {number}"))).collect();
    let (used, other) = owners.split_at(2);
    let [kid, _] = [used, other].map(|owners| {
        let keys = store.signing_keys(Owner::Provider(*owners.first().unwrap()));
        let kid = keys.generate(&NewSigningKey::default()).unwrap().kid;
        for owner in owners.iter().skip(1) {
            keys.share(&kid, Owner::Provider(*owner)).unwrap();
        }
        for owner in owners {
            store.providers().update(*owner, |it| it.signing_key = Some(kid.clone())).unwrap();
        }
        kid
    });
    looks.store(0, Ordering::Relaxed);
    assert_eq!(store.references(&kid).unwrap().len(), 2);
    looks.load(Ordering::Relaxed)
}

#[test]
fn references_cost_the_same_among_few_and_many() {
    assert_eq!(cost_of_references(1), cost_of_references(200));
}

/// What it costs to find the one key that ends soon, beside so many others.
fn cost_of_expiring(others: usize) -> usize {
    let looks = Arc::new(AtomicUsize::new(0));
    let engine = Counting(MemoryEngine::default(), looks.clone());
    let store = IdpStore::builder().engine(engine).keys(CannedKeys::default()).open().unwrap();
    let keys = store.signing_keys(Owner::Tenant);
    let generate = |years| keys.generate(&NewSigningKey { years, ..NewSigningKey::default() }).unwrap();
    let first = generate(1);
    (0..others).for_each(|_| drop(generate(10)));
    looks.store(0, Ordering::Relaxed);
    assert_eq!(store.expiring(first.expires.unwrap().plus_seconds(1)).unwrap().len(), 1);
    looks.load(Ordering::Relaxed)
}

#[test]
fn dates_cost_the_same_among_few_and_many() {
    assert_eq!(cost_of_expiring(1), cost_of_expiring(7));
}

/// What a page in the middle of each list of the neutral API costs that the service looks for, among so many owners and keys.
#[cfg(feature = "api")]
fn costs_of_lists(many: usize) -> Vec<usize> {
    let looks = Arc::new(AtomicUsize::new(0));
    let engine = Counting(MemoryEngine::default(), looks.clone());
    let store = IdpStore::builder().engine(engine).keys(CannedKeys::default()).open().unwrap();
    let keys = store.signing_keys(Owner::Tenant);
    let used = keys.generate(&NewSigningKey::default()).unwrap().kid;
    for number in 0..many {
        let owner = create(&store.service(), &format!("Provider {number}"));
        keys.share(&used, Owner::Provider(owner)).unwrap();
        store.signing_keys(Owner::Provider(owner)).generate(&NewSigningKey::default()).unwrap();
    }
    let ask = |path: &str| {
        let request = http::Request::get(format!("/_idpstore/v1/{path}")).body(bytes::Bytes::new()).unwrap();
        let page: serde_json::Value = serde_json::from_slice(store.handle(request).body()).unwrap();
        assert_eq!(
            page.pointer("/items").and_then(serde_json::Value::as_array).map(Vec::len),
            Some(LIMIT),
            "{page}"
        );
        page.pointer("/next").and_then(serde_json::Value::as_str).map(str::to_owned).unwrap()
    };
    let paths = [
        format!("keys/{used}/references?limit={LIMIT}"),
        format!("unused-keys?limit={LIMIT}"),
        format!("owners-without-key?limit={LIMIT}"),
        format!("expiring?before=2999-01-01T00:00:00Z&limit={LIMIT}"),
    ];
    let cost = |path: &String| {
        let next = ask(path);
        looks.store(0, Ordering::Relaxed);
        ask(&format!("{path}&after={next}"));
        looks.load(Ordering::Relaxed)
    };
    paths.iter().map(cost).collect()
}

#[cfg(feature = "api")]
#[test]
fn pages_of_lists_cost_the_same_among_few_and_many() {
    let few = costs_of_lists(8);
    assert_eq!(costs_of_lists(16), few);
}

/// What a call of ZITADEL's API costs in a store that `fill` has filled.
#[cfg(feature = "zitadel")]
fn cost_at_zitadel(fill: &dyn Fn(&IdpStore), method: &str, path: &str, body: &str) -> usize {
    let looks = Arc::new(AtomicUsize::new(0));
    let store = IdpStore::builder().engine(Counting(MemoryEngine::default(), looks.clone())).open().unwrap();
    let call = |method: &str, path: &str, body: &str| {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        assert_eq!(store.handle(request.body(body.to_owned().into()).unwrap()).status(), 200, "{path}");
    };
    let user = r#"{"userId": "ann", "profile": {"givenName": "A", "familyName": "B"}, "email": {"email": "a@b.cc"}}"#;
    call("POST", "/v2/users/human", user);
    call(
        "POST",
        "/admin/v1/idps/jwt",
        r#"{"name": "x", "jwtEndpoint": "https://a.b", "issuer": "https://a.b", "keysEndpoint": "https://a.b", "headerName": "x"}"#,
    );
    fill(&store);
    looks.store(0, Ordering::Relaxed);
    call(method, path, body);
    looks.load(Ordering::Relaxed)
}

#[cfg(feature = "zitadel")]
#[test]
fn a_user_and_the_older_list_cost_the_same_beside_many_others() {
    let organizations = |store: &IdpStore| {
        for number in 0..50 {
            store.tenants().create(&format!("Org {number}")).unwrap();
        }
    };
    let others = |store: &IdpStore| {
        for number in 0..50 {
            create(&store.service(), &format!("Provider {number}"));
        }
    };
    let user = |fill| cost_at_zitadel(fill, "GET", "/v2/users/ann", "");
    assert_eq!(user(&organizations), user(&|_| ()));
    let list = |fill| cost_at_zitadel(fill, "POST", "/admin/v1/idps/_search", "{}");
    assert_eq!(list(&others), list(&|_| ()));
}
