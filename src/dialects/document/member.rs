//! Lines that are received as fields of protobuf messages, and objects whose members are received side by side.

use serde_json::Value;

use super::core::Shown;
use super::line::{Member, Presence};
use super::shape::Shape;
use super::{Line, any};
use crate::dialects::protojson::{Field, Fields};

impl<R, X> Line<R, X> {
    /// The same, which is received as this field of a protobuf message. A secret field is never shown, and kept if a
    /// replacement leaves it out.
    pub(in crate::dialects) const fn received(mut self, field: &'static Field) -> Self {
        self.member.field = Some(field);
        if field.is_secret {
            self.member.presence = Presence::Kept;
        }
        self
    }

    /// The same, which a replacement that leaves it out keeps.
    pub(in crate::dialects) const fn kept(mut self) -> Self {
        self.member.presence = Presence::Kept;
        self
    }

    /// The same object, whose members are received and kept among those around it. It is shown even if it is empty.
    pub(in crate::dialects) const fn flat(mut self) -> Self {
        self.member.shape = Shape::Flat;
        self
    }

    /// The name under which it is received and kept.
    pub(in crate::dialects) const fn key(&self) -> &'static str {
        self.member.key()
    }
}

impl Member {
    /// The name under which it is received and kept.
    pub(super) const fn key(&self) -> &'static str {
        match self.field {
            Some(field) => field.name,
            None => self.name,
        }
    }

    /// Whether it is an object whose members are received and kept among those around it.
    pub(super) const fn is_flat(&self) -> bool {
        matches!(self.shape, Shape::Flat)
    }

    /// Whether it is never shown.
    pub(super) const fn is_secret(&self) -> bool {
        matches!(self.field, Some(field) if field.is_secret)
    }

    /// Whether the core, which shows this, has what was received: for a field of a protobuf message nothing and its zero
    /// value are the same.
    pub(super) fn repeats(&self, shown: Shown<'_>, received: Option<&Value>) -> bool {
        let Some(field) = self.field else { return false };
        shown.into_value().filter(|value| !field.is_zero(value)).as_ref() == received
    }
}

impl<R, X> Fields for Line<R, X> {
    fn add_to(&'static self, fields: &mut Vec<&'static Field>) {
        fields.extend(self.member.field);
    }
}

impl<R, X> Fields for &'static [Line<R, X>] {
    fn add_to(&'static self, fields: &mut Vec<&'static Field>) {
        fields.extend(self.iter().filter_map(|line| line.member.field));
    }
}

/// A field of a protobuf message.
pub(in crate::dialects) const fn member<R, X>(field: &'static Field) -> Line<R, X> {
    any(field.name).received(field)
}
