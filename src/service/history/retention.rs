//! How far back the history reaches.

use std::ops::ControlFlow;
use std::time::Duration;

use super::super::Unit;
use crate::engine::{Direction, ReadTx as _, WriteTx as _, records};
use crate::error::Result;

/// How far back the change log and the history reach. Each write removes up to two entries that are no longer kept, so the
/// store never stops for it. The last entry stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retention {
    /// To the beginning.
    All,
    /// The last so many changes.
    Changes(u64),
    /// The changes of so much time.
    Time(Duration),
}

impl Default for Retention {
    /// The last 10 000 changes.
    fn default() -> Self {
        Self::Changes(10_000)
    }
}

/// How many entries a unit removes at most: one for the one that it adds, and another, so that a shorter retention than before
/// is reached in time.
const AT_A_TIME: usize = 2;

impl Unit<'_> {
    /// Removes the oldest entries of the log that are no longer kept once this unit has added its own. A log that several
    /// owners write is cut by its engine, so that they do not all remove the same entries.
    pub(in crate::service) fn forget(&mut self) -> Result<()> {
        let is_shared = self.service.engine.capabilities().several_owners;
        if is_shared || self.service.retention == Retention::All {
            return Ok(());
        }
        let (own, mut over) = (self.tx.number()? + 1, Vec::new());
        self.tx.log(0, Direction::Ascending, &mut |number, bytes| {
            let is_over = match self.service.retention {
                Retention::All => false,
                Retention::Changes(most) => number.saturating_add(most) <= own,
                Retention::Time(time) => {
                    let age =
                        self.now.unix_millis().saturating_sub(records::time_of(number, bytes)?.unix_millis());
                    u128::try_from(age).is_ok_and(|age| age > time.as_millis())
                }
            };
            if is_over {
                over.push(number);
            }
            let is_done = !is_over || over.len() == AT_A_TIME;
            Ok(if is_done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        over.into_iter().try_for_each(|number| self.tx.forget(number))
    }
}
