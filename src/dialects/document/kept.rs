//! What is kept of an object, as stored: split into members, none of them parsed.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::model::Remainder;

/// Whether something is kept under this name.
pub(in crate::dialects) fn is_kept(remainder: &Remainder, name: &str) -> bool {
    remainder.json().is_ok_and(|json| Kept(&mut split(&json)).take(name).is_some())
}

/// A member of an object that is kept.
pub(super) struct Member<'r> {
    name: Cow<'r, str>,
    /// Its value in JSON.
    json: &'r str,
    /// How many of the members behind it are inside of its value.
    inside: usize,
    is_taken: bool,
}

/// The members of an object, each followed by those that are inside of it.
#[derive(Default)]
pub(super) struct Kept<'k, 'r>(pub(super) &'k mut [Member<'r>]);

impl<'r> Kept<'_, 'r> {
    /// Takes the member with this name out: its value, and what that holds if it is an object.
    pub(super) fn take(&mut self, name: &str) -> Option<(&'r str, Kept<'_, 'r>)> {
        let mut members = &mut *self.0;
        while let Some((member, behind)) = members.split_first_mut() {
            let (inside, others) = behind.split_at_mut_checked(member.inside)?;
            if !member.is_taken && member.name == name {
                member.is_taken = true;
                return Some((member.json, Kept(inside)));
            }
            members = others;
        }
        None
    }

    /// The members that are left, in their order.
    pub(super) fn left(&self) -> impl Iterator<Item = (&str, &'r str)> {
        let mut members = &*self.0;
        let each = std::iter::from_fn(move || {
            let (member, behind) = members.split_first()?;
            members = behind.get(member.inside..)?;
            Some(member)
        });
        each.filter(|member| !member.is_taken).map(|member| (&*member.name, member.json))
    }
}

/// The members of what this JSON holds and of the objects in it, but not in its lists; of anything but an object there are
/// none. All of it is read once, from its start to its end.
pub(super) fn split(json: &RawValue) -> Vec<Member<'_>> {
    let mut members: Vec<Member<'_>> = Vec::new();
    let Some(mut rest) = json.get().strip_prefix('{') else { return members };
    members.reserve(32);
    // The members in whose objects we are.
    let mut around = Vec::with_capacity(8);
    loop {
        rest = rest.trim_ascii_start();
        match rest.as_bytes().first() {
            Some(b'"') => {
                let (name, behind) = split_value(rest);
                let value = behind.trim_start_matches(is_between);
                let (json, behind) = match value.strip_prefix('{') {
                    Some(inside) => {
                        around.push(members.len());
                        (value, inside)
                    }
                    None => split_value(value),
                };
                members.push(Member { name: read_name(name), json, inside: 0, is_taken: false });
                rest = behind;
            }
            Some(b'}') => {
                rest = rest.get(1..).unwrap_or_default();
                let Some(at) = around.pop() else { return members };
                let inside = members.len() - at - 1;
                if let Some(member) = members.get_mut(at) {
                    member.inside = inside;
                    let length = member.json.len() - rest.len();
                    member.json = member.json.get(..length).unwrap_or_default();
                }
            }
            Some(_) => rest = rest.get(1..).unwrap_or_default(),
            None => return members,
        }
    }
}

/// Whether this stands between a name and its value.
fn is_between(character: char) -> bool {
    character == ':' || character.is_ascii_whitespace()
}

/// Splits off the value with which this JSON begins.
fn split_value(json: &str) -> (&str, &str) {
    json.split_at_checked(end_of_value(json.as_bytes())).unwrap_or((json, ""))
}

fn end_of_value(json: &[u8]) -> usize {
    let (mut depth, mut is_text) = (0_usize, false);
    let mut bytes = json.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' if is_text && depth == 0 => return at + 1,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
    }
    json.len()
}

/// A name as it is meant, borrowed if it is written without escapes.
fn read_name(json: &str) -> Cow<'_, str> {
    match json.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(name) if !name.contains('\\') => Cow::Borrowed(name),
        _ => Cow::Owned(serde_json::from_str(json).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_taken_by_name_with_what_is_inside_of_them_and_the_others_are_left() {
        let json = r#"{ "a":{"b" : {"c":[{"x":"}"},1], "d":"\\\"}"} ,"e":-1.50}, "\u0066":null,"g":[ "]" ] ,"h":{}}"#;
        let json: &RawValue = serde_json::from_str(json).unwrap();
        let mut members = split(json);
        let mut kept = Kept(&mut members);
        assert!(kept.take("b").is_none(), "it is inside of another");
        assert_eq!(kept.take("f").unwrap().0, "null");
        assert!(kept.take("f").is_none(), "it was taken");
        let (value, mut inside) = kept.take("a").unwrap();
        assert_eq!(value, r#"{"b" : {"c":[{"x":"}"},1], "d":"\\\"}"} ,"e":-1.50}"#);
        let (_, inner) = inside.take("b").unwrap();
        assert_eq!(inner.left().collect::<Vec<_>>(), [("c", r#"[{"x":"}"},1]"#), ("d", r#""\\\"}""#)]);
        assert_eq!(inside.left().collect::<Vec<_>>(), [("e", "-1.50")]);
        assert_eq!(kept.left().collect::<Vec<_>>(), [("g", r#"[ "]" ]"#), ("h", "{}")]);
    }

    #[test]
    fn only_objects_have_members() {
        for json in ["[]", "[{\"a\":1}]", "\"{\"", "1", "null", "{}", "{ }"] {
            assert!(split(serde_json::from_str(json).unwrap()).is_empty(), "{json}");
        }
    }
}
