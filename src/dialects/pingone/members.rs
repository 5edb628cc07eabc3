//! Members of PingOne's documents: what they may hold, and how it is read.

use serde_json::Value;

use crate::dialects::lens::{Members, get, insert};
use crate::error::{Error, ErrorKind, Reason, Result, Violation};

/// A member that PingOne knows.
pub(super) struct Member {
    pub(super) path: &'static [&'static str],
    required: bool,
    form: Form,
}

/// What a member may hold.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Any text, also an empty one.
    Words,
    /// A text that says something.
    Text,
    /// A text of so many characters.
    Code(usize),
    /// An `https` URL.
    Https,
    /// An `http` or `https` URL.
    Url,
    OneOf(&'static [&'static str]),
    Switch,
    /// A switch that is also understood as a text.
    LooseSwitch,
    Integer,
    /// A whole number from one to another.
    Between(i64, i64),
    /// The same, also understood as a text.
    LooseBetween(i64, i64),
    /// Texts, at least one.
    Texts,
    /// Objects with an `id`, at least so many.
    References(usize),
}

pub(super) const fn required(path: &'static [&'static str], form: Form) -> Member {
    Member { path, required: true, form }
}

pub(super) const fn optional(path: &'static [&'static str], form: Form) -> Member {
    Member { path, required: false, form }
}

/// What a document says of these members, each in the one form in which it is kept. What is wrong is added to
/// `violations`, once: several members may stand in the same wrong place.
pub(super) fn read(document: &Members, members: &[Member], violations: &mut Vec<Violation>) -> Members {
    let mut said = Members::new();
    for member in members {
        match member.read(document) {
            Ok(Some(value)) => insert(&mut said, member.path, value),
            Ok(None) => {}
            Err(violation) if violations.contains(&violation) => {}
            Err(violation) => violations.push(violation),
        }
    }
    said
}

/// The value, if nothing is wrong.
///
/// # Errors
///
/// [`ErrorKind::Invalid`] with everything that is.
pub(super) fn unless<T>(violations: Vec<Violation>, value: T) -> Result<T> {
    if violations.is_empty() { Ok(value) } else { Err(Error::new(ErrorKind::Invalid { violations })) }
}

pub(super) fn violation(path: &[&str], reason: Reason) -> Violation {
    Violation::new(path.iter().flat_map(|step| ["/", step]).collect::<String>(), reason)
}

/// A text that is said.
pub(super) fn text<'s>(said: &'s Members, member: &str) -> Option<&'s str> {
    said.get(member).and_then(Value::as_str)
}

impl Member {
    /// What a document says of this member; null says nothing.
    pub(super) fn read(&self, document: &Members) -> Result<Option<Value>, Violation> {
        for around in 1..self.path.len() {
            let (path, _) = self.path.split_at(around);
            if get(document, path).is_some_and(|value| !value.is_object() && !value.is_null()) {
                return Err(violation(path, Reason::WrongType("object")));
            }
        }
        match get(document, self.path) {
            None | Some(Value::Null) if self.required => Err(violation(self.path, Reason::Missing)),
            None | Some(Value::Null) => Ok(None),
            Some(value) => match self.form.read(value.clone()) {
                Ok(value) => Ok(Some(value)),
                Err(reason) => Err(violation(self.path, reason)),
            },
        }
    }
}

impl Form {
    fn read(self, value: Value) -> Result<Value, Reason> {
        match (self, value) {
            (Self::Switch | Self::LooseSwitch, Value::Bool(on)) => Ok(on.into()),
            (Self::LooseSwitch, Value::String(text)) if text == "true" || text == "false" => {
                Ok((text == "true").into())
            }
            (Self::Switch | Self::LooseSwitch, _) => Err(Reason::WrongType("boolean")),
            (Self::Integer | Self::Between(..) | Self::LooseBetween(..), value) => self.integer(&value),
            (Self::Texts, Value::Array(texts)) => texts_of(texts),
            (Self::References(least), Value::Array(references)) => references_of(&references, least),
            (Self::Texts | Self::References(_), _) => Err(Reason::WrongType("array")),
            (_, Value::String(text)) => self.text(text).map(Value::from),
            _ => Err(Reason::WrongType("string")),
        }
    }

    fn text(self, text: String) -> Result<String, Reason> {
        match self {
            Self::Words => Ok(text),
            _ if text.is_empty() => Err(Reason::Empty),
            Self::Code(length) if text.chars().count() != length => {
                Err(Reason::Other(format!("must have {length} characters")))
            }
            Self::Https if !is_url(&text, &["https://"]) => {
                Err(Reason::Other("must be an https URL".to_owned()))
            }
            Self::Url if !is_url(&text, &["https://", "http://"]) => {
                Err(Reason::Other("must be an http or https URL".to_owned()))
            }
            Self::OneOf(allowed) if !allowed.contains(&text.as_str()) => {
                Err(Reason::NotAllowed(allowed.to_vec()))
            }
            _ => Ok(text),
        }
    }

    fn integer(self, value: &Value) -> Result<Value, Reason> {
        let number = match (self, value) {
            (Self::LooseBetween(..), Value::String(text)) => text.parse().ok(),
            (_, value) => value.as_i64(),
        };
        match (self, number.ok_or(Reason::WrongType("integer"))?) {
            (Self::Between(low, high) | Self::LooseBetween(low, high), number)
                if !(low..=high).contains(&number) =>
            {
                Err(Reason::OutOfRange(low, high))
            }
            (_, number) => Ok(number.into()),
        }
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

fn texts_of(texts: Vec<Value>) -> Result<Value, Reason> {
    if texts.is_empty() {
        Err(Reason::Empty)
    } else if texts.iter().all(Value::is_string) {
        Ok(texts.into())
    } else {
        Err(Reason::WrongType("array of strings"))
    }
}

fn references_of(references: &[Value], least: usize) -> Result<Value, Reason> {
    if references.len() < least {
        return Err(Reason::Empty);
    }
    let ids = references.iter().map(|reference| {
        let id = reference.get("id").and_then(Value::as_str).ok_or(Reason::WrongType("array of objects"))?;
        Ok(serde_json::json!({"id": id}))
    });
    ids.collect::<Result<Vec<_>, _>>().map(Value::from)
}
