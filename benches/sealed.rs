//! What it costs that a store is sealed: `cargo bench --features testing --bench sealed`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a benchmark may panic, and criterion's macros make functions"
)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use idpstore::engine::{KeyWrap, RedbEngine};
use idpstore::model::{IdentityProvider, Saml};
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

/// A store, and one that is sealed.
fn stores() -> [(&'static str, IdpStore); 2] {
    let builder = || builder().engine(RedbEngine::in_memory().unwrap());
    [("plain", builder().open().unwrap()), ("sealed", builder().seal(wrap()).open().unwrap())]
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

fn open(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let wraps = [("plain", None), ("key", Some(wrap())), ("passphrase", Some(KeyWrap::passphrase("hush")))];
    for (name, wrap) in wraps {
        let open = || {
            let builder = builder().file(folder.path().join(name)).unwrap();
            wrap.clone().into_iter().fold(builder, Builder::seal).open().unwrap()
        };
        let store = open();
        (0..100).for_each(|number| drop(make(&store, "/api/v1/idps", &oidc(number))));
        drop(store);
        c.bench_function(&format!("open a file, {name}"), |b| b.iter(|| black_box(open())));
    }
}

criterion_group!(benches, calls, open);
criterion_main!(benches);
