//! One walk through a received document along the lines of its table.

use serde_json::Value;

use super::core::Core;
use super::line::{Content, Missing, Presence, Standing};
use super::report::{Rank, Report};
use super::shape::Shape;
use super::strict::FINDINGS;
use super::{Keeps, Line, Record};
use crate::dialects::lens::Members;
use crate::error::{Reason, Result};

/// Turns the vendor's name of a record into ours, given the place and the present name.
pub(in crate::dialects) type Resolve<'r> = dyn FnMut(&str, &str) -> Result<String> + 'r;

pub(super) struct Walk<'r, R> {
    /// `None` if its kind is not known.
    pub(super) record: Option<R>,
    pub(super) old: Option<&'r R>,
    pub(super) changes_fixed: bool,
    pub(super) is_strict: bool,
    pub(super) resolve: Box<Resolve<'r>>,
    pub(super) report: Report,
}

/// An object of the document.
pub(super) struct Around<'m> {
    pub(super) received: Members,
    /// The same object of the document that is replaced.
    pub(super) shown: Option<&'m Members>,
    /// The same object of the remainder before.
    pub(super) kept: Option<&'m Members>,
    /// Whether it is in the document.
    pub(super) is_there: bool,
    /// Whether it is, or an object around it; the document itself does not count.
    pub(super) is_inside: bool,
    /// Whether all records have it.
    pub(super) is_common: bool,
    pub(super) keeps: Keeps,
}

