//! What a call has seen of a store to which other processes write, too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Service;
use crate::engine::ReadTx;
use crate::error::Result;

/// Notes the transactions of a call. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    /// The number of the last unit that was seen, if anything was.
    last: Option<u64>,
    is_written: bool,
}

impl Seen {
    /// The number of the last unit of which anything was seen; none if nothing was read. All that any of the call's
    /// transactions has seen is there in a store that shows this unit.
    pub(crate) fn revision(&self) -> Option<u64> {
        self.noted().last
    }

    /// Whether the call has committed a unit.
    pub(crate) fn is_written(&self) -> bool {
        self.noted().is_written
    }

    fn note(&self, number: u64, is_written: bool) {
        let mut noted = self.noted();
        noted.last = noted.last.max(Some(number));
        noted.is_written |= is_written;
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// The same service, whose transactions are noted there.
    pub(crate) fn seen_by(&self, seen: &Seen) -> Self {
        Self { seen: Some(seen.clone()), ..self.clone() }
    }

    /// Begins to read.
    pub(super) fn begin_reading(&self) -> Result<Box<dyn ReadTx + '_>> {
        let tx = self.engine.read()?;
        self.note_seen(&*tx)?;
        Ok(tx)
    }

    /// Notes what a transaction sees.
    pub(super) fn note_seen(&self, tx: &dyn ReadTx) -> Result<()> {
        if let Some(seen) = &self.seen {
            seen.note(tx.number()?, false);
        }
        Ok(())
    }

    /// Notes that a unit was committed.
    pub(super) fn note_written(&self, number: u64) {
        if let Some(seen) = &self.seen {
            seen.note(number, true);
        }
    }
}
