//! The change log names who made a change: the actor that the host has named, or else the API that was used.

use bytes::Bytes;
use http::Request;
use idpstore::IdpStore;

use crate::provider;

/// Creates an identity provider through Okta's API and returns its id.
fn through_okta(store: &IdpStore) -> String {
    let body = r#"{"type":"GOOGLE","name":"Sign in","protocol":{"type":"OIDC","credentials":{"client":{"client_id":"id","client_secret":"secret"}}},
        "policy":{"provisioning":{"action":"AUTO"},"accountLink":{"action":"AUTO"},"subject":{"matchType":"USERNAME"}}}"#;
    let request =
        Request::post("/api/v1/idps").header("content-type", "application/json").body(Bytes::from(body));
    let response = store.handle(request.unwrap());
    let made: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

fn actors(store: &IdpStore) -> Vec<String> {
    store.service().changes(0, 100).unwrap().into_iter().map(|change| change.actor).collect()
}

#[test]
fn an_actor_is_named_in_the_change_log_whichever_api_is_used() {
    let store = super::stores().remove(0);
    let alice = store.as_actor("alice");
    provider(&store.service(), "First");
    provider(&alice.service(), "Second");
    through_okta(&store);
    through_okta(&alice);
    assert_eq!(actors(&store), ["library", "alice", "okta", "alice"]);
}

#[test]
fn a_long_name_is_cut() {
    let store = super::stores().remove(0).as_actor(&"é".repeat(10_000));
    provider(&store.service(), "Partner");
    assert_eq!(actors(&store)[0].chars().count(), 200);
}
