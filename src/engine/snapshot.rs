//! Everything that an engine holds at one moment, kept apart: a test goes back to it before the next one begins.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::keyspace::tag;
use super::one_owner::{RawRead, RawWrite, log_key, read, stamped};
use super::{Direction, ReadTx, Scan, WriteTx};
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
    pub(super) fn of(tx: &dyn RawRead) -> Result<Self> {
        let mut entries = Entries::new();
        tx.scan(&[], END, Direction::Ascending, &mut |key, value| {
            entries.insert(key.into(), value.into());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Self(Arc::new(entries)))
    }

    /// What a transaction sees, of an engine that is not made of such entries.
    pub(super) fn of_units(tx: &dyn ReadTx) -> Result<Self> {
        let mut entries = Entries::new();
        tx.scan(Scan::ascending(&[], END), &mut |key, value| {
            entries.insert(key.into(), stamped(value.bytes, value.version).into());
            Ok(ControlFlow::Continue(()))
        })?;
        tx.log(0, Direction::Ascending, &mut |number, entry| {
            entries.insert(log_key(number).bytes().into(), stamped(entry, number).into());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Self(Arc::new(entries)))
    }

    /// Makes a transaction of such an engine see the values of this and no others, each with the version that it has or gets there.
    /// The log stays as it is.
    ///
    /// # Errors
    ///
    /// Those of the transaction.
    pub fn put_values(&self, tx: &mut dyn WriteTx) -> Result<()> {
        let now = Self::of_units(tx)?;
        let is_value = |key: &[u8]| key.first() != Some(&tag::CHANGE);
        for key in now.0.keys().filter(|key| is_value(key) && !self.0.contains_key(*key)) {
            tx.delete(key)?;
        }
        for (key, stored) in self.0.iter().filter(|(key, _)| is_value(key)) {
            let value = read(stored);
            if now.0.get(key).is_none_or(|its| read(its).bytes != value.bytes) {
                tx.put(key, &value)?;
            }
        }
        Ok(())
    }

    /// Makes a transaction see this and nothing else. Only what differs is written, and only that is held in memory.
    pub(crate) fn put(&self, tx: &mut dyn RawWrite) -> Result<()> {
        let mut wanted = self.0.iter().peekable();
        let mut differing: Vec<(&[u8], &[u8])> = Vec::new();
        let mut surplus: Vec<Vec<u8>> = Vec::new();
        tx.scan(&[], END, Direction::Ascending, &mut |key, value| {
            while let Some((missing, its)) = wanted.next_if(|(wanted, _)| ***wanted < *key) {
                differing.push((missing, its));
            }
            match wanted.next_if(|(wanted, _)| ***wanted == *key) {
                // In memory it is often the very same value: then none of it is read.
                Some((_, its)) if std::ptr::eq(&raw const **its, value) || **its == *value => {}
                Some((key, its)) => differing.push((key, its)),
                None => surplus.push(key.to_vec()),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        differing.extend(wanted.map(|(key, value)| (&**key, &**value)));
        surplus.iter().try_for_each(|key| tx.delete(key))?;
        differing.iter().try_for_each(|(key, value)| tx.put(key, value))
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
    use crate::engine::MemoryEngine;
    use crate::engine::RedbEngine;
    use crate::engine::one_owner::OneOwner;

    fn write(engine: &dyn OneOwner, entries: &[(&[u8], Option<&[u8]>)]) {
        let mut tx = engine.raw_write().unwrap();
        for (key, value) in entries {
            match value {
                Some(value) => tx.put(key, value).unwrap(),
                None => tx.delete(key).unwrap(),
            }
        }
        tx.commit().unwrap();
    }

    fn restore(engine: &dyn OneOwner, snapshot: &Snapshot) {
        let mut tx = engine.raw_write().unwrap();
        snapshot.put(&mut *tx).unwrap();
        tx.commit().unwrap();
    }

    fn goes_back(engine: &dyn OneOwner) {
        write(engine, &[(b"a", Some(b"1")), (b"b", Some(b"2"))]);
        let before = engine.raw_snapshot().unwrap();
        write(engine, &[(b"a", Some(b"3")), (b"b", None), (b"c", Some(b"4"))]);
        restore(engine, &before);
        assert_eq!(engine.raw_snapshot().unwrap().0, before.0);
        write(engine, &[(b"d", Some(b"5"))]);
        assert_eq!(before.0.len(), 2, "a snapshot does not change");
        restore(engine, &Snapshot::default());
        assert!(engine.raw_snapshot().unwrap().0.is_empty());
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
        restore(&to, &from.raw_snapshot().unwrap());
        assert_eq!(to.raw_read().unwrap().get(b"a").unwrap().as_deref(), Some(&b"1"[..]));
    }

    #[test]
    fn debug_tells_no_secrets() {
        let engine = MemoryEngine::default();
        write(&engine, &[(b"key", Some(b"hush"))]);
        let shown = format!("{engine:?}");
        assert!(shown.contains("entries: 1") && !shown.contains("104"), "{shown}");
    }
}
