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

const FINGERPRINT: &str =
    "A4:99:B6:04:1A:64:07:CC:BB:B4:2A:AB:58:CD:17:DF:B5:8E:99:04:CE:F3:34:30:F9:5A:71:56:00:5B:DB:52";

/// What `openssl x509 -noout -subject -fingerprint -sha256 -startdate` prints of the certificate of RFC 7517, appendix B.
#[test]
fn certificates_have_what_people_compare() {
    let store = store();
    let plan = ask(&store, "POST /v1/published-providers?plan=true", json!({"url": PUBLISHED})).1;
    let certificate = &plan["answer"]["certificates"][0];
    let made = create(&store, json!({"url": PUBLISHED})).1;
    let kid = made["certificates"][0]["kid"].as_str().unwrap();
    let key = ask(&store, &format!("GET /v1/keys/{kid}"), Value::Null).1;
    for it in [certificate, &made["certificates"][0], &key] {
        assert_eq!(it["subject"], "C=US, ST=CO, L=Denver, O=Ping Identity Corp., CN=Brian Campbell", "{it}");
        assert_eq!(it["valid_from"], "2013-02-21T23:29:15.000Z", "{it}");
        assert_eq!(it["fingerprint"], FINGERPRINT, "{it}");
        assert_eq!(it["findings"], key["findings"]);
        assert!(!it["findings"].as_array().unwrap().is_empty(), "it has expired");
    }
    let signing =
        ask(&store, "POST /v1/rotation/prepare", json!({"owners": ["tenant"], "key": "EC-P-256"})).1;
    let key = ask(&store, &format!("GET /v1/keys/{}", signing["kid"].as_str().unwrap()), Value::Null).1;
    assert_eq!(
        (&key["subject"], key["fingerprint"].as_str().map(str::len)),
        (&json!("CN=idpstore"), Some(95)),
        "{key}"
    );
}
