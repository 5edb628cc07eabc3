//! An engine over a `BTreeMap`: nothing lasts, and every other engine must behave as it does.

use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::one_owner::{Arrivals, OneOwner, RawRead, RawVisit, RawWrite};
use super::overlay::{Changes, End, Gathering};
use super::{Direction, Snapshot};
use crate::error::Result;

/// The engine: readers share the map as it was when they began, one writer at a time changes it.
#[derive(Debug, Default)]
pub struct MemoryEngine {
    entries: RwLock<Snapshot>,
    writer: Mutex<()>,
    arrivals: Arrivals,
}

impl MemoryEngine {
    fn now(&self) -> Snapshot {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OneOwner for MemoryEngine {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        Ok(Box::new(self.now()))
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        let turn = Turn { engine: self, _turn: self.turn() };
        Ok(Box::new(Gathering::new(self.now(), turn)))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn raw_snapshot(&self) -> Result<Snapshot> {
        Ok(self.now())
    }
}

impl RawRead for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(key).map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        let mut range = self.0.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let mut next = || match direction {
            Direction::Ascending => range.next(),
            Direction::Descending => range.next_back(),
        };
        while let Some((key, value)) = next() {
            if visit(key, value)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// That one writer at a time changes the engine.
struct Turn<'e> {
    engine: &'e MemoryEngine,
    _turn: MutexGuard<'e, ()>,
}

impl End for Turn<'_> {
    fn commit(self, changes: Changes) -> Result<()> {
        let mut entries = self.engine.entries.write().unwrap_or_else(PoisonError::into_inner);
        // Copies the map only if a reader or a snapshot still holds it.
        let entries = Arc::make_mut(&mut entries.0);
        for (key, change) in changes {
            match change {
                Some(value) => entries.insert(key, value),
                None => entries.remove(&key),
            };
        }
        Ok(())
    }

    fn release(self) -> Result<()> {
        Ok(())
    }
}
