//! An engine over a `BTreeMap`: nothing lasts, and every other engine must behave as it does.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::{Engine, ReadTx, Snapshot, Visit, WriteTx};
use crate::error::Result;

/// The engine: readers share the map as it was when they began, one writer at a time changes it.
#[derive(Debug, Default)]
pub struct MemoryEngine {
    entries: RwLock<Snapshot>,
    writer: Mutex<()>,
}

impl MemoryEngine {
    fn now(&self) -> Snapshot {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for MemoryEngine {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(self.now()))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        let turn = self.turn();
        Ok(Box::new(Writer { engine: self, before: self.now(), changes: BTreeMap::new(), _turn: turn }))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        Ok(self.now())
    }

    fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        let _turn = self.turn();
        *self.entries.write().unwrap_or_else(PoisonError::into_inner) = snapshot.clone();
        Ok(())
    }
}

impl ReadTx for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(key).map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        for (key, value) in self.0.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to))) {
            if visit(key, value)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Keeps its changes apart (`None` for a removed key) until they are committed.
struct Writer<'e> {
    engine: &'e MemoryEngine,
    before: Snapshot,
    changes: BTreeMap<Arc<[u8]>, Option<Arc<[u8]>>>,
    _turn: MutexGuard<'e, ()>,
}

impl ReadTx for Writer<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(match self.changes.get(key) {
            Some(change) => change.as_deref().map(<[u8]>::to_vec),
            None => return self.before.get(key),
        })
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        let bounds = (Bound::Included(from), Bound::Excluded(to));
        let mut old = self.before.0.range::<[u8], _>(bounds).peekable();
        let mut new = self.changes.range::<[u8], _>(bounds).peekable();
        loop {
            // The smaller key is next; a change hides what was there before under the same key.
            let next = match (old.peek(), new.peek()) {
                (Some((before, _)), Some((after, _))) if before < after => {
                    old.next().map(|(k, v)| (k, Some(v)))
                }
                (Some((before, _)), Some((after, _))) => {
                    if before == after {
                        old.next();
                    }
                    new.next().map(|(k, v)| (k, v.as_ref()))
                }
                (Some(_), None) => old.next().map(|(k, v)| (k, Some(v))),
                (None, _) => new.next().map(|(k, v)| (k, v.as_ref())),
            };
            match next {
                None => return Ok(()),
                Some((_, None)) => {}
                Some((key, Some(value))) => {
                    if let ControlFlow::Break(()) = visit(key, value)? {
                        return Ok(());
                    }
                }
            }
        }
    }
}

impl WriteTx for Writer<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.changes.insert(key.into(), Some(value.into()));
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.changes.insert(key.into(), None);
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { engine, before, changes, _turn } = *self;
        drop(before);
        let mut entries = engine.entries.write().unwrap_or_else(PoisonError::into_inner);
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
}
