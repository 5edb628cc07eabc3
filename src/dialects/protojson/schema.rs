//! JSON Schemas of messages, in the form in which servers write them.

use serde_json::{Map, Value, json};

use super::message::{Form, Presence, Rule};
use super::tests::described;
use super::{Field, Message};
use crate::dialects::openapi::sentence;

/// The schema of a field.
pub(crate) fn of_field(field: &Field) -> Value {
    match field.form {
        Form::Text | Form::Duration => json!({"type": "string"}),
        // As a text, because other numbers of JSON do not hold 64 bits.
        Form::Uint64 => json!({"type": "string", "format": "uint64"}),
        Form::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
        Form::Flag => json!({"type": "boolean"}),
        Form::Uint32 => json!({"type": "integer"}),
        Form::Enum(names) => {
            json!({"type": "string", "enum": names.iter().map(|(name, _)| *name).collect::<Vec<_>>()})
        }
        Form::Message(message) => reference(message),
        Form::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Form::Enums(names) => {
            let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            json!({"type": "array", "items": {"type": "string", "enum": names}})
        }
        Form::Messages(message) => json!({"type": "array", "items": reference(message)}),
    }
}

fn reference(message: &Message) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", message.name())})
}

/// The schema of a message without the fields that the path has.
pub(crate) fn of_message(message: &Message, in_path: &[&str]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in message.fields() {
        // Where its order decides which broken rule is reported, a field is listed twice.
        if in_path.contains(&field.name) || properties.contains_key(field.name) {
            continue;
        }
        let mut schema = of_field(field);
        let words = words(field, message.is_update);
        if !words.is_empty() {
            schema["description"] = words.into();
        }
        properties.insert(field.name.to_owned(), schema);
        let is_required = match field.rule {
            Rule::Length(least, _) | Rule::Checked(least, ..) | Rule::Items((least, _), _) => least > 0,
            Rule::NewLength(_) => !message.is_update,
            Rule::Exactly(_) | Rule::Chosen => true,
            Rule::Required => matches!(field.form, Form::Message(_)),
            Rule::Any | Rule::Defined => false,
        };
        if is_required && field.presence == Presence::Implicit {
            required.push(field.name);
        }
    }
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn words(field: &Field, is_update: bool) -> String {
    let mut words = Vec::new();
    let is_free = matches!(
        field.rule,
        Rule::Any
            | Rule::Defined
            | Rule::Chosen
            | Rule::Required
            | Rule::Length(_, usize::MAX)
            | Rule::Items((0, usize::MAX), _)
    );
    if !is_free {
        words.push(described(field));
    }
    match field.presence {
        Presence::Oneof(name) => words.push(format!("at most one `{name}` may be there")),
        Presence::RequiredOneof(name) => words.push(format!("one `{name}` must be there")),
        Presence::Implicit | Presence::Optional => {}
    }
    if field.is_secret {
        words.push(
            if is_update { "never returned; without it the old one stays" } else { "never returned" }
                .to_owned(),
        );
    }
    sentence(&words.join("; "))
}

/// The messages that these refer to, and those that they do, by name.
pub(crate) fn nested(messages: &[&'static Message]) -> Vec<&'static Message> {
    let inside = |message: &&'static Message| {
        message.fields().into_iter().filter_map(|field| match field.form {
            Form::Message(message) | Form::Messages(message) => Some(message),
            _ => None,
        })
    };
    let found: Vec<_> = messages.iter().flat_map(inside).collect();
    if found.is_empty() { found } else { [nested(&found), found].concat() }
}
