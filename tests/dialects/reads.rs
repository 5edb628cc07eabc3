//! A page cannot change a store by a link or an image: no `GET` and no `HEAD` changes anything. The one exception are keys: a
//! provider without a key gets one when what a SAML partner needs is first read
//! (`docs/decisions/0068-what-saml-providers-share.md`), and the keys of a key rotation policy are made when it is first
//! read after they are due (`docs/decisions/0110-what-only-pingone-has.md`).

use std::collections::BTreeSet;

use http::Method;
use idpstore::engine::MemoryEngine;
use idpstore::testing::inside::DIALECTS;

use super::{Surroundings, scenarios};

/// `coverage` checks that every route answers well in some scenario.
#[test]
fn no_reading_request_changes_the_store() {
    for dialect in DIALECTS {
        let mut changing = BTreeSet::new();
        for (file, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = surroundings.open(MemoryEngine::default());
            for step in &scenario.steps {
                surroundings.clock.advance(step.advance);
                let request = step.request.to_request();
                let method = request.method().clone();
                let mut head = request.clone();
                *head.method_mut() = Method::HEAD;
                let path = &step.request.path;
                if makes_a_key(path) {
                    let _ = store.handle(request.clone());
                }
                let before = store.snapshot().unwrap();
                let _ = store.handle(request);
                if method == Method::GET {
                    let _ = store.handle(head);
                }
                if store.snapshot().unwrap() != before {
                    assert!(![Method::GET, Method::HEAD].contains(&method), "{}: {path}", file.display());
                    changing.insert(method.to_string());
                }
            }
        }
        // Else nothing was compared.
        assert!(changing.contains("POST") && changing.contains("DELETE"), "{}: {changing:?}", dialect.name);
    }
}

/// Whether the first reading request may make a key, and no later one.
fn makes_a_key(path: &str) -> bool {
    let is_for_partners =
        ["/saml/metadata", "/saml/certificate", "/saml20/"].iter().any(|part| path.contains(part));
    is_for_partners || path.contains("/keyRotationPolicies")
}
