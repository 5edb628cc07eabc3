//! Messages as JSON: how clients may spell them.
//!
//! A message that was read holds its members under their lower camel case names, each in the one spelling in which
//! servers write it, and only those that count as received. The texts of errors are those of Go's `protojson`.

use std::borrow::Cow;

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::json::{self, Node, Token, position};
use super::message::Form;
use super::{Field, Malformed, Message, Names, duration};
use crate::dialects::lens::Members;
use crate::error::excerpt;

/// Reads a message of the given package. An empty body is the empty message.
pub(crate) fn read(message: &Message, package: &str, body: &[u8]) -> Result<Members, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| Malformed("proto: invalid UTF-8".to_owned()))?;
    // Places are counted from where the value begins.
    let text = text.trim_start_matches(json::BLANKS);
    let reader = Reader { text, package };
    match json::read(text)? {
        Some(node) => reader.message(message, node),
        None => Ok(Members::new()),
    }
}

/// The parameters of a query as the JSON of a message: those of messages inside have the name of the field and a dot before
/// their own. What the message does not have is ignored.
pub(crate) fn of_query<'q>(
    message: &Message,
    query: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>,
) -> Members {
    let mut members = Members::new();
    for (name, value) in query {
        let (first, rest) = name.split_once('.').unwrap_or((&name, ""));
        let fields = message.fields();
        let named = |field: &&&Field| field.name == first || snake_case(field.name) == first;
        let Some(field) = fields.iter().find(named) else { continue };
        let value = match (field.form, &*value) {
            (Form::Message(inside), _) => {
                let read = of_query(inside, std::iter::once((Cow::Borrowed(rest), value.clone())));
                let known = members.get_mut(field.name).and_then(Value::as_object_mut);
                read.into_iter().chain(known.cloned().unwrap_or_default()).collect::<Members>().into()
            }
            (Form::Flag, "true" | "True" | "TRUE" | "t" | "T" | "1") => true.into(),
            (Form::Flag, "false" | "False" | "FALSE" | "f" | "F" | "0") => false.into(),
            (_, value) => value.into(),
        };
        members.insert(field.name.to_owned(), value);
    }
    members
}

struct Reader<'t> {
    text: &'t str,
    package: &'t str,
}

