//! Showing a record: the members of its document, written in the order of the table.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::core::Shown;
use super::line::Content;
use super::shape::Shape;
use super::{Document, Line, Record};
use crate::dialects::lens::Members;

/// A record as a document shows it: what is serialized is the document.
pub(in crate::dialects) struct Showing<'s, R: 'static, X: 'static> {
    document: &'s Document<R, X>,
    record: &'s R,
    x: &'s X,
}

impl<R: Record, X: Spell> Document<R, X> {
    /// A record as this document shows it.
    pub(in crate::dialects) fn show<'s>(&'s self, record: &'s R, x: &'s X) -> Showing<'s, R, X> {
        Showing { document: self, record, x }
    }
}

/// How the vendor spells the name of a record that a member refers to.
pub(in crate::dialects) trait Spell {
    /// The vendor's spelling of our name; `None` if there is no such record.
    fn spell(&self, name: &str) -> Option<String>;
}

impl<R: Record, X: Spell> Showing<'_, R, X> {
    /// The members of the document.
    pub(in crate::dialects) fn members(&self) -> Members {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Members::new(),
        }
    }
}

impl<R: Record, X: Spell> Serialize for Showing<'_, R, X> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { document, record, x } = *self;
        let kept = record.remainders().and_then(|kept| kept.get(document.dialect)).map(|kept| &**kept);
        Part { lines: document.lines, keeps_unknown: document.keeps_unknown, record, x, kept }.serialize(to)
    }
}

/// An object of the document, or all of it.
struct Part<'s, R: 'static, X: 'static> {
    lines: &'static [Line<R, X>],
    keeps_unknown: bool,
    record: &'s R,
    x: &'s X,
    /// The same object of the remainder.
    kept: Option<&'s Members>,
}

/// A member as it is written.
enum Member<'s, R: 'static, X: 'static> {
    Part(Part<'s, R, X>),
    Shown(Shown<'s>),
    Kept(&'s Value),
}

impl<'s, R: Record, X: Spell> Part<'s, R, X> {
    /// The member of a line, if there is one to be shown.
    fn member(&self, line: &Line<R, X>) -> Option<Member<'s, R, X>> {
        if !line.applies(Some(self.record)) {
            return None;
        }
        let kept = self.kept.and_then(|kept| kept.get(line.name));
        if let Shape::Object(lines) = line.shape {
            let kept = kept.and_then(Value::as_object);
            let part = Part { lines, kept, ..*self };
            return part.has_members().then_some(Member::Part(part));
        }
        let shown = match line.content {
            Content::Core(core) => (core.show)(self.record),
            Content::Returned(core) => {
                kept?;
                (core.show)(self.record)
            }
            Content::Server(show) => show(self.record, self.x),
            Content::Hidden => return None,
            Content::Remainder | Content::Dependent(_) => Shown::Nothing,
        };
        match shown {
            Shown::Nothing => kept.map(Member::Kept),
            Shown::Text(name) if line.is_reference => {
                Some(Member::Shown(self.x.spell(&name).map_or(Shown::Text(name), Shown::from)))
            }
            shown => Some(Member::Shown(shown)),
        }
    }

    /// What is shown for a line that has nothing else.
    fn default(&self, line: &Line<R, X>) -> Option<Member<'s, R, X>> {
        let default = line.default.filter(|_| line.applies(Some(self.record)))?;
        Some(Member::Shown(default(self.record)))
    }

    /// An object without members is not shown.
    fn has_members(&self) -> bool {
        self.lines.iter().any(|line| self.member(line).is_some()) || self.unknown().next().is_some()
    }

    /// What is kept of members without a line.
    fn unknown(&self) -> impl Iterator<Item = (&'s String, &'s Value)> {
        let has_line =
            |name: &str| self.lines.iter().any(|line| line.name == name && line.applies(Some(self.record)));
        let kept = self.kept.filter(|_| self.keeps_unknown).into_iter().flatten();
        kept.filter(move |(name, _)| !has_line(name))
    }
}

impl<R: Record, X: Spell> Serialize for Part<'_, R, X> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for line in self.lines {
            match self.member(line).or_else(|| self.default(line)) {
                None => {}
                Some(Member::Part(part)) => map.serialize_entry(line.name, &part)?,
                Some(Member::Shown(shown)) => map.serialize_entry(line.name, &shown)?,
                Some(Member::Kept(kept)) => map.serialize_entry(line.name, kept)?,
            }
        }
        for (name, value) in self.unknown() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
