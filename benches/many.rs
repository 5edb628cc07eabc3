//! A store of 100 000 providers: `cargo bench --features testing --bench many`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may panic, and criterion's macros make functions"
)]

mod partners;

use std::hint::black_box;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use criterion::{Criterion, criterion_group, criterion_main};
use idpstore::{CrossingReport, IdpStore};
use serde_json::{Value, json};

use partners::document::policy;
use partners::{DAY, NOW, create, memory, saml, trust};

const MANY: usize = 100_000;

/// Of how many providers in a row those trust the same key that speak SAML and were received through Okta's API: a quarter.
const SHARING: usize = 400;

fn okta(number: usize, kid: &str) -> Value {
    let client = json!({"client": {"client_id": format!("id{number}"), "client_secret": "hush"}});
    let endpoint = |path: &str, binding: &str| json!({"url": format!("https://idp.example.com/{path}"), "binding": binding});
    let (kind, protocol) = match number % 4 {
        0 | 2 => return saml(number, kid),
        1 => (
            "OIDC",
            json!({
                "type": "OIDC",
                "endpoints": {
                    "authorization": endpoint("authorize", "HTTP-REDIRECT"), "token": endpoint("token", "HTTP-POST"),
                    "userInfo": endpoint("userinfo", "HTTP-REDIRECT"), "jwks": endpoint("keys", "HTTP-REDIRECT"),
                },
                "scopes": ["openid", "profile", "email"], "issuer": {"url": "https://idp.example.com"},
                "credentials": client,
            }),
        ),
        _ => ("GOOGLE", json!({"type": "OIDC", "scopes": ["openid", "email"], "credentials": client})),
    };
    json!({"type": kind, "name": format!("Partner {number} of Okta"), "protocol": protocol, "policy": policy()})
}

fn pingone(number: usize, kid: &str) -> Value {
    let name = format!("Partner {number} of PingOne");
    match number % 3 {
        0 => json!({
            "type": "SAML", "name": name, "enabled": true, "idpEntityId": format!("https://pingone{number}.example.com"),
            "spEntityId": "https://sp.example.com", "ssoEndpoint": "https://idp.example.com/sso", "ssoBinding": "HTTP_POST",
            "authnRequestSigned": false, "idpVerification": {"certificates": [{"id": kid}]},
            "registration": {"population": {"id": "9c052a8a-14be-44e4-8f07-2662569994ce"}},
        }),
        1 => json!({
            "type": "OPENID_CONNECT", "name": name, "enabled": true, "clientId": "id", "clientSecret": "hush",
            "authorizationEndpoint": "https://op.example/authorize", "tokenEndpoint": "https://op.example/token",
            "jwksEndpoint": "https://op.example/jwks", "issuer": "https://op.example", "scopes": ["openid"],
        }),
        _ => json!({"type": "FACEBOOK", "name": name, "enabled": true, "appId": "id", "appSecret": "hush"}),
    }
}

fn zitadel(number: usize) -> (&'static str, Value) {
    let name = format!("Partner {number} of ZITADEL");
    let options = json!({"isLinkingAllowed": true, "isCreationAllowed": true, "isAutoUpdate": true});
    match number % 3 {
        0 => (
            "saml",
            json!({
                "name": name, "metadataXml": BASE64_STANDARD.encode(format!(
                    "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://zitadel{number}.example.com\">\
                     <IDPSSODescriptor><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
                     Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>"
                )),
                "withSignedRequest": true, "signatureAlgorithm": "SAML_SIGNATURE_RSA_SHA256", "providerOptions": options,
            }),
        ),
        1 => (
            "generic_oidc",
            json!({
                "name": name, "issuer": "https://op.example", "clientId": "id", "clientSecret": "hush",
                "scopes": ["openid", "email"], "providerOptions": options,
            }),
        ),
        _ => (
            "google",
            json!({"name": name, "clientId": "id", "clientSecret": "hush", "providerOptions": options}),
        ),
    }
}

/// A store of so many providers of SAML, OpenID Connect and the social kinds: half received through Okta's API, a quarter through
/// each of the others. Returns the names of the keys, too, each of which 100 of the providers trust.
fn filled(many: usize) -> (IdpStore, Vec<String>) {
    let store = memory();
    let days = |number| if number < 100 { 10 } else { 1000 };
    let kids: Vec<_> = (0..many / SHARING).map(|number| trust(&store, number, days(number))).collect();
    let other = trust(&store, kids.len(), 1000);
    let environment = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";
    for number in 0..many {
        let third = number / 4;
        match number % 4 {
            0 | 2 => create(&store, "/api/v1/idps", &okta(number / 2, &kids[number / SHARING])),
            1 => create(&store, environment, &pingone(third, &other)),
            _ => {
                let (path, body) = zitadel(third);
                create(&store, &format!("/admin/v1/idps/{path}"), &body)
            }
        };
    }
    (store, kids)
}

fn many(c: &mut Criterion) {
    let (store, kids) = filled(MANY);
    let mut group = c.benchmark_group(format!("{MANY} providers"));
    group.bench_function("references to a key, 100 found", |b| {
        let mut kids = kids.iter().cycle();
        b.iter(|| {
            let found = store.references(kids.next().unwrap()).unwrap();
            assert_eq!(found.len(), 100);
            black_box(found)
        });
    });
    group.bench_function("what expires, 100 found", |b| {
        let before = NOW.plus_seconds(20 * DAY);
        b.iter(|| {
            let found = store.expiring(before).unwrap();
            assert_eq!(found.len(), 100);
            black_box(found)
        });
    });
    group.sample_size(10);
    for to in ["okta", "pingone", "zitadel"] {
        group.bench_function(format!("what crosses to {to}"), |b| {
            b.iter(|| {
                let mut report = CrossingReport::new(to);
                let count = store.crossings(to, |crossing| report.add(&crossing)).unwrap();
                assert_eq!(count, MANY as u64);
                black_box(report)
            });
        });
    }
}

criterion_group!(benches, many);
criterion_main!(benches);
