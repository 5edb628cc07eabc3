//! Messages with all their fields, for tests of dialects.

use base64::engine::GeneralPurpose;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::message::{Form, Rule};
use super::read::snake_case;
use super::{Field, Message};
use crate::dialects::lens::Members;

/// How a client spells a message.
pub(crate) struct Spelling {
    pub(crate) in_snake_case: bool,
    pub(crate) enums_as_numbers: bool,
    pub(crate) base64: GeneralPurpose,
}

/// A message with all its fields, of each oneof the first: as this spelling has it, and as servers write it. All its bytes
/// are these.
pub(crate) fn full(message: &Message, spelling: &Spelling, octets: &[u8]) -> (Members, Members) {
    let (mut sent, mut written, mut groups) = (Members::new(), Members::new(), Vec::new());
    for field in message.fields() {
        if let Some(group) = field.group() {
            if groups.contains(&group) {
                continue;
            }
            groups.push(group);
        }
        let (as_sent, as_written) = value(field, spelling, octets);
        let name = if spelling.in_snake_case { snake_case(field.name) } else { field.name.to_owned() };
        sent.insert(name, as_sent);
        written.insert(field.name.to_owned(), as_written);
    }
    (sent, written)
}

fn value(field: &Field, spelling: &Spelling, octets: &[u8]) -> (Value, Value) {
    let same = |value: Value| (value.clone(), value);
    match (field.form, field.rule) {
        (Form::Text, Rule::Exactly(length)) => same("x".repeat(length).into()),
        (Form::Text, _) => same(format!("the {}", field.name).into()),
        (Form::Texts, _) => same(json!([field.name, "another"])),
        (Form::Flag, _) => same(true.into()),
        (Form::Duration, _) => (json!("1.5s"), json!("1.500s")),
        (Form::Bytes, _) => (spelling.base64.encode(octets).into(), BASE64_STANDARD.encode(octets).into()),
        (Form::Enum(names), _) => {
            let (last, (name, _)) = (names.len() - 1, *names.last().unwrap());
            (if spelling.enums_as_numbers { json!(last) } else { json!(name) }, name.into())
        }
        (Form::Message(message), _) => {
            let (sent, written) = full(message, spelling, octets);
            (sent.into(), written.into())
        }
        (Form::Messages(message), _) => {
            let (sent, written) = full(message, spelling, octets);
            (json!([sent]), json!([written]))
        }
        (Form::Uint32 | Form::Uint64 | Form::Enums(_), _) => {
            panic!("no request that is kept has {}", field.name)
        }
    }
}

/// What a field holds, for the reference of documents.
pub(crate) fn described(field: &Field) -> String {
    let form = match field.form {
        Form::Text => "text".to_owned(),
        Form::Bytes => "base64".to_owned(),
        Form::Flag => "boolean".to_owned(),
        Form::Uint32 | Form::Uint64 => "number".to_owned(),
        Form::Enum(names) => {
            let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
            names.join(", ")
        }
        Form::Duration => "duration".to_owned(),
        Form::Message(message) => format!("message `{}`", message.name()),
        Form::Texts | Form::Enums(_) => "texts".to_owned(),
        Form::Messages(message) => format!("messages `{}`", message.name()),
    };
    let unit = if matches!(field.form, Form::Bytes) { "bytes" } else { "characters" };
    match field.rule {
        Rule::Any
        | Rule::Defined
        | Rule::Chosen
        | Rule::Required
        | Rule::Length(_, usize::MAX)
        | Rule::Items((0, usize::MAX), _) => form,
        Rule::Items((_, most), (_, usize::MAX)) => format!("up to {most} {form}"),
        Rule::Length(least, most) | Rule::Checked(least, most, _) => {
            format!("{form} of {least} to {most} {unit}")
        }
        Rule::NewLength(most) => format!("{form} of 1 to {most} {unit}"),
        Rule::Exactly(length) => format!("{form} of {length} {unit}"),
        Rule::Items((least, most), (short, long)) => {
            format!("{least} to {most} {form} of {short} to {long} {unit}")
        }
    }
}
