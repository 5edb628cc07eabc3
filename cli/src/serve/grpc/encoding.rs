//! JSON as binary messages, written while it is read, straight along their descriptors: the fields in the order of their
//! numbers, and the entries of maps in that of their keys, so that the same JSON is the same bytes.

use std::collections::BTreeMap;
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::prost_types::Timestamp;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as _, de};
use serde_json::{Value, json};

/// Writes the message that is read. What its descriptor does not have is left out.
pub(super) struct Message<'m> {
    pub(super) descriptor: &'m MessageDescriptor,
    pub(super) bytes: &'m mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Message<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Message<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        let Self { descriptor, bytes } = self;
        let start = bytes.len();
        let mut written = Vec::new();
        while let Some(field) = members.next_key_seed(Name(descriptor))? {
            let Some(field) = field else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            let from = bytes.len();
            let even_zero = field.supports_presence();
            members.next_value_seed(Slot { descriptor, field: &field, even_zero, bytes })?;
            written.push((field.number(), from..bytes.len()));
        }
        if !written.is_sorted_by_key(|(number, _)| *number) {
            written.sort_by_key(|(number, _)| *number);
            let parts = written.into_iter().filter_map(|(_, part)| bytes.get(part));
            let sorted = parts.collect::<Vec<_>>().concat();
            bytes.truncate(start);
            bytes.extend(sorted);
        }
        Ok(())
    }
}

/// Reads the name of a member as the field that has it.
struct Name<'m>(&'m MessageDescriptor);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<FieldDescriptor>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<FieldDescriptor>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.get_field_by_json_name(name))
    }
}

/// Where a value is written: a field, or an element of one that is repeated.
struct Slot<'m> {
    descriptor: &'m MessageDescriptor,
    field: &'m FieldDescriptor,
    /// Whether zero differs from nothing.
    even_zero: bool,
    bytes: &'m mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a value of `{}`", self.field.json_name())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, is_set: bool) -> Result<(), E> {
        match self.field.kind() {
            Kind::Bool => self.scalar(u64::from(is_set)),
            _ => return self.alone(&is_set.into()),
        }
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.alone(&number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.alone(&number.into())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.alone(&number.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        match self.field.kind() {
            Kind::String => self.delimited(text.as_bytes()),
            Kind::Enum(names) => {
                let named = names.get_value_by_name(text);
                let named = named.ok_or_else(|| E::custom(format!("there is no value `{text}`")))?;
                self.scalar(i64::from(named.number()).cast_unsigned());
            }
            Kind::Uint64 => {
                let number = text.parse().map_err(|_| E::custom(format!("`{text}` is no number")))?;
                self.scalar(number);
            }
            Kind::Bytes => self.delimited(&BASE64_STANDARD.decode(text).map_err(E::custom)?),
            Kind::Message(kind) if kind.full_name() == "google.protobuf.Timestamp" => {
                let time: Timestamp = text.parse().map_err(|_| E::custom(format!("`{text}` is no time")))?;
                Slot { even_zero: true, ..self }.delimited(&time.encode_to_vec());
            }
            _ => return self.alone(&text.into()),
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        let Self { descriptor, field, bytes, .. } = self;
        if field.is_packed() || !field.is_list() {
            let mut all = Vec::<Value>::new();
            while let Some(item) = items.next_element()? {
                all.push(item);
            }
            return alone(descriptor, field, &all.into(), bytes);
        }
        loop {
            let element = Slot { descriptor, field, even_zero: true, bytes: &mut *bytes };
            if items.next_element_seed(element)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        if self.field.is_map() {
            let mut entries = BTreeMap::<String, Value>::new();
            while let Some((key, value)) = members.next_entry()? {
                entries.insert(key, value);
            }
            let mut entries = entries.into_iter();
            return entries.try_for_each(|(key, value)| {
                alone(self.descriptor, self.field, &json!({ key: value }), self.bytes)
            });
        }
        match self.field.kind() {
            Kind::Message(kind) if kind.package_name() != "google.protobuf" => {
                let mut content = Vec::new();
                Message { descriptor: &kind, bytes: &mut content }.visit_map(members)?;
                Slot { even_zero: true, ..self }.delimited(&content);
                Ok(())
            }
            _ => {
                let value = Value::deserialize(MapAccessDeserializer::new(members))?;
                self.alone(&value)
            }
        }
    }
}

impl Slot<'_> {
    fn scalar(self, value: u64) {
        if value != 0 || self.even_zero {
            encode_key(self.field.number(), WireType::Varint, self.bytes);
            encode_varint(value, self.bytes);
        }
    }

    fn delimited(self, content: &[u8]) {
        if !content.is_empty() || self.even_zero {
            encode_key(self.field.number(), WireType::LengthDelimited, self.bytes);
            encode_varint(u64::try_from(content.len()).unwrap_or_default(), self.bytes);
            self.bytes.extend_from_slice(content);
        }
    }

    fn alone<E: de::Error>(self, value: &Value) -> Result<(), E> {
        let list = self.field.is_list().then(|| json!([value]));
        alone(self.descriptor, self.field, list.as_ref().unwrap_or(value), self.bytes)
    }
}

/// Writes one field as a message that has no other: messages that follow each other are one. This is the way for all that
/// is rare.
fn alone<E: de::Error>(
    descriptor: &MessageDescriptor,
    field: &FieldDescriptor,
    value: &Value,
    bytes: &mut Vec<u8>,
) -> Result<(), E> {
    let document = json!({ field.json_name(): value });
    let message = DynamicMessage::deserialize(descriptor.clone(), document).map_err(Error::custom)?;
    bytes.extend(message.encode_to_vec());
    Ok(())
}
