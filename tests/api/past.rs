//! The store as it was: `as_of`.

use idpstore::{Grant, Tokens};
use serde_json::{Value, json};

use super::scenario::story;
use super::{Body, ask, builder, document, metadata, send, store};

#[test]
fn each_operation_answers_what_it_did_then() {
    let story = story();
    let mut count = 0;
    story.clock.advance(-story.steps.iter().map(|step| step.advance).sum::<i64>());
    for step in &story.steps {
        story.clock.advance(step.advance);
        let reads = step.call.starts_with("GET ") && !step.call.contains("as_of");
        if !reads || step.call.ends_with("/health") || step.call.ends_with("openapi.json") {
            continue;
        }
        let separator = if step.call.contains('?') { '&' } else { '?' };
        let call = format!("{}{separator}as_of={}", step.call, step.number);
        let response = send(&story.store, &call, &Body::None, None);
        let answer = match document(&response) {
            Value::Null => String::from_utf8(response.body().to_vec()).unwrap().into(),
            document => document,
        };
        assert_eq!(answer, step.answer, "{call}");
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[test]
fn a_change_that_has_not_happened_is_missing() {
    let store = store();
    for number in [1, 99] {
        let (status, answer) = ask(&store, &format!("GET /v1/providers?as_of={number}"), Value::Null);
        assert_eq!((status, &answer["detail"]), (404, &json!(format!("no change `{number}`"))), "{answer}");
    }
    assert_eq!(ask(&store, "GET /v1/providers?as_of=0", Value::Null).0, 200);
}

#[test]
fn only_what_reads_shows_the_past() {
    let store = store();
    ask(&store, "POST /v1/providers", json!({"alias": "partner", "metadata": metadata("urn:p", vec![])}));
    let refused = |call: &str, reason: &str| {
        let (status, answer) = ask(&store, call, Value::Null);
        let violation = json!([{"pointer": "?as_of", "reason": reason}]);
        assert_eq!((status, &answer["violations"]), (422, &violation), "{call}: {answer}");
    };
    for call in ["DELETE /v1/providers/partner", "POST /v1/refresh", "GET /health", "GET /v1/openapi.json"] {
        refused(&format!("{call}?as_of=1"), "is no parameter of this operation");
    }
    refused("GET /v1/providers?as_of=then", "is not of type non-negative integer");
    refused("GET /v1/providers?as_of=1&as_of=1", "is there twice");
}

#[test]
fn strangers_see_what_is_now() {
    let tokens = Tokens::default().allow("read", Grant::read_only());
    let store = builder().0.authorizer(tokens).open().unwrap();
    let status = |path: &str, token| send(&store, &format!("GET {path}"), &Body::None, token).status();
    assert_eq!(status("/v1/owners/tenant/jwks.json", None), 200);
    for query in ["as_of=0", "tenant=1&%61s_of=0"] {
        let path = format!("/v1/owners/tenant/jwks.json?{query}");
        assert_eq!(
            (status(&path, None).as_u16(), status(&path, Some("read")).as_u16()),
            (401, 200),
            "{path}"
        );
    }
}
