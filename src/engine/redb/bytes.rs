//! Snapshots as the bytes of a store file, and files made small.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ::redb::StorageBackend;

use super::{RedbEngine, failed, opening};
use crate::engine::one_owner::OneOwner as _;
use crate::engine::{Engine as _, Snapshot, migrate};
use crate::error::Result;

/// Bytes in memory, which stay when the database is closed.
#[derive(Clone, Debug, Default)]
struct Bytes(Arc<RwLock<Vec<u8>>>);

impl Bytes {
    fn read(&self) -> RwLockReadGuard<'_, Vec<u8>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<u8>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn range(offset: u64, length: usize) -> Option<Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    Some(start..start.checked_add(length)?)
}

impl StorageBackend for Bytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.read().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = Self::read(self);
        let part = range(offset, out.len()).and_then(|range| bytes.get(range));
        out.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let bytes = &mut *Self::write(self);
        bytes
            .try_reserve_exact(length.saturating_sub(bytes.len()))
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(length, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut bytes = Self::write(self);
        let part = range(offset, data.len()).and_then(|range| bytes.get_mut(range));
        part.ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        Ok(())
    }
}

impl Snapshot {
    /// The bytes of a store file that holds this: written to a file, it opens as a store, also in the package for JavaScript.
    /// They hold all secrets.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::engine::Snapshot;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let bytes = store.snapshot()?.to_bytes()?;
    /// assert_eq!(Snapshot::from_bytes(&bytes)?, store.snapshot()?);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) if there is no memory for them.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let bytes = Bytes::default();
        let engine = RedbEngine::backend(bytes.clone())?;
        let mut tx = engine.raw_write()?;
        self.put(&mut *tx)?;
        tx.commit()?;
        drop(engine); // which ends the file well
        let bytes = std::mem::take(&mut *bytes.write());
        Ok(bytes)
    }

    /// What a store file with these bytes holds; one that an older release wrote is brought up to date.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) or [`ErrorKind::NotAStore`](crate::ErrorKind::NotAStore) if they are no
    /// sound store file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let engine = RedbEngine::backend(Bytes(Arc::new(RwLock::new(bytes.to_vec()))))?;
        migrate::bring_up_to_date(&engine)?;
        engine.snapshot()
    }
}

impl RedbEngine {
    /// Makes the store file at `path` as small as it can be. It must not be open.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`], and [`ErrorKind::Storage`](crate::ErrorKind::Storage) if there is no file.
    pub fn compact(path: impl AsRef<Path>) -> Result<()> {
        path.as_ref().metadata().map_err(|cause| opening(cause.into()))?; // or an empty store would be made
        Self::file(path)?.compacted()
    }

    /// Closes the store once it is as small as it can be.
    fn compacted(self) -> Result<()> {
        let Self { database, _lock, .. } = self;
        database.finish(|mut database| {
            while database.compact().map_err(failed)? {}
            Ok(())
        })
    }
}
