//! Messages as JSON: how clients may spell them, and how the server does (protobuf's JSON mapping).
//!
//! A message that was read holds its members under their lower camel case names, each in the one spelling in which
//! the server writes it, and only those that count as said. Texts of errors are those of Go's `protojson`.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::duration;
use super::failure::Failure;
use super::json::{self, Node, Token, position};
use super::kinds;
use super::wire::{Form, Member, Message, Presence};
use crate::dialects::lens::Members;
use crate::error::excerpt;

/// Reads a message of the given package. An empty body is the empty message.
pub(super) fn read(message: &Message, package: &str, body: &[u8]) -> Result<Members, Failure> {
    let text = std::str::from_utf8(body).map_err(|_| Failure::malformed("proto: invalid UTF-8"))?;
    // Places are counted from where the value begins.
    let text = text.trim_start_matches(json::BLANKS);
    let reader = Reader { text, package };
    match json::read(text)? {
        Some(node) => reader.message(message, node),
        None => Ok(Members::new()),
    }
}

struct Reader<'t> {
    text: &'t str,
    package: &'t str,
}

impl Reader<'_> {
    fn message(&self, message: &Message, node: Node<'_>) -> Result<Members, Failure> {
        let (at, raw) = (node.at, node.raw);
        let Token::Object(said) = node.value else { return Err(self.unexpected(at, raw)) };
        let (mut members, mut seen, mut groups) = (Members::new(), Vec::new(), Vec::new());
        for (name, value) in said {
            let Token::Text(spelled) = &name.value else { continue };
            let known = message
                .members
                .iter()
                .find(|member| member.name == *spelled || snake_case(member.name) == *spelled);
            let Some(member) = known else { continue };
            if seen.contains(&member.name) {
                return Err(self.error(name.at, &format!("duplicate field {}", name.raw)));
            }
            seen.push(member.name);
            if matches!(value.value, Token::Null) {
                continue;
            }
            if let Some(group) = member.group() {
                if groups.contains(&group) {
                    let full =
                        format!("{}.{}.{group}", message.package.unwrap_or(self.package), message.name);
                    let words = format!("error parsing {}, oneof {full} is already set", name.raw);
                    return Err(self.error(name.at, &words));
                }
                groups.push(group);
            }
            if let Some(value) = self.value(member, value)?
                && counts(member, &value)
            {
                members.insert(member.name.to_owned(), value);
            }
        }
        Ok(members)
    }

    fn value(&self, member: &Member, node: Node<'_>) -> Result<Option<Value>, Failure> {
        let (at, raw) = (node.at, node.raw);
        match member.form {
            Form::One(message) => self.message(message, node).map(|members| Some(Value::Object(members))),
            Form::Texts | Form::Many(_) => {
                let Token::Array(nodes) = node.value else { return Err(self.unexpected(at, raw)) };
                nodes.into_iter().map(|node| self.element(member, node)).collect::<Result<_, _>>().map(Some)
            }
            Form::Duration => {
                let Token::Text(text) = &node.value else { return Err(self.unexpected(at, raw)) };
                let words = || format!("invalid google.protobuf.Duration value {}", excerpt(raw));
                let duration = duration::canonical(text).ok_or_else(|| self.error(at, &words()))?;
                Ok(Some(duration.into()))
            }
            Form::Enum(names) => self.enumeration(member, names, &node),
            _ => scalar(member.form, &node).map(Some).ok_or_else(|| self.invalid(member, at, raw)),
        }
    }

    fn element(&self, member: &Member, node: Node<'_>) -> Result<Value, Failure> {
        match (member.form, node.value) {
            (Form::Many(message), value) => self.message(message, Node { value, ..node }).map(Value::Object),
            (_, Token::Text(text)) => Ok(text.into()),
            _ => Err(self.invalid(member, node.at, node.raw)),
        }
    }

    /// Unknown names are as if nothing was said; numbers may be undefined ones.
    fn enumeration(
        &self,
        member: &Member,
        names: &[&str],
        node: &Node<'_>,
    ) -> Result<Option<Value>, Failure> {
        match &node.value {
            Token::Text(name) => Ok(names.contains(&name.as_str()).then(|| name.as_str().into())),
            Token::Number => {
                let number = whole(node.raw)
                    .and_then(|number| i32::try_from(number).ok())
                    .ok_or_else(|| self.invalid(member, node.at, node.raw))?;
                let name = usize::try_from(number).ok().and_then(|number| names.get(number));
                Ok(Some(name.map_or(Value::from(number), |name| (*name).into())))
            }
            _ => Err(self.invalid(member, node.at, node.raw)),
        }
    }

    fn invalid(&self, member: &Member, at: usize, raw: &str) -> Failure {
        let kind = match member.form {
            Form::Text | Form::Texts | Form::Timestamp => "string",
            Form::Bytes => "bytes",
            Form::Bool => "bool",
            Form::Uint32 => "uint32",
            Form::Uint64 => "uint64",
            Form::Enum(_) => "enum",
            Form::Duration | Form::One(_) | Form::Many(_) => "message",
        };
        // The server repeats secrets, too; nobody needs to read them in a log.
        let raw = if kinds::is_secret(member.name) { "…".into() } else { excerpt(raw) };
        self.error(at, &format!("invalid value for {kind} field {}: {raw}", member.name))
    }

    fn unexpected(&self, at: usize, raw: &str) -> Failure {
        let ((line, column), raw) = (position(self.text, at), excerpt(raw));
        Failure::malformed(format!("proto: syntax error (line {line}:{column}): unexpected token {raw}"))
    }

    fn error(&self, at: usize, words: &str) -> Failure {
        let (line, column) = position(self.text, at);
        Failure::malformed(format!("proto: (line {line}:{column}): {words}"))
    }
}