impl<R: Record> Walk<'_, R> {
    /// Reads the members of an object, and returns what remains of them.
    pub(super) fn object<X>(&mut self, lines: &[Line<R, X>], around: &mut Around<'_>) -> Result<Members> {
        let mut remainder = Members::new();
        self.members(lines, around, &mut remainder)?;
        if around.keeps != Keeps::Lines {
            remainder.append(&mut around.received);
        }
        Ok(remainder)
    }

    /// Reads members, and adds what remains of them.
    fn members<X>(
        &mut self,
        lines: &[Line<R, X>],
        around: &mut Around<'_>,
        remainder: &mut Members,
    ) -> Result<()> {
        for line in lines {
            if !line.applies(self.record.as_ref()) {
                continue;
            }
            if let Some(lines) = line.flat_lines() {
                self.members(lines, around, remainder)?;
                continue;
            }
            let (received, is_null) = take(&mut around.received, line.key());
            let depth = self.report.enter(line.key());
            let left = self.member(line, received, around)?;
            self.report.path.truncate(depth);
            // Where all is kept, so is that something was received as null.
            let keeps_null =
                is_null && around.keeps == Keeps::All && matches!(line.content, Content::Remainder);
            let null = (keeps_null && line.default.is_none()).then_some(Value::Null);
            keep(remainder, line.key(), left.or(null));
        }
        Ok(())
    }

    /// Reads a member, and returns what remains of it.
    fn member<X>(
        &mut self,
        line: &Line<R, X>,
        received: Option<Value>,
        around: &Around<'_>,
    ) -> Result<Option<Value>> {
        let kept = around.kept.and_then(|kept| kept.get(line.key()));
        let shown = around.shown.and_then(|shown| shown.get(line.key())).filter(|shown| !shown.is_null());
        let is_fixed = |old| line.is_fixed.is_some_and(|is_fixed| is_fixed(old)) && !self.changes_fixed;
        match line.content {
            Content::Remainder if self.report.is_wrong_kind() => return Ok(None),
            Content::Hidden => return Ok(kept.cloned()),
            _ if self.old.is_some_and(is_fixed) => return Ok(kept.cloned()),
            _ => {}
        }
        let received = match line.field {
            Some(field) => received.and_then(|received| field.meaning(received)),
            None => received,
        };
        if received.is_none() && matches!(line.presence, Presence::Kept) && self.old.is_some() {
            return Ok(kept.cloned());
        }
        let is_common = around.is_common && line.when.is_none();
        let received = match received {
            Some(Value::String(name)) if line.is_reference => {
                Some((self.resolve)(&self.report.path, &name)?.into())
            }
            received => received,
        };
        let is_repeated = self.old.is_some() && received.as_ref() == shown;
        let received = match self.checked(line, received, is_repeated, around) {
            Ok(received) => received.or_else(|| self.filled(line, around)),
            Err(reason) => {
                let is_missing = reason == Reason::Missing;
                self.refuse(line.presence, is_common, reason);
                match line.shape {
                    Shape::Object(_) if is_missing => None,
                    _ => return Ok(None),
                }
            }
        };
        if !is_repeated {
            self.look_closer(line, received.as_ref(), shown, &around.received);
        }
        let lines = match (line.shape, &received) {
            (Shape::Object(lines), _) => lines,
            (Shape::Each(lines), Some(Value::Array(elements))) => {
                self.elements(lines, elements, shown.and_then(Value::as_array))?;
                return Ok(self.put(line, received, shown));
            }
            _ => return Ok(self.put(line, received, shown)),
        };
        let is_there = received.is_some();
        let keeps = if line.is_open { Keeps::All } else { around.keeps };
        let mut received = received.map(into_object).unwrap_or_default();
        if line.merges {
            merge(lines, &mut received, object(shown));
        }
        let mut around = Around {
            received,
            shown: object(shown),
            kept: object(kept),
            is_there,
            is_inside: is_there || around.is_inside,
            is_common,
            keeps,
        };
        let left = self.object(lines, &mut around)?;
        // Where all is kept, so is an object without members that nothing else makes appear.
        let is_kept =
            keeps == Keeps::All && is_there && !self.record.as_ref().is_some_and(|it| stands(lines, it));
        let left = (is_kept || !left.is_empty()).then(|| left.into());
        Ok(self.put(line, left, shown))
    }

    /// Finds what is wrong with the objects in a list, which is kept as it is.
    fn elements<X>(
        &mut self,
        lines: &[Line<R, X>],
        elements: &[Value],
        shown: Option<&Vec<Value>>,
    ) -> Result<()> {
        let before = self.report.violations.len();
        for (at, element) in elements.iter().enumerate() {
            if self.report.violations.len() >= before + FINDINGS {
                break;
            }
            let Value::Object(received) = element else { continue };
            let shown = object(shown.and_then(|shown| shown.get(at)));
            let depth = self.report.enter(&at.to_string());
            let mut around = Around {
                received: received.clone(),
                shown,
                kept: None,
                is_there: true,
                is_inside: true,
                is_common: false,
                keeps: Keeps::Lines,
            };
            self.object(lines, &mut around)?;
            self.report.path.truncate(depth);
        }
        Ok(())
    }

    /// What is read in place of a member that is missing.
    fn filled<X>(&self, line: &Line<R, X>, around: &Around<'_>) -> Option<Value> {
        let (fill, record) = (line.fill?, self.record.as_ref()?);
        let (is_new, is_in_object) = (self.old.is_none(), around.is_there);
        fill(&Missing { record, is_new, is_in_object })
    }

    /// Finds what is wrong with a value of the right shape.
    fn look_closer<X>(
        &mut self,
        line: &Line<R, X>,
        received: Option<&Value>,
        shown: Option<&Value>,
        behind: &Members,
    ) {
        let Some(record) = &self.record else { return };
        if let (Some(check), Some(received)) = (line.check, received)
            && let Err(reason) = check(record, received, behind)
        {
            self.report.refuse(Rank::Meaning, line.reported_at, reason);
        }
        if let Some(strict) = line.strict.filter(|_| self.is_strict) {
            let found = strict.violations(record, &self.report.path, received, shown, behind);
            self.report.violations.extend(found.into_iter().map(|violation| (Rank::Strict, violation)));
        }
    }

    /// Adds a violation at the member that is being read.
    fn refuse(&mut self, presence: Presence<R>, is_common: bool, reason: Reason) {
        let rank = match presence {
            Presence::Needed | Presence::NeededHere => Rank::Needs,
            _ if is_common => Rank::All,
            Presence::Required | Presence::RequiredIf(_) | Presence::RequiredUnless(..) => Rank::Must,
            Presence::Optional | Presence::Kept => Rank::May,
        };
        self.report.refuse(rank, None, reason);
    }

    /// What was received for a member, in the form in which it is kept. What repeats what is shown is never wrong.
    fn checked<X>(
        &self,
        line: &Line<R, X>,
        received: Option<Value>,
        is_repeated: bool,
        around: &Around<'_>,
    ) -> Result<Option<Value>, Reason> {
        let depends = received.is_none() && matches!(line.presence, Presence::RequiredUnless(..));
        if is_repeated && !depends {
            return Ok(received);
        }
        let is_required = match line.presence {
            Presence::Required => true,
            Presence::RequiredIf(when) => self.record.as_ref().is_some_and(when),
            Presence::Needed => around.is_inside,
            Presence::NeededHere => around.is_there,
            Presence::RequiredUnless(when, other) => {
                let is_other = around.received.get(other).is_some_and(|other| !other.is_null());
                !is_other && self.record.as_ref().is_some_and(when)
            }
            Presence::Optional | Presence::Kept => false,
        };
        let is_blank = |value: &Value| is_required && line.shape.is_between() && *value == "";
        match received.filter(|received| !is_blank(received)) {
            Some(received) => line.shape.read(received).map(Some),
            None if is_required => Err(Reason::Missing),
            None => Ok(None),
        }
    }

    /// Sets the core, and returns what must be kept. A value that would be shown anyway is not kept.
    fn put<X>(&mut self, line: &Line<R, X>, received: Option<Value>, shown: Option<&Value>) -> Option<Value> {
        let record = self.record.as_mut()?;
        let left = match line.content {
            Content::Returned(_) | Content::WriteOnly(_) if received.is_none() && self.old.is_some() => None,
            Content::Dependent(core) | Content::WriteOnly(core) => (core.put)(record, received),
            Content::Returned(core) => {
                let is_received = received.is_some();
                if self.old.is_none() || !(core.show)(record).is(received.as_ref()) {
                    (core.put)(record, received);
                }
                return is_received.then(|| true.into());
            }
            // In a new record, what would be shown without it is chosen if it is received.
            Content::Core(core)
                if (self.old.is_some() || received.is_none())
                    && line.repeats(core, record, received.as_ref()) =>
            {
                None
            }
            // The core may hold more than the document can show. It stays as it is where the document repeats what was
            // shown, and where the document cannot express the value and does not change it.
            Content::Core(core) => match self.old {
                Some(_) if received.is_some() && (core.show)(record).is(received.as_ref()) => None,
                Some(old) if received.as_ref() == shown && says_nothing(core, old, received.as_ref()) => {
                    received
                }
                _ => (core.put)(record, received),
            },
            Content::Remainder => received,
            Content::Server(_) | Content::Hidden => None,
        };
        let left = match (line.normal, left) {
            (Some(normal), Some(left)) => normal(record, left).unwrap_or_else(|reason| {
                self.report.refuse(Rank::Meaning, None, reason);
                None
            }),
            (_, left) => left,
        };
        left.filter(|left| !is_default(line, record, left))
    }
}

