//! What an import does.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::excerpt;
use crate::model::Id;

/// What an import does to a store, found out before it is done: [`IdpStore::plan_import`](crate::IdpStore::plan_import).
pub struct ImportPlan {
    /// The document.
    pub(super) text: Zeroizing<String>,
    /// The number of the last change of the store for which the plan was made.
    pub(super) base: u64,
    /// Whether records that the document does not list are deleted.
    pub(super) prune: bool,
    pub(super) effects: Effects,
}

/// What an import does, record by record.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) planned: Vec<PlannedRecord>,
    pub(super) unchanged: u64,
    pub(super) cannot_sign: Vec<String>,
}

impl Effects {
    /// Adds those of a later step.
    pub(super) fn add(&mut self, later: Self) {
        self.planned.extend(later.planned);
        self.unchanged += later.unchanged;
        self.cannot_sign.extend(later.cannot_sign);
    }
}

/// What happens to one record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedRecord {
    /// What happens.
    pub outcome: Outcome,
    /// What kind of record it is: `provider`, `trusted key` and so on.
    pub noun: &'static str,
    /// Its name, login or key id.
    pub name: String,
    /// Whose record it is.
    pub tenant: Id,
    /// Where it is in the document, as a JSON Pointer; of what is refused the member at fault. Empty for what is deleted.
    pub place: String,
    /// What changes in it, without secrets.
    pub members: Vec<MemberChange>,
    /// Why it is refused: a clause in lower case.
    pub reason: Option<String>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It is new.
    Created,
    /// It becomes another.
    Changed,
    /// It is not in the document, and is deleted.
    Deleted,
    /// It breaks a rule. A plan with such a record cannot be carried out.
    Refused,
}

impl Outcome {
    /// The name for machines, such as `created`. It never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Refused => "refused",
        }
    }
}

/// A member of a record that changes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct MemberChange {
    /// Its place in the record, as a JSON Pointer.
    pub pointer: String,
    /// What it was; null if it was not there, or is a secret.
    pub before: Value,
    /// What it becomes; null if it goes, or is a secret.
    pub after: Value,
}

impl ImportPlan {
    /// All changes, in the order of the document; records that stay as they are are not listed.
    #[must_use]
    pub fn planned(&self) -> &[PlannedRecord] {
        &self.effects.planned
    }

    /// How many records of the document are in the store as they are.
    #[must_use]
    pub fn unchanged(&self) -> u64 {
        self.effects.unchanged
    }

    /// The `kid`s of signing keys that are created without their private parts: they are kept, and cannot sign.
    #[must_use]
    pub fn cannot_sign(&self) -> &[String] {
        &self.effects.cannot_sign
    }

    /// Whether nothing is refused.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.planned().iter().all(|planned| planned.outcome != Outcome::Refused)
    }
}

impl fmt::Debug for ImportPlan {
    // The document may hold private keys.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ImportPlan")
            .field("base", &self.base)
            .field("prune", &self.prune)
            .field("effects", &self.effects)
            .finish_non_exhaustive()
    }
}

/// What the neutral API answers.
impl Serialize for ImportPlan {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("ImportPlan", 4)?;
        members.serialize_field("possible", &self.is_possible())?;
        members.serialize_field("planned", self.planned())?;
        members.serialize_field("unchanged", &self.unchanged())?;
        members.serialize_field("cannot_sign", self.cannot_sign())?;
        members.end()
    }
}

/// All that is known, and in `line` the same in one line for people.
impl Serialize for PlannedRecord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("PlannedRecord", 8)?;
        members.serialize_field("outcome", &self.outcome)?;
        members.serialize_field("kind", self.noun)?;
        members.serialize_field("name", &self.name)?;
        members.serialize_field("tenant", &self.tenant.to_string())?;
        members.serialize_field("place", &self.place)?;
        members.serialize_field("members", &self.members)?;
        members.serialize_field("reason", &self.reason)?;
        members.serialize_field("line", &self.to_string())?;
        members.end()
    }
}

/// One line: `+ provider Partner`, `~ provider Partner name: "a" -> "b"`, `- …` or `! refused …`.
impl fmt::Display for PlannedRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.outcome {
            Outcome::Created => "+",
            Outcome::Changed => "~",
            Outcome::Deleted => "-",
            Outcome::Refused => "! refused",
        };
        let name = excerpt(&self.name).replace(char::is_control, " ");
        write!(out, "{sign} {} {name}", self.noun)?;
        for (position, member) in self.members.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            let name = member.pointer.trim_start_matches('/');
            write!(out, "{separator} {}: ", excerpt(name))?;
            let [before, after] = [&member.before, &member.after].map(Value::to_string);
            if before == after {
                out.write_str("another secret")?;
            } else {
                write!(out, "{} -> {}", excerpt(&before), excerpt(&after))?;
            }
        }
        if let Some(reason) = &self.reason {
            let at = if self.place.is_empty() { "" } else { " at " };
            write!(out, "{at}{}: {reason}", self.place)?;
        }
        Ok(())
    }
}
