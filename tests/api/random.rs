//! No request makes the API panic or fail on our side.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::scenario::story;
use super::{Body, document, send, store};

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("partner")),
        Just(json!("tenant")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Mostly names that mean something.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "name",
        "alias",
        "metadata",
        "owners",
        "kid",
        "key",
        "years",
        "overlap",
        "subject",
        "dns_names",
        "certificate",
        "providers",
        "tenants",
        "users",
        "links",
        "signing_keys",
        "trusted_keys",
        "id",
        "protocol",
        "type",
        "CN",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

fn body() -> impl Strategy<Value = Body> {
    let types =
        prop::sample::select(vec!["application/json", "text/xml", "application/pkix-cert", "text/plain"]);
    prop_oneof![
        3 => json().prop_map(Body::Json),
        1 => (types, any::<Vec<u8>>()).prop_map(|(media_type, bytes)| Body::File(media_type, bytes)),
    ]
}

/// Calls of a story whose paths and queries are damaged.
fn call(calls: Vec<String>) -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "",
        "0",
        "1",
        "-1",
        "x",
        "true",
        "99999999999999999999",
        "%FF",
        "~AA",
        "s1",
        "t",
    ]);
    let parameter = prop::sample::select(vec![
        "tenant", "limit", "after", "plan", "before", "name", "from", "to", "prune",
    ]);
    let query = prop::collection::vec((parameter, value), 0..3);
    (prop::sample::select(calls), query, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(call, query, at, is_cut)| {
            let path = call.split('?').next().unwrap().to_owned();
            let mut segments: Vec<_> = path.split('/').map(str::to_owned).collect();
            if is_cut && segments.len() > 3 {
                let place = 3 + at.index(segments.len() - 3);
                "x%2Fy".clone_into(&mut segments[place]);
            }
            let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("{}?{}", segments.join("/"), query.join("&"))
        },
    )
}

#[test]
fn random_requests_are_answered() {
    let calls: Vec<_> = story().steps.into_iter().map(|step| step.call).collect();
    let store = store();
    let mut config = ProptestConfig::with_cases(2000);
    config.failure_persistence = None;
    proptest!(config, |(call in call(calls.clone()), body in body())| {
        let answer = send(&store, &call, &body, None);
        prop_assert!(answer.status().as_u16() < 500, "{call}: {}", document(&answer));
    });
    assert!(store.check().unwrap().is_sound());
}

/// Every operation, with what it takes damaged in one place.
#[test]
fn damaged_bodies_are_answered() {
    let steps = story().steps;
    let store = store();
    for step in &steps {
        let Body::Json(body) = &step.body else { continue };
        for name in body.as_object().unwrap().keys() {
            for other in [
                Value::Null,
                json!(""),
                json!(-1),
                json!([]),
                json!([""]),
                json!({"a": "b"}),
                json!("x".repeat(9000)),
            ] {
                let mut body = body.clone();
                body[name] = other;
                let answer = send(&store, &step.call, &Body::Json(body.clone()), None);
                assert!(answer.status().as_u16() < 500, "{} {body}: {}", step.call, document(&answer));
            }
        }
    }
    assert!(store.check().unwrap().is_sound());
}
