//! Reading a document: into the record what the core holds, into the remainder what it does not.

use serde_json::Value;

use super::line::{Content, Presence};
use super::shape::Shape;
use super::{Document, Line, Record};
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Reason, Result, Violation};
use crate::model::Remainder;

/// With what a document is read.
pub(in crate::dialects) struct Reading<'r, R> {
    /// What the document becomes: the record that it replaces, or one of its kind without settings. If not even the kind
    /// is known, only what all kinds have is checked.
    pub(in crate::dialects) record: Result<R, Violation>,
    /// The record that it replaces, and the document that is shown for it. What that shows is never refused: another
    /// dialect may have left out or allowed what this vendor would not.
    pub(in crate::dialects) replaced: Option<(&'r R, &'r Members)>,
    /// Whether the host lets a replacement change members that are fixed.
    pub(in crate::dialects) changes_fixed: bool,
    /// Turns the vendor's name of a record into ours, given the place and the present name.
    pub(in crate::dialects) resolve: Box<Resolve<'r>>,
}

impl<R> Reading<'_, R> {
    /// A reading that changes this record, whatever is shown for it, and in which all names are ours.
    pub(in crate::dialects) fn new(record: R) -> Self {
        Self {
            record: Ok(record),
            replaced: None,
            changes_fixed: true,
            resolve: Box::new(|_, name| Ok(name.to_owned())),
        }
    }
}

/// See [`Reading::resolve`].
pub(in crate::dialects) type Resolve<'r> = dyn FnMut(&str, &str) -> Result<String> + 'r;

impl<R: Record, X> Document<R, X> {
    /// The record that a document describes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] with everything that is wrong, and those of `resolve`.
    pub(in crate::dialects) fn read(&self, received: Members, reading: Reading<'_, R>) -> Result<R> {
        let Reading { record, replaced, changes_fixed, resolve } = reading;
        let (record, violations) = match record {
            Ok(record) => (Some(record), Vec::new()),
            Err(violation) => (None, vec![(Rank::All, violation)]),
        };
        let shown = replaced.map(|(_, shown)| shown);
        let kept = replaced.and_then(|(old, _)| old.remainders()?.get(self.dialect)).map(|kept| &**kept);
        let mut walk = Walk {
            record,
            old: replaced.map(|(old, _)| old),
            changes_fixed,
            keeps_unknown: self.keeps_unknown,
            resolve,
            path: String::new(),
            violations,
        };
        let remainder =
            walk.object(self.lines, Around { received, shown, kept, is_there: false, is_common: true })?;
        match (walk.record, walk.violations) {
            (Some(mut record), violations) if violations.is_empty() => {
                if let Some(remainders) = record.remainders_mut() {
                    remainders.insert(self.dialect.to_owned(), Remainder::from(remainder));
                }
                Ok(record)
            }
            (_, mut violations) => {
                violations.sort_by_key(|(rank, _)| *rank);
                let violations = violations.into_iter().map(|(_, violation)| violation).collect();
                Err(ErrorKind::Invalid { violations }.into())
            }
        }
    }
}

struct Walk<'r, R> {
    /// `None` if its kind is not known.
    record: Option<R>,
    old: Option<&'r R>,
    changes_fixed: bool,
    keeps_unknown: bool,
    resolve: Box<Resolve<'r>>,
    /// The pointer of the object that is being read.
    path: String,
    violations: Vec<(Rank, Violation)>,
}

/// In which order violations are listed: first of what all records have, then of what one of a kind must have, may have, and
/// needs because of what else it has, and last what is wrong with values of the right shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    All,
    Must,
    May,
    Needs,
    Meaning,
}

/// An object of the document.
struct Around<'m> {
    received: Members,
    /// The same object of the document that is replaced.
    shown: Option<&'m Members>,
    /// The same object of the remainder before.
    kept: Option<&'m Members>,
    /// Whether it is in the document, or an object around it is; the document itself does not count.
    is_there: bool,
    /// Whether all records have it.
    is_common: bool,
}

