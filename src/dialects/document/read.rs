//! Reading a document: into the record what the core holds, into the remainder what it does not.

use serde_json::Value;

use super::bound::{Records, Target};
use super::report::Report;
use super::walk::{Around, Resolve, Walk};
use super::{Document, Record, bound};
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Reason, Result, Violation, pointer};
use crate::model::Remainder;

/// How a document is read.
pub(in crate::dialects) struct Reading<'r, R> {
    /// What the document becomes: the record that it replaces, or one of its kind without settings. If not even the kind
    /// is known, only what all kinds have is checked.
    pub(in crate::dialects) record: Result<R, Violation>,
    /// The record that it replaces, and the document that is shown for it, as it would be received. What that shows is never
    /// refused: another dialect may have left out or allowed what this vendor would not.
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
    kinds: impl IntoIterator<Item = &'static K> + Clone,
    name_of: fn(&K) -> &'static str,
    current: Option<&K>,
) -> Result<&'static K, Violation> {
    let wrong = |reason| Violation::new(pointer::of([member]), reason);
    let name = match document.get(member) {
        None | Some(Value::Null) => return Err(wrong(Reason::Missing)),
        Some(Value::String(name)) => name,
        Some(_) => return Err(wrong(Reason::WrongType("string"))),
    };
    let kind = kinds.clone().into_iter().find(|kind| name_of(kind) == name);
    let kind = kind.ok_or_else(|| wrong(Reason::NotAllowed(kinds.into_iter().map(name_of).collect())))?;
    match current {
        Some(current) if name_of(current) != name_of(kind) => Err(wrong(Reason::Immutable)),
        _ => Ok(kind),
    }
}

impl<R: Record, X> Document<R, X> {
    /// The record that a document describes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] with everything that is wrong, and those of `resolve`.
    pub(in crate::dialects) fn read(&self, mut received: Members, reading: Reading<'_, R>) -> Result<R> {
        let Reading { record, replaced, changes_fixed, is_strict, resolve } = reading;
        let (record, wrong_kind) = match record {
            Ok(record) => (Some(record), None),
            Err(violation) => (None, Some(violation)),
        };
        let shown = replaced.map(|(_, shown)| shown);
        let kept = replaced.and_then(|(old, _)| old.remainders()?.get(self.dialect)).map(|kept| &**kept);
        let mut records = Records { new: record, old: replaced.map(|(old, _)| old) };
        let mut root = bound::Reading { line: &self.root, records: &mut records };
        if self.root.member.merges {
            root.merge(&mut received, shown);
        }
        let mut walk = Walk {
            is_replacement: replaced.is_some(),
            changes_fixed,
            is_strict,
            resolve,
            report: Report::new(wrong_kind),
        };
        let mut around = Around {
            received,
            shown,
            kept,
            is_there: false,
            is_inside: false,
            is_common: true,
            keeps: self.keeps,
        };
        let remainder = walk.object(&mut root, &mut around)?;
        let violations = walk.report.finish();
        match (records.new, violations) {
            (Some(mut record), violations) if violations.is_empty() => {
                if let Some(remainders) = record.remainders_mut() {
                    remainders.insert(self.dialect.to_owned(), Remainder::from(remainder));
                }
                Ok(record)
            }
            (_, violations) => Err(ErrorKind::Invalid { violations }.into()),
        }
    }
}