fn scalar(form: Form, node: &Node<'_>) -> Option<Value> {
    match (form, &node.value) {
        (Form::Text, Token::Text(text)) => Some(text.as_str().into()),
        (Form::Bytes, Token::Text(text)) => decode(text).map(|bytes| BASE64_STANDARD.encode(bytes).into()),
        (Form::Bool, Token::Bool(value)) => Some((*value).into()),
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

/// base64 or base64url; line breaks do not count, but for the question whether there has to be padding.
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
pub(super) fn bytes(value: &Value) -> Vec<u8> {
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

/// Whether a value counts as said.
fn counts(member: &Member, value: &Value) -> bool {
    if member.presence != Presence::Implicit {
        return true;
    }
    match (member.form, value) {
        (_, Value::Null) => false,
        (Form::Enum(names), Value::String(name)) => names.first() != Some(&name.as_str()),
        (Form::Uint64, Value::String(number)) => number != "0",
        (Form::Duration, Value::String(duration)) => duration != "0s",
        (_, Value::String(text)) => !text.is_empty(),
        (_, Value::Bool(value)) => *value,
        (_, Value::Number(number)) => number.as_u64() != Some(0),
        (_, Value::Array(elements)) => !elements.is_empty(),
        (_, Value::Object(_)) => true,
    }
}

/// The message as the server writes it: the members that it has, in order, and only those that count as said.
pub(super) fn write(message: &Message, mut members: Members) -> Members {
    let mut written = Members::with_capacity(members.len());
    for member in message.members {
        let Some(value) = members.shift_remove(member.name) else { continue };
        let value = match (member.form, value) {
            (Form::One(message), Value::Object(inner)) => Value::Object(write(message, inner)),
            (_, value) => value,
        };
        if counts(member, &value) {
            written.insert(member.name.to_owned(), value);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::wire::{answers, queries, requests};
    use super::*;

    fn saml(body: &str) -> Result<Value, String> {
        read(&requests::ADD_SAML, "zitadel.admin.v1", body.as_bytes())
            .map(Value::Object)
            .map_err(|failure| failure.text)
    }

    #[test]
    fn members_are_read_in_either_spelling_and_zero_values_do_not_count() {
        let read = saml(
            r#"{"name": "n", "with_signed_request": true, "metadataXml": "PGE-", "binding": 2, "x": [{}],
                "federatedLogoutEnabled": false, "signatureAlgorithm": "SAML_SIGNATURE_UNSPECIFIED",
                "providerOptions": {"isAutoUpdate": false, "autoLinking": "NONE"}, "nameIdFormat": null}"#,
        );
        let wanted = json!({
            "name": "n", "withSignedRequest": true, "metadataXml": "PGE+", "binding": "SAML_BINDING_REDIRECT",
            "providerOptions": {},
        });
        assert_eq!(read, Ok(wanted));
        assert_eq!(
            saml(r#"{"binding": 99, "nameIdFormat": 0}"#).unwrap(),
            json!({
                "binding": 99, "nameIdFormat": "SAML_NAME_ID_FORMAT_UNSPECIFIED"
            })
        );
        assert_eq!(saml(" ").unwrap(), json!({}));
    }

    #[test]
    fn errors_name_place_and_member() {
        for (body, words) in [
            ("{\n \"name\": 5}", "proto: (line 2:10): invalid value for string field name: 5"),
            (
                r#"{"withSignedRequest": "true"}"#,
                "proto: (line 1:23): invalid value for bool field withSignedRequest: \"true\"",
            ),
            (
                r#"{"metadataXml": "?"}"#,
                "proto: (line 1:17): invalid value for bytes field metadataXml: \"?\"",
            ),
            (r#"{"binding": true}"#, "proto: (line 1:13): invalid value for enum field binding: true"),
            (r#"{"name": "a", "name": "b"}"#, "proto: (line 1:15): duplicate field \"name\""),
            (
                r#"{"metadataXml": "", "metadata_url": ""}"#,
                "proto: (line 1:21): error parsing \"metadata_url\", oneof zitadel.admin.v1.AddSAMLProviderRequest.metadata is already set",
            ),
            ("[]", "proto: syntax error (line 1:1): unexpected token ["),
            (r#"{"providerOptions": 1}"#, "proto: syntax error (line 1:21): unexpected token 1"),
        ] {
            assert_eq!(saml(body).unwrap_err(), words);
        }
    }

    #[test]
    fn numbers_may_be_texts_and_exponents() {
        let list = |body: &str| read(&queries::ADMIN_LIST, "zitadel.admin.v1", body.as_bytes());
        let read = list(r#"{"query": {"offset": "3", "limit": 1e1, "asc": true}}"#).unwrap();
        assert_eq!(Value::Object(read), json!({"query": {"offset": "3", "limit": 10, "asc": true}}));
        let read = list(r#"{"query": {"offset": 1e19}}"#).unwrap();
        assert_eq!(Value::Object(read), json!({"query": {"offset": "10000000000000000000"}}));
        for wrong in ["-1", "1.5", "\"x\"", "4294967296", "null1"] {
            assert!(list(&format!(r#"{{"query": {{"limit": {wrong}}}}}"#)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answers_have_their_members_in_order_and_no_zero_values() {
        let members = json!({"id": "7", "details": {"resourceOwner": "", "sequence": "1"}, "x": 1});
        let Value::Object(members) = members else { panic!("an object") };
        let written = serde_json::to_string(&write(&answers::CHANGED, members)).unwrap();
        assert_eq!(written, r#"{"details":{"sequence":"1"},"id":"7"}"#);
    }
}
