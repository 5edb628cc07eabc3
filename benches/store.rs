//! Requests through `handle`: `cargo bench --features testing --bench store`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may panic, print and look at the time, and criterion's macros make functions"
)]

#[path = "partners/document.rs"]
mod document;

use std::hint::black_box;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use http::{Method, Request};
use idpstore::engine::{Direction, MemoryEngine, OneOwner, RawRead, Reopening};
use idpstore::model::{Id, IdentityProvider, Protocol, Saml};
use idpstore::testing::{CannedKeys, OptimisticEngine};
use idpstore::{Draft, IdpStore};
use serde_json::{Value, json};

/// A certificate in base64 that a partner might have: it belongs to a canned key.
const CERTIFICATE: &str = include_str!("certificate.txt");

fn call(store: &IdpStore, method: Method, path: &str, body: Option<&Value>) -> Bytes {
    let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    send(store, method, path, body)
}

fn send(store: &IdpStore, method: Method, path: &str, body: Bytes) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://example.okta.com{path}"))
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(body)
        .unwrap();
    let response = store.handle(request);
    assert!(response.status().is_success(), "{path}: {:?}", response.body());
    response.into_body()
}

fn provider(kid: &str, name: &str) -> Value {
    document::saml(name, "https://idp.example.com", kid)
}

/// The kid of a trusted key in a store that has none.
fn trust(store: &IdpStore) -> String {
    let body = json!({"x5c": [CERTIFICATE.trim()]});
    let key = call(store, Method::POST, "/api/v1/idps/credentials/keys", Some(&body));
    let key: Value = serde_json::from_slice(&key).unwrap();
    key["kid"].as_str().unwrap().to_owned()
}

fn create(store: &IdpStore, kid: &str, name: &str) -> String {
    let made = call(store, Method::POST, "/api/v1/idps", Some(&provider(kid, name)));
    serde_json::from_slice::<Value>(&made).unwrap()["id"].as_str().unwrap().to_owned()
}

fn memory() -> IdpStore {
    IdpStore::builder().engine(MemoryEngine::default()).keys(CannedKeys::default()).open().unwrap()
}

/// Every entry that is in one engine and not, or otherwise, in another state of it.
fn entries(engine: &dyn RawRead) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    engine
        .scan(&[0], &[0xff], Direction::Ascending, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    found
}

/// The keys and values that a call writes in a store with a provider, which has this id and trusts the key of this kid. What
/// is removed has no value.
fn writes_of(call: impl FnOnce(&IdpStore, &str, &str)) -> Vec<(Vec<u8>, Vec<u8>)> {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    let store = IdpStore::builder().engine(engine).keys(CannedKeys::default()).open().unwrap();
    let kid = trust(&store);
    let id = create(&store, &kid, "Partner number 1");
    let before = entries(&*engine.raw_read().unwrap());
    call(&store, &id, &kid);
    let after = entries(&*engine.raw_read().unwrap());
    let is_there = |key: &[u8]| after.iter().any(|(known, _)| known == key);
    let removed = before.iter().filter(|(key, _)| !is_there(key)).map(|(key, _)| (key.clone(), Vec::new()));
    after.iter().filter(|entry| !before.contains(entry)).cloned().chain(removed).collect()
}

fn print_writes(call: &str, writes: &[(Vec<u8>, Vec<u8>)]) {
    let size: usize = writes.iter().map(|(key, value)| key.len() + value.len()).sum();
    println!("a {call} writes {} entries, {size} bytes", writes.len());
}

fn creating(c: &mut Criterion) {
    let mut group = c.benchmark_group("create a SAML provider");
    let folder = tempfile::tempdir().unwrap();
    let file = IdpStore::builder().file(folder.path().join("store.redb")).unwrap();
    let redb = IdpStore::builder().engine(idpstore::engine::RedbEngine::in_memory().unwrap());
    let stores = [
        ("memory (BTreeMap)", memory()),
        ("memory (redb)", redb.keys(CannedKeys::default()).open().unwrap()),
        ("durable file", file.keys(CannedKeys::default()).open().unwrap()),
    ];
    for (name, store) in &stores {
        let kid = trust(store);
        create(store, &kid, "First");
        let mut count = 0;
        group.bench_function(*name, |b| {
            b.iter_batched(
                || {
                    count += 1;
                    Bytes::from(provider(&kid, &format!("Partner number {count}")).to_string())
                },
                |body| send(store, Method::POST, "/api/v1/idps", body),
                BatchSize::SmallInput,
            );
        });
    }
    bare_commit(&mut group, &folder.path().join("bare.redb"));
}

