//! The messages of procedures by their descriptors: binary as JSON, and back.

use std::sync::LazyLock;

use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, FieldDescriptor, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};

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

/// A binary message as JSON; otherwise what is wrong with it.
pub(super) fn to_json(kind: MessageDescriptor, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let message = DynamicMessage::decode(kind, bytes).map_err(|error| {
        let words = error.to_string();
        if words.contains("UTF-8") { "string field contains invalid UTF-8".to_owned() } else { words }
    })?;
    serde_json::to_vec(&message).map_err(|error| error.to_string())
}

/// JSON as a binary message. What the descriptors do not have is left out.
pub(super) fn to_binary(kind: MessageDescriptor, json: &[u8]) -> serde_json::Result<Vec<u8>> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let message = DynamicMessage::deserialize_with_options(kind, &mut reader, &options)?;
    reader.end()?;
    let mut bytes = Vec::with_capacity(json.len());
    encode(message, &mut bytes);
    Ok(bytes)
}

/// Writes a message, field by field in the order of their numbers, and the entries of maps in the order of their keys:
/// the same message is always the same bytes.
fn encode(mut message: DynamicMessage, bytes: &mut Vec<u8>) {
    let kind = message.descriptor();
    for (field, value) in message.take_fields() {
        match value {
            Value::Message(inner) => encode_inner(&field, inner, bytes),
            Value::List(items) if items.iter().any(|item| matches!(item, Value::Message(_))) => {
                for item in items {
                    if let Value::Message(inner) = item {
                        encode_inner(&field, inner, bytes);
                    }
                }
            }
            Value::Map(entries) => {
                let mut entries: Vec<_> = entries.into_iter().collect();
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                for entry in entries {
                    encode_alone(&kind, &field, Value::Map([entry].into_iter().collect()), bytes);
                }
            }
            value => encode_alone(&kind, &field, value, bytes),
        }
    }
}

fn encode_inner(field: &FieldDescriptor, inner: DynamicMessage, bytes: &mut Vec<u8>) {
    let mut content = Vec::new();
    encode(inner, &mut content);
    encode_key(field.number(), WireType::LengthDelimited, bytes);
    encode_varint(u64::try_from(content.len()).unwrap_or_default(), bytes);
    bytes.append(&mut content);
}

/// Writes one field as a message that has no other: messages that follow each other are one.
fn encode_alone(kind: &MessageDescriptor, field: &FieldDescriptor, value: Value, bytes: &mut Vec<u8>) {
    let mut alone = DynamicMessage::new(kind.clone());
    alone.set_field(field, value);
    bytes.extend(alone.encode_to_vec());
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
        let bytes = to_binary(kind.clone(), json.as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("\n\x01u\x12"), "{text:?}");
        let found: Vec<_> = text.match_indices("\x12\x01v").map(|(at, _)| &text[at - 1..at]).collect();
        assert_eq!(found, ["a", "b", "c", "d", "w", "x", "y", "z"]);
    }

    #[test]
    fn presence_and_order_survive() {
        let kind = POOL.get_message_by_name("zitadel.idp.v1.SAMLConfig").unwrap();
        // An optional field that is zero is there; another is not.
        let json =
            br#"{"federatedLogoutEnabled":false,"withSignedRequest":false,"binding":"SAML_BINDING_POST"}"#;
        let bytes = to_binary(kind.clone(), json).unwrap();
        let back: serde_json::Value = serde_json::from_slice(&to_json(kind, &bytes).unwrap()).unwrap();
        assert_eq!(
            back,
            serde_json::json!({"binding": "SAML_BINDING_POST", "federatedLogoutEnabled": false})
        );
        let kind = POOL.get_message_by_name("zitadel.admin.v1.AddGoogleProviderRequest").unwrap();
        let scopes = br#"{"scopes":["z","a","m"]}"#;
        let bytes = to_binary(kind.clone(), scopes).unwrap();
        assert_eq!(to_json(kind, &bytes).unwrap(), scopes);
    }

    #[test]
    fn what_is_no_message_is_refused_and_what_is_unknown_skipped() {
        let kind = || POOL.get_message_by_name("zitadel.admin.v1.GetProviderByIDRequest").unwrap();
        assert_eq!(to_json(kind(), b"\x0a\x011\xa2\x06\x01x").unwrap(), br#"{"id":"1"}"#);
        assert_eq!(to_json(kind(), b"\x0a\x01\xff").unwrap_err(), "string field contains invalid UTF-8");
        assert!(to_json(kind(), b"\x0a\x05x").is_err());
        assert!(to_binary(kind(), b"{} x").is_err());
    }
}
