//! What is recorded of a run: every call with its times and its outcome, and what is there in the end.

use std::collections::BTreeMap;
use std::time::Duration;

/// The number of a record.
pub(super) type Id = u64;

/// Every write gives the record that it writes a value that no other gives.
pub(super) type Value = u64;

/// The number of a unit.
pub(super) type Revision = u64;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Which process was called.
    pub(super) process: usize,
    /// Both since the beginning of the run.
    pub(super) begun: Duration,
    pub(super) ended: Duration,
    pub(super) what: What,
    pub(super) required: Required,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Create(Value),
    Update(Id, Value),
    Delete(Id),
    Read(Id),
    List,
}

/// The revision that a call requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Required {
    None,
    Revision(Revision),
    Latest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done, or shows what was the case at a revision.
    Answered { revision: Revision, age: Duration, shown: Shown },
    /// It was refused, and nothing has happened.
    Refused,
    /// What has become of it is not known.
    Unknown,
}

/// What an answer shows of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    /// The record that was made.
    Made(Id),
    /// The value of a record, or that it is not there.
    One(Id, Option<Value>),
    /// All that there are.
    All(BTreeMap<Id, Value>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Create,
    Update,
    Delete,
}

impl What {
    /// Of a call that writes, what the log has of it: the kind, and the record if that is known before.
    pub(super) fn written(self) -> Option<(Kind, Option<Id>)> {
        match self {
            Self::Create(_) => Some((Kind::Create, None)),
            Self::Update(id, _) => Some((Kind::Update, Some(id))),
            Self::Delete(id) => Some((Kind::Delete, Some(id))),
            Self::Read(_) | Self::List => None,
        }
    }

    /// The value that it gives a record.
    pub(super) fn value(self) -> Option<Value> {
        match self {
            Self::Create(value) | Self::Update(_, value) => Some(value),
            _ => None,
        }
    }
}

/// An entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) revision: Revision,
    pub(super) kind: Kind,
    pub(super) id: Id,
}

/// A whole run.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) calls: Vec<Call>,
    /// From the beginning of the run to its end.
    pub(super) log: Vec<Entry>,
    /// The records and their values in the end.
    pub(super) in_the_end: BTreeMap<Id, Value>,
    /// How old what is answered may be.
    pub(super) max_lag: Duration,
}
