//! Searches of ZITADEL's API find exactly what a naive implementation finds, by whichever index, and page through it.

#![cfg(feature = "zitadel")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::iter::{once, repeat_n};

use idpstore::model::{IdentityProvider, MutualTls, Protocol, Saml};
use idpstore::testing::inside::{Policy, with_policy};
use idpstore::zitadel::UNLIMITED_SEARCH;
use idpstore::{Builder, IdpStore, ProviderQuery};
use serde_json::{Value, json};

const NAMES: [&str; 12] =
    ["a", "A", "ab", "aab", "Ab%", "b_", "b\\", "ßA", "ÄB", "äb", "", "a name that is rather long, aB"];

/// ZITADEL takes providers without a name.
static ANY_NAME: Policy = Policy { name_length: 0..=usize::MAX, ..Policy::NEUTRAL };

/// Longer than ZITADEL lets names be, as other vendors do.
fn long_name() -> String {
    repeat_n('x', 297).chain("END".chars()).collect()
}

/// Providers with all the names, each of a kind that ZITADEL has and of one that it has not.
fn filled(builder: Builder) -> IdpStore {
    let store = builder.open().unwrap();
    let service = with_policy(&store.service(), &ANY_NAME);
    for name in NAMES {
        for protocol in [Protocol::Saml(Saml::default()), Protocol::MutualTls(MutualTls::default())] {
            let make = service.create_provider(|draft| {
                Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol.clone()))
            });
            make.unwrap();
        }
    }
    store
}

