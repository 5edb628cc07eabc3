//! A harness: scripted faults in each vendor's words, the requests that were answered, and a clock that is moved.
#![cfg(all(
    feature = "testing",
    feature = "api",
    feature = "okta",
    feature = "pingone",
    feature = "zitadel"
))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use idpstore::env::KeySource;
use idpstore::harness::{Disturbance, Fault, Harness};
use idpstore::pki::{KeySpec, PrivateKey, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Error, ErrorKind, IdpStore, Need, Response, Result};
use serde_json::{Value, json};

const OKTA: &str = "/api/v1/idps";
const PINGONE: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";
const ZITADEL: &str = "/admin/v1/idps/templates/_search";

fn store() -> (IdpStore, Harness) {
    let harness = Harness::default();
    let builder = IdpStore::builder().clock(FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000)));
    let builder = builder.entropy(CountedEntropy::default()).keys(CannedKeys::default());
    (builder.harness(harness.clone()).open().unwrap(), harness)
}

fn ask(store: &IdpStore, method: Method, path: &str, body: &Value) -> Response {
    let request = Request::builder().method(method).uri(format!("https://store.example{path}"));
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    store.handle(request.header("content-type", "application/json").body(body).unwrap())
}

fn get(store: &IdpStore, path: &str) -> Response {
    ask(store, Method::GET, path, &Value::Null)
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn google() -> Value {
    json!({"type": "GOOGLE", "name": "Google", "protocol": {"type": "OIDC", "scopes": ["openid"],
        "credentials": {"client": {"client_id": "id", "client_secret": "secret"}}},
        "policy": {"accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"},
        "subject": {"userNameTemplate": {"template": "idpuser.email"}}}})
}

#[test]
fn each_vendor_words_a_scripted_status() {
    let (store, harness) = store();
    let statuses = [400, 401, 403, 404, 405, 409, 413, 429, 500, 503];
    for status in statuses {
        harness.clear_faults();
        harness.inject(Fault::status(status)).unwrap();
        let okta = get(&store, OKTA);
        assert_eq!(okta.status(), status);
        assert!(json_of(&okta)["errorCode"].is_string(), "{status}: {:?}", okta.body());
        let pingone = get(&store, PINGONE);
        assert_eq!(pingone.status(), status);
        assert!(json_of(&pingone)["code"].is_string(), "{status}: {:?}", pingone.body());
        let zitadel = ask(&store, Method::POST, ZITADEL, &json!({}));
        assert_eq!(zitadel.status(), status);
        assert!(json_of(&zitadel)["code"].is_number(), "{status}: {:?}", zitadel.body());
        let api = get(&store, "/_idpstore/v1/providers");
        assert_eq!(api.status(), status);
        assert_eq!(api.headers()["content-type"], "application/problem+json");
        assert_eq!(json_of(&api)["status"], status);
    }
    assert!(harness.requests().iter().all(|request| request.fault && request.change.is_none()));
    harness.clear_faults();
    assert_eq!(get(&store, OKTA).status(), 200);
}

#[test]
fn a_scripted_429_has_the_headers_of_the_vendor() {
    let (store, harness) = store();
    harness.inject(Fault::status(429).on("listIdentityProviders").once()).unwrap();
    let refused = get(&store, OKTA);
    let header = |name| refused.headers()[name].to_str().unwrap();
    assert_eq!((header("x-rate-limit-remaining"), header("x-rate-limit-reset")), ("0", "1800000060"));
    assert_eq!(json_of(&refused)["errorCode"], "E0000047");
    assert_eq!(get(&store, OKTA).status(), 200, "once");
}

#[test]
fn a_fault_meets_the_requests_that_fit_it() {
    let (store, harness) = store();
    let only = |fault: Fault| {
        harness.clear_faults();
        harness.inject(fault).unwrap();
        let create = ask(&store, Method::POST, OKTA, &google()).status() == 500;
        [create, get(&store, OKTA).status() == 500, get(&store, PINGONE).status() == 500]
    };
    let fault = || Fault::status(500);
    assert_eq!(only(fault()), [true, true, true]);
    assert_eq!(only(fault().on("createIdentityProvider")), [true, false, false]);
    assert_eq!(only(Fault { dialect: Some("pingone".into()), ..fault() }), [false, false, true]);
    assert_eq!(only(Fault { path: Some("/api/v1/idps".into()), ..fault() }), [true, true, false]);
    assert_eq!(only(Fault { method: Some("get".into()), ..fault() }), [false, true, true]);
    assert_eq!(only(Fault { after: 1, times: Some(1), ..fault() }), [false, true, false]);
    assert_eq!(only(Fault { after: 1, ..fault() }), [false, true, true]);
    assert_eq!(harness.faults().len(), 1);
    assert!(harness.remove_fault(harness.faults()[0].0) && !harness.remove_fault(99));
    assert_eq!(get(&store, OKTA).status(), 200);
}

#[test]
fn a_scripted_answer_is_not_marked_as_one_that_nothing_serves() {
    let (store, harness) = store();
    harness.inject(Fault { path: Some("/api/v1/orders".into()), ..Fault::status(503) }.once()).unwrap();
    assert!(get(&store, "/api/v1/orders").headers().get("x-idpstore").is_none());
    assert_eq!(get(&store, "/api/v1/orders").headers()["x-idpstore"], "not-emulated");
}