/// Whether the record shows nothing for a part of the core that this value would change.
fn says_nothing<R: Record>(core: Core<R>, old: &R, value: Option<&Value>) -> bool {
    (core.show)(old).is_nothing() && {
        let mut changed = old.clone();
        (core.put)(&mut changed, value.cloned());
        changed != *old
    }
}

/// Adds what a replacement leaves out and is shown of the record before, but for members that must be sent.
pub(super) fn merge<R, X>(lines: &[Line<R, X>], received: &mut Members, shown: Option<&Members>) {
    let is_sent = |name: &str| {
        lines.iter().any(|line| line.name == name && matches!(line.presence, Presence::Required))
    };
    for (name, shown) in shown.into_iter().flatten().filter(|(name, _)| !is_sent(name)) {
        received.entry(name.as_str()).or_insert_with(|| shown.clone());
    }
}

/// Whether this value is shown even if it is not kept.
fn is_default<R, X>(line: &Line<R, X>, record: &R, left: &Value) -> bool {
    let is_sent = matches!(line.presence, Presence::Required) || line.standing == Standing::First;
    line.default.filter(|_| !is_sent).is_some_and(|default| default(record).is(Some(left)))
}

/// Whether an object appears although nothing of it is kept.
fn stands<R, X>(lines: &[Line<R, X>], record: &R) -> bool {
    lines.iter().filter(|line| line.applies(Some(record))).any(|line| {
        let is_made = match (line.content, &line.shape) {
            (Content::Core(core), _) => !(core.show)(record).is_nothing(),
            (Content::Server(_), _) => true,
            (Content::Remainder, Shape::Object(lines)) => stands(lines, record),
            _ => false,
        };
        let default = line.default.filter(|_| line.standing == Standing::Always);
        is_made || default.is_some_and(|default| !default(record).is_nothing())
    })
}

/// Takes a member out of what was received; null is nothing, and returned as such.
fn take(received: &mut Members, name: &str) -> (Option<Value>, bool) {
    match received.shift_remove(name) {
        Some(Value::Null) => (None, true),
        received => (received, false),
    }
}

fn keep(remainder: &mut Members, name: &str, left: Option<Value>) {
    remainder.extend(left.map(|left| (name.to_owned(), left)));
}

fn into_object(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}

fn object(value: Option<&Value>) -> Option<&Members> {
    value.and_then(Value::as_object)
}
