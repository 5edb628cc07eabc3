//! An engine over redb: a file, memory, or whatever else implements redb's [`StorageBackend`].
//!
//! The only file that knows redb.

use std::fs::{File, TryLockError};
use std::ops::ControlFlow;
use std::path::Path;

use ::redb::backends::InMemoryBackend;
use ::redb::{
    Database, DatabaseError, ReadOnlyTable, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    WriteTransaction,
};

pub use ::redb::StorageBackend;

use super::{Engine, ReadTx, Visit, WriteTx};
use crate::error::{Error, ErrorKind, Result};

/// The one table: all order and meaning is in the keys.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");

/// How many entries a writing transaction scans at a time.
const PORTION: usize = 64;

/// The engine. Every commit is on the disk before it is answered.
#[derive(Debug)]
pub struct RedbEngine {
    database: Database,
    /// Given back after the database is closed, as fields are dropped in their order.
    _lock: Option<File>,
}

impl RedbEngine {
    /// Opens the file at `path`, or makes it. Whoever has it open holds the lock of the empty file with
    /// `.lock` at the end of its name; that stays, as removing it would open a gap.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] if it is open elsewhere, [`ErrorKind::Corrupt`] if it is damaged or no store at
    /// all (it is left as it is), [`ErrorKind::Storage`] if it cannot be read or written.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let lock = lock(path.as_ref())?;
        let engine = Self::ready(Database::create(path.as_ref()).map_err(opening)?)?;
        Ok(Self { _lock: Some(lock), ..engine })
    }

    /// A store in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if there is no memory for it.
    pub fn in_memory() -> Result<Self> {
        Self::backend(InMemoryBackend::new())
    }

    /// A store on bytes that lie elsewhere.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`].
    pub fn backend(backend: impl StorageBackend) -> Result<Self> {
        Self::ready(Database::builder().create_with_backend(backend).map_err(opening)?)
    }

    /// Makes the table, so that readers find it from the start.
    fn ready(database: Database) -> Result<Self> {
        let engine = Self { database, _lock: None };
        if !engine.has_table()? {
            let write = engine.database.begin_write().map_err(failed)?;
            write.open_table(RECORDS).map_err(failed)?;
            write.commit().map_err(failed)?;
        }
        Ok(engine)
    }

    fn has_table(&self) -> Result<bool> {
        let read = self.database.begin_read().map_err(failed)?;
        match read.open_table(RECORDS) {
            Ok(_) => Ok(true),
            Err(::redb::TableError::TableDoesNotExist(_)) => Ok(false),
            Err(cause) => Err(failed(cause)),
        }
    }
}

impl Engine for RedbEngine {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        let read = self.database.begin_read().map_err(failed)?;
        Ok(Box::new(Reader(read.open_table(RECORDS).map_err(failed)?)))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Writer(self.database.begin_write().map_err(failed)?)))
    }
}

struct Reader(ReadOnlyTable<&'static [u8], &'static [u8]>);

impl ReadTx for Reader {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        get(&self.0, key)
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        scan(&self.0, from, to, visit)
    }
}

struct Writer(WriteTransaction);

impl ReadTx for Writer {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        get(&self.0.open_table(RECORDS).map_err(failed)?, key)
    }

    /// In portions, because redb lets a table be open only once in a writing transaction, and `visit` may read.
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<()> {
        let mut from = from.to_vec();
        loop {
            let mut portion = Vec::with_capacity(PORTION);
            scan(&self.0.open_table(RECORDS).map_err(failed)?, &from, to, &mut |key, value| {
                portion.push((key.to_vec(), value.to_vec()));
                Ok(if portion.len() < PORTION { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
            for (key, value) in &portion {
                if let ControlFlow::Break(()) = visit(key, value)? {
                    return Ok(());
                }
            }
            match portion.pop() {
                Some((last, _)) if portion.len() + 1 == PORTION => from = [&last[..], &[0]].concat(),
                _ => return Ok(()),
            }
        }
    }
}

impl WriteTx for Writer {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.0.open_table(RECORDS).map_err(failed)?.insert(key, value).map_err(failed)?;
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.0.open_table(RECORDS).map_err(failed)?.remove(key).map_err(failed)?;
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.0.commit().map_err(failed)
    }
}

fn get(table: &impl ReadableTable<&'static [u8], &'static [u8]>, key: &[u8]) -> Result<Option<Vec<u8>>> {
    Ok(table.get(key).map_err(failed)?.map(|value| value.value().to_vec()))
}

fn scan(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    from: &[u8],
    to: &[u8],
    visit: &mut Visit<'_>,
) -> Result<()> {
    if from >= to {
        return Ok(());
    }
    for entry in table.range(from..to).map_err(failed)? {
        let (key, value) = entry.map_err(failed)?;
        if let ControlFlow::Break(()) = visit(key.value(), value.value())? {
            break;
        }
    }
    Ok(())
}

/// Takes the lock of the store at `path`. redb's own lock is not enough: Node cannot take part in it, but it can
/// in this one (`flock`, or what the system has in its place), which the system gives back when a process dies.
fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let failed = |cause| Error::new(ErrorKind::Storage).context("the lock file").caused_by(cause);
    let file = File::options().create(true).truncate(false).write(true).open(name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ErrorKind::Locked.into()),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// What went wrong while a store was opened.
fn opening(cause: DatabaseError) -> Error {
    let kind = match &cause {
        DatabaseError::DatabaseAlreadyOpen => ErrorKind::Locked,
        DatabaseError::UpgradeRequired(_) | DatabaseError::RepairAborted => ErrorKind::Corrupt,
        DatabaseError::Storage(storage) => of_storage(storage),
        _ => ErrorKind::Storage,
    };
    Error::new(kind).context(cause.to_string()).caused_by(cause)
}

/// What went wrong in a transaction.
fn failed(cause: impl Into<::redb::Error>) -> Error {
    let cause = cause.into();
    let kind = match &cause {
        ::redb::Error::Corrupted(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Storage,
    };
    Error::new(kind).context(cause.to_string()).caused_by(cause)
}

fn of_storage(cause: &StorageError) -> ErrorKind {
    match cause {
        StorageError::Corrupted(_) => ErrorKind::Corrupt,
        // redb says so of a file that does not begin like one of its own, or ends too early.
        StorageError::Io(io)
            if matches!(io.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof) =>
        {
            ErrorKind::Corrupt
        }
        _ => ErrorKind::Storage,
    }
}