#[test]
fn a_body_a_delay_and_a_drop() {
    let (store, harness) = store();
    let body = json!({"kept": [1]});
    harness.inject(Fault { status: Some(202), body: Some(body.clone()), ..Fault::default() }.once()).unwrap();
    harness.inject(Fault { body: Some("text".into()), ..Fault::default() }.once()).unwrap();
    harness.inject(Fault { delay: 250, ..Fault::default() }.once()).unwrap();
    harness.inject(Fault { drop: true, ..Fault::default() }.once()).unwrap();
    let disturbance = |answer: &Response| *answer.extensions().get::<Disturbance>().unwrap();
    let answer = get(&store, OKTA);
    assert_eq!((answer.status().as_u16(), json_of(&answer)), (202, body));
    assert_eq!(&get(&store, OKTA).body()[..], b"text");
    let delayed = ask(&store, Method::POST, OKTA, &google());
    assert_eq!((delayed.status().as_u16(), disturbance(&delayed).delay), (200, Duration::from_millis(250)));
    let dropped = ask(&store, Method::POST, OKTA, &google());
    assert!(disturbance(&dropped).drop && dropped.body().is_empty());
    let made: Vec<_> = harness.requests().iter().map(|request| request.change).collect();
    assert_eq!(harness.requests()[3].status, 0);
    assert_eq!(made, [None, None, Some(1), None], "what is dropped is not called");
}

#[test]
fn a_fault_that_makes_no_sense_is_refused() {
    let (_, harness) = store();
    let does_nothing = Fault { operation: Some("x".into()), ..Fault::default() };
    let never = Fault { times: Some(0), ..Fault::status(500) };
    for fault in [does_nothing, never, Fault::status(200), Fault::status(502), Fault::status(600)] {
        let refused = harness.inject(fault.clone()).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::Invalid { .. }), "{fault:?}");
    }
    for _ in 0..1000 {
        harness.inject(Fault::status(500)).unwrap();
    }
    assert!(harness.inject(Fault::status(500)).is_err());
}

#[test]
fn requests_are_noted_without_secrets_and_the_last_thousand_are_kept() {
    let (store, harness) = store();
    let path = "/api/v1/idps?q=goo&client_secret=hidden";
    assert_eq!(get(&store, path).status(), 200);
    assert_eq!(get(&store, "/api/v1/orders").headers()["x-idpstore"], "not-emulated");
    assert_eq!(get(&store, "/elsewhere").headers()["x-idpstore"], "not-emulated");
    assert!(get(&store, OKTA).headers().get("x-idpstore").is_none());
    ask(&store, Method::POST, OKTA, &google());
    let noted = serde_json::to_value(harness.requests()).unwrap();
    let time = 1_800_000_000_000_u64;
    assert_eq!(
        noted,
        json!([
            {"number": 1, "time": time, "dialect": "okta", "operation": "listIdentityProviders", "method": "GET",
             "path": "/api/v1/idps", "query": "q=goo&client_secret=", "status": 200, "fault": false},
            {"number": 2, "time": time, "dialect": "okta", "method": "GET", "path": "/api/v1/orders", "status": 404,
             "fault": false},
            {"number": 3, "time": time, "method": "GET", "path": "/elsewhere", "status": 404, "fault": false},
            {"number": 4, "time": time, "dialect": "okta", "operation": "listIdentityProviders", "method": "GET",
             "path": "/api/v1/idps", "status": 200, "fault": false},
            {"number": 5, "time": time, "dialect": "okta", "operation": "createIdentityProvider", "method": "POST",
             "path": "/api/v1/idps", "status": 200, "change": 1, "fault": false},
        ])
    );
    for _ in 0..1000 {
        get(&store, "/elsewhere");
    }
    assert_eq!((harness.requests().len(), harness.requests()[0].number), (1000, 6));
    harness.clear_requests();
    get(&store, OKTA);
    assert_eq!(harness.requests()[0].number, 1006);
    harness.reset();
    get(&store, OKTA);
    assert_eq!(harness.requests()[0].number, 1);
}

#[test]
fn the_clock_is_moved() {
    let (store, harness) = store();
    harness.clock().advance(30 * 24 * 3600);
    ask(&store, Method::POST, OKTA, &google());
    assert_eq!(json_of(&get(&store, OKTA))[0]["created"], "2027-02-14T08:00:00.000Z");
    harness.clock().set("2030-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(store.tenants().create("Acme").unwrap().created.to_string(), "2030-01-01T00:00:00.000Z");
    harness.clock().set_back();
    assert_eq!(store.tenants().create("Other").unwrap().created.unix_seconds(), 1_800_000_000);
}

/// A host that has made no key yet.
#[derive(Debug)]
struct Missing;

impl KeySource for Missing {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        Err(Error::pending(Need::Key { spec: spec.to_string() }))
    }
}

#[test]
fn a_call_that_must_come_again_is_counted_once() {
    let harness = Harness::default();
    let store = IdpStore::builder().keys(Missing).harness(harness.clone()).open().unwrap();
    let request =
        || Request::post("/_idpstore/v1/rotation/prepare").header("content-type", "application/json");
    let body = Bytes::from_static(b"{\"owners\": [\"tenant\"]}");
    let late = Fault { delay: 5, ..Fault::default() };
    harness.inject(Fault { after: 1, ..Fault::status(500) }).unwrap();
    harness.inject(late.clone().once()).unwrap();
    harness.inject(Fault { times: Some(2), ..late }).unwrap();
    let before = harness.faults();
    assert!(store.try_handle(request().body(body).unwrap()).is_err());
    assert_eq!((harness.faults(), harness.requests().len()), (before, 0));
}
