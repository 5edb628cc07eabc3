//! An engine over redb: a file, memory, or whatever else implements redb's [`StorageBackend`].
//!
//! The only room that knows redb. May import what the folder above may.

mod beside;
mod bytes;
mod rehearsal;
mod replace;
mod share;

use std::fs::{File, TryLockError};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use ::redb::backends::{FileBackend, InMemoryBackend};
use ::redb::{
    ConcurrencyMode, Database, DatabaseError, ReadOnlyTable, ReadableDatabase, StorageError, TableDefinition,
    TableError, WriteTransaction,
};

pub use ::redb::{BackendError, StorageBackend};
pub use beside::ReadBeside;

use super::contained::Contained;
use super::one_owner::{Arrivals, OneOwner, RawRead, RawVisit, RawWrite};
use super::overlay::{Changes, End, Gathering};
use super::{Direction, file};
use crate::error::{Error, ErrorKind, Result};
use rehearsal::Rehearsal;

/// The one table: all order and meaning is in the keys.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");

/// How the store in a file is opened to write, so that other processes may read it at the same time.
const SHARED: ConcurrencyMode = ConcurrencyMode::SingleWriter;

/// The engine. Every commit is on the disk before it is answered.
#[derive(Debug)]
pub struct RedbEngine {
    database: Contained<Database>,
    arrivals: Arrivals,
    /// Whether other processes may write to it.
    is_shared: bool,
    /// Given back after the database is closed, as fields are dropped in their order.
    _lock: Option<File>,
}

impl RedbEngine {
    /// Opens the store in the file at `path`, or makes it; an empty file becomes a new store, too.
    ///
    /// Every byte is checked first (about 2 ms for each MiB), and a file that is refused is left as it is. A store that was not closed
    /// (the process was killed) is brought in order. If such a one is damaged besides, in the page that was
    /// written last, this looks like a commit that was broken off, and the state before that commit is opened.
    ///
    /// New files can be read by their owner only, where the system knows owners.
    ///
    /// Other processes may read the file meanwhile with [`ReadBeside`]. While it is open, this process holds a lock on an empty file of the same name with `.lock` at the end. That file
    /// stays: removing it would leave a moment without a lock.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] if it is open elsewhere, [`ErrorKind::Corrupt`] if it is damaged or no store at
    /// all, [`ErrorKind::Storage`] if it cannot be read or written.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let (lock, file) = Self::locked(path.as_ref())?;
        Ok(Self { _lock: Some(lock), ..Self::of_file(&file, |_| Ok(()))? })
    }

    /// The lock and the file of the store at `path`, which is made if it is not there.
    pub(super) fn locked(path: &Path) -> Result<(File, File)> {
        let lock = lock(path)?;
        Ok((lock, file::open(path).map_err(|cause| opening(cause.into()))?))
    }

    /// A store on a file whose lock is held. The file is left as it is if the store is refused by `check`.
    pub(super) fn of_file(file: &File, check: impl FnOnce(&Self) -> Result<()>) -> Result<Self> {
        let (engine, rehearsal) = Self::rehearsed_file(file)?;
        check(&engine)?;
        rehearsal.perform().map_err(|cause| opening(cause.into()))?;
        Ok(engine)
    }

    /// The same store without anything being written to the file, whatever is done with it.
    fn rehearsed_file(file: &File) -> Result<(Self, Rehearsal)> {
        let file = file.try_clone().map_err(|cause| opening(cause.into()))?;
        let mode = if file::CAN_BE_SHARED { SHARED } else { ConcurrencyMode::default() };
        Self::rehearsed(FileBackend::new(file).map_err(opening)?, mode)
    }

    /// A store in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if there is no memory for it.
    pub fn in_memory() -> Result<Self> {
        let create = || Database::builder().create_with_backend(InMemoryBackend::new()).map_err(opening);
        Self::ready(Contained::make(create)?)
    }

    /// A store on bytes that are kept elsewhere.
    ///
    /// After an error of the backend every call answers [`ErrorKind::Storage`], until the store is opened
    /// anew; what was committed before is there then. [`Reopening`](super::reopening::Reopening) does that by itself.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`].
    pub fn backend(backend: impl StorageBackend) -> Result<Self> {
        let (engine, rehearsal) = Self::rehearsed(backend, ConcurrencyMode::default())?;
        rehearsal.perform().map_err(|cause| opening(cause.into()))?;
        Ok(engine)
    }

    /// A store on bytes that stay as they are until the rehearsal is performed.
    fn rehearsed(backend: impl StorageBackend, mode: ConcurrencyMode) -> Result<(Self, Rehearsal)> {
        let rehearsal = Rehearsal::of(backend);
        // Without the check redb trusts what was closed cleanly: it reads damaged values as if they were
        // sound, and may panic.
        let open = || {
            let mut builder = Database::builder();
            builder.set_check_integrity_on_open(true).set_concurrency_mode(mode);
            builder.create_with_backend(rehearsal.clone()).map_err(|cause| match opening(cause) {
                error if *error.kind() == ErrorKind::Corrupt && !rehearsal.begins_like_a_store() => {
                    ErrorKind::NotAStore.into()
                }
                error => error,
            })
        };
        Ok((Self::ready(Contained::make(open)?)?, rehearsal))
    }

    /// Makes the table, so that readers find it from the start.
    fn ready(database: Contained<Database>) -> Result<Self> {
        database.run(|database| {
            if !has_table(database)? {
                let write = database.begin_write().map_err(failed)?;
                write.open_table(RECORDS).map_err(failed)?;
                write.commit().map_err(failed)?;
            }
            Ok(())
        })?;
        Ok(Self { database, arrivals: Arrivals::default(), is_shared: false, _lock: None })
    }

    pub(super) fn reader(&self) -> Result<Reader> {
        Reader::begin(&self.database)
    }

    pub(super) fn writer(&self) -> Result<Writer> {
        // Only once it is our turn to write, what we read is what the writer before has left.
        let write = self.database.part(|database| database.begin_write().map_err(failed))?;
        Ok(Gathering::new(self.reader()?, write))
    }
}

