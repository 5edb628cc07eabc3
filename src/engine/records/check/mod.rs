//! Checking a whole store: whether every record can be read and lies where it belongs, whether the indexes are
//! complete and lead somewhere, and whether everything that a record refers to is there. May import what `engine` may.

mod entries;
mod references;
mod walk;

use std::fmt;

pub(crate) use walk::check;

/// How many problems are listed at most.
const LISTED: usize = 1000;

/// What is wrong at one place of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many records there are, those that cannot be read included.
    pub records: u64,
    /// How many index entries there are.
    pub entries: u64,
    /// What is wrong; of more than 1000 problems the first.
    pub problems: Vec<Problem>,
    /// How many problems there are besides.
    pub omitted: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
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
