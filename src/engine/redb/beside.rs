//! Reading a store file while another process has it open.

use std::fmt;
use std::path::Path;

use ::redb::{Builder, ConcurrencyMode, DatabaseError, ReadOnlyDatabase};

use super::{Reader, SHARED, opening};
use crate::engine::contained::Contained;
use crate::engine::one_owner::{Arrivals, OneOwner, RawRead, RawWrite};
use crate::engine::overlay::{Changes, End, Gathering};
use crate::error::{Error, ErrorKind, Result};

/// An engine that reads a file which another process has open, and sees what that process commits. Whatever is written to it fails when
/// it is committed, so that changes can be planned, but not made.
pub struct ReadBeside {
    database: Contained<ReadOnlyDatabase>,
    arrivals: Arrivals,
}

impl ReadBeside {
    /// Opens the file at `path`, which another process has opened with [`RedbEngine::file`](super::RedbEngine::file) or
    /// [`share`](super::RedbEngine::share). While it is read,
    /// only such processes may write it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if no process has it open, [`ErrorKind::Locked`] if one does that does not share it, such as
    /// Node's, and as [`RedbEngine::file`](super::RedbEngine::file).
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let open = |mode| Builder::new().set_concurrency_mode(mode).open_read_only(&path);
        let database = Contained::make(|| match open(ConcurrencyMode::ExclusiveWriter) {
            // Only a process that shares the file has locked it.
            Err(DatabaseError::DatabaseAlreadyOpen) => open(SHARED).map_err(opening),
            Err(cause) => Err(opening(cause)),
            Ok(_) => Err(Error::new(ErrorKind::WrongState).context("no other process has the store open")),
        })?;
        Ok(Self { database, arrivals: Arrivals::default() })
    }
}

impl fmt::Debug for ReadBeside {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReadBeside").finish_non_exhaustive()
    }
}

impl OneOwner for ReadBeside {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        Ok(Box::new(Reader::begin(&self.database)?))
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        Ok(Box::new(Gathering::new(Reader::begin(&self.database)?, Refused)))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn others_write(&self) -> bool {
        true
    }
}

/// The end of a writing transaction that is not committed.
struct Refused;

impl End for Refused {
    fn commit(self, _: Changes) -> Result<()> {
        Err(Error::new(ErrorKind::Locked).context("it is only read here"))
    }

    fn release(self) -> Result<()> {
        Ok(())
    }
}
