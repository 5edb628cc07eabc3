//! Checking a whole store: whether every record can be read and is where it belongs, whether the indexes are
//! complete and lead somewhere, whether everything that a record refers to is there, and whether its keys are weak.
//! May import what `engine` may.

mod entries;
mod keys;
mod references;
mod walk;

use std::fmt;

pub(crate) use references::{Reference, Refers};
pub(crate) use walk::check;

use crate::pki::Finding;

/// How many problems, how many findings and how many warnings are listed at most.
const LISTED: usize = 1000;

/// What is wrong at one place of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The key belongs to no table.
    UnknownTable,
    /// The key is not one of its table.
    BadKey,
    /// The record cannot be read.
    Unreadable,
    /// The record belongs under another key.
    Misplaced,
    /// An index entry that leads to the record is missing, or leads elsewhere.
    MissingEntry,
    /// The index entry leads to nothing, or to a record that does not have it.
    StrayEntry,
    /// Something that the record refers to is missing.
    MissingReference,
    /// The store has given numbers that it would give again.
    LowCounter,
}

impl ProblemKind {
    /// The name for machines, such as `missing_entry`. It never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownTable => "unknown_table",
            Self::BadKey => "bad_key",
            Self::Unreadable => "unreadable",
            Self::Misplaced => "misplaced",
            Self::MissingEntry => "missing_entry",
            Self::StrayEntry => "stray_entry",
            Self::MissingReference => "missing_reference",
            Self::LowCounter => "low_counter",
        }
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where: the table, the tenant, and the ids and texts of the key, such as `providers, tenant 1, 1855…`.
    pub place: String,
    /// What is wrong in words: lower case, no final period.
    pub words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.words)
    }
}

/// What is wrong with one key, which is kept all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyFinding {
    /// Where the key is stored, as in [`Problem::place`].
    pub place: String,
    /// Its key id.
    pub kid: String,
    /// What is wrong.
    pub finding: Finding,
}

impl fmt::Display for KeyFinding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, kid `{}`: {}", self.place, self.kid, self.finding)
    }
}

/// What its owner should know of a record that is sound: [`IdentityProvider::warnings`](crate::model::IdentityProvider::warnings).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordWarning {
    /// Where the record is stored, as in [`Problem::place`].
    pub place: String,
    /// The warning.
    pub words: String,
}

impl fmt::Display for RecordWarning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.words)
    }
}

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How many records there are, those that cannot be read included.
    pub records: u64,
    /// How many index entries there are.
    pub entries: u64,
    /// What is wrong; of more than 1000 problems the first.
    pub problems: Vec<Problem>,
    /// What is wrong with keys and their certificates; of more than 1000 findings the first.
    pub findings: Vec<KeyFinding>,
    /// What their owners should know of other records; of more than 1000 warnings the first.
    pub warnings: Vec<RecordWarning>,
    /// How many problems, findings and warnings there are besides.
    pub omitted: u64,
    /// How many RSA keys were not compared with the others for a factor in common: beyond 2000 keys that takes too long.
    pub not_compared: u64,
}

impl Report {
    /// Whether nothing is wrong with the store. It may hold keys that are weak, see [`Report::findings`].
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Takes in a finding.
    fn find(&mut self, finding: KeyFinding) {
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        } else {
            self.omitted += 1;
        }
    }

    /// Takes in a warning.
    fn warn(&mut self, warning: RecordWarning) {
        if self.warnings.len() < LISTED {
            self.warnings.push(warning);
        } else {
            self.omitted += 1;
        }
    }

    /// Takes in a problem.
    fn note(&mut self, kind: ProblemKind, place: impl fmt::Display, words: impl Into<String>) {
        if self.problems.len() < LISTED {
            self.problems.push(Problem { kind, place: place.to_string(), words: words.into() });
        } else {
            self.omitted += 1;
        }
    }
}
