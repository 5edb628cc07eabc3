//! Providers that are created from what is published at a URL.

use idpstore::IdpStore;
use serde_json::{Value, json};

use super::{ISSUER, PUBLISHED, ask, store};

fn create(store: &IdpStore, body: Value) -> (u16, Value) {
    ask(store, "POST /v1/published-providers", body)
}

#[test]
fn metadata_and_discovery_are_known_by_their_content() {
    let store = store();
    let (status, plan) = ask(&store, "POST /v1/published-providers?plan=true", json!({"url": PUBLISHED}));
    assert_eq!((status, &plan["answer"]["provider"]["name"]), (200, &json!("urn:partner")), "{plan}");
    assert_eq!(store.service().last_change().unwrap(), 0);

    let (status, made) = create(&store, json!({"url": PUBLISHED, "name": "Partner", "alias": "partner"}));
    assert_eq!((status, &made["certificates"][0]["outcome"]), (201, &json!("added")), "{made}");
    let provider = &made["provider"];
    assert_eq!(
        (&provider["name"], &provider["kind"], &provider["alias"]),
        (&json!("Partner"), &json!("saml"), &json!("partner"))
    );
    let source = json!({"url": PUBLISHED, "read": "2027-01-15T08:00:00.000Z"});
    assert_eq!(provider["source"], source);

    let well_known = format!("{ISSUER}/.well-known/openid-configuration");
    for url in [ISSUER.to_owned(), format!("{ISSUER}/"), well_known.clone()] {
        let new = json!({"url": url, "client_id": "us", "client_secret": "hush"});
        let (status, made) = create(&store, new);
        assert_eq!((status, &made["provider"]["name"]), (201, &json!(ISSUER)), "{made}");
        assert_eq!(made["provider"]["source"]["url"], well_known);
        assert_eq!(made["provider"]["protocol"]["client"]["id"], "us");
        assert!(!made.to_string().contains("hush"));
        assert_eq!(made["keys"].as_array().unwrap().len(), 2, "{made}");
    }

    let refreshed = ask(&store, "POST /v1/refresh", Value::Null).1;
    let outcomes: Vec<_> =
        refreshed["items"].as_array().unwrap().iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("unchanged"), json!("unchanged"), json!("unchanged"), json!("unchanged")]);
}

#[test]
fn what_is_not_there_is_reported() {
    let store = store();
    let (status, problem) = create(&store, json!({"url": "https://nothing.example.com"}));
    assert_eq!((status, &problem["type"]), (409, &json!("urn:idpstore:problem:wrong-state")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("no document came from there"), "{problem}");
    let (status, problem) = create(&store, json!({"url": PUBLISHED, "entity_id": "", "surplus": 1}));
    assert_eq!((status, problem["violations"].as_array().unwrap().len()), (422, 2), "{problem}");
    assert_eq!(
        create(&store, json!({})).1["violations"],
        json!([{"pointer": "/url", "reason": "is missing"}])
    );
    create(&store, json!({"url": PUBLISHED, "alias": "partner"}));
    let taken = create(&store, json!({"url": PUBLISHED, "alias": "partner"})).1;
    assert_eq!(taken["violations"][0]["pointer"], "/alias", "{taken}");
}

#[test]
fn a_store_that_fetches_nothing_refuses() {
    let store = idpstore::IdpStore::in_memory().unwrap();
    let (status, problem) = create(&store, json!({"url": PUBLISHED}));
    assert_eq!(
        (status, &problem["detail"]),
        (422, &json!("not supported: this store fetches no documents")),
        "{problem}"
    );
}
