//! What a member may hold.

use serde_json::{Value, json};

use super::core::Names;
use crate::error::Reason;

/// What a member may hold. The members of objects are in [`Line::lines`](super::Line).
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Plain(Plain),
    Object,
    /// An object whose members are received and kept among those around it.
    Flat,
    /// A list of objects.
    Each,
}

/// What a member without lines of its own may hold.
#[derive(Clone, Copy)]
pub(super) enum Plain {
    Text(Text),
    /// True or false; if it is loose, also in quotation marks.
    Flag {
        is_loose: bool,
    },
    /// A whole number; if it is loose, also in quotation marks.
    Integer {
        low: i64,
        high: i64,
        is_loose: bool,
    },
    /// Texts, at least so many.
    Texts(usize),
    /// Objects with an `id`, at least so many.
    References(usize),
    Any,
}

/// What a text may be. All but [`Text::Words`] and some [`Text::Between`] are not empty.
#[derive(Clone, Copy)]
pub(super) enum Text {
    Words,
    Filled,
    /// Of so many characters.
    Length(usize),
    /// Of at least and at most so many characters. If it must be there, an empty one counts as missing.
    Between(usize, usize),
    Https,
    Url,
    OneOf(&'static [&'static str]),
    Named(Names),
}

impl Shape {
    /// A value in the one form in which it is kept, or why the member cannot hold it.
    pub(super) fn read(&self, value: Value) -> Result<Value, Reason> {
        match self {
            Self::Plain(plain) => plain.read(value),
            Self::Object | Self::Flat if !value.is_object() => Err(Reason::WrongType("object")),
            Self::Each if !value.is_array() => Err(Reason::WrongType("array")),
            Self::Object | Self::Flat | Self::Each => Ok(value),
        }
    }

    /// Whether the value may be in quotation marks.
    pub(super) fn is_loose(&self) -> bool {
        matches!(self, Self::Plain(Plain::Flag { is_loose: true } | Plain::Integer { is_loose: true, .. }))
    }

    /// Whether an empty text may count as missing.
    pub(super) fn is_between(&self) -> bool {
        matches!(self, Self::Plain(Plain::Text(Text::Between(..))))
    }
}

impl Plain {
    fn read(self, value: Value) -> Result<Value, Reason> {
        match (self, value) {
            (Self::Flag { .. }, Value::Bool(on)) => Ok(on.into()),
            (Self::Flag { is_loose: true }, Value::String(text)) if text == "true" || text == "false" => {
                Ok((text == "true").into())
            }
            (Self::Flag { .. }, _) => Err(Reason::WrongType("boolean")),
            (Self::Integer { low, high, is_loose }, value) => integer(&value, low, high, is_loose),
            (Self::Texts(least), Value::Array(texts)) => texts_of(texts, least),
            (Self::References(least), Value::Array(references)) => references_of(&references, least),
            (Self::Texts(_) | Self::References(_), _) => Err(Reason::WrongType("array")),
            (Self::Text(text), Value::String(value)) => text.read(value).map(Value::from),
            (Self::Text(_), _) => Err(Reason::WrongType("string")),
            (Self::Any, value) => Ok(value),
        }
    }
}

impl Text {
    fn read(self, text: String) -> Result<String, Reason> {
        let other = |words: &str| Err(Reason::Other(words.to_owned()));
        match self {
            Self::Between(least, most) if !(least..=most).contains(&text.chars().count()) => {
                let bound = |bound| i64::try_from(bound).unwrap_or(i64::MAX);
                Err(Reason::OutOfRange(bound(least), bound(most)))
            }
            Self::Words | Self::Between(..) => Ok(text),
            _ if text.is_empty() => Err(Reason::Empty),
            Self::Length(length) if text.chars().count() != length => {
                Err(Reason::Other(format!("must have {length} characters")))
            }
            Self::Https if !is_url(&text, &["https://"]) => other("must be an https URL"),
            Self::Url if !is_url(&text, &["https://", "http://"]) => other("must be an http or https URL"),
            Self::OneOf(allowed) if !allowed.contains(&text.as_str()) => {
                Err(Reason::NotAllowed(allowed.to_vec()))
            }
            Self::Named(names) if !names.iter().any(|(name, _)| *name == text) => {
                Err(Reason::NotAllowed(names.iter().map(|(name, _)| *name).collect()))
            }
            _ => Ok(text),
        }
    }
}

fn integer(value: &Value, low: i64, high: i64, is_loose: bool) -> Result<Value, Reason> {
    let number = match value {
        Value::String(text) if is_loose => text.parse().ok(),
        value => value.as_i64(),
    };
    match number.ok_or(Reason::WrongType("integer"))? {
        number if (low..=high).contains(&number) => Ok(number.into()),
        _ => Err(Reason::OutOfRange(low, high)),
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

fn texts_of(texts: Vec<Value>, least: usize) -> Result<Value, Reason> {
    if texts.len() < least {
        Err(Reason::Empty)
    } else if texts.iter().all(Value::is_string) {
        Ok(texts.into())
    } else {
        Err(Reason::WrongType("array of strings"))
    }
}

/// Of each object only its `id` counts.
fn references_of(references: &[Value], least: usize) -> Result<Value, Reason> {
    if references.len() < least {
        return Err(Reason::Empty);
    }
    let ids = references.iter().map(|reference| {
        let id = reference.get("id").and_then(Value::as_str).ok_or(Reason::WrongType("array of objects"))?;
        Ok(json!({"id": id}))
    });
    ids.collect::<Result<Vec<_>, _>>().map(Value::from)
}
