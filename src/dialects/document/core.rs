//! A part of the core as a member of a document shows and sets it.

use std::borrow::Cow;

use serde_json::Value;

use crate::dialects::protojson::Field;

/// How a member shows a part of the core, and sets it.
pub(in crate::dialects) struct Core<R> {
    /// The part, as `docs/crosswalk.md` lists it; a comma separates two.
    pub(super) name: &'static str,
    /// What the member shows of a record; [`Shown::Nothing`] leaves it to the remainder.
    pub(super) show: for<'r> fn(&'r R) -> Shown<'r>,
    /// Sets the core to the received value, or clears it if there is none. A value that the core cannot hold is returned
    /// and kept in the remainder.
    pub(super) put: fn(&mut R, Option<Value>) -> Option<Value>,
}

impl<R> Clone for Core<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Core<R> {}

impl<R> Core<R> {
    /// The same part, shown in another way.
    pub(in crate::dialects) const fn showing(mut self, show: for<'r> fn(&'r R) -> Shown<'r>) -> Self {
        self.show = show;
        self
    }
}

/// A part of the core with this name.
pub(in crate::dialects) const fn field<R>(
    name: &'static str,
    show: for<'r> fn(&'r R) -> Shown<'r>,
    put: fn(&mut R, Option<Value>) -> Option<Value>,
) -> Core<R> {
    Core { name, show, put }
}

/// A part of the core that is only set.
pub(in crate::dialects) const fn set<R>(
    name: &'static str,
    put: fn(&mut R, Option<Value>) -> Option<Value>,
) -> Core<R> {
    Core { name, show: |_| Shown::Nothing, put }
}

/// The value of a member as it is written. It may be a secret, so there is no `Debug`.
pub(in crate::dialects) enum Shown<'r> {
    Nothing,
    Text(Cow<'r, str>),
    Flag(bool),
    Json(Value),
    /// JSON that is written already. It is only shown.
    Written(Vec<u8>),
}

impl Shown<'_> {
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether it is the zero value of a field of a protobuf message.
    pub(super) fn is_zero_of(&self, field: &Field) -> bool {
        match self {
            Self::Text(text) => field.is_zero_text(text),
            Self::Flag(flag) => !flag,
            Self::Json(json) => field.is_zero(json),
            Self::Nothing | Self::Written(_) => false,
        }
    }

    /// Whether a document holds just this.
    pub(super) fn is(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Nothing, None) => true,
            (Self::Text(text), Some(Value::String(value))) => text == value,
            (Self::Flag(flag), Some(Value::Bool(value))) => flag == value,
            (Self::Json(json), Some(value)) => json == value,
            _ => false,
        }
    }

    /// Whether another member shows just this.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Text(text), Self::Text(other)) => text == other,
            (Self::Flag(flag), Self::Flag(other)) => flag == other,
            (Self::Json(json), other) | (other, Self::Json(json)) => other.is(Some(json)),
            _ => false,
        }
    }

    /// The same, as a value if it is written already.
    pub(super) fn read(self) -> Self {
        match self {
            Self::Written(_) => self.into_value().into(),
            shown => shown,
        }
    }

    pub(in crate::dialects) fn into_value(self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(text.into_owned().into()),
            Self::Flag(flag) => Some(flag.into()),
            Self::Json(json) => Some(json),
            Self::Written(json) => serde_json::from_str(std::str::from_utf8(&json).ok()?).ok(),
        }
    }
}

impl<'r> From<&'r str> for Shown<'r> {
    fn from(text: &'r str) -> Self {
        Self::Text(text.into())
    }
}

impl<'r> From<Option<&'r str>> for Shown<'r> {
    fn from(text: Option<&'r str>) -> Self {
        text.map_or(Self::Nothing, Self::from)
    }
}

impl From<String> for Shown<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Shown<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Value> for Shown<'_> {
    fn from(json: Value) -> Self {
        Self::Json(json)
    }
}

impl From<Option<Value>> for Shown<'_> {
    fn from(json: Option<Value>) -> Self {
        json.map_or(Self::Nothing, Self::from)
    }
}

/// A vendor's names of values of the core, each with its value.
pub(in crate::dialects) type Names = &'static [(&'static str, &'static str)];

/// The name of a value.
pub(in crate::dialects) fn name_of(names: Names, value: Option<&str>) -> Option<&'static str> {
    names.iter().find(|(_, known)| Some(*known) == value).map(|(name, _)| *name)
}

/// The value with this name.
pub(in crate::dialects) fn value_of(names: Names, name: Option<&Value>) -> Option<&'static str> {
    let name = name?.as_str()?;
    names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}
