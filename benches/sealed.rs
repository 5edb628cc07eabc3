//! What it costs that a store is sealed: `cargo bench --features testing --bench sealed`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and criterion's macros make functions"
)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use idpstore::engine::{Engine as _, KeyWrap, RedbEngine};
use idpstore::model::{Application, IdentityProvider, Saml};
use idpstore::testing::CannedKeys;
use idpstore::{Builder, IdpStore};
use serde_json::{Value, json};

const KEYS: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/keys";

fn builder() -> Builder {
    IdpStore::builder().keys(CannedKeys::default())
}

fn wrap() -> KeyWrap {
    KeyWrap::key([7; 32])
}

/// What it is called, and how it is opened.
type Way = (&'static str, fn(Builder) -> Builder);

/// Opens a store that is not sealed, one whose secrets are, and one in which everything is.
const WAYS: [Way; 3] = [
    ("plain", |builder| builder),
    ("sealed", |builder| builder.seal(wrap())),
    ("everything", |builder| builder.seal_everything(wrap())),
];

fn stores() -> [(&'static str, IdpStore); 3] {
    WAYS.map(|(name, seal)| (name, seal(builder().engine(RedbEngine::in_memory().unwrap())).open().unwrap()))
}

fn oidc(number: usize) -> Value {
    let endpoint = |path: &str, binding: &str| json!({"url": format!("https://idp.example.com/{path}"), "binding": binding});
    json!({
        "type": "OIDC", "name": format!("Partner {number}"),
        "protocol": {
            "type": "OIDC", "scopes": ["openid", "profile", "email"], "issuer": {"url": "https://idp.example.com"},
            "endpoints": {
                "authorization": endpoint("authorize", "HTTP-REDIRECT"), "token": endpoint("token", "HTTP-POST"),
                "userInfo": endpoint("userinfo", "HTTP-REDIRECT"), "jwks": endpoint("keys", "HTTP-REDIRECT"),
            },
            "credentials": {"client": {"client_id": "id", "client_secret": format!("hush-{number}")}},
        },
        "policy": {
            "accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"},
            "subject": {"userNameTemplate": {"template": "idpuser.email"}},
        },
    })
}

fn answer(store: &IdpStore, method: &str, path: &str, body: &Value) -> Bytes {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = http::Request::builder().method(method).uri(format!("https://example.okta.com{path}"));
    let answer = store.handle(request.header("content-type", "application/json").body(body.into()).unwrap());
    assert!(answer.status().is_success(), "{}", String::from_utf8_lossy(answer.body()));
    answer.into_body()
}

/// The path of what is made by this request.
fn make(store: &IdpStore, path: &str, body: &Value) -> String {
    let made: Value = serde_json::from_slice(&answer(store, "POST", path, body)).unwrap();
    format!("{path}/{}", made.get("id").and_then(Value::as_str).unwrap())
}

fn calls(c: &mut Criterion) {
    for (name, store) in stores() {
        let mut number = 0;
        let mut next = || {
            number += 1;
            oidc(number)
        };
        let create = |body: Value| black_box(answer(&store, "POST", "/api/v1/idps", &body));
        c.bench_function(&format!("create, {name}"), |b| {
            b.iter_batched(&mut next, create, BatchSize::SmallInput);
        });
    }
    for (name, store) in stores() {
        let saml = store
            .providers()
            .create(IdentityProvider::named("Partner", Saml::new("urn:partner")))
            .unwrap()
            .id;
        let key = json!({
            "name": "Ours", "algorithm": "RSA", "keyLength": 2048, "signatureAlgorithm": "SHA256withRSA", "subjectDN": "CN=us",
            "usageType": "SIGNING", "validityPeriod": 365,
        });
        let paths = [
            ("get", make(&store, "/api/v1/idps", &oidc(0))),
            ("get, without a secret", format!("/_idpstore/v1/providers/{saml}")),
            ("get a signing key", make(&store, KEYS, &key)),
        ];
        let [.., (_, key)] = &paths;
        let request = ("sign a certification request", format!("{key}/csr"));
        (1..=200).for_each(|number| drop(make(&store, "/api/v1/idps", &oidc(number))));
        let page = ("page of 200", "/api/v1/idps?limit=200".to_owned());
        for (what, path) in paths.into_iter().chain([request, page]) {
            c.bench_function(&format!("{what}, {name}"), |b| {
                b.iter(|| black_box(answer(&store, "GET", &path, &Value::Null)));
            });
        }
    }
}

/// What a store of 20 000 providers, applications and users costs: pages that were not shown lately, what looks for the start of a
/// text, and the file.
fn many(c: &mut Criterion) {
    for (name, seal) in WAYS {
        let engine: &'static RedbEngine = Box::leak(Box::new(RedbEngine::in_memory().unwrap()));
        let open = || seal(builder().engine(engine)).open().unwrap();
        let store = open();
        let get = |path: &str| black_box(answer(&store, "GET", path, &Value::Null));
        let paths: Vec<_> = (0..20_000).map(|number| make(&store, "/api/v1/idps", &oidc(number))).collect();
        for number in 0..20_000 {
            store.applications().create(Application::named(format!("App {number}"))).unwrap();
            let login = format!("user{number}@example.com");
            let profile = json!({"login": login, "email": login, "firstName": "A", "lastName": "B"});
            make(&store, "/api/v1/users", &json!({"profile": profile}));
        }
        let mut afters = paths.iter().step_by(20).filter_map(|path| path.rsplit('/').next()).cycle();
        c.bench_function(&format!("cold page of 20, {name}"), |b| {
            b.iter(|| get(&format!("/api/v1/idps?limit=20&after={}", afters.next().unwrap())));
        });
        let mut group = c.benchmark_group("of 20000");
        group.sample_size(10);
        for (what, path) in [
            ("user by start of login", "/api/v1/users/user777"),
            ("applications by start of name", "/api/v1/apps?q=App%20777&limit=20"),
            ("search by part of name", "/api/v1/idps?q=Partner%20777&limit=20"),
        ] {
            group.bench_function(format!("{what}, {name}"), |b| b.iter(|| get(path)));
        }
        group.bench_function(format!("first search, {name}"), |b| {
            b.iter(|| {
                black_box(answer(&open(), "GET", "/api/v1/idps?q=Partner%20777&limit=20", &Value::Null))
            });
        });
        group.bench_function(format!("check, {name}"), |b| b.iter(|| black_box(store.check().unwrap())));
        println!("{name}: {} bytes", engine.snapshot().unwrap().to_bytes().unwrap().len());
    }
}

fn open(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let passphrase: fn(Builder) -> Builder = |builder| builder.seal(KeyWrap::passphrase("hush"));
    for (name, seal) in WAYS.into_iter().chain([("passphrase", passphrase)]) {
        let open = || seal(builder().file(folder.path().join(name)).unwrap()).open().unwrap();
        let store = open();
        (0..100).for_each(|number| drop(make(&store, "/api/v1/idps", &oidc(number))));
        drop(store);
        c.bench_function(&format!("open a file, {name}"), |b| b.iter(|| black_box(open())));
    }
}

criterion_group!(benches, calls, many, open);
criterion_main!(benches);
