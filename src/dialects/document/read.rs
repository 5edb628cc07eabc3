//! Reading a document: into the record what the core holds, into the remainder what it does not.

use serde_json::Value;

use super::line::{Content, Missing, Presence, Standing};
use super::shape::Shape;
use super::{Document, Keeps, Line, Record};
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
    /// Whether what the vendor's API description leaves out is refused.
    pub(in crate::dialects) is_strict: bool,
    /// Turns the vendor's name of a record into ours, given the place and the present name.
    pub(in crate::dialects) resolve: Box<Resolve<'r>>,
}

impl<R> Reading<'_, R> {
    /// A reading that changes this record, whatever is shown for it, and in which all names are ours.
    pub(in crate::dialects) fn new(record: R) -> Self {
        Self::of(Ok(record))
    }

    /// As [`Reading::new`], of a record whose kind may be wrong.
    pub(in crate::dialects) fn of(record: Result<R, Violation>) -> Self {
        Self {
            record,
            replaced: None,
            changes_fixed: true,
            is_strict: false,
            resolve: Box::new(|_, name| Ok(name.to_owned())),
        }
    }
}

/// The kind of record that a document names in this member; `current` is that of the record that it replaces.
///
/// # Errors
///
/// The violation: it names none, none that there is, or another one than the record has.
pub(in crate::dialects) fn kind_named<K>(
    document: &Members,
    member: &str,
    kinds: &'static [K],
    name_of: fn(&K) -> &'static str,
    current: Option<&K>,
) -> Result<&'static K, Violation> {
    let wrong = |reason| Violation::new(format!("/{member}"), reason);
    let name = match document.get(member) {
        None | Some(Value::Null) => return Err(wrong(Reason::Missing)),
        Some(Value::String(name)) => name,
        Some(_) => return Err(wrong(Reason::WrongType("string"))),
    };
    let kind = kinds.iter().find(|kind| name_of(kind) == name);
    let kind = kind.ok_or_else(|| wrong(Reason::NotAllowed(kinds.iter().map(name_of).collect())))?;
    match current {
        Some(current) if name_of(current) != name_of(kind) => Err(wrong(Reason::Immutable)),
        _ => Ok(kind),
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
        let Reading { record, replaced, changes_fixed, is_strict, resolve } = reading;
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
            is_strict,
            keeps: self.keeps,
            resolve,
            path: String::new(),
            violations,
        };
        let around = Around { received, shown, kept, is_there: false, is_inside: false, is_common: true };
        let remainder = walk.object(self.lines, around)?;
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
    is_strict: bool,
    keeps: Keeps,
    resolve: Box<Resolve<'r>>,
    /// The pointer of the object that is being read.
    path: String,
    violations: Vec<(Rank, Violation)>,
}

/// In which order violations are listed: first of what all records have, then of what one of a kind must have, may have, and
/// needs because of what else it has, then what is wrong with values of the right shape, and last what is wrong only for strict
/// readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    All,
    Must,
    May,
    Needs,
    Meaning,
    Strict,
}

