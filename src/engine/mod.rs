//! Ordered keys to bytes, in transactions: keep, never interpret. May import: `error`, `pki`, `env`, `model`.
//!
//! [`Engine`] is the seam; [`RedbEngine`] and [`MemoryEngine`] implement it, and both pass the suite in
//! `testing`. `records` is the only place that knows both the model and the bytes.

mod contained;
pub(crate) mod copying;
mod file;
mod group_commit;
pub mod keyspace;
mod memory;
pub(crate) mod migrate;
pub(crate) mod one_owner;
pub(crate) mod overlay;
pub(crate) mod past;
pub(crate) mod recording;
pub(crate) mod records;
mod redb;
mod reopening;
pub(crate) mod sealed;
mod snapshot;
pub(crate) mod tables;

pub use self::redb::{BackendError, ReadBeside, RedbEngine, StorageBackend};
pub use group_commit::GroupCommit;
pub use memory::MemoryEngine;
pub use one_owner::{Arrivals, OneOwner, RawRead, RawVisit, RawWrite};
pub use reopening::{Event, Reopening};
pub use sealed::{HostWrap, KeyWrap, SealedDocument, is_sealed_document, open_document};
pub use snapshot::Snapshot;
pub use tables::tenant_of;

use std::fmt::Debug;
use std::ops::{ControlFlow, Deref};
use std::time::Duration;

use crate::error::Result;

/// Called with each key and value of a scan; breaks off the scan when it has seen enough.
pub type Visit<'a> = dyn FnMut(&[u8], Value<&[u8]>) -> Result<ControlFlow<()>> + 'a;

/// Called with the number of each unit in the log and its entry; breaks off when it has seen enough.
pub type VisitLog<'a> = dyn FnMut(u64, &[u8]) -> Result<ControlFlow<()>> + 'a;

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key to the largest.
    Ascending,
    /// From the largest key to the smallest. What it costs depends on what is visited, not on what is before it.
    Descending,
}

/// Which entries a scan visits, and in which order.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'k> {
    /// The smallest key that may be visited, whichever way the scan goes.
    pub from: &'k [u8],
    /// The first key after it that may not.
    pub to: &'k [u8],
    /// Which way it goes.
    pub direction: Direction,
    /// How many entries are visited at most.
    pub limit: usize,
}

impl<'k> Scan<'k> {
    /// All entries between two keys, from the smallest on.
    #[must_use]
    pub fn ascending(from: &'k [u8], to: &'k [u8]) -> Self {
        Self { from, to, direction: Direction::Ascending, limit: usize::MAX }
    }

    /// All entries between two keys, from the largest on.
    #[must_use]
    pub fn descending(from: &'k [u8], to: &'k [u8]) -> Self {
        Self { direction: Direction::Descending, ..Self::ascending(from, to) }
    }

    /// No more than so many entries: an engine across a network need not fetch others.
    #[must_use]
    pub fn up_to(self, limit: usize) -> Self {
        Self { limit, ..self }
    }
}

/// What an engine can do, so that its users need not try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether other processes may write to the same store. Then a commit may fail with
    /// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict), and numbers may leave others out.
    pub several_owners: bool,
    /// How many entries one commit may change; the entry of the log is one of them.
    pub commit_entries: usize,
    /// How many bytes the keys and values in one commit may have.
    pub commit_bytes: usize,
    /// How many bytes a value may have.
    pub value_bytes: usize,
}

impl Capabilities {
    /// One owner, and no limits.
    pub const ONE_OWNER: Self = Self {
        several_owners: false,
        commit_entries: usize::MAX,
        commit_bytes: usize::MAX,
        value_bytes: usize::MAX,
    };

    /// How many entries work in steps changes in one of them: with room for what comes with these, such as the generations of secrets.
    #[must_use]
    pub const fn entries_at_a_time(&self) -> usize {
        match self.commit_entries {
            usize::MAX => usize::MAX,
            limited if limited < 6 => 2,
            limited => limited / 3,
        }
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::ONE_OWNER
    }
}

/// A value, and who wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value<B = Vec<u8>> {
    /// Its bytes.
    pub bytes: B,
    /// The number of the unit that wrote it. A value without any bytes may be without a version, too: 0.
    pub version: u64,
}

impl Value {
    /// The same value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> Value<&[u8]> {
        Value { bytes: &self.bytes, version: self.version }
    }
}

impl<B: AsRef<[u8]>> Deref for Value<B> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Value<&[u8]> {
    /// The same value, with bytes of its own.
    #[must_use]
    pub fn to_owned(self) -> Value {
        Value { bytes: self.bytes.to_vec(), version: self.version }
    }
}

