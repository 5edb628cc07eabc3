//! Ordered keys to bytes, in transactions: keep, never interpret. May import: `error`, `pki`, `env`, `model`.
//!
//! [`Engine`] is the seam; [`redb`] and [`memory`] implement it, and both pass the suite in
//! `testing`. `records` is the only place that knows both the model and the bytes.

mod contained;
mod file;
pub mod group_commit;
pub mod keyspace;
pub mod memory;
pub(crate) mod migrate;
mod overlay;
pub(crate) mod records;
pub mod redb;
mod rehearsal;
pub mod reopening;
pub mod snapshot;
pub(crate) mod tables;

pub use snapshot::Snapshot;

use std::fmt::Debug;
use std::ops::ControlFlow;

use crate::error::Result;

/// Called with each key and value of a scan; breaks off the scan when it has seen enough.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>> + 'a;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key to the largest.
    Ascending,
    /// From the largest key to the smallest. What it costs depends on what is visited, not on what lies before.
    Descending,
}

/// An ordered map from bytes to bytes, read and changed in transactions.
///
/// A reader sees the state of the moment in which it began, however long it lives. Writers follow one another:
/// either `write` waits until the one before has ended, or `commit` fails with
/// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) and nothing of it happens. What was committed
/// stays, whatever happens to the process.
pub trait Engine: Debug + Send + Sync {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn read(&self) -> Result<Box<dyn ReadTx + '_>>;

    /// Begins to write. What is not committed is forgotten.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn write(&self) -> Result<Box<dyn WriteTx + '_>>;

    /// Everything that the engine holds now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::of(&*self.read()?)
    }
}

/// A reading transaction.
pub trait ReadTx {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// Visits all keys from `from` (inclusive) to `to` (exclusive), one way or the other: `from` is the smaller
    /// bound in both. `visit` may itself read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails, and whatever `visit`
    /// fails with.
    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut Visit<'_>) -> Result<()>;
}

/// A writing transaction; it reads what it has written.
pub trait WriteTx: ReadTx {
    /// Sets the value of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()>;

    /// Removes a key, if it is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn delete(&mut self, key: &[u8]) -> Result<()>;

    /// Makes everything that was written lasting and visible, at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) if another writer was faster,
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn commit(self: Box<Self>) -> Result<()>;

    /// Ends without any change. Everything that was read is lasting when this returns, so that a caller may be told of
    /// it: an engine whose writers read what is not yet lasting waits for that here.
    ///
    /// # Errors
    ///
    /// As [`WriteTx::commit`] of what was read.
    fn release(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

impl<R: ReadTx + ?Sized> ReadTx for Box<R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut Visit<'_>) -> Result<()> {
        (**self).scan(from, to, direction, visit)
    }
}

/// A shared engine is an engine.
impl<E: Engine + ?Sized> Engine for &E {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        (**self).read()
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        (**self).write()
    }

    fn snapshot(&self) -> Result<Snapshot> {
        (**self).snapshot()
    }
}