/// An object of the document.
struct Around<'m> {
    received: Members,
    /// The same object of the document that is replaced.
    shown: Option<&'m Members>,
    /// The same object of the remainder before.
    kept: Option<&'m Members>,
    /// Whether it is in the document.
    is_there: bool,
    /// Whether it is, or an object around it; the document itself does not count.
    is_inside: bool,
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
            let received = around.received.shift_remove(line.name);
            let is_null = received.as_ref().is_some_and(Value::is_null);
            let received = received.filter(|received| !received.is_null());
            let depth = self.path.len();
            self.path.extend(["/", line.name]);
            let left = self.member(line, received, &around)?;
            self.path.truncate(depth);
            // Where all is kept, so is that something was received as null.
            let keeps_null =
                is_null && self.keeps == Keeps::All && matches!(line.content, Content::Remainder);
            let null = (keeps_null && line.default.is_none()).then_some(Value::Null);
            if let Some(left) = left.or(null) {
                remainder.insert(line.name.to_owned(), left);
            }
        }
        if self.keeps != Keeps::Lines {
            remainder.extend(around.received);
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
            Content::Hidden => return Ok(kept.cloned()),
            _ if self.old.is_some_and(is_fixed) => return Ok(kept.cloned()),
            _ => {}
        }
        let is_common = around.is_common && line.when.is_none();
        let received = if line.is_reference { self.resolved(received)? } else { received };
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
        self.look_closer(line, received.as_ref(), shown);
        let Shape::Object(lines) = line.shape else { return Ok(self.put(line, received, shown)) };
        let is_there = received.is_some();
        let around = Around {
            received: received.map(into_object).unwrap_or_default(),
            shown: object(shown),
            kept: object(kept),
            is_there,
            is_inside: is_there || around.is_inside,
            is_common,
        };
        let left = self.object(lines, around)?;
        // Where all is kept, so is an object without members that nothing else makes appear.
        let is_kept =
            self.keeps == Keeps::All && is_there && !self.record.as_ref().is_some_and(|it| stands(lines, it));
        let left = (is_kept || !left.is_empty()).then(|| left.into());
        Ok(self.put(line, left, shown))
    }

    /// What is read in place of a member that is missing.
    fn filled<X>(&self, line: &Line<R, X>, around: &Around<'_>) -> Option<Value> {
        let (fill, record) = (line.fill?, self.record.as_ref()?);
        let (is_new, is_in_object) = (self.old.is_none(), around.is_there);
        fill(&Missing { record, is_new, is_in_object })
    }

    /// Finds what is wrong with a value of the right shape.
    fn look_closer<X>(&mut self, line: &Line<R, X>, received: Option<&Value>, shown: Option<&Value>) {
        let Some(record) = &self.record else { return };
        if let (Some(check), Some(received)) = (line.check, received)
            && let Err(reason) = check(record, received)
        {
            self.violations.push((Rank::Meaning, Violation::new(self.path.clone(), reason)));
        }
        if let Some(strict) = line.strict.filter(|_| self.is_strict) {
            let found = strict.violations(record, &self.path, received, shown.filter(|_| self.old.is_some()));
            self.violations.extend(found.into_iter().map(|violation| (Rank::Strict, violation)));
        }
    }

    /// Adds a violation at the member that is being read.
    fn refuse(&mut self, presence: Presence<R>, is_common: bool, reason: Reason) {
        let rank = match presence {
            Presence::Needed | Presence::NeededHere => Rank::Needs,
            _ if is_common => Rank::All,
            Presence::Required | Presence::RequiredIf(_) => Rank::Must,
            Presence::Optional => Rank::May,
        };
        self.violations.push((rank, Violation::new(self.path.clone(), reason)));
    }

    /// What was received for a member, in the form in which it is kept. What repeats what is shown is never wrong.
    fn checked<X>(
        &self,
        line: &Line<R, X>,
        received: Option<Value>,
        is_repeated: bool,
        around: &Around<'_>,
    ) -> Result<Option<Value>, Reason> {
        if is_repeated {
            return Ok(received);
        }
        let is_required = match line.presence {
            Presence::Required => true,
            Presence::RequiredIf(when) => self.record.as_ref().is_some_and(when),
            Presence::Needed => around.is_inside,
            Presence::NeededHere => around.is_there,
            Presence::Optional => false,
        };
        let is_blank = |value: &Value| is_required && line.shape.is_between() && *value == "";
        match received.filter(|received| !is_blank(received)) {
            Some(received) => line.shape.read(received).map(Some),
            None if is_required => Err(Reason::Missing),
            None => Ok(None),
        }
    }

    fn resolved(&mut self, received: Option<Value>) -> Result<Option<Value>> {
        match received {
            Some(Value::String(name)) => Ok(Some((self.resolve)(&self.path, &name)?.into())),
            received => Ok(received),
        }
    }

    /// Sets the core, and returns what remains and is kept. What is shown if nothing else is, need not be kept.
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
            // The core may know more than is shown for it, or have what the vendor has no word for. It stays as it is
            // where the document repeats what was shown, and where it says nothing new of what cannot be shown.
            Content::Core(core) => match self.old {
                Some(_) if received.is_some() && (core.show)(record).is(received.as_ref()) => None,
                Some(old) if received.as_ref() == shown && (core.show)(old).is_nothing() => received,
                _ => (core.put)(record, received),
            },
            Content::Remainder => received,
            Content::Server(_) | Content::Hidden => None,
        };
        left.filter(|left| {
            !is_default(line, record, left) && line.drops.is_none_or(|drops| !drops(record, left))
        })
    }
}

/// Whether what remains is shown all the same if it is not kept.
fn is_default<R, X>(line: &Line<R, X>, record: &R, left: &Value) -> bool {
    let is_sent = matches!(line.presence, Presence::Required) || line.standing == Standing::First;
    line.default.filter(|_| !is_sent).is_some_and(|default| default(record).is(Some(left)))
}

/// Whether an object is shown of which nothing is kept.
fn stands<R, X>(lines: &[Line<R, X>], record: &R) -> bool {
    lines.iter().filter(|line| line.applies(Some(record))).any(|line| match (line.content, &line.shape) {
        (Content::Core(core), _) if !(core.show)(record).is_nothing() => true,
        (Content::Remainder, Shape::Object(lines)) => stands(lines, record),
        _ if line.standing != Standing::Always => false,
        _ => line.default.is_some_and(|default| !default(record).is_nothing()),
    })
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
