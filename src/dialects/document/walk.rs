//! One walk through a received document along the lines of its table.

use serde_json::Value;

use super::Keeps;
use super::bound::Target;
use super::line::{Content, Presence, Standing};
use super::report::{Rank, Report};
use super::shape::Shape;
use super::strict::FINDINGS;
use crate::dialects::lens::Members;
use crate::error::{Reason, Result};

/// Turns the vendor's name of a record into ours, given the place and the present name.
pub(in crate::dialects) type Resolve<'r> = dyn FnMut(&str, &str) -> Result<String> + 'r;

pub(super) struct Walk<'r> {
    /// Whether the document replaces another one.
    pub(super) is_replacement: bool,
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

impl Walk<'_> {
    /// Reads the members of an object, and returns what remains of them.
    pub(super) fn object(&mut self, object: &mut dyn Target, around: &mut Around<'_>) -> Result<Members> {
        let mut remainder = Members::new();
        self.members(object, around, &mut remainder)?;
        if around.keeps != Keeps::Lines {
            remainder.append(&mut around.received);
        }
        Ok(remainder)
    }

    /// Reads members, and adds what remains of them.
    fn members(
        &mut self,
        object: &mut dyn Target,
        around: &mut Around<'_>,
        remainder: &mut Members,
    ) -> Result<()> {
        object.each(&mut |line| {
            let member = *line.member();
            if member.is_flat() {
                return self.members(line, around, remainder);
            }
            let (received, is_null) = take(&mut around.received, member.key());
            let depth = self.report.enter(member.key());
            let left = self.member(line, received, around)?;
            self.report.path.truncate(depth);
            // Where all is kept, so is that something was received as null.
            let keeps_null = is_null && around.keeps == Keeps::All && member.content == Content::Remainder;
            let null = (keeps_null && line.default().is_none()).then_some(Value::Null);
            keep(remainder, member.key(), left.or(null));
            Ok(())
        })
    }

    /// Reads a member, and returns what remains of it.
    fn member(
        &mut self,
        line: &mut dyn Target,
        received: Option<Value>,
        around: &Around<'_>,
    ) -> Result<Option<Value>> {
        let member = *line.member();
        let kept = around.kept.and_then(|kept| kept.get(member.key()));
        let shown = around.shown.and_then(|shown| shown.get(member.key())).filter(|shown| !shown.is_null());
        match member.content {
            Content::Remainder if self.report.is_wrong_kind() => return Ok(None),
            Content::Hidden => return Ok(kept.cloned()),
            _ if line.is_fixed() && !self.changes_fixed => return Ok(kept.cloned()),
            _ => {}
        }
        let received = match member.field {
            Some(field) => received.and_then(|received| field.meaning(received)),
            None => received,
        };
        if received.is_none() && member.presence == Presence::Kept && self.is_replacement {
            return Ok(kept.cloned());
        }
        let is_common = around.is_common && line.is_common();
        let received = match received {
            Some(Value::String(name)) if member.is_reference => {
                Some((self.resolve)(&self.report.path, &name)?.into())
            }
            received => received,
        };
        let is_repeated = self.is_replacement && received.as_ref() == shown;
        let received = match checked(line, received, is_repeated, around) {
            Ok(received) => received.or_else(|| line.filled(around.is_there)),
            Err(reason) => {
                let is_missing = reason == Reason::Missing;
                self.refuse(member.presence, is_common, reason);
                match member.shape {
                    Shape::Object if is_missing => None,
                    _ => return Ok(None),
                }
            }
        };
        if !is_repeated {
            line.look_closer(&mut self.report, self.is_strict, received.as_ref(), shown, &around.received);
        }
        match (member.shape, &received) {
            (Shape::Object, _) => {}
            (Shape::Each, Some(Value::Array(elements))) => {
                self.elements(line, elements, shown.and_then(Value::as_array))?;
                return Ok(self.put(line, received, shown));
            }
            _ => return Ok(self.put(line, received, shown)),
        }
        let is_there = received.is_some();
        let keeps = if member.is_open { Keeps::All } else { around.keeps };
        let mut received = received.map(into_object).unwrap_or_default();
        if member.merges {
            line.merge(&mut received, object(shown));
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
        let left = self.object(line, &mut around)?;
        // Where all is kept, so is an object without members that nothing else makes appear.
        let is_kept = keeps == Keeps::All && is_there && !line.stands();
        let left = (is_kept || !left.is_empty()).then(|| left.into());
        Ok(self.put(line, left, shown))
    }

    /// Finds what is wrong with the objects in a list, which is kept as it is.
    fn elements(
        &mut self,
        line: &mut dyn Target,
        elements: &[Value],
        shown: Option<&Vec<Value>>,
    ) -> Result<()> {
        let before = self.report.count();
        for (at, element) in elements.iter().enumerate() {
            if self.report.count() >= before + FINDINGS {
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
            self.object(line, &mut around)?;
            self.report.path.truncate(depth);
        }
        Ok(())
    }

    /// Adds a violation at the member that is being read.
    fn refuse(&mut self, presence: Presence, is_common: bool, reason: Reason) {
        let rank = match presence {
            Presence::Needed | Presence::NeededHere => Rank::Needs,
            _ if is_common => Rank::All,
            Presence::Required | Presence::RequiredIf | Presence::RequiredUnless(_) => Rank::Must,
            Presence::Optional | Presence::Kept => Rank::May,
        };
        self.report.refuse(rank, None, reason);
    }

    /// Sets the core, and returns what must be kept. A value that would be shown anyway is not kept.
    fn put(
        &mut self,
        line: &mut dyn Target,
        received: Option<Value>,
        shown: Option<&Value>,
    ) -> Option<Value> {
        let (member, is_new) = (*line.member(), !self.is_replacement);
        let is_unchanged = |line: &dyn Target| !is_new && line.shown().is(received.as_ref());
        let left = match member.content {
            Content::Returned | Content::WriteOnly if received.is_none() && !is_new => None,
            Content::Returned => {
                let is_received = received.is_some();
                if !is_unchanged(line) {
                    line.put(received);
                }
                return is_received.then(|| true.into());
            }
            // In a new record, what would be shown without it is chosen if it is received. The core may hold more than the
            // document can show. It stays as it is where the document repeats what was shown, and where the document cannot
            // express the value and does not change it.
            Content::Core
                if ((!is_new || received.is_none()) && member.repeats(line.shown(), received.as_ref()))
                    || (received.is_some() && is_unchanged(line)) =>
            {
                None
            }
            Content::Core if !is_new && received.as_ref() == shown && line.hides(received.as_ref()) => {
                received
            }
            Content::Core | Content::Dependent | Content::WriteOnly => line.put(received),
            Content::Remainder => received,
            Content::Server | Content::Hidden => None,
        };
        let left = left.and_then(|left| {
            line.normal(left).unwrap_or_else(|reason| {
                self.report.refuse(Rank::Meaning, None, reason);
                None
            })
        });
        left.filter(|left| !is_default(line, left))
    }
}

/// What was received for a member, in the form in which it is kept. What repeats what is shown is never wrong.
fn checked(
    line: &dyn Target,
    received: Option<Value>,
    is_repeated: bool,
    around: &Around<'_>,
) -> Result<Option<Value>, Reason> {
    let member = line.member();
    let depends = received.is_none() && matches!(member.presence, Presence::RequiredUnless(_));
    if is_repeated && !depends {
        return Ok(received);
    }
    let is_required = match member.presence {
        Presence::Required => true,
        Presence::RequiredIf => line.is_required(),
        Presence::Needed => around.is_inside,
        Presence::NeededHere => around.is_there,
        Presence::RequiredUnless(other) => {
            let is_other = around.received.get(other).is_some_and(|other| !other.is_null());
            !is_other && line.is_required()
        }
        Presence::Optional | Presence::Kept => false,
    };
    let is_blank = |value: &Value| is_required && member.shape.is_between() && *value == "";
    match received.filter(|received| !is_blank(received)) {
        Some(received) => member.shape.read(received).map(Some),
        None if is_required => Err(Reason::Missing),
        None => Ok(None),
    }
}

/// Whether this value is shown even if it is not kept.
fn is_default(line: &dyn Target, left: &Value) -> bool {
    let is_sent = line.member().presence == Presence::Required || line.member().standing == Standing::First;
    !is_sent && line.default().is_some_and(|default| default.is(Some(left)))
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
