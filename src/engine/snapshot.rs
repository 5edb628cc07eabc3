//! Everything that an engine holds at one moment, kept apart: a test goes back to it before the next one begins.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Direction, ReadTx, WriteTx};
use crate::error::Result;

/// Keys and values are shared, so that a copy of the map copies none of them.
pub(super) type Entries = BTreeMap<Arc<[u8]>, Arc<[u8]>>;

/// After all keys: they begin with a tag, which is a letter or `#`.
const END: &[u8] = &[0xff];

/// What an engine held when it was taken. Cloning it is cheap.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Snapshot(pub(super) Arc<Entries>);

impl Snapshot {
    /// What a transaction sees.
    pub(super) fn of(tx: &dyn ReadTx) -> Result<Self> {
        let mut entries = Entries::new();
        tx.scan(&[], END, Direction::Ascending, &mut |key, value| {
            entries.insert(key.into(), value.into());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Self(Arc::new(entries)))
    }

    /// Makes a transaction see this and nothing else.
    pub(super) fn put(&self, tx: &mut dyn WriteTx) -> Result<()> {
        let before = Self::of(tx)?;
        for key in before.0.keys().filter(|key| !self.0.contains_key(*key)) {
            tx.delete(key)?;
        }
        for (key, value) in self.0.iter().filter(|(key, value)| before.0.get(*key) != Some(value)) {
            tx.put(key, value)?;
        }
        Ok(())
    }
}

/// How much there is; what it says may be secret.
impl Debug for Snapshot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Snapshot").field("entries", &self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::engine::memory::MemoryEngine;
    use crate::engine::redb::RedbEngine;

    fn write(engine: &dyn Engine, entries: &[(&[u8], Option<&[u8]>)]) {
        let mut tx = engine.write().unwrap();
        for (key, value) in entries {
            match value {
                Some(value) => tx.put(key, value).unwrap(),
                None => tx.delete(key).unwrap(),
            }
        }
        tx.commit().unwrap();
    }

    fn goes_back(engine: &dyn Engine) {
        write(engine, &[(b"a", Some(b"1")), (b"b", Some(b"2"))]);
        let before = engine.snapshot().unwrap();
        write(engine, &[(b"a", Some(b"3")), (b"b", None), (b"c", Some(b"4"))]);
        engine.restore(&before).unwrap();
        assert_eq!(engine.snapshot().unwrap().0, before.0);
        write(engine, &[(b"d", Some(b"5"))]);
        assert_eq!(before.0.len(), 2, "a snapshot does not change");
        engine.restore(&Snapshot::default()).unwrap();
        assert!(engine.snapshot().unwrap().0.is_empty());
    }

    #[test]
    fn every_engine_goes_back_to_a_snapshot() {
        goes_back(&MemoryEngine::default());
        goes_back(&RedbEngine::in_memory().unwrap());
    }

    #[test]
    fn a_snapshot_of_one_engine_fits_another() {
        let (from, to) = (MemoryEngine::default(), RedbEngine::in_memory().unwrap());
        write(&from, &[(b"a", Some(b"1"))]);
        to.restore(&from.snapshot().unwrap()).unwrap();
        assert_eq!(to.read().unwrap().get(b"a").unwrap().as_deref(), Some(&b"1"[..]));
    }

    #[test]
    fn debug_tells_no_secrets() {
        let engine = MemoryEngine::default();
        write(&engine, &[(b"key", Some(b"hush"))]);
        let shown = format!("{engine:?}");
        assert!(shown.contains("entries: 1") && !shown.contains("104"), "{shown}");
    }
}
