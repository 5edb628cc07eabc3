//! The log: one entry for each unit of work.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::unreadable;
use crate::engine::keyspace;
use crate::engine::one_owner::log_key;
use crate::engine::{Direction, ReadTx};
use crate::error::Result;
use crate::model::{Change, ChangeKind, Id};
use crate::pki::Timestamp;

/// What the log holds of a unit of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// When it happened.
    pub(crate) time: Timestamp,
    /// The dialect through which it was done, or `library`.
    pub(crate) actor: String,
    /// The last id that the store has given out, in this unit or before.
    pub(crate) last_id: Id,
    /// What was done.
    pub(crate) changes: Vec<Step>,
}

/// A part of a unit of work, as [`Change`] shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Whose record it was.
    pub(crate) tenant: Id,
    /// What was done.
    pub(crate) kind: ChangeKind,
    /// To which record.
    pub(crate) subject: Id,
    /// Which key, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
}

impl Entry {
    /// The changes of the unit with this number.
    fn changes(self, number: u64) -> impl Iterator<Item = Change> {
        let Self { time, actor, changes, .. } = self;
        changes.into_iter().map(move |Step { tenant, kind, subject, kid }| Change {
            sequence: number,
            time,
            tenant,
            actor: actor.clone(),
            kind,
            subject,
            kid,
        })
    }
}

/// The entry of the unit with this number, which these bytes hold.
fn entry(number: u64, bytes: &[u8]) -> Result<Entry> {
    keyspace::decode(bytes).map_err(|error| error.context(unreadable(log_key(number).bytes())))
}

/// The last id that was given out, as the log knows it; `None` if there is no entry yet.
pub(crate) fn last_id(tx: &dyn ReadTx) -> Result<Option<Id>> {
    let mut last = None;
    tx.log(0, Direction::Descending, &mut |number, bytes| {
        last = Some(entry(number, bytes)?.last_id);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(last)
}

/// The changes of the units with the number `from` or a higher one, up to `limit`; those of the last unit are given whole.
pub(crate) fn changes(tx: &dyn ReadTx, from: u64, limit: usize) -> Result<Vec<Change>> {
    let mut found = Vec::new();
    tx.log(from, Direction::Ascending, &mut |number, bytes| {
        if found.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        found.extend(entry(number, bytes)?.changes(number));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
