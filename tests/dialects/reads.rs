//! A page cannot change a store by a link or an image: no `GET` and no `HEAD` changes anything.

use std::collections::BTreeSet;

use http::Method;
use idpstore::dialects;
use idpstore::engine::memory::MemoryEngine;

use super::{Surroundings, scenarios};

/// That every route answers well in some scenario is told in `coverage`.
#[test]
fn no_reading_request_changes_the_store() {
    for dialect in dialects::ALL {
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
                let before = store.snapshot().unwrap();
                let _ = store.handle(request);
                if method == Method::GET {
                    let _ = store.handle(head);
                }
                if store.snapshot().unwrap() != before {
                    let path = &step.request.path;
                    assert!(![Method::GET, Method::HEAD].contains(&method), "{}: {path}", file.display());
                    changing.insert(method.to_string());
                }
            }
        }
        // Else nothing was compared.
        assert!(changing.contains("POST") && changing.contains("DELETE"), "{}: {changing:?}", dialect.name);
    }
}
