//! A long list takes little more memory than its answer. The only test of its program: what others take would count.

#![cfg(all(target_os = "linux", feature = "zitadel"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;

use bytes::Bytes;
use idpstore::IdpStore;
use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol};
use idpstore::zitadel::UNLIMITED_SEARCH;
use serde_json::{Value, json};

const PROVIDERS: usize = 4_000;

/// What a list may take besides twice the answer, in KiB.
const BESIDES: usize = 50 * 1024;

/// A figure of this process in KiB.
fn status(name: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The answer to a search, and by how many KiB the process grew for it.
fn search(store: &IdpStore, body: &Value) -> (Bytes, usize) {
    let request =
        http::Request::post("/admin/v1/idps/templates/_search").body(body.to_string().into()).unwrap();
    // The peak begins anew (proc(5)).
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    let answer = store.handle(request);
    assert_eq!(answer.status(), 200);
    (answer.into_body(), status("VmHWM").saturating_sub(before))
}

#[test]
fn a_long_list_takes_little_more_memory_than_its_answer() {
    let store = IdpStore::builder().switch(UNLIMITED_SEARCH).open().unwrap();
    let scopes: Vec<_> = (0..200).map(|number| format!("a scope with a rather long name {number}")).collect();
    for number in 0..PROVIDERS {
        let client = Client { scopes: Some(scopes.clone()), ..Client::default() };
        let protocol = Protocol::OpenIdConnect(OpenIdConnect { client, ..OpenIdConnect::default() });
        let name = format!("Provider {number}");
        let make = store.service().create_provider(|draft| {
            Ok(IdentityProvider::new(draft.id(), draft.now(), name.as_str(), protocol.clone()))
        });
        make.unwrap();
    }
    let ends = json!({"idpNameQuery": {"name": "999", "method": "TEXT_QUERY_METHOD_ENDS_WITH"}});
    for (body, providers) in [(json!({"queries": [ends]}), 4), (json!({}), PROVIDERS)] {
        let (answer, grown) = search(&store, &body);
        assert_eq!(
            serde_json::from_slice::<Value>(&answer).unwrap()["result"].as_array().unwrap().len(),
            providers
        );
        let most = 2 * answer.len() / 1024 + BESIDES;
        assert!(
            grown <= most,
            "{providers} providers: {grown} KiB for an answer of {} KiB",
            answer.len() / 1024
        );
    }
}
