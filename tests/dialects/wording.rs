//! Errors carry no vendor's words: the dialect finds them when it answers, so that a host reads the same error whichever
//! API was called.

use std::sync::Arc;

use idpstore::Error;
use idpstore::engine::MemoryEngine;
use idpstore::testing::inside::DIALECTS;
use serde_json::Value;

use super::{Surroundings, run, scenarios};

/// The members of a vendor's document of an error that identify it.
const CODES: [&str; 4] = ["/errorCode", "/details/0/id", "/details/0/debug/id", "/code"];

#[test]
fn errors_have_no_code_and_no_text_of_a_vendor() {
    let mut failed = 0;
    for dialect in DIALECTS {
        for (file, scenario) in scenarios(dialect) {
            let surroundings = Surroundings::new();
            let store = surroundings.open(MemoryEngine::default());
            run(
                &scenario,
                &surroundings,
                || store.clone(),
                |number, _, answer| {
                    let Some(error) = answer.extensions().get::<Arc<Error>>() else { return };
                    failed += 1;
                    let words = error.in_full();
                    let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                    let codes = CODES.iter().filter_map(|code| document.pointer(code)?.as_str());
                    for code in codes.filter(|code| !code.is_empty()).chain(["Errors.", "INST-"]) {
                        assert!(!words.contains(code), "{}, step {number}: {words}", file.display());
                    }
                },
            );
        }
    }
    assert!(failed > 200, "{failed}");
}