impl Reader<'_> {
    fn message(&self, message: &Message, node: Node<'_>) -> Result<Members, Malformed> {
        let (at, raw) = (node.at, node.raw);
        let Token::Object(received) = node.value else { return Err(self.unexpected(at, raw)) };
        let fields = message.fields();
        let fields: Vec<_> = fields.iter().map(|field| (snake_case(field.name), *field)).collect();
        let (mut members, mut seen, mut groups) = (Members::new(), Vec::new(), Vec::new());
        for (name, value) in received {
            let Token::Text(spelled) = &name.value else { continue };
            let mut named = fields.iter().filter(|(snake, field)| field.name == *spelled || snake == spelled);
            let Some((_, field)) = named.next() else { continue };
            if seen.contains(&field.name) {
                return Err(self.error(name.at, &format!("duplicate field {}", name.raw)));
            }
            seen.push(field.name);
            if matches!(value.value, Token::Null) {
                continue;
            }
            if let Some(group) = field.group() {
                if groups.contains(&group) {
                    let package = message.package.unwrap_or(self.package);
                    let words = format!(
                        "error parsing {}, oneof {package}.{}.{group} is already set",
                        name.raw, message.name
                    );
                    return Err(self.error(name.at, &words));
                }
                groups.push(group);
            }
            if let Some(value) = self.value(field, value)?
                && field.counts(&value)
            {
                members.insert(field.name.to_owned(), value);
            }
        }
        Ok(members)
    }

    fn value(&self, field: &Field, node: Node<'_>) -> Result<Option<Value>, Malformed> {
        let (at, raw) = (node.at, node.raw);
        match field.form {
            Form::Message(message) => self.message(message, node).map(|members| Some(Value::Object(members))),
            Form::Texts | Form::Messages(_) | Form::Enums(_) => {
                let Token::Array(nodes) = node.value else { return Err(self.unexpected(at, raw)) };
                let elements = nodes.into_iter().filter_map(|node| self.element(field, node).transpose());
                elements.collect::<Result<_, _>>().map(Some)
            }
            Form::Duration => {
                let Token::Text(text) = &node.value else { return Err(self.unexpected(at, raw)) };
                let words = || format!("invalid google.protobuf.Duration value {}", excerpt(raw));
                let duration = duration::canonical(text).ok_or_else(|| self.error(at, &words()))?;
                Ok(Some(duration.into()))
            }
            Form::Enum(names) => self.enumeration(field, names, &node),
            _ => scalar(field.form, &node).map(Some).ok_or_else(|| self.invalid(field, at, raw)),
        }
    }

    fn element(&self, field: &Field, node: Node<'_>) -> Result<Option<Value>, Malformed> {
        match (field.form, node.value) {
            (Form::Messages(message), value) => {
                self.message(message, Node { value, ..node }).map(|members| Some(members.into()))
            }
            (Form::Enums(names), value) => self.enumeration(field, names, &Node { value, ..node }),
            (_, Token::Text(text)) => Ok(Some(text.into())),
            _ => Err(self.invalid(field, node.at, node.raw)),
        }
    }

    /// Unknown names count as not received; numbers may be undefined ones.
    fn enumeration(&self, field: &Field, names: Names, node: &Node<'_>) -> Result<Option<Value>, Malformed> {
        match &node.value {
            Token::Text(name) => {
                Ok(names.iter().any(|(known, _)| known == name).then(|| name.as_str().into()))
            }
            Token::Number => {
                let number = whole(node.raw)
                    .and_then(|number| i32::try_from(number).ok())
                    .ok_or_else(|| self.invalid(field, node.at, node.raw))?;
                let name = usize::try_from(number).ok().and_then(|number| names.get(number));
                Ok(Some(name.map_or(Value::from(number), |(name, _)| (*name).into())))
            }
            _ => Err(self.invalid(field, node.at, node.raw)),
        }
    }

    fn invalid(&self, field: &Field, at: usize, raw: &str) -> Malformed {
        let kind = match field.form {
            Form::Text | Form::Texts => "string",
            Form::Bytes => "bytes",
            Form::Flag => "bool",
            Form::Uint32 => "uint32",
            Form::Uint64 => "uint64",
            Form::Enum(_) | Form::Enums(_) => "enum",
            Form::Duration | Form::Message(_) | Form::Messages(_) => "message",
        };
        // Servers repeat secrets, too, but they do not belong in a log.
        let raw = if field.is_secret { "…".into() } else { excerpt(raw) };
        self.error(at, &format!("invalid value for {kind} field {}: {raw}", field.name))
    }

    fn unexpected(&self, at: usize, raw: &str) -> Malformed {
        let ((line, column), raw) = (position(self.text, at), excerpt(raw));
        Malformed(format!("proto: syntax error (line {line}:{column}): unexpected token {raw}"))
    }

    fn error(&self, at: usize, words: &str) -> Malformed {
        let (line, column) = position(self.text, at);
        Malformed(format!("proto: (line {line}:{column}): {words}"))
    }
}

fn scalar(form: Form, node: &Node<'_>) -> Option<Value> {
    match (form, &node.value) {
        (Form::Text, Token::Text(text)) => Some(text.as_str().into()),
        (Form::Bytes, Token::Text(text)) => decode(text).map(|bytes| BASE64_STANDARD.encode(bytes).into()),
        (Form::Flag, Token::Bool(value)) => Some((*value).into()),
        (Form::Uint32, token) => {
            let number = u32::try_from(whole(digits(token, node.raw))?).ok()?;
            Some(number.into())
        }
        (Form::Uint64, token) => {
            let number = u64::try_from(whole(digits(token, node.raw))?).ok()?;
            Some(number.to_string().into())
        }
        _ => None,
    }
}

/// The number in a number, or in a text.
fn digits<'t>(token: &'t Token<'_>, raw: &'t str) -> &'t str {
    match token {
        Token::Text(text) => text,
        Token::Number => raw,
        _ => "",
    }
}

/// A whole number, also if it is written with a fraction of zeros or an exponent.
fn whole(text: &str) -> Option<i128> {
    let node = json::read(text).ok()??;
    if !matches!(node.value, Token::Number) || node.raw != text {
        return None;
    }
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: serde_json::Number = serde_json::from_str(text).ok()?;
    let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e20)?;
    format!("{number:.0}").parse().ok()
}

