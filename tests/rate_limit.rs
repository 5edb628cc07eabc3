//! The rate limit as callers of Okta's API meet it.

#![cfg(all(feature = "okta", feature = "testing"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use idpstore::env::KeySource;
use idpstore::pki::{KeySpec, PrivateKey, Timestamp};
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{Error, ErrorKind, IdpStore, Need, Result};
use serde_json::{Value, json};

const START: i64 = 1_800_000_000;

fn list(store: &IdpStore) -> Response<Bytes> {
    store.handle(Request::get("https://example.okta.com/api/v1/idps").body(Bytes::new()).unwrap())
}

/// Limit, what remains, and when the next window begins.
fn headers(response: &Response<Bytes>) -> Vec<i64> {
    ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"]
        .iter()
        .filter_map(|name| response.headers().get(*name)?.to_str().unwrap().parse().ok())
        .collect()
}

#[test]
fn there_is_no_limit_unless_it_is_asked_for() {
    let response = list(&IdpStore::in_memory().unwrap());
    assert_eq!(response.status(), StatusCode::OK);
    assert!(headers(&response).is_empty());
}

#[test]
fn more_requests_than_the_limit_are_refused_until_the_window_ends() {
    let clock = FixedClock::at(Timestamp::from_unix_millis(START * 1000));
    let store =
        IdpStore::builder().clock(clock.clone()).rate_limit(2, Duration::from_secs(60)).open().unwrap();
    assert_eq!(headers(&list(&store)), [2, 1, START + 60]);
    clock.advance(20);
    assert_eq!(headers(&list(&store)), [2, 0, START + 60]);

    let refused = list(&store);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(headers(&refused), [2, 0, START + 60]);
    // Callers wait from the time of the answer to that of the reset.
    assert_eq!(refused.headers()["date"], "Fri, 15 Jan 2027 08:00:20 GMT");
    let mut body: Value = serde_json::from_slice(refused.body()).unwrap();
    body.as_object_mut().unwrap().remove("errorId").expect("an error id");
    let words = json!({
        "errorCode": "E0000047",
        "errorSummary": "API call exceeded rate limit due to too many requests.",
        "errorLink": "E0000047",
        "errorCauses": [],
    });
    assert_eq!(body, words);

    clock.advance(40);
    assert_eq!(headers(&list(&store)), [2, 1, START + 120]);
}

/// A host that makes keys between calls.
#[derive(Clone, Debug, Default)]
struct Shelf(Arc<Mutex<Option<PrivateKey>>>);

impl KeySource for Shelf {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        let key = self.0.lock().unwrap().take();
        key.ok_or_else(|| Error::pending(Need::Key { spec: spec.to_string() }))
    }
}

#[test]
fn a_call_that_waits_for_its_key_counts_once() {
    let shelf = Shelf::default();
    let builder = IdpStore::builder().rate_limit(1, Duration::from_secs(60));
    let store = builder.keys(shelf.clone()).open().unwrap();
    let bookmark = json!({"name": "bookmark", "label": "x", "signOnMode": "BOOKMARK"}).to_string();
    let ask = || {
        let request = Request::post("https://example.okta.com/api/v1/apps");
        let request = request.header("content-type", "application/json");
        store.try_handle(request.body(bookmark.clone().into()).unwrap())
    };
    assert!(matches!(ask().unwrap_err().kind(), ErrorKind::Pending(_)));
    *shelf.0.lock().unwrap() = Some(CannedKeys::key(0).unwrap());
    assert_eq!(ask().unwrap().status(), StatusCode::OK);
    assert_eq!(ask().unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn errors_tell_what_is_left_as_well() {
    let store = IdpStore::builder().rate_limit(5, Duration::from_secs(60)).open().unwrap();
    let request = Request::get("https://example.okta.com/api/v1/nowhere").body(Bytes::new()).unwrap();
    let response = store.handle(request);
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(headers(&response)[..2], [5, 4]);
}