/// An ordered map from bytes to bytes, read and changed in transactions.
///
/// A reader sees the state of the moment in which it began, however long it lives. Writers follow one another:
/// either `write` waits until the one before has ended, or `commit` fails with
/// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) and nothing of it happens. What was committed
/// stays, whatever happens to the process.
///
/// What one writing transaction changes is a *unit*. The engine gives each unit a number when it commits it, and the numbers
/// ascend in the order of the commits. The number is the version of every value that the unit wrote, and the number of its
/// entry in the log. Keys that begin with [`tag::CHANGE`](keyspace::tag::CHANGE) are the log's.
///
/// An engine in one process implements [`OneOwner`], which needs no numbers, and is an engine by that.
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
        Snapshot::of_units(&*self.read()?)
    }

    /// What the engine can do.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// Waits until there is a unit with this number or a higher one, but no longer than `timeout`. Gives the number of the
    /// last unit. A reader that begins afterwards sees it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use idpstore::engine::{Engine, MemoryEngine};
    ///
    /// let engine = MemoryEngine::default();
    /// let last = std::thread::scope(|scope| {
    ///     let waiting = scope.spawn(|| engine.wait_for(1, Duration::from_secs(60)));
    ///     engine.write()?.commit(Some(b"a unit"))?;
    ///     waiting.join().expect("no panic")
    /// })?;
    /// assert_eq!(last, 1);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64>;

    /// Waits until a reader that begins afterwards sees all that any process had committed before this call, but no longer than
    /// `timeout`. With one owner that is so at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](crate::error::ErrorKind::Unavailable) if that takes longer, and
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn catch_up(&self, timeout: Duration) -> Result<()> {
        let _ = timeout;
        Ok(())
    }

    /// How old what a reader sees may be. It is current, unless the engine reads from a copy of what other processes write.
    fn lag(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether this process does what is to be done once for a store, such as logging what the clock brings. Of several
    /// processes, one does.
    fn is_keeper(&self) -> bool {
        true
    }

    /// Begins to read the bytes below the numbers, if the engine has one owner: there a store is shown as it was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn read_raw(&self) -> Result<Option<Box<dyn RawRead + '_>>> {
        Ok(None)
    }
}

/// A reading transaction.
pub trait ReadTx {
    /// The value of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn get(&self, key: &[u8]) -> Result<Option<Value>>;

    /// The values of several keys, in the order of the keys: across a network in one go.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Value>>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Visits the entries of a scan. `visit` may itself read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails, and whatever `visit`
    /// fails with.
    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()>;

    /// Visits the entries of the log whose numbers are `from` or higher, one way or the other.
    ///
    /// # Errors
    ///
    /// As [`ReadTx::scan`].
    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()>;

    /// The number of the last unit in the log, 0 if there was none. It stays known when the log is cut from its beginning:
    /// the last entry is never removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn number(&self) -> Result<u64>;
}

/// Has a type read through the transaction in its field `tx`.
macro_rules! reads_through {
    ($transaction:ty) => {
        impl $crate::engine::ReadTx for $transaction {
            fn get(&self, key: &[u8]) -> $crate::error::Result<Option<$crate::engine::Value>> {
                self.tx.get(key)
            }

            fn get_many(&self, keys: &[&[u8]]) -> $crate::error::Result<Vec<Option<$crate::engine::Value>>> {
                self.tx.get_many(keys)
            }

            fn scan(
                &self,
                scan: $crate::engine::Scan<'_>,
                visit: &mut $crate::engine::Visit<'_>,
            ) -> $crate::error::Result<()> {
                self.tx.scan(scan, visit)
            }

            fn log(
                &self,
                from: u64,
                direction: $crate::engine::Direction,
                visit: &mut $crate::engine::VisitLog<'_>,
            ) -> $crate::error::Result<()> {
                self.tx.log(from, direction, visit)
            }

            fn number(&self) -> $crate::error::Result<u64> {
                self.tx.number()
            }
        }
    };
}
pub(crate) use reads_through;

/// A writing transaction; it reads what it has written. The version of what it has written itself means nothing before the
/// commit.
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

    /// Makes everything that was written lasting and visible, at once, with this entry in the log. Gives the number of the
    /// unit.
    ///
    /// Without an entry there is no unit, and the number is that of the last one: so a store is founded and brought forward.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`](crate::error::ErrorKind::Conflict) if another writer was faster,
    /// [`ErrorKind::TooLarge`](crate::error::ErrorKind::TooLarge) if the engine's [`Capabilities`] do not suffice,
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64>;

    /// Ends without any change. Everything that was read is lasting when this returns, so that it may be shown
    /// to a caller: an engine whose writers read what is not yet lasting waits for that here.
    ///
    /// # Errors
    ///
    /// As [`WriteTx::commit`] of what was read.
    fn release(self: Box<Self>) -> Result<()> {
        Ok(())
    }

    /// Makes the transaction see what a snapshot holds, and nothing else. Numbers go on behind the highest that the engine
    /// or the snapshot has known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<()>;

    /// Removes the entry of the unit with this number from the log, if it is there and is not the last one. An engine that
    /// cuts its log by itself does nothing here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) if the storage fails.
    fn forget(&mut self, number: u64) -> Result<()> {
        let _ = number;
        Ok(())
    }

    /// The bytes below the numbers, if the engine has one owner: there a store is brought forward.
    fn raw(&mut self) -> Option<&mut dyn RawWrite> {
        None
    }
}
