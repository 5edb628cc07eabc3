//! JSON as binary messages, straight along their descriptors: the fields in the order of their numbers, and the entries of
//! maps in that of their keys, so that the same JSON is the same bytes.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::prost_types::Timestamp;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

type Members = Map<String, Value>;

/// What cannot be written.
type Outcome = Result<(), String>;

/// Writes a message. What its descriptor does not have is left out.
pub(super) fn message(descriptor: &MessageDescriptor, members: &Members, bytes: &mut Vec<u8>) -> Outcome {
    for field in descriptor.fields() {
        match members.get(field.json_name()) {
            None | Some(Value::Null) => {}
            Some(Value::Object(entries)) if field.is_map() => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                for (key, value) in entries {
                    alone(descriptor, &field, &json!({ key: value }), bytes)?;
                }
            }
            Some(Value::Array(items)) if field.is_list() => list(descriptor, &field, items, bytes)?,
            Some(value) => one(descriptor, &field, value, field.supports_presence(), bytes)?,
        }
    }
    Ok(())
}

/// Writes a repeated field; numbers in one piece.
fn list(
    descriptor: &MessageDescriptor,
    field: &FieldDescriptor,
    items: &[Value],
    bytes: &mut Vec<u8>,
) -> Outcome {
    if field.is_packed() {
        return alone(descriptor, field, &json!(items), bytes);
    }
    items.iter().try_for_each(|item| one(descriptor, field, item, true, bytes))
}

/// Writes one value. Zero is written if it differs from nothing.
fn one(
    descriptor: &MessageDescriptor,
    field: &FieldDescriptor,
    value: &Value,
    even_zero: bool,
    bytes: &mut Vec<u8>,
) -> Outcome {
    let number = field.number();
    match (field.kind(), value) {
        (Kind::Bool, Value::Bool(is_set)) => scalar(number, u64::from(*is_set), even_zero, bytes),
        (Kind::Enum(names), Value::String(name)) => {
            let named = names.get_value_by_name(name).ok_or_else(|| format!("there is no value `{name}`"))?;
            scalar(number, i64::from(named.number()).cast_unsigned(), even_zero, bytes);
        }
        (Kind::Uint64, Value::String(text)) => {
            let value = text.parse().map_err(|_| format!("`{text}` is no number"))?;
            scalar(number, value, even_zero, bytes);
        }
        (Kind::String, Value::String(text)) => delimited(number, text.as_bytes(), even_zero, bytes),
        (Kind::Bytes, Value::String(text)) => {
            let content = BASE64_STANDARD.decode(text).map_err(|error| error.to_string())?;
            delimited(number, &content, even_zero, bytes);
        }
        (Kind::Message(kind), Value::String(text)) if kind.full_name() == "google.protobuf.Timestamp" => {
            let time: Timestamp = text.parse().map_err(|_| format!("`{text}` is no time"))?;
            delimited(number, &time.encode_to_vec(), true, bytes);
        }
        (Kind::Message(kind), Value::Object(members)) if kind.package_name() != "google.protobuf" => {
            let mut content = Vec::new();
            message(&kind, members, &mut content)?;
            delimited(number, &content, true, bytes);
        }
        _ if field.is_list() => return alone(descriptor, field, &json!([value]), bytes),
        _ => return alone(descriptor, field, value, bytes),
    }
    Ok(())
}

fn scalar(number: u32, value: u64, even_zero: bool, bytes: &mut Vec<u8>) {
    if value != 0 || even_zero {
        encode_key(number, WireType::Varint, bytes);
        encode_varint(value, bytes);
    }
}

fn delimited(number: u32, content: &[u8], even_empty: bool, bytes: &mut Vec<u8>) {
    if !content.is_empty() || even_empty {
        encode_key(number, WireType::LengthDelimited, bytes);
        encode_varint(u64::try_from(content.len()).unwrap_or_default(), bytes);
        bytes.extend_from_slice(content);
    }
}

/// Writes one field as a message that has no other: messages that follow each other are one. This is the way for all that
/// is rare.
fn alone(
    descriptor: &MessageDescriptor,
    field: &FieldDescriptor,
    value: &Value,
    bytes: &mut Vec<u8>,
) -> Outcome {
    let document = json!({ field.json_name(): value });
    let message =
        DynamicMessage::deserialize(descriptor.clone(), document).map_err(|error| error.to_string())?;
    bytes.extend(message.encode_to_vec());
    Ok(())
}
