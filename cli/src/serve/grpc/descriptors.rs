//! The messages of procedures by their descriptors: binary as JSON, and back.

use std::sync::{LazyLock, Mutex, PoisonError};

use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor};
use serde::de::DeserializeSeed as _;

use super::encoding::Message;

/// Those of `cli/proto`, read when the first call comes.
static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(&include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"))[..])
        .unwrap_or_default()
});

/// All descriptors.
pub(super) fn pool() -> &'static DescriptorPool {
    &POOL
}

/// The procedure at a path.
pub(super) fn method(path: &str) -> Option<MethodDescriptor> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    POOL.get_service_by_name(service)?.methods().find(|known| known.name() == method)
}

/// Messages that are longer take turns: read, one that is crafted takes 200 times its length of memory, and no token is
/// looked at before.
const SHORT: usize = 4096;

static TURN: Mutex<()> = Mutex::new(());

/// A binary message as JSON; otherwise what is wrong with it.
pub(super) fn to_json(kind: MessageDescriptor, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let _turn = (bytes.len() > SHORT).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
    let message = DynamicMessage::decode(kind, bytes).map_err(|error| {
        let words = error.to_string();
        if words.contains("UTF-8") { "string field contains invalid UTF-8".to_owned() } else { words }
    })?;
    serde_json::to_vec(&message).map_err(|error| error.to_string())
}

/// JSON as a binary message; otherwise what is wrong with it.
pub(super) fn to_binary(kind: &MessageDescriptor, json: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(json.len());
    let mut reader = serde_json::Deserializer::from_slice(json);
    let message = Message { descriptor: kind, bytes: &mut bytes };
    message.deserialize(&mut reader).and_then(|()| reader.end()).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_in_the_order_of_their_keys_and_fields_in_that_of_their_numbers() {
        let kind = POOL.get_message_by_name("zitadel.user.v2.FormData").unwrap();
        let entries =
            |keys: &[&str]| keys.iter().map(|key| format!("{key:?}:\"v\"")).collect::<Vec<_>>().join(",");
        let keys = ["b", "z", "a", "y", "c", "x", "d", "w"];
        let json = format!(r#"{{"fields":{{{}}},"url":"u","later":1}}"#, entries(&keys));
        let bytes = to_binary(&kind, json.as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("\n\x01u\x12"), "{text:?}");
        let found: Vec<_> = text.match_indices("\x12\x01v").map(|(at, _)| &text[at - 1..at]).collect();
        assert_eq!(found, ["a", "b", "c", "d", "w", "x", "y", "z"]);
    }

    /// What is rare goes another way, which must not show.
    #[test]
    fn all_kinds_of_values_are_read_as_they_were_written() {
        for (kind, json) in [
            (
                "zitadel.v1.ObjectDetails",
                r#"{"sequence":"18446744073709551615","creationDate":"2026-07-10T08:00:00.125Z","resourceOwner":"x"}"#,
            ),
            (
                "zitadel.idp.v1.LDAPConfig",
                r#"{"servers":["b","a"],"startTls":true,"timeout":"10.500s","attributes":{"idAttribute":"uid"},"rootCa":"AP8="}"#,
            ),
            (
                "zitadel.error.v2.ErrorDetail",
                r#"{"slug":"a.b","details":{"list":[1.0,null,true],"text":"x"}}"#,
            ),
            (
                "grpc.reflection.v1.ExtensionNumberResponse",
                r#"{"baseTypeName":"x","extensionNumber":[1,-2,300]}"#,
            ),
            ("grpc.health.v1.HealthCheckResponse", r#"{"status":"SERVING"}"#),
        ] {
            let kind = POOL.get_message_by_name(kind).unwrap();
            let bytes = to_binary(&kind, json.as_bytes()).unwrap();
            let read: serde_json::Value = serde_json::from_slice(&to_json(kind, &bytes).unwrap()).unwrap();
            let sent: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(read, sent);
        }
        let kind = POOL.get_message_by_name("grpc.health.v1.HealthCheckResponse").unwrap();
        assert!(to_binary(&kind, br#"{"status":"NOPE"}"#).is_err());
        assert_eq!(to_binary(&kind, br#"{"status":1,"later":{}}"#).unwrap(), b"\x08\x01");
    }

    #[test]
    fn presence_and_order_survive() {
        let kind = POOL.get_message_by_name("zitadel.idp.v1.SAMLConfig").unwrap();
        // An optional field that is zero is there; another is not.
        let json =
            br#"{"federatedLogoutEnabled":false,"withSignedRequest":false,"binding":"SAML_BINDING_POST"}"#;
        let bytes = to_binary(&kind, json).unwrap();
        let back: serde_json::Value = serde_json::from_slice(&to_json(kind, &bytes).unwrap()).unwrap();
        assert_eq!(
            back,
            serde_json::json!({"binding": "SAML_BINDING_POST", "federatedLogoutEnabled": false})
        );
        let kind = POOL.get_message_by_name("zitadel.admin.v1.AddGoogleProviderRequest").unwrap();
        let scopes = br#"{"scopes":["z","a","m"]}"#;
        let bytes = to_binary(&kind, scopes).unwrap();
        assert_eq!(to_json(kind, &bytes).unwrap(), scopes);
    }

    #[test]
    fn what_is_no_message_is_refused_and_what_is_unknown_skipped() {
        let kind = || POOL.get_message_by_name("zitadel.admin.v1.GetProviderByIDRequest").unwrap();
        assert_eq!(to_json(kind(), b"\x0a\x011\xa2\x06\x01x").unwrap(), br#"{"id":"1"}"#);
        assert_eq!(to_json(kind(), b"\x0a\x01\xff").unwrap_err(), "string field contains invalid UTF-8");
        assert!(to_json(kind(), b"\x0a\x05x").is_err());
        assert!(to_binary(&kind(), b"{} x").is_err());
    }
}
