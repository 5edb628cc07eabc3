//! A writing transaction that remembers what the records were that it changes.

use std::collections::BTreeMap;

use super::records::{Image, is_of_record};
use super::{Snapshot, Value, WriteTx, reads_through};
use crate::error::Result;

/// How many bytes of older records are remembered at most: a unit that changes more, such as one that removes a large
/// tenant, keeps no images.
const MOST_BYTES: usize = 1 << 20;

/// The transaction, and what it has changed.
pub(crate) struct Recording<'a> {
    tx: Box<dyn WriteTx + 'a>,
    /// Each record that has been changed; `None` if that is too much to be kept.
    changed: Option<BTreeMap<Vec<u8>, Changed>>,
    bytes: usize,
    /// How often anything was put or deleted.
    writes: usize,
}

/// What a record was and what it is.
pub(crate) struct Changed {
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Vec<u8>>,
}

impl<'a> Recording<'a> {
    pub(crate) fn new(tx: Box<dyn WriteTx + 'a>) -> Self {
        Self { tx, changed: Some(BTreeMap::new()), bytes: 0, writes: 0 }
    }

    /// What the records were that have been changed, in the order of their keys; `None` if that is not kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`](crate::error::ErrorKind::Corrupt) if one cannot be read.
    pub(crate) fn images(&self) -> Result<Option<Vec<Image>>> {
        let Some(changed) = &self.changed else { return Ok(None) };
        // What this unit has both created and deleted was never there.
        let was_ever = changed.iter().filter(|(_, record)| record.before.is_some() || record.after.is_some());
        let image = |(key, Changed { before, after }): (&Vec<u8>, &Changed)| {
            Image::of(key, before.as_ref().map(Value::as_ref), after.as_deref())
        };
        was_ever.map(image).collect::<Result<_>>().map(Some)
    }

    /// The records that have been changed, in the order of their keys: what each was and what it is; `None` if that is too much
    /// to be kept.
    pub(crate) fn changed(&self) -> Option<impl Iterator<Item = (&[u8], &Changed)>> {
        Some(self.changed.as_ref()?.iter().map(|(key, changed)| (&**key, changed)))
    }

    /// How often anything was put or deleted: no fewer than there are entries that have changed.
    pub(crate) fn writes(&self) -> usize {
        self.writes
    }

    /// Keeps no images: what was changed cannot be undone.
    pub(crate) fn keep_no_images(&mut self) {
        self.changed = None;
    }

    /// Notes what becomes of a record.
    fn note(&mut self, key: &[u8], after: Option<&[u8]>) -> Result<()> {
        self.writes += 1;
        let Some(changed) = self.changed.as_mut().filter(|_| is_of_record(key)) else { return Ok(()) };
        if let Some(record) = changed.get_mut(key) {
            record.after = after.map(<[u8]>::to_vec);
            return Ok(());
        }
        let before = self.tx.get(key)?;
        self.bytes += key.len() + before.as_ref().map_or(0, |before| before.bytes.len());
        if self.bytes > MOST_BYTES {
            self.changed = None;
        } else {
            changed.insert(key.to_vec(), Changed { before, after: after.map(<[u8]>::to_vec) });
        }
        Ok(())
    }
}

reads_through!(Recording<'_>);

impl WriteTx for Recording<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.note(key, Some(value))?;
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.note(key, None)?;
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
        self.keep_no_images();
        self.tx.restore(snapshot)
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        self.tx.forget(number)
    }
}
