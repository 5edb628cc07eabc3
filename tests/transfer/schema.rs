//! The schema describes every document that is exported, and seeds.

use jsonschema::validator_for;
use serde_json::{Value, json};

use super::{EXPORTED, IN_THE_CLEAR, SEED, edited};

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn schema() -> Value {
    read(include_str!("../../docs/idpstore.schema.json"))
}

#[test]
fn documents_are_what_the_schema_describes() {
    assert!(jsonschema::meta::is_valid(&schema()));
    let validator = validator_for(&schema()).unwrap();
    for document in [EXPORTED, IN_THE_CLEAR, SEED, "{}"] {
        let faults: Vec<_> = validator
            .iter_errors(&read(document))
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, [""; 0]);
    }
}

#[test]
fn what_no_import_takes_is_not_what_the_schema_describes() {
    let validator = validator_for(&schema()).unwrap();
    for (at, member, value) in [
        ("", "provider", json!([])),
        ("/providers/0", "nmae", json!("x")),
        ("/providers/0", "id", json!(7)),
        ("/providers/0", "state", json!("on")),
        ("/providers/0/protocol", "entiy_id", json!("x")),
        ("/providers/0/protocol", "type", json!("soap")),
        ("/users/0", "created", json!("today")),
        ("/links/0", "user", json!(7)),
        ("/signing_keys/0/jwk", "kty", json!("oct")),
    ] {
        let document = edited(EXPORTED, |document| document.pointer_mut(at).unwrap()[member] = value);
        assert!(!validator.is_valid(&read(&document)), "{at}/{member}");
    }
}