/// Whether the table is there. A database that has others was made by another program.
fn has_table(database: &Database) -> Result<bool> {
    let foreign = || Error::new(ErrorKind::NotAStore).context("the database is that of another program");
    let read = database.begin_read().map_err(failed)?;
    match read.open_table(RECORDS) {
        Ok(_) => Ok(true),
        Err(TableError::TableDoesNotExist(_)) => {
            let mut tables = read.list_tables().map_err(failed)?;
            let mut multimaps = read.list_multimap_tables().map_err(failed)?;
            if tables.next().is_some() || multimaps.next().is_some() { Err(foreign()) } else { Ok(false) }
        }
        Err(TableError::Storage(cause)) => Err(failed(cause)),
        Err(cause) => Err(foreign().caused_by(cause)),
    }
}

impl OneOwner for RedbEngine {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        Ok(Box::new(self.reader()?))
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        Ok(Box::new(self.writer()?))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn others_write(&self) -> bool {
        self.is_shared
    }
}

pub(super) struct Reader(Contained<ReadOnlyTable<&'static [u8], &'static [u8]>>);

impl Reader {
    fn begin(database: &Contained<impl ReadableDatabase>) -> Result<Self> {
        database
            .part(|database| database.begin_read().map_err(failed)?.open_table(RECORDS).map_err(failed))
            .map(Self)
    }
}

impl RawRead for Reader {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.0.run(|table| Ok(table.get(key).map_err(failed)?.map(|value| value.value().to_vec())))
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        let mut range = self.0.run(|table| table.range(from..to).map_err(failed))?;
        loop {
            let next = self.0.run(|_| match direction {
                Direction::Ascending => range.next().transpose().map_err(failed),
                Direction::Descending => range.next_back().transpose().map_err(failed),
            });
            let Some((key, value)) = next? else { return Ok(()) };
            // What `visit` does is not the engine's: it stays outside.
            let (key, value) = self.0.run(|_| Ok((key.value(), value.value())))?;
            if let ControlFlow::Break(()) = visit(key, value)? {
                return Ok(());
            }
        }
    }
}

/// Gathers its changes and makes them all at once, in the order of their keys.
pub(super) type Writer = Gathering<Reader, Contained<WriteTransaction>>;

impl End for Contained<WriteTransaction> {
    fn commit(self, changes: Changes) -> Result<()> {
        self.finish(|write| {
            let mut table = write.open_table(RECORDS).map_err(failed)?;
            for (key, change) in changes {
                match change {
                    Some(value) => table.insert(&*key, &*value).map_err(failed)?,
                    None => table.remove(&*key).map_err(failed)?,
                };
            }
            drop(table);
            write.commit().map_err(failed)
        })
    }

    fn release(self) -> Result<()> {
        Ok(())
    }
}

/// Takes the lock of the store at `path`. redb's own lock is not enough: Node cannot take part in it, but it can
/// in this one (`flock`, or what the system has in its place), which the system gives back when a process dies.
fn lock(path: &Path) -> Result<File> {
    let file = lock_file(path, ".lock")?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ErrorKind::Locked.into()),
        Err(TryLockError::Error(cause)) => Err(lock_failed(cause)),
    }
}

/// The lock file of the store at `path` that has this at the end of its name.
fn lock_file(path: &Path, end: &str) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    file::open_lock(Path::new(&name)).map_err(lock_failed)
}

fn lock_failed(cause: io::Error) -> Error {
    Error::new(ErrorKind::Storage).context("the lock file").caused_by(cause)
}

/// What went wrong while a store was opened.
fn opening(cause: DatabaseError) -> Error {
    let kind = match &cause {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => ErrorKind::Locked,
        DatabaseError::UpgradeRequired(_)
        | DatabaseError::RepairAborted
        | DatabaseError::Storage(StorageError::Corrupted(_)) => ErrorKind::Corrupt,
        // redb returns these for a file that does not begin like one of its own, or ends too early.
        DatabaseError::Storage(StorageError::Io(io))
            if matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            ErrorKind::Corrupt
        }
        _ => ErrorKind::Storage,
    };
    Error::new(kind).caused_by(cause)
}

/// What went wrong in a transaction.
fn failed(cause: impl Into<::redb::Error>) -> Error {
    let cause = cause.into();
    let kind = match &cause {
        ::redb::Error::Corrupted(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Storage,
    };
    Error::new(kind).caused_by(cause)
}
