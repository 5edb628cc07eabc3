//! Where the secrets of a record are in its JSON, found without reading the rest of it.

use std::borrow::Cow;
use std::ops::Range;

use super::secrets::{PRIVATE_MEMBERS, is_secret};
use crate::error::pointer;
use crate::model::SEALED;

/// A secret, or a text that looks like one that is sealed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its place, as a JSON Pointer.
    pub(crate) at: String,
    /// Where its JSON is.
    pub(crate) value: Range<usize>,
}

/// How deep a record may be nested: `serde_json` reads none that is deeper.
const DEEPEST: usize = 128;

/// How many bytes the places of all secrets may have together, so that they take no more work than the record has bytes.
const LONGEST: usize = 1 << 20;

/// What has secrets by the names of its members, and would have others if it was written as a list: serde reads both.
const OWNERS: [&str; 3] = ["/protocol", "/protocol/client", "/protocol/apple_key"];

/// The secrets in a record, in their order. Members that are empty, null or a boolean hold no secret, whatever their names.
///
/// Nothing if the record cannot be stored: it is no JSON, is nested too deeply, has too many secrets, or has a list where the model
/// has an object.
pub(crate) fn spans(json: &str) -> Option<Vec<Span>> {
    if !json.trim_start().starts_with('{') {
        return None;
    }
    let mut scan = Scan::new(json, false);
    scan.run()?;
    if scan.has_kty && scan.has_private {
        // It holds a JWK, whose private members have short names.
        scan = Scan::new(json, true);
        scan.run()?;
    }
    Some(scan.found)
}

/// An object or list that the scan is in.
enum Frame<'j> {
    /// The object's member.
    Object(Cow<'j, str>),
    /// The position in the list.
    List(usize),
}

struct Scan<'j> {
    json: &'j str,
    /// Whether the private members of JWKs are secrets.
    is_of_jwk: bool,
    frames: Vec<Frame<'j>>,
    found: Vec<Span>,
    has_kty: bool,
    has_private: bool,
    /// How many bytes the places have.
    length: usize,
}

impl<'j> Scan<'j> {
    fn new(json: &'j str, is_of_jwk: bool) -> Self {
        Self {
            json,
            is_of_jwk,
            frames: Vec::new(),
            found: Vec::new(),
            has_kty: false,
            has_private: false,
            length: 0,
        }
    }

    fn run(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(byte) = self.byte(at) {
            if self.frames.len() > DEEPEST {
                return None;
            }
            at = match byte {
                b'"' => self.text(at)?,
                b'{' => {
                    self.frames.push(Frame::Object("".into()));
                    at + 1
                }
                b'[' => {
                    self.frames.push(Frame::List(0));
                    at + 1
                }
                b'}' | b']' => {
                    self.frames.pop()?;
                    at + 1
                }
                b',' => {
                    if let Some(Frame::List(position)) = self.frames.last_mut() {
                        *position += 1;
                    }
                    at + 1
                }
                _ => at + 1,
            };
        }
        Some(())
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.json.as_bytes().get(at).copied()
    }