/// What the same bytes cost without idpstore: one redb commit of the entries that a create writes.
fn bare_commit(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    path: &std::path::Path,
) {
    const TABLE: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("records");
    let writes = writes_of(|store, _, kid| drop(create(store, kid, "Partner number 2")));
    print_writes("create", &writes);
    print_writes(
        "rename",
        &writes_of(|store, id, kid| {
            let renamed = provider(kid, "Another name");
            call(store, Method::PUT, &format!("/api/v1/idps/{id}"), Some(&renamed));
        }),
    );
    let database = redb::Database::create(path).unwrap();
    let mut count = 0_u64;
    group.bench_function("bare redb commit of the same bytes", |b| {
        b.iter(|| {
            count += 1;
            let write = database.begin_write().unwrap();
            {
                let mut table = write.open_table(TABLE).unwrap();
                for (key, value) in &writes {
                    // As in the store, new entries are beside those of the same table that came before.
                    let mut key = key.clone();
                    let end = key.len().saturating_sub(8);
                    key.truncate(end);
                    key.extend_from_slice(&count.to_be_bytes());
                    table.insert(key.as_slice(), value.as_slice()).unwrap();
                }
            }
            write.commit().unwrap();
        });
    });
}

/// Creates of writers at the same time, each in a thread of its own; the time is that of all creates, one after the other.
fn creating_together(c: &mut Criterion) {
    let mut group = c.benchmark_group("create a SAML provider, durable file");
    group.sample_size(10);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let alone = IdpStore::builder().engine(Reopening::file(path("alone.redb")).unwrap());
    let shared = IdpStore::builder().file(path("shared.redb")).unwrap();
    let with_others = IdpStore::builder().share(path("with-others.redb")).unwrap();
    let builders = [("a commit each", alone), ("shared commits", shared), ("a shared file", with_others)];
    for (name, builder) in builders {
        let store = builder.keys(CannedKeys::default()).open().unwrap();
        let kid = trust(&store);
        let count = AtomicUsize::new(0);
        for writers in [1, 8, 64] {
            group.bench_function(format!("{writers} writers, {name}"), |b| {
                b.iter_custom(|creates| {
                    let left = AtomicI64::new(i64::try_from(creates).unwrap());
                    let begun = Instant::now();
                    std::thread::scope(|scope| {
                        for _ in 0..writers {
                            scope.spawn(|| {
                                while left.fetch_sub(1, Ordering::Relaxed) > 0 {
                                    let number = count.fetch_add(1, Ordering::Relaxed);
                                    create(&store, &kid, &format!("Partner number {number}"));
                                }
                            });
                        }
                    });
                    begun.elapsed()
                });
            });
        }
    }
}

/// Creates of writers in tenants of their own, on an engine that is a millisecond away.
fn creating_far_away(c: &mut Criterion) {
    let mut group = c.benchmark_group("create a provider, engine 1 ms away");
    group.sample_size(10);
    let engine = OptimisticEngine::new(Duration::from_millis(1));
    let store = IdpStore::builder().engine(engine.clone()).keys(CannedKeys::default()).open().unwrap();
    let tenant = |writer: u64| store.service().for_tenant(Id::from_number(100 + writer));
    (0..32).for_each(|writer| tenant(writer).found_tenant("organization").unwrap());
    for writers in [1, 32] {
        group.bench_function(format!("{writers} writers, a tenant each"), |b| {
            b.iter_custom(|creates| {
                let left = AtomicI64::new(i64::try_from(creates).unwrap());
                let begun = Instant::now();
                std::thread::scope(|scope| {
                    for writer in 0..writers {
                        let (service, left) = (tenant(writer), &left);
                        scope.spawn(move || {
                            while left.fetch_sub(1, Ordering::Relaxed) > 0 {
                                let saml = || Protocol::Saml(Saml::default());
                                let make = |draft: &mut Draft<'_, '_>| {
                                    Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", saml()))
                                };
                                service.create_provider(make).unwrap();
                            }
                        });
                    }
                });
                begun.elapsed()
            });
        });
    }
    println!("{} conflicts, and no writer has given up", engine.conflicts());
}

fn reading(c: &mut Criterion) {
    for many in [1_000, 100_000] {
        let store = memory();
        let kid = trust(&store);
        let ids: Vec<_> =
            (0..many).map(|number| create(&store, &kid, &format!("Partner number {number}"))).collect();
        let some = &ids[many / 2];
        let paths = [
            ("get by id", format!("/api/v1/idps/{some}")),
            ("page of 20", format!("/api/v1/idps?limit=20&after={some}")),
            ("search by name, few hits", format!("/api/v1/idps?q=number%20{}", many / 2)),
            ("search by name, page of 20", "/api/v1/idps?q=number&limit=20".to_owned()),
        ];
        for (name, path) in paths {
            c.bench_function(&format!("{name}, of {many}"), |b| {
                b.iter(|| black_box(call(&store, Method::GET, &path, None)));
            });
        }
        if many == 100_000 {
            first_pages(c, &store, &ids);
        }
    }
}

/// Pages of providers that were not shown lately: their documents have to be made.
fn first_pages(c: &mut Criterion, store: &IdpStore, ids: &[String]) {
    let mut afters = ids.iter().step_by(20).cycle();
    c.bench_function("page of 20, not shown lately, of 100000", |b| {
        b.iter(|| {
            let path = format!("/api/v1/idps?limit=20&after={}", afters.next().unwrap());
            black_box(call(store, Method::GET, &path, None))
        });
    });
}

criterion_group!(benches, creating, creating_together, creating_far_away, reading);
criterion_main!(benches);
