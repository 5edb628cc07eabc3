//! The rules of fields (protoc-gen-validate): the first that is broken is reported, and only that.

use serde_json::Value;

use super::message::{Form, Presence, Rule};
use super::{Field, Message, bytes_of};
use crate::dialects::lens::Members;

/// What is wrong with a message that was read.
pub(crate) fn violation(message: &Message, members: &Members) -> Option<String> {
    first_fault(message, members, &|_| true)
        .map(|Fault { place, reason, .. }| format!("invalid {}.{place}: {reason}", message.name))
}

/// A rule that a message breaks.
pub(crate) struct Fault {
    /// The name of the field; absent if it is about several.
    pub(crate) field: Option<&'static str>,
    /// The place in Go's spelling.
    place: String,
    /// What the rule is.
    pub(crate) reason: String,
}

/// The first rule that a message breaks: plain fields are looked at first, then those of oneofs, then those with a presence of
/// their own. Only these fields are looked at.
pub(crate) fn first_fault(
    message: &Message,
    members: &Members,
    is_meant: &dyn Fn(&Field) -> bool,
) -> Option<Fault> {
    let turn = |presence: Presence| match presence {
        Presence::Implicit => 0,
        Presence::Oneof(_) | Presence::RequiredOneof(_) => 1,
        Presence::Optional => 2,
    };
    let fields = message.fields();
    (0..3).find_map(|now| {
        let of_this_turn = || fields.iter().filter(|field| turn(field.presence) == now && is_meant(field));
        of_this_turn()
            .find_map(|field| {
                let (place, reason) = broken(field, message.is_update, members.get(field.name))?;
                Some(Fault { field: Some(field.name), place, reason })
            })
            .or_else(|| {
                let group = of_this_turn().find_map(|field| match field.presence {
                    Presence::RequiredOneof(group) => Some(group),
                    _ => None,
                })?;
                let is_set = of_this_turn().any(|field| members.contains_key(field.name));
                let reason = "value is required".to_owned();
                (!is_set).then(|| Fault { field: None, place: capitalized(group), reason })
            })
    })
}

impl Field {
    /// Why a new message could not have this value in the field, if it could not.
    pub(crate) fn fault(&self, value: &Value) -> Option<String> {
        broken(self, false, Some(value)).map(|(_, reason)| reason)
    }
}

/// The place and the reason, if the field breaks its rule.
fn broken(field: &Field, is_update: bool, value: Option<&Value>) -> Option<(String, String)> {
    let place = capitalized(field.name);
    match (field.form, value) {
        (Form::Message(_), None) if matches!(field.rule, Rule::Required) => {
            Some((place, "value is required".to_owned()))
        }
        (Form::Flag, Some(Value::Bool(false))) if matches!(field.rule, Rule::Required) => {
            Some((place, "value must equal true".to_owned()))
        }
        (Form::Message(message), Some(Value::Object(members))) => {
            violation(message, members).map(|words| (place, embedded(&words)))
        }
        (Form::Messages(message), Some(Value::Array(elements))) => {
            count(field, elements.len()).map(|reason| (place.clone(), reason)).or_else(|| {
                elements.iter().enumerate().find_map(|(position, element)| {
                    let words = violation(message, element.as_object()?)?;
                    Some((format!("{place}[{position}]"), embedded(&words)))
                })
            })
        }
        (Form::Texts, value) => broken_list(field, &place, value.and_then(Value::as_array)),
        // What was not received is the zero value, unless the field has a presence of its own.
        (_, None) if field.presence != Presence::Implicit => None,
        (form, value) => {
            let rule = match field.rule {
                Rule::NewLength(most) => Rule::Length(usize::from(!is_update), most),
                rule => rule,
            };
            reason(form, rule, value).map(|reason| (place, reason))
        }
    }
}

fn embedded(words: &str) -> String {
    format!("embedded message failed validation | caused by: {words}")
}

fn broken_list(field: &Field, place: &str, list: Option<&Vec<Value>>) -> Option<(String, String)> {
    let Rule::Items(_, (shortest, longest)) = field.rule else { return None };
    let elements = list.map(Vec::as_slice).unwrap_or_default();
    if let Some(reason) = count(field, elements.len()) {
        return Some((place.to_owned(), reason));
    }
    elements.iter().enumerate().find_map(|(position, element)| {
        let reason = reason(Form::Text, Rule::Length(shortest, longest), Some(element))?;
        Some((format!("{place}[{position}]"), reason))
    })
}

