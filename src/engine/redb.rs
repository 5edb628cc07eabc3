//! An engine over redb: a file, memory, or whatever else implements redb's [`StorageBackend`].
//!
//! The only file that knows redb.

use std::fs::OpenOptions;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use ::redb::backends::{FileBackend, InMemoryBackend};
use ::redb::{
    Database, DatabaseError, ReadOnlyTable, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    TableError, WriteTransaction,
};

pub use ::redb::{BackendError, StorageBackend};

use super::rehearsal::Rehearsal;
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
}

impl RedbEngine {
    /// Opens the store in the file at `path`, or makes it; an empty file becomes a new store, too.
    ///
    /// Every byte is checked first (about 2 ms for each MiB), and a file that is refused is left as it is. A store that was not closed
    /// (the process was killed) is brought in order. If such a one is damaged besides, in the page that was
    /// written last, this looks like a commit that was broken off, and the state before that commit is opened.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] if it is open elsewhere, [`ErrorKind::Corrupt`] if it is damaged or no store at
    /// all, [`ErrorKind::Storage`] if it cannot be read or written.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path).map_err(|cause| opening(cause.into()))?;
        Self::backend(FileBackend::new(file).map_err(opening)?)
    }

    /// A store in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if there is no memory for it.
    pub fn in_memory() -> Result<Self> {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).map_err(opening)?;
        Self::ready(database)
    }

    /// A store on bytes that lie elsewhere.
    ///
    /// After an error of the backend every call answers [`ErrorKind::Storage`], until the store is opened
    /// anew; what was committed before is there then.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`].
    pub fn backend(backend: impl StorageBackend) -> Result<Self> {
        let rehearsal = Rehearsal::of(backend);
        // Without the check redb trusts what was closed cleanly: it reads damaged values as if they were
        // sound, and may panic.
        let database = Database::builder()
            .set_check_integrity_on_open(true)
            .create_with_backend(rehearsal.clone())
            .map_err(opening)?;
        let engine = Self::ready(database)?;
        rehearsal.perform().map_err(|cause| opening(cause.into()))?;
        Ok(engine)
    }

    /// Makes the table, so that readers find it from the start.
    fn ready(database: Database) -> Result<Self> {
        let engine = Self { database };
        if !engine.has_table()? {
            let write = engine.database.begin_write().map_err(failed)?;
            write.open_table(RECORDS).map_err(failed)?;
            write.commit().map_err(failed)?;
        }
        Ok(engine)
    }

    /// Whether the table is there. A database that has others was made by another program.
    fn has_table(&self) -> Result<bool> {
        let foreign = || Error::new(ErrorKind::Corrupt).context("the database is that of another program");
        let read = self.database.begin_read().map_err(failed)?;
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

/// What went wrong while a store was opened.
fn opening(cause: DatabaseError) -> Error {
    let kind = match &cause {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => ErrorKind::Locked,
        DatabaseError::UpgradeRequired(_)
        | DatabaseError::RepairAborted
        | DatabaseError::Storage(StorageError::Corrupted(_)) => ErrorKind::Corrupt,
        // redb says so of a file that does not begin like one of its own, or ends too early.
        DatabaseError::Storage(StorageError::Io(io))
            if matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            ErrorKind::Corrupt
        }
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
