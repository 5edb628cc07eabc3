//! What a document carries of a record to its reader, and what another document leaves behind.

use serde_json::Value;

use super::core::Shown;
use super::line::{Content, Line};
use super::settle::line_of;
use super::shape::Shape;
use super::strict::Strict;
use super::{Document, Keeps, Record};
use crate::dialects::lens::{Left, Members, Passage};
use crate::dialects::protojson::Field;
use crate::error::{Reason, Violation, pointer};

impl<R: Record, X> Document<R, X> {
    /// Sets in `new`, a record of the same kind without settings, what its core has if a client makes it of the document that
    /// is `shown` for `record`. Secrets are carried, too, although some are never shown.
    pub(in crate::dialects) fn carry(&self, record: &R, shown: &Members, new: &mut R) -> Passage {
        let mut carrying = Carrying { record, new, passage: Passage::default(), at: String::new() };
        carrying.members(self.root.lines, Some(shown), self.kept(record));
        carrying.passage
    }

    /// Calls `see` with each member that the document has of `record`, and that it would lack or show otherwise if the core
    /// were that of `other` and nothing were kept.
    pub(in crate::dialects) fn left(&self, record: &R, other: &R, see: &mut dyn FnMut(Left<'_>)) {
        let mut leaving = Leaving { record, other, see, at: String::new() };
        leaving.members(self.root.lines, self.kept(record), self.keeps);
    }

    pub(super) fn kept<'r>(&self, record: &'r R) -> Option<&'r Members> {
        record.remainders().and_then(|kept| kept.get(self.dialect)).map(|kept| &**kept)
    }
}

struct Carrying<'c, R> {
    record: &'c R,
    new: &'c mut R,
    passage: Passage,
    /// The pointer of the member that is looked at.
    at: String,
}

impl<R> Carrying<'_, R> {
    fn members<X>(&mut self, lines: &'static [Line<R, X>], shown: Option<&Members>, kept: Option<&Members>) {
        for line in lines.iter().filter(|line| line.applies(Some(self.record))) {
            if line.member.is_flat() {
                self.members(line.lines, shown, kept);
                continue;
            }
            let depth = self.at.len();
            pointer::push(&mut self.at, line.key());
            self.member(line, member(shown, line.key()), member(kept, line.key()));
            self.at.truncate(depth);
        }
    }

    fn member<X>(&mut self, line: &'static Line<R, X>, shown: Option<&Value>, kept: Option<&Value>) {
        let (content, field) = (line.member.content, line.member.field);
        let own = || line.shown(self.record);
        let is_default = match content {
            Content::Remainder => kept.is_none() && !line.has_members(),
            Content::Core => kept.is_none() && own().is_nothing(),
            _ => false,
        };
        if let Some(shown) = shown.filter(|_| is_default) {
            self.passage.defaults.push((self.at.clone(), shown.clone()));
        }
        if line.has_members() {
            self.members(line.lines, shown.and_then(Value::as_object), kept.and_then(Value::as_object));
        }
        let is_unseen = line.member.is_secret() || field.is_some_and(Field::tells_zero);
        let value = match content {
            Content::Core if is_unseen => shown.cloned().or_else(|| own().into_value()),
            Content::Core => shown.cloned(),
            Content::Returned | Content::WriteOnly => own().into_value(),
            Content::Dependent => kept.cloned(),
            Content::Remainder | Content::Server | Content::Hidden => None,
        };
        let (Some(value), Some(core)) = (value, line.core) else { return };
        if let Some(reason) = self.refusal(line, &value) {
            self.passage.refused.push((core.name, Violation::new(&*self.at, reason)));
        }
        (core.put)(self.new, Some(value));
    }

    /// Why the vendor would refuse a value, if it would.
    fn refusal<X>(&self, line: &Line<R, X>, value: &Value) -> Option<Reason> {
        let behind = Members::new();
        let words = line.member.field.and_then(|field| field.fault(value)).map(Reason::Other);
        let shape = || line.member.shape.read(value.clone()).err();
        let check = || line.check.and_then(|check| check(self.record, value, &behind).err());
        let strict = || {
            let strict = line.strict.filter(|strict| !matches!(strict, Strict::Needed(_)))?;
            let mut violations = strict.violations(self.record, "", Some(value), None, &behind).into_iter();
            violations.next().map(|violation| violation.reason)
        };
        words.or_else(shape).or_else(check).or_else(strict)
    }
}