/// What is wrong with the number of elements.
fn count(field: &Field, found: usize) -> Option<String> {
    match field.rule {
        Rule::Items((0, most), _) if found > most => {
            Some(format!("value must contain no more than {most} item(s)"))
        }
        Rule::Items((least, most), _) if !(least..=most).contains(&found) => {
            Some(format!("value must contain between {least} and {most} items, inclusive"))
        }
        _ => None,
    }
}

fn reason(form: Form, rule: Rule, value: Option<&Value>) -> Option<String> {
    let (length, unit) = match (form, value) {
        (Form::Bytes, Some(value)) => (bytes_of(value).len(), "bytes"),
        (Form::Bytes, None) => (0, "bytes"),
        (_, value) => (value.and_then(Value::as_str).unwrap_or_default().chars().count(), "runes"),
    };
    match rule {
        Rule::Length(0, most) if length > most => Some(format!("value length must be at most {most} {unit}")),
        Rule::Length(least, most) if length < least || length > most => {
            Some(format!("value length must be between {least} and {most} {unit}, inclusive"))
        }
        Rule::Exactly(wanted) if length != wanted => Some(format!("value length must be {wanted} {unit}")),
        Rule::Defined | Rule::Chosen if value.is_some_and(Value::is_number) => {
            Some("value must be one of the defined enum values".to_owned())
        }
        Rule::Chosen if value.is_none() => Some("value must not be in list [0]".to_owned()),
        Rule::Checked(least, most, check) => reason(form, Rule::Length(least, most), value)
            .or_else(|| check(value.and_then(Value::as_str).unwrap_or_default())),
        _ => None,
    }
}

/// The name of a field in Go.
fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialects::protojson::{Fields, bytes, choice, messages, new_text, text, texts};

    static ELEMENT: Message = Message::of(
        "Element",
        &[&choice("way", &[("NONE", ""), ("ONE", "1")]).defined(), &text("part", 0, 3)],
    );

    const MEMBERS: &[&dyn Fields] = &[
        &text("url", 0, 9).required_oneof("source"),
        &bytes("data", 0, 2).required_oneof("source"),
        &text("name", 1, 200),
        &new_text("pinCode", 4),
        &text("code", 0, 0).exactly(3).optional(),
        &texts("servers", (0, 2), (1, 5)),
        &messages("elements", &ELEMENT),
    ];

    static ADD: Message = Message::of("AddRequest", MEMBERS);
    static UPDATE: Message = Message::of("UpdateRequest", MEMBERS).update();

    fn words(message: &Message, members: Value) -> Option<String> {
        let Value::Object(members) = members else { panic!("an object") };
        violation(message, &members)
    }

    #[test]
    fn plain_fields_come_before_oneofs_and_those_before_optional_ones() {
        let add = |members| words(&ADD, members).unwrap_or_default();
        let length = "value length must be between 1 and";
        let source = "invalid AddRequest.Source: value is required";
        assert_eq!(add(json!({})), format!("invalid AddRequest.Name: {length} 200 runes, inclusive"));
        assert_eq!(
            add(json!({"name": "n"})),
            format!("invalid AddRequest.PinCode: {length} 4 runes, inclusive")
        );
        assert_eq!(add(json!({"name": "n", "pinCode": "1", "code": "a"})), source);
        assert_eq!(
            add(json!({"name": "n", "pinCode": "1", "data": "QUJD", "code": "a"})),
            "invalid AddRequest.Data: value length must be at most 2 bytes"
        );
        assert_eq!(
            add(json!({"name": "n", "pinCode": "1", "data": "", "code": "a"})),
            "invalid AddRequest.Code: value length must be 3 runes"
        );
        assert_eq!(words(&ADD, json!({"name": "ü".repeat(200), "pinCode": "1", "url": ""})), None);
        assert_eq!(words(&UPDATE, json!({"name": "n", "url": ""})), None, "an update may leave it out");
    }

    #[test]
    fn lists_and_embedded_messages_name_their_elements() {
        let add = |more: Value| {
            let mut members = json!({"name": "n", "pinCode": "1", "url": ""});
            members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            words(&ADD, members).unwrap_or_default()
        };
        assert_eq!(
            add(json!({"servers": ["a", ""]})),
            "invalid AddRequest.Servers[1]: value length must be between 1 and 5 runes, inclusive"
        );
        assert_eq!(
            add(json!({"servers": ["a", "b", "c"]})),
            "invalid AddRequest.Servers: value must contain no more than 2 item(s)"
        );
        assert_eq!(
            add(json!({"elements": [{}, {"way": 8}]})),
            "invalid AddRequest.Elements[1]: embedded message failed validation | caused by: invalid Element.Way: \
             value must be one of the defined enum values"
        );
    }
}
