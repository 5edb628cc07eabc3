//! The secrets in a record as JSON: known by the names of their members, emptied, taken out and put back.

use serde_json::{Map, Value};

use crate::engine::keyspace;
use crate::error::{Result, pointer};
use crate::model::SEALED;

/// A stored record as JSON, its secrets empty.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if the bytes hold no record.
pub(crate) fn without_secrets(bytes: &[u8]) -> Result<Value> {
    let mut record = keyspace::decode(bytes)?;
    withhold(&mut record);
    Ok(record)
}

/// Names of members that hold secrets, in lower case and without what separates words. Each contains one of the first
/// or is one of the second.
const SECRET_PARTS: [&str; 7] =
    ["secret", "password", "passphrase", "privatekey", "apikey", "accesstoken", "refreshtoken"];
const SECRET_NAMES: [&str; 1] = ["private"];

/// The length of the shortest of them.
const SHORTEST: usize = 6;

/// The private members of a JWK (RFC 7518, section 6), which are secret beside a `kty`.
pub(super) const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Whether a member of an object holds a secret.
fn is_secret_of(has_kty: bool, name: &str) -> bool {
    is_secret(name) || (has_kty && PRIVATE_MEMBERS.contains(&name))
}

/// Whether a member of this name holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    if name.len() < SHORTEST {
        return false;
    }
    let letters = || name.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    if SECRET_NAMES.iter().any(|secret| letters().eq(secret.bytes())) {
        return true;
    }
    let mut rest = letters();
    loop {
        if SECRET_PARTS.iter().any(|part| rest.clone().take(part.len()).eq(part.bytes())) {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}

/// Empties all secrets of a record, and gives them with their places.
pub(crate) fn withhold(record: &mut Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    visit(record, &mut String::new(), &mut found);
    found
}

/// Whether a record was read while the store was locked, and holds a secret.
pub(crate) fn is_sealed(record: &Value) -> bool {
    match record {
        Value::Object(members) => members.values().any(is_sealed),
        Value::Array(items) => items.iter().any(is_sealed),
        Value::String(text) => text.starts_with(SEALED),
        _ => false,
    }
}

fn visit(value: &mut Value, at: &mut String, found: &mut Vec<(String, Value)>) {
    let length = at.len();
    match value {
        Value::Object(members) => {
            let has_kty = members.contains_key("kty");
            for (name, value) in members {
                pointer::push(at, name);
                if is_secret_of(has_kty, name) && !value.is_null() {
                    found.push((at.clone(), std::mem::replace(value, Value::from(""))));
                } else {
                    visit(value, at, found);
                }
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter_mut().enumerate() {
                pointer::push(at, &position.to_string());
                visit(item, at, found);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// Takes all secrets out of a record, together with their members.
pub(crate) fn take_secrets(record: &mut Value) {
    match record {
        Value::Object(members) => {
            let has_kty = members.contains_key("kty");
            members.retain(|name, value| !is_secret_of(has_kty, name) || value.is_null());
            members.values_mut().for_each(take_secrets);
        }
        Value::Array(items) => items.iter_mut().for_each(take_secrets),
        _ => {}
    }
}

/// Gives the members of a record the secrets of its older form where there is no such member. In a list they belong to an
/// element that is otherwise as it was.
pub(crate) fn keep_secrets(members: &mut Map<String, Value>, older: &Value) {
    let has_kty = older.get("kty").is_some();
    for (name, older) in older.as_object().into_iter().flatten() {
        match members.get_mut(name) {
            Some(value) => keep(value, older),
            None if is_secret_of(has_kty, name) => drop(members.insert(name.clone(), older.clone())),
            None => {}
        }
    }
}

fn keep(value: &mut Value, older: &Value) {
    match (value, older) {
        (Value::Object(members), older) => keep_secrets(members, older),
        (Value::Array(items), Value::Array(older)) => {
            for (item, older) in items.iter_mut().zip(older) {
                let mut bare = older.clone();
                take_secrets(&mut bare);
                if *item == bare {
                    *item = older.clone();
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_taken_out_and_put_back() {
        let older = json!({
            "name": "Partner", "client": {"id": "a", "secret": "b"},
            "list": [{"n": 1, "apiKey": "c"}, {"n": 2, "apiKey": "d"}], "password": null,
            "jwk": {"kty": "EC", "x": "e", "d": "f"}, "point": {"x": 1, "d": 2}
        });
        let mut record = older.clone();
        take_secrets(&mut record);
        let bare = json!({
            "name": "Partner", "client": {"id": "a"}, "list": [{"n": 1}, {"n": 2}], "password": null,
            "jwk": {"kty": "EC", "x": "e"}, "point": {"x": 1, "d": 2}
        });
        assert_eq!(record, bare);
        keep(&mut record, &older);
        assert_eq!(record, older);
    }

    #[test]
    fn names_of_secrets_are_known_in_all_spellings() {
        for name in [
            "secret",
            "client_secret",
            "ClientSecrets",
            "api-key",
            "x.Refresh Token!",
            "Private",
            "é_passWord",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["", "key", "apike", "_api_k", "privately", "my_private", "token", "secreet", "sécret"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_secret_never_moves_to_another_element_and_is_never_overwritten() {
        let older = json!({"secret": "a", "client": {"secret": "b"}, "list": [{"n": 1, "secret": "c"}]});
        let mut record = json!({"secret": "new", "list": [{"n": 2}]});
        keep(&mut record, &older);
        assert_eq!(record, json!({"secret": "new", "list": [{"n": 2}]}));
    }
}