struct Leaving<'l, R> {
    record: &'l R,
    other: &'l R,
    see: &'l mut dyn FnMut(Left<'_>),
    /// The pointer of the member that is looked at.
    at: String,
}

impl<R> Leaving<'_, R> {
    fn members<X>(&mut self, lines: &'static [Line<R, X>], kept: Option<&Members>, keeps: Keeps) {
        for line in lines.iter().filter(|line| line.applies(Some(self.record))) {
            if line.member.is_flat() {
                self.members(line.lines, kept, Keeps::Lines);
                continue;
            }
            let depth = self.at.len();
            pointer::push(&mut self.at, line.key());
            self.member(line, member(kept, line.key()), keeps);
            self.at.truncate(depth);
        }
        for (name, value) in kept.into_iter().flatten().filter(|_| keeps != Keeps::Lines) {
            if says_something(value) && line_of(lines, self.record, name).is_none() {
                let depth = self.at.len();
                pointer::push(&mut self.at, name);
                (self.see)(Left { member: &self.at, core: None, said: None });
                self.at.truncate(depth);
            }
        }
    }

    fn member<X>(&mut self, line: &'static Line<R, X>, kept: Option<&Value>, keeps: Keeps) {
        let member = &line.member;
        if line.has_members() {
            let keeps = if member.is_open { Keeps::All } else { keeps };
            self.members(line.lines, kept.and_then(Value::as_object), keeps);
        }
        let default = || line.default(self.other).map_or(Shown::Nothing, Shown::read);
        let kept = kept.filter(|kept| says_something(kept) && !default().is(Some(kept)));
        let (own, other) = (|| said(line, self.record), || said(line, self.other));
        // A flag says whether the value counts, and not what it is.
        let is_own = !line.has_members()
            && member.content == Content::Dependent
            && matches!(line.shown(self.record), Shown::Flag(_));
        let is_kept_apart = kept.is_some_and(|kept| !line.has_members() || !kept.is_object());
        let (is_left, said) = match member.content {
            Content::Remainder => (is_kept_apart, Shown::Nothing),
            Content::Core => match own() {
                Shown::Nothing => (kept.is_some(), Shown::Nothing),
                value => {
                    let other = Some(other()).filter(|other| !other.is_nothing()).unwrap_or_else(default);
                    (!is_same(&value, &other), value)
                }
            },
            // A key in another spelling is the same.
            Content::Returned if kept.is_none() => (false, Shown::Nothing),
            Content::Returned | Content::WriteOnly => {
                let value = own();
                (!value.is_nothing() && other().is_nothing(), value)
            }
            Content::Dependent => (kept.is_some() && (is_own || !own().equals(&other())), Shown::Nothing),
            Content::Server | Content::Hidden => (false, Shown::Nothing),
        };
        if is_left {
            let core = line.core.filter(|_| !is_own).map(|core| core.name);
            (self.see)(Left { member: &self.at, core, said: said.into_value() });
        }
    }
}

impl<R, X> Line<R, X> {
    /// Whether it is an object whose members have meanings of their own.
    pub(super) fn has_members(&self) -> bool {
        matches!(self.member.shape, Shape::Object) && self.member.content != Content::Core
    }
}

/// What a member shows of a record's core, unless that is nothing.
fn said<'r, R, X>(line: &Line<R, X>, record: &'r R) -> Shown<'r> {
    let shown = line.shown(record).read();
    let is_zero = line.member.field.is_some_and(|field| shown.is_zero_of(field));
    if is_zero || shown.is(Some(&Value::Null)) { Shown::Nothing } else { shown }
}

/// Whether a member would have this value, too. A flag that is off is the same as one that is missing.
fn is_same(value: &Shown<'_>, other: &Shown<'_>) -> bool {
    value.equals(other) || (other.is_nothing() && value.is(Some(&Value::Bool(false))))
}

fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_object().is_none_or(|members| !members.is_empty())
}

fn member<'m>(members: Option<&'m Members>, name: &str) -> Option<&'m Value> {
    members?.get(name).filter(|value| !value.is_null())
}
