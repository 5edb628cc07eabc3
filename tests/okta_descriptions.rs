//! What Okta's API description leaves out: the switch accepts it, and what a record already shows may be sent back.
#![cfg(all(feature = "testing", feature = "okta"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fs;

use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol};
use idpstore::okta::LENIENT_DOCUMENTS;
use idpstore::testing::CannedKeys;
use idpstore::testing::inside::{Policy, with_policy};
use idpstore::{Builder, IdpStore};
use serde_json::{Value, json};

fn open(builder: Builder) -> IdpStore {
    builder.keys(CannedKeys::default()).open().unwrap()
}

fn send(store: &IdpStore, method: &str, path: &str, document: &Value) -> (u16, Value) {
    let request =
        http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let response = store.handle(request.body(document.to_string().into()).unwrap());
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

/// The requests of a scenario in which all are refused.
fn refused(scenario: &str) -> Vec<Value> {
    let file = format!("{}/tests/cases/okta/{scenario}.json", env!("CARGO_MANIFEST_DIR"));
    let scenario: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    scenario["steps"].as_array().unwrap().iter().map(|step| step["request"].clone()).collect()
}

#[test]
fn the_switch_accepts_what_the_description_leaves_out() {
    let requests = [refused("described-refusals"), refused("described-app-refusals")].concat();
    let mut accepted = 0;
    for request in requests {
        // Those of other types refer to keys that are not there.
        if matches!(request["body"]["type"].as_str(), Some("SAML2" | "X509")) {
            continue;
        }
        let path = request["path"].as_str().unwrap();
        for (builder, status) in
            [(IdpStore::builder(), 400), (IdpStore::builder().switch(LENIENT_DOCUMENTS), 200)]
        {
            assert_eq!(send(&open(builder), "POST", path, &request["body"]).0, status, "{request}");
        }
        accepted += 1;
    }
    assert!(accepted > 40, "{accepted}");
}

#[test]
fn what_is_shown_may_be_sent_back_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let builder = || IdpStore::builder().file(folder.path().join("idps.redb")).unwrap();
    let lenient = open(builder().switch(LENIENT_DOCUMENTS));
    let url = |end: &str| json!({"url": end, "binding": "HTTP-POST"});
    let provider = json!({
        "type": "OIDC", "name": "Partner", "policy": {"subject": {"matchType": "CUSTOM_ATTRIBUTE"}},
        "protocol": {
            "type": "OIDC", "scopes": [], "issuer": {"url": "urn:partner"},
            "endpoints": {"authorization": url("a"), "token": url("https://partner.example"), "jwks": url("j")},
            "algorithms": {"request": {"signature": {"algorithm": "NEW", "scope": "REQUEST"}}},
            "credentials": {"client": {"client_id": "us"}},
        },
    });
    let application = json!({
        "name": "bookmark", "label": "App", "signOnMode": "BOOKMARK", "settings": {"emOptInStatus": "NEW"},
    });
    let (_, provider) = send(&lenient, "POST", "/api/v1/idps", &provider);
    let (_, application) = send(&lenient, "POST", "/api/v1/apps", &application);
    drop(lenient);

    let strict = open(builder());
    let replaced = |path: &str, document: &Value, pointer: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        let path = format!("{path}/{}", document["id"].as_str().unwrap());
        send(&strict, "PUT", &path, &document).0
    };
    for (pointer, value, status) in [
        ("/name", json!("Renamed"), 200),
        ("/protocol/algorithms/request/signature/algorithm", json!("NEWER"), 400),
        ("/protocol/endpoints/authorization/url", json!("b"), 400),
        ("/protocol/endpoints/token/url", json!("b"), 400),
        ("/policy/subject/matchType", json!("NEW"), 400),
        ("/policy/subject/matchAttribute", json!("login"), 200),
        // What is no longer shown cannot be sent back.
        ("/policy/subject/matchAttribute", Value::Null, 400),
    ] {
        assert_eq!(replaced("/api/v1/idps", &provider, pointer, value), status, "{pointer}");
    }
    for (pointer, value, status) in
        [("/label", json!("Renamed"), 200), ("/settings/emOptInStatus", json!("NEWER"), 400)]
    {
        assert_eq!(replaced("/api/v1/apps", &application, pointer, value), status, "{pointer}");
    }
}

/// Not all APIs look at what is a URL.
static ANY_URL: Policy = Policy { checks_urls: false, ..Policy::NEUTRAL };

#[test]
fn what_another_api_has_made_may_be_sent_back() {
    let store = open(IdpStore::builder());
    let made = with_policy(&store.service(), &ANY_URL).create_provider(|draft| {
        let endpoint = || Some("https://partner.example".to_owned());
        let oidc = OpenIdConnect {
            issuer: Some("partner".to_owned()),
            authorization_endpoint: endpoint(),
            token_endpoint: endpoint(),
            jwks_uri: endpoint(),
            client: Client { id: Some("us".to_owned()), scopes: Some(Vec::new()), ..Client::default() },
            ..OpenIdConnect::default()
        };
        Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::OpenIdConnect(oidc)))
    });
    let (_, listed) = send(&store, "GET", "/api/v1/idps", &Value::Null);
    let path = format!("/api/v1/idps/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(send(&store, "PUT", &path, &listed[0]).0, 200);
    assert_eq!(store.service().provider(made.unwrap().id).unwrap().name, "Partner");
}
