//! Who may do what, and as whom the log names them.

use http::header::WWW_AUTHENTICATE;
use idpstore::env::CertificateSettings;
use idpstore::model::{IdentityProvider, Saml};
use idpstore::{Grant, IdpStore, Tokens};
use serde_json::{Value, json};

use super::scenario::watched;
use super::{Body, builder, certificate, document, operation_of, operations, send};

fn tokens() -> Tokens {
    Tokens::default()
        .allow("full", Grant::full().named("alice"))
        .allow("other", Grant::full())
        .allow("read", Grant::read_only().named("dashboard"))
}

fn guarded() -> IdpStore {
    builder().0.authorizer(tokens()).open().unwrap()
}

fn writes(operation: &Value) -> bool {
    operation["parameters"].as_array().unwrap().iter().any(|it| it["name"] == "plan")
}

#[test]
fn a_token_that_may_only_read_does_all_but_changes() {
    let story = watched(tokens(), "full", |store, call, body| {
        let before = store.service().last_change().unwrap();
        let answer = send(store, call, body, Some("read"));
        let is_change = writes(operation_of(call)) && !call.contains("plan=true");
        assert_eq!(answer.status() == 403, is_change, "{call}: {}", document(&answer));
        assert_eq!(answer.status().is_success(), !is_change, "{call}: {}", document(&answer));
        assert_eq!(store.service().last_change().unwrap(), before, "{call}");
    });
    assert!(story.steps.iter().all(|step| step.status < 300));
}

#[test]
fn what_is_public_needs_no_token_and_all_else_does() {
    let store = guarded();
    for (method, path, operation) in operations() {
        let call = format!("{method} {}", path.strip_prefix("/_idpstore").unwrap().replace(['{', '}'], ""));
        let body = if operation["requestBody"].is_null() { Body::None } else { Body::Json(json!({})) };
        let is_public = operation["security"] == json!([]);
        for token in [None, Some("wrong")] {
            let answer = send(&store, &call, &body, token);
            assert_eq!(answer.status() != 401, is_public, "{call}");
            if !is_public {
                assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Bearer");
            }
        }
    }
    let public = operations().filter(|(_, _, operation)| operation["security"] == json!([]));
    let public: Vec<_> = public.map(|(_, path, _)| path.rsplit('/').next().unwrap()).collect();
    assert_eq!(public, ["health", "openapi.json", "metadata.xml", "jwks.json"]);
    assert_eq!(
        send(&store, "GET /v1/nothing", &Body::None, None).status(),
        401,
        "strangers learn of no routes"
    );
}

#[test]
fn the_log_names_the_caller_or_else_the_api() {
    let store = guarded();
    for (token, actor) in [("full", "alice"), ("other", "api")] {
        let new = Body::Json(json!({"name": token}));
        assert_eq!(send(&store, "POST /v1/tenants", &new, Some(token)).status(), 201);
        let last = store.service().last_change().unwrap();
        assert_eq!(store.service().changes(last - 1, 1).unwrap()[0].actor, actor);
    }
}

#[test]
fn the_vendors_apis_know_the_same_tokens() {
    let store = guarded();
    let ask = |method: &str, path: &str, token: &str, body: String| {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}"));
        store.handle(request.body(body.into()).unwrap())
    };
    let (keys, new) = ("/api/v1/idps/credentials/keys", json!({"x5c": [certificate()]}).to_string());
    assert_eq!(ask("GET", keys, "read", String::new()).status(), 200);
    let refused = ask("POST", keys, "read", new.clone());
    assert_eq!((refused.status().as_u16(), &document(&refused)["errorCode"]), (403, &json!("E0000006")));
    let search = "{\"queries\": []}".to_owned();
    assert_eq!(
        ask("POST", "/admin/v1/idps/templates/_search", "read", search).status(),
        200,
        "it only reads"
    );
    assert_eq!(store.service().last_change().unwrap(), 0);
    assert_eq!(ask("POST", keys, "full", new).status(), 200);
    assert_eq!(store.service().changes(0, 1).unwrap()[0].actor, "alice");
}

/// ZITADEL's page for SAML partners makes the key of a provider that has none.
#[test]
fn a_token_that_may_only_read_is_no_worse_than_none_where_all_may_read() {
    for (token, actor) in [(None, "zitadel"), (Some("read"), "dashboard")] {
        let certificates =
            CertificateSettings { spec: "EC-P-256".parse().unwrap(), ..CertificateSettings::default() };
        let store = builder().0.authorizer(tokens()).certificates(certificates).open().unwrap();
        let partner = IdentityProvider::named("Partner", Saml::new("urn:partner"));
        let id = store.providers().create(partner).unwrap().id;
        let mut request = http::Request::get(format!("/idps/{id}/saml/metadata"));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = store.handle(request.body(bytes::Bytes::new()).unwrap());
        assert_eq!(answer.status(), 200, "{token:?}: {:?}", answer.body());
        let last = store.service().last_change().unwrap();
        assert_eq!(store.service().changes(last - 1, 1).unwrap()[0].actor, actor);
        let refused = format!("DELETE /v1/providers/{id}");
        assert_ne!(send(&store, &refused, &Body::None, token).status().as_u16(), 204);
    }
}