/// base64 or base64url; line breaks count only for whether there must be padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { alphabet::URL_SAFE } else { alphabet::STANDARD };
    let padding = if text.len().is_multiple_of(4) {
        DecodePaddingMode::RequireCanonical
    } else {
        DecodePaddingMode::RequireNone
    };
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(padding).with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&alphabet, config).decode(text.replace(['\r', '\n'], "")).ok()
}

/// The bytes of a member that was read.
pub(crate) fn bytes_of(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default()
}

/// `clientId` as `client_id`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dialects::protojson::{
        bytes, choice, duration, flag, message, messages, new_text, text, uint32, uint64,
    };

    const NAMES: Names = &[("NONE", ""), ("ONE", "1"), ("TWO", "2")];

    static INNER: Message =
        Message::of("Inner", &[&flag("isOn"), &choice("way", NAMES)]).of_package("a.b.v1");

    static DEVICE: Message = Message::of(
        "AddDeviceRequest",
        &[
            &text("name", 1, 200),
            &new_text("pinCode", 9).secret(),
            &bytes("imageData", 0, 9).required_oneof("image"),
            &text("imageUrl", 0, 9).required_oneof("image"),
            &choice("way", NAMES),
            &choice("otherWay", NAMES).optional(),
            &flag("withAlarm"),
            &message("innerThing", &INNER),
            &messages("things", &INNER),
            &uint64("offset"),
            &uint32("limit"),
            &duration("wait"),
        ],
    );

    fn device(body: &str) -> Result<Value, String> {
        read(&DEVICE, "a.v1", body.as_bytes()).map(Value::Object).map_err(|Malformed(text)| text)
    }

    #[test]
    fn fields_are_read_in_either_spelling_and_zero_values_do_not_count() {
        let read = device(
            r#"{"name": "n", "with_alarm": true, "imageData": "PGE-", "way": 2, "x": [{}], "offset": "0",
                "innerThing": {"isOn": false, "way": "UNKNOWN"}, "otherWay": null, "wait": "1.5s", "limit": 0,
                "things": [{"is_on": true}]}"#,
        );
        let wanted = json!({
            "name": "n", "withAlarm": true, "imageData": "PGE+", "way": "TWO", "innerThing": {}, "wait": "1.500s",
            "things": [{"isOn": true}],
        });
        assert_eq!(read, Ok(wanted));
        assert_eq!(device(r#"{"way": 99, "otherWay": 0}"#).unwrap(), json!({"way": 99, "otherWay": "NONE"}));
        assert_eq!(device(" ").unwrap(), json!({}));
    }

    #[test]
    fn errors_name_place_and_field() {
        for (body, words) in [
            ("{\n \"name\": 5}", "proto: (line 2:10): invalid value for string field name: 5"),
            (r#"{"pinCode": 5}"#, "proto: (line 1:13): invalid value for string field pinCode: …"),
            (
                r#"{"withAlarm": "true"}"#,
                "proto: (line 1:15): invalid value for bool field withAlarm: \"true\"",
            ),
            (r#"{"imageData": "?"}"#, "proto: (line 1:15): invalid value for bytes field imageData: \"?\""),
            (r#"{"way": true}"#, "proto: (line 1:9): invalid value for enum field way: true"),
            (r#"{"name": "a", "name": "b"}"#, "proto: (line 1:15): duplicate field \"name\""),
            (
                r#"{"imageData": "", "image_url": ""}"#,
                "proto: (line 1:19): error parsing \"image_url\", oneof a.v1.AddDeviceRequest.image is already set",
            ),
            ("[]", "proto: syntax error (line 1:1): unexpected token ["),
            (r#"{"innerThing": 1}"#, "proto: syntax error (line 1:16): unexpected token 1"),
            (r#"{"wait": "1"}"#, "proto: (line 1:10): invalid google.protobuf.Duration value \"1\""),
        ] {
            assert_eq!(device(body).unwrap_err(), words);
        }
    }

    #[test]
    fn numbers_may_be_texts_and_exponents() {
        let read = device(r#"{"offset": "3", "limit": 1e1}"#).unwrap();
        assert_eq!(read, json!({"offset": "3", "limit": 10}));
        assert_eq!(device(r#"{"offset": 1e19}"#).unwrap(), json!({"offset": "10000000000000000000"}));
        for wrong in ["-1", "1.5", "\"x\"", "4294967296", "null1"] {
            assert!(device(&format!(r#"{{"limit": {wrong}}}"#)).is_err(), "{wrong}");
        }
    }
}
