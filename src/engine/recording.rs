//! A writing transaction that remembers what the records were that it changes.

use std::collections::BTreeMap;

use super::records::{Image, is_of_record};
use super::{Direction, ReadTx, Snapshot, Value, Visit, VisitLog, WriteTx};
use crate::error::Result;

/// How many bytes of records are remembered at most: a unit that changes more, such as one that removes a large tenant,
/// keeps no images.
const MOST_BYTES: usize = 1 << 20;

/// The transaction, and what it has changed.
pub(crate) struct Recording<'a> {
    tx: Box<dyn WriteTx + 'a>,
    /// What each record was that has been changed; `None` if that is too much to be kept.
    before: Option<BTreeMap<Vec<u8>, Option<Value>>>,
    bytes: usize,
}

impl<'a> Recording<'a> {
    pub(crate) fn new(tx: Box<dyn WriteTx + 'a>) -> Self {
        Self { tx, before: Some(BTreeMap::new()), bytes: 0 }
    }

    /// What the records were that have been changed, in the order of their keys; `None` if that is not kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`](crate::error::ErrorKind::Corrupt) if one cannot be read, and those of the storage.
    pub(crate) fn images(&self) -> Result<Option<Vec<Image>>> {
        let Some(before) = &self.before else { return Ok(None) };
        let mut images = Vec::new();
        for (key, before) in before {
            let after = self.tx.get(key)?;
            // What this unit has both created and deleted was never there.
            if before.is_some() || after.is_some() {
                images.push(Image::of(
                    key,
                    before.as_ref().map(Value::as_ref),
                    after.map(|after| after.bytes).as_deref(),
                )?);
            }
        }
        Ok(Some(images))
    }

    /// Remembers what is at a key before it is changed.
    fn remember(&mut self, key: &[u8]) -> Result<()> {
        let Some(before) = self.before.as_mut().filter(|_| is_of_record(key)) else { return Ok(()) };
        if before.contains_key(key) {
            return Ok(());
        }
        let value = self.tx.get(key)?;
        self.bytes += key.len() + value.as_ref().map_or(0, |value| value.bytes.len());
        if self.bytes > MOST_BYTES {
            self.before = None;
        } else {
            before.insert(key.to_vec(), value);
        }
        Ok(())
    }
}

impl ReadTx for Recording<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.tx.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut Visit<'_>) -> Result<()> {
        self.tx.scan(from, to, direction, visit)
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.tx.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        self.tx.number()
    }
}

impl WriteTx for Recording<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.remember(key)?;
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.remember(key)?;
        self.tx.delete(key)
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        self.tx.commit(entry)
    }

    fn release(self: Box<Self>) -> Result<()> {
        self.tx.release()
    }

    /// Not remembered: a store that goes back begins a new line.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.before = None;
        self.tx.restore(snapshot)
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        self.tx.forget(number)
    }
}