impl<R: Record> Walk<'_, R> {
    /// Reads the members of an object, and returns what remains of them.
    fn object<X>(&mut self, lines: &[Line<R, X>], mut around: Around<'_>) -> Result<Members> {
        let mut remainder = Members::new();
        for line in lines {
            if !line.applies(self.record.as_ref()) {
                continue;
            }
            let received = around.received.shift_remove(line.name).filter(|received| !received.is_null());
            let depth = self.path.len();
            self.path.extend(["/", line.name]);
            let left = self.member(line, received, &around)?;
            self.path.truncate(depth);
            if let Some(left) = left {
                remainder.insert(line.name.to_owned(), left);
            }
        }
        if self.keeps_unknown {
            remainder.extend(around.received.into_iter().filter(|(_, value)| !value.is_null()));
        }
        Ok(remainder)
    }

    /// Reads a member, and returns what remains of it.
    fn member<X>(
        &mut self,
        line: &Line<R, X>,
        received: Option<Value>,
        around: &Around<'_>,
    ) -> Result<Option<Value>> {
        let kept = around.kept.and_then(|kept| kept.get(line.name));
        let shown = around.shown.and_then(|shown| shown.get(line.name));
        let is_fixed = |old| line.is_fixed.is_some_and(|is_fixed| is_fixed(old)) && !self.changes_fixed;
        match line.content {
            Content::Server(_) => return Ok(None),
            Content::Hidden => return Ok(kept.cloned()),
            _ if self.old.is_some_and(is_fixed) => return Ok(kept.cloned()),
            _ => {}
        }
        let is_common = around.is_common && line.when.is_none();
        if let Shape::Object(lines) = line.shape {
            let left = self.inner(
                lines,
                received,
                Around {
                    received: Members::new(),
                    shown: object(shown),
                    kept: object(kept),
                    is_there: around.is_there,
                    is_common,
                },
            )?;
            return Ok(self.put(line, left, (kept, shown)));
        }
        let received = if line.is_reference { self.resolved(received)? } else { received };
        let received = if self.old.is_some() && received.as_ref() == shown {
            Ok(received)
        } else {
            self.checked(line, received, around.is_there)
        };
        let received = match received {
            Ok(received) => received,
            Err(reason) => {
                self.refuse(line.presence, is_common, reason);
                return Ok(None);
            }
        };
        if let (Some(check), Some(record), Some(received)) = (line.check, &self.record, &received)
            && let Err(reason) = check(record, received)
        {
            self.violations.push((Rank::Meaning, Violation::new(self.path.clone(), reason)));
        }
        Ok(self.put(line, received, (kept, shown)))
    }

    /// Adds a violation at the member that is being read.
    fn refuse(&mut self, presence: Presence<R>, is_common: bool, reason: Reason) {
        let rank = match presence {
            Presence::Needed => Rank::Needs,
            _ if is_common => Rank::All,
            Presence::Required | Presence::RequiredIf(_) => Rank::Must,
            Presence::Optional => Rank::May,
        };
        self.violations.push((rank, Violation::new(self.path.clone(), reason)));
    }

    /// Reads an object in the document; one without members has nothing that remains.
    fn inner<X>(
        &mut self,
        lines: &[Line<R, X>],
        received: Option<Value>,
        around: Around<'_>,
    ) -> Result<Option<Value>> {
        let around = match received {
            None => around,
            Some(Value::Object(received)) => Around { received, is_there: true, ..around },
            Some(_) => {
                self.refuse(Presence::Optional, around.is_common, Reason::WrongType("object"));
                return Ok(None);
            }
        };
        let left = self.object(lines, around)?;
        Ok((!left.is_empty()).then(|| left.into()))
    }

    /// What was received for a member, in the form in which it is kept.
    fn checked<X>(
        &self,
        line: &Line<R, X>,
        received: Option<Value>,
        is_there: bool,
    ) -> Result<Option<Value>, Reason> {
        if let Some(received) = received {
            return line.shape.read(received).map(Some);
        }
        let is_missing = match line.presence {
            Presence::Required => true,
            Presence::RequiredIf(when) => self.record.as_ref().is_some_and(when),
            Presence::Needed => is_there,
            Presence::Optional => false,
        };
        if is_missing { Err(Reason::Missing) } else { Ok(None) }
    }

    fn resolved(&mut self, received: Option<Value>) -> Result<Option<Value>> {
        match received {
            Some(Value::String(name)) => Ok(Some((self.resolve)(&self.path, &name)?.into())),
            received => Ok(received),
        }
    }

    /// Sets the core, and returns what remains.
    fn put<X>(
        &mut self,
        line: &Line<R, X>,
        received: Option<Value>,
        (kept, shown): (Option<&Value>, Option<&Value>),
    ) -> Option<Value> {
        let Some(record) = &mut self.record else { return None };
        match line.content {
            Content::Dependent(core) => (core.put)(record, received),
            Content::Returned(_) if received.is_none() && self.old.is_some() => None,
            Content::Returned(core) => {
                let is_said = received.is_some();
                if self.old.is_none() || !(core.show)(record).is(received.as_ref()) {
                    (core.put)(record, received);
                }
                is_said.then(|| true.into())
            }
            Content::Core(core) => {
                // The core may know more than is shown for it, or have what the vendor has no word for. It stays as it is
                // where the document repeats what was shown, and where it says nothing new of what cannot be shown.
                match self.old {
                    Some(_) if received.is_some() && (core.show)(record).is(received.as_ref()) => None,
                    Some(old) if received.as_ref() == shown && (core.show)(old).is_nothing() => received,
                    _ => (core.put)(record, received),
                }
            }
            // What is shown if nothing else is, is not kept for being sent back.
            Content::Remainder if self.old.is_some() && is_default(line, record, received.as_ref()) => {
                kept.cloned()
            }
            Content::Remainder => received,
            Content::Server(_) | Content::Hidden => None,
        }
    }
}

fn is_default<R, X>(line: &Line<R, X>, record: &R, received: Option<&Value>) -> bool {
    received.is_some() && line.default.is_some_and(|default| default(record).is(received))
}

fn object(value: Option<&Value>) -> Option<&Members> {
    value.and_then(Value::as_object)
}