fn search(store: &IdpStore, service: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::post(format!("/{service}/v1/idps/templates/_search"));
    let response = store.handle(request.body(body.to_string().into()).unwrap());
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

/// The names that a search finds, and how many there are in all.
fn names(store: &IdpStore, service: &str, body: &Value) -> (Vec<String>, String) {
    let (status, answer) = search(store, service, body);
    assert_eq!(status, 200, "{answer}");
    let result = answer["result"].as_array().cloned().unwrap_or_default();
    let name = |provider: &Value| provider["name"].as_str().unwrap_or_default().to_owned();
    let total = answer["details"]["totalResult"].as_str().unwrap_or("0").to_owned();
    (result.iter().map(name).collect(), total)
}

/// Whether a name fits, by the methods that regard case.
fn fits(method: &str, name: &str, wanted: &str) -> bool {
    match method {
        "EQUALS" => name == wanted,
        "STARTS_WITH" => name.starts_with(wanted),
        "CONTAINS" => name.contains(wanted),
        _ => name.ends_with(wanted),
    }
}

fn hold_names(store: &IdpStore, all: &[&str], method: &str, ignores_case: bool, wanted: &str) {
    let fold = |text: &str| if ignores_case { text.to_lowercase() } else { text.to_owned() };
    let fitting = all.iter().filter(|name| fits(method, &fold(name), &fold(wanted)));
    let expected: Vec<_> = fitting.map(ToString::to_string).collect();
    let expected = (expected.clone(), expected.len().to_string());
    let ending = if ignores_case { "_IGNORE_CASE" } else { "" };
    let query = json!({"name": wanted, "method": format!("TEXT_QUERY_METHOD_{method}{ending}")});
    let anything = json!({"name": "", "method": "TEXT_QUERY_METHOD_CONTAINS"});
    for queries in
        [json!([{"idpNameQuery": query}]), json!([{"idpNameQuery": anything}, {"idpNameQuery": query}])]
    {
        assert_eq!(names(store, "admin", &json!({"queries": queries})), expected, "{queries}");
    }
}

#[test]
fn names_are_found_as_by_comparing_all_of_them() {
    let store = filled(IdpStore::builder());
    let long = long_name();
    let make = store.service().create_provider(|draft| {
        Ok(IdentityProvider::new(draft.id(), draft.now(), &*long, Protocol::Saml(Saml::default())))
    });
    make.unwrap();
    let all: Vec<_> = NAMES.into_iter().chain(once(&*long)).collect();
    for method in ["EQUALS", "STARTS_WITH", "CONTAINS", "ENDS_WITH"] {
        for wanted in NAMES.into_iter().chain(["B", "%", "_", "\\", "AB", "zz", "end", "xEND", &long[100..]])
        {
            hold_names(&store, &all, method, false, wanted);
            hold_names(&store, &all, method, true, wanted);
        }
    }
}

#[test]
fn ids_are_found_if_all_else_is_true_too() {
    let store = filled(IdpStore::builder());
    let all = search(&store, "admin", &json!({})).1;
    let [first, second] = [0, 1].map(|at| all["result"][at]["id"].clone());
    let found = |queries: Value| names(&store, "management", &json!({"queries": queries})).0;
    assert_eq!(found(json!([{"idpIdQuery": {"id": second}}])), ["A"]);
    assert_eq!(found(json!([{"idpIdQuery": {"id": second}}, {"idpNameQuery": {"name": "A"}}])), ["A"]);
    let none: [&str; 0] = [];
    for queries in [
        json!([{"idpIdQuery": {"id": second}}, {"idpNameQuery": {"name": "a"}}]),
        json!([{"idpIdQuery": {"id": second}}, {"idpIdQuery": {"id": first}}]),
        json!([{"idpIdQuery": {"id": second}}, {"ownerTypeQuery": {"ownerType": "IDP_OWNER_TYPE_ORG"}}]),
        json!([{"idpIdQuery": {"id": "no id"}}]),
        json!([{"idpIdQuery": {}}]),
        json!([{"ownerTypeQuery": {}}]),
    ] {
        assert_eq!(found(queries.clone()), none, "{queries}");
    }
    let system = json!({"ownerType": "IDP_OWNER_TYPE_SYSTEM"});
    assert_eq!(found(json!([{"ownerTypeQuery": system}, {"ownerTypeQuery": system}])), NAMES);
    // What only another vendor has cannot be found by its id.
    let service = store.service();
    let named_a = ProviderQuery { name: Some("a".to_owned()), ..ProviderQuery::default() };
    let foreign = service.providers(&named_a).unwrap().items.last().unwrap().id.number().to_string();
    assert_eq!(found(json!([{"idpIdQuery": {"id": foreign}}])), none);
}

#[test]
fn pages_follow_the_order_of_creation_and_count_all() {
    let store = filled(IdpStore::builder());
    let page = |query: Value| names(&store, "management", &json!({"query": query}));
    let of = NAMES.len().to_string();
    for (query, expected) in [
        (json!({}), &NAMES[..]),
        (json!({"limit": 3}), &NAMES[..3]),
        (json!({"offset": "4", "limit": "2", "asc": false}), &NAMES[4..6]),
        (json!({"offset": 11, "limit": 100}), &NAMES[11..]),
    ] {
        let (found, total) = page(query.clone());
        assert_eq!((found, &total), (expected.iter().map(ToString::to_string).collect(), &of), "{query}");
    }
    assert_eq!(page(json!({"offset": "18446744073709551615"})), (Vec::new(), "0".to_owned()));
}

/// As [`filled`], with so many providers that ZITADEL has.
fn filled_to(builder: Builder, total: usize) -> IdpStore {
    let store = filled(builder);
    for _ in NAMES.len()..total {
        let make = |draft: &mut idpstore::Draft<'_, '_>| {
            Ok(IdentityProvider::new(draft.id(), draft.now(), "x", Protocol::Saml(Saml::default())))
        };
        store.service().create_provider(make).unwrap();
    }
    store
}

#[test]
fn a_search_gives_at_most_a_thousand_and_counts_all() {
    let store = filled_to(IdpStore::builder(), 1001);
    let anything = json!({"idpNameQuery": {"name": "", "method": "TEXT_QUERY_METHOD_CONTAINS"}});
    for service in ["admin", "management"] {
        for body in [json!({}), json!({"query": {"limit": 0}}), json!({"queries": [anything]})] {
            let (found, total) = names(&store, service, &body);
            assert_eq!((found.len(), total.as_str()), (1000, "1001"), "{service} {body}");
        }
        let rest = json!({"query": {"offset": 1000}});
        assert_eq!(names(&store, service, &rest), (vec!["x".to_owned()], "1001".to_owned()), "{service}");
        assert_eq!(search(&store, service, &json!({"query": {"limit": 1000}})).0, 200);
        let refused = json!({
            "code": 3,
            "message": "Limit exceeded (QUERY-4M0fs)",
            "details": [{
                "@type": "type.googleapis.com/zitadel.v1.ErrorDetail",
                "id": "QUERY-4M0fs",
                "message": "Limit exceeded",
            }],
        });
        assert_eq!(search(&store, service, &json!({"query": {"limit": 1001}})), (400, refused));
    }
}

#[test]
fn a_switch_takes_the_limit_of_searches_away() {
    let store = filled_to(IdpStore::builder().switch(UNLIMITED_SEARCH), 1001);
    for body in [json!({}), json!({"query": {"limit": 2000}})] {
        let (found, total) = names(&store, "admin", &body);
        assert_eq!((found.len(), total.as_str()), (1001, "1001"), "{body}");
    }
}
