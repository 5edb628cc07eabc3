//! How documents are checked: what they say at a path, and what is wrong there.

use serde_json::Value;

use super::described::Enumeration;
use crate::dialects::lens::{Members, get};
use crate::error::{ErrorKind, Reason, Result, Violation};

/// What was found wrong with a document so far.
pub(super) struct Rules<'d> {
    document: &'d Members,
    /// In the order in which it was found.
    pub(super) violations: Vec<Violation>,
}

impl<'d> Rules<'d> {
    /// Nothing is wrong with this document yet.
    pub(super) fn of(document: &'d Members) -> Self {
        Self { document, violations: Vec::new() }
    }

    /// The end of the check: an error with everything that is wrong.
    pub(super) fn end(self) -> Result<()> {
        match self.violations {
            violations if violations.is_empty() => Ok(()),
            violations => Err(ErrorKind::Invalid { violations }.into()),
        }
    }

    /// What the document says at a path; null says nothing.
    pub(super) fn said(&self, path: &[&str]) -> Option<&Value> {
        get(self.document, path).filter(|value| !value.is_null())
    }

    pub(super) fn refuse(&mut self, path: &[&str], reason: Reason) {
        let pointer = path.iter().flat_map(|step| ["/", step]).collect::<String>();
        self.violations.push(Violation::new(pointer, reason));
    }

    /// Adds what is wrong at places where nothing was found to be wrong.
    pub(super) fn add(&mut self, violations: Vec<Violation>) {
        let known: Vec<_> = self.violations.iter().map(|violation| violation.pointer.clone()).collect();
        self.violations.extend(violations.into_iter().filter(|added| !known.contains(&added.pointer)));
    }

    pub(super) fn is_text(&mut self, path: &[&str]) -> bool {
        match self.said(path) {
            Some(Value::String(text)) if !text.is_empty() => return true,
            None | Some(Value::String(_)) => self.refuse(path, Reason::Missing),
            Some(_) => self.refuse(path, Reason::WrongType("string")),
        }
        false
    }

    /// A text must be there, of so many characters.
    pub(super) fn text(&mut self, path: &[&str], least: usize, most: usize) {
        if self.is_text(path) {
            self.optional_text(path, least, most);
        }
    }

    pub(super) fn optional_text(&mut self, path: &[&str], least: usize, most: usize) {
        match self.said(path) {
            None => {}
            Some(Value::String(text)) if (least..=most).contains(&text.chars().count()) => {}
            Some(Value::String(_)) => {
                let bound = |bound| i64::try_from(bound).unwrap_or(i64::MAX);
                self.refuse(path, Reason::OutOfRange(bound(least), bound(most)));
            }
            Some(_) => self.refuse(path, Reason::WrongType("string")),
        }
    }

    /// What has enumerated values is a text; elements of lists are looked at with their lists.
    pub(super) fn enumerations(&mut self, all: impl Iterator<Item = &'static Enumeration>) {
        for (path, _) in all.filter(|(path, _)| !path.contains('*')) {
            let path: Vec<_> = path.split('/').collect();
            self.optional_text(&path, 0, 1024);
        }
    }

    pub(super) fn optional_object(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_object()) {
            self.refuse(path, Reason::WrongType("object"));
        }
    }

    pub(super) fn optional_boolean(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_boolean()) {
            self.refuse(path, Reason::WrongType("boolean"));
        }
    }

    pub(super) fn optional_array(&mut self, path: &[&str]) {
        if self.said(path).is_some_and(|value| !value.is_array()) {
            self.refuse(path, Reason::WrongType("array"));
        }
    }
}