    /// Looks at a text, which is a value or the name of a member. Gives where it goes on.
    fn text(&mut self, start: usize) -> Option<usize> {
        let end = self.end_of_text(start)?;
        let colon = self.after_space(end);
        if self.byte(colon) != Some(b':') {
            if self.json.get(start + 1..end)?.starts_with(SEALED) {
                self.find(start..end)?;
            }
            return Some(end);
        }
        let literal = self.json.get(start..end)?;
        let name: Cow<'j, str> = if literal.contains('\\') {
            Cow::Owned(serde_json::from_str(literal).ok()?)
        } else {
            literal.trim_matches('"').into()
        };
        self.has_kty |= name == "kty";
        let is_private = PRIVATE_MEMBERS.contains(&&*name);
        self.has_private |= is_private;
        let is_secret = is_secret(&name) || (self.is_of_jwk && is_private);
        if let Some(Frame::Object(member)) = self.frames.last_mut() {
            *member = name;
        }
        let value = self.after_space(colon + 1);
        if self.byte(value) == Some(b'[') && self.frames.len() < 3 && OWNERS.contains(&&*self.place()) {
            return None;
        }
        if !is_secret {
            return Some(colon + 1);
        }
        let end = self.end_of_value(value)?;
        if !matches!(self.json.get(value..end)?, "\"\"" | "null" | "true" | "false") {
            self.find(value..end)?;
        }
        Some(end)
    }

    fn find(&mut self, value: Range<usize>) -> Option<()> {
        let at = self.place();
        self.length += at.len();
        self.found.push(Span { at, value });
        (self.length <= LONGEST).then_some(())
    }

    /// Where the scan is.
    fn place(&self) -> String {
        let mut at = String::new();
        for frame in &self.frames {
            match frame {
                Frame::Object(member) => pointer::push(&mut at, member),
                Frame::List(position) => pointer::push(&mut at, &position.to_string()),
            }
        }
        at
    }

    fn after_space(&self, at: usize) -> usize {
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        at + self.json.as_bytes().iter().skip(at).take_while(|byte| is_space(byte)).count()
    }

    /// The end of the text that begins here.
    fn end_of_text(&self, start: usize) -> Option<usize> {
        let mut at = start + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', self.json.as_bytes().get(at..)?)?;
            match self.byte(at)? {
                b'"' => return Some(at + 1),
                _ => at += 2,
            }
        }
    }

    /// The end of the value that begins here.
    fn end_of_value(&self, start: usize) -> Option<usize> {
        let (mut at, mut depth) = (start, 0_usize);
        loop {
            match self.byte(at)? {
                b'"' => at = self.end_of_text(at)?,
                b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
                b'}' | b']' if depth > 0 => (at, depth) = (at + 1, depth - 1),
                b',' | b'}' | b']' if depth == 0 => return Some(at),
                byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at),
                _ => at += 1,
            }
            if depth == 0 && matches!(self.byte(at - 1), Some(b'"' | b'}' | b']')) {
                return Some(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::engine::records::{json, withhold};
    use crate::model::{AppleKey, Client, IdentityProvider, Protocol, Secret, Social};

    fn found(json: &str) -> Vec<(String, &str)> {
        spans(json).unwrap().into_iter().map(|span| (span.at, json.get(span.value).unwrap())).collect()
    }

    #[test]
    fn the_secrets_are_those_that_are_withheld_from_the_history() {
        let record = json!({
            "name": "secret", "client": {"id": "a", "secret": "b\"c"}, "private": "c", "password": null, "isSecret": true,
            "list": [{"n": 1, "apiKey": 5}, [{"a/b~c": {"Pass-Word": {"value": ["d", {"e": "}"}]}}}], {"x": "", "accessToken": ""}],
            "jwk": {"kty": "EC", "x": "e", "d": "f"},
        });
        let mut expected = withhold(&mut record.clone());
        expected.retain(|(_, secret)| !secret.is_boolean() && *secret != "");
        assert_eq!(expected.len(), 5);
        for text in [record.to_string(), format!("{record:#}")] {
            let read = |(at, value): (String, &str)| (at, serde_json::from_str::<Value>(value).unwrap());
            assert_eq!(found(&text).into_iter().map(read).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn no_spelling_hides_a_secret() {
        assert_eq!(found(r#"{ "s\u0065cret" : "a" }"#), [("/secret".to_owned(), "\"a\"")]);
        assert_eq!(found(r#"{"secret":"a","secret":-1.5e3}"#).len(), 2);
        assert_eq!(found(r#"{"d":"a","b":{"kty":"EC"}}"#), [("/d".to_owned(), "\"a\"")]);
        let sealed = format!(r#"{{"a":[{{"n":"{SEALED}a"}},"{SEALED}"]}}"#);
        assert_eq!(found(&sealed).into_iter().map(|(at, _)| at).collect::<Vec<_>>(), ["/a/0/n", "/a/1"]);
    }

    #[test]
    fn what_cannot_be_stored_has_none() {
        let deep = |depth| format!("{}{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        let long = |count: usize| {
            let members: Vec<_> = (0..count).map(|number| format!("\"secret{number}\":1")).collect();
            format!("{{\"{}\":{{{}}}}}", "x".repeat(1000), members.join(","))
        };
        assert!(spans(&deep(DEEPEST)).is_some() && spans(&long(1000)).is_some());
        for broken in [
            &*deep(DEEPEST + 1),
            &long(1100),
            "",
            "[]",
            "1",
            "{\"secret",
            "{\"secret\":",
            "{\"secret\":\"",
            "{\"secret\":[",
        ] {
            assert_eq!(spans(broken), None, "{broken:.100}");
        }
        for broken in [r#"{"secret":1"#, "{}}", r#"{"s\x":1}"#] {
            assert_eq!(spans(broken), None, "{broken}");
        }
    }

    #[test]
    fn what_has_secrets_is_no_list() {
        let client = Client { secret: Some(Secret::new("a".to_owned())), ..Client::default() };
        let apple_key =
            Some(AppleKey { private_key: Some(Secret::new("b".to_owned())), ..AppleKey::default() });
        let social = Social { service: "apple".to_owned(), client, tenant: None, apple_key };
        let record = json(&IdentityProvider::named("Partner", Protocol::Social(social))).unwrap();
        let owners: Vec<_> = found(&record.to_string())
            .into_iter()
            .map(|(at, _)| at.rsplit_once('/').unwrap().0.to_owned())
            .collect();
        assert_eq!(owners, OWNERS[1..]);
        for owner in OWNERS {
            let mut crafted = record.clone();
            *crafted.pointer_mut(owner).unwrap() = json!(["a", "b"]);
            assert_eq!(spans(&crafted.to_string()), None, "{owner}");
        }
    }
}
