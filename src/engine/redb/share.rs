//! A store file that several processes of a machine write.
//!
//! Who opens it takes its lock shared, so that no process has it for itself. The first one takes the lock exclusively before
//! that, checks every byte, brings the file in order and closes it again. Opening is done by one process at a time, which has a lock
//! of its own.

use std::fs::{File, TryLockError};
use std::path::Path;

use ::redb::backends::FileBackend;
use ::redb::{ConcurrencyMode, Database};

use super::{RedbEngine, lock_failed, lock_file, opening};
use crate::engine::contained::Contained;
use crate::engine::file;
use crate::error::{Error, ErrorKind, Result};

impl RedbEngine {
    /// Opens the store in the file at `path`, or makes it, as [`file`](Self::file) does, so that other processes of this machine
    /// can open it so and write it at the same time. Their transactions follow one another, and each sees what those before
    /// it have committed. The file must be on a disk of the machine: file systems across a network keep no promise about its locks.
    ///
    /// Only the first process checks every byte. A process that is killed loses what it has not committed, and the others go on. One that
    /// is stopped in the middle of a commit holds up the commits of all until it goes on or ends.
    ///
    /// While processes open it, one after the other, they hold a lock on an empty file of the same name with `.share` at the end,
    /// which stays, as that with `.lock` does.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file), also [`ErrorKind::Locked`] if a process has it open that does not share it, and
    /// [`ErrorKind::Unsupported`] where the system cannot lock parts of a file.
    pub fn share(path: impl AsRef<Path>) -> Result<Self> {
        let (lock, file) = Self::lock_shared(path.as_ref(), |_| Ok(()))?;
        Ok(Self { _lock: Some(lock), ..Self::of_shared_file(&file)? })
    }

    /// The lock and the file of the store at `path`, which is a sound one from now on. It is left as it is if no other process has it
    /// open and `check` refuses it.
    pub(in crate::engine) fn lock_shared(
        path: &Path,
        check: impl FnOnce(&Self) -> Result<()>,
    ) -> Result<(File, File)> {
        if !file::CAN_BE_SHARED {
            return Err(Error::new(ErrorKind::Unsupported).context("sharing a file on this system"));
        }
        let opening_one = lock_file(path, ".share")?;
        opening_one.lock().map_err(lock_failed)?;
        let lock = lock_file(path, ".lock")?;
        match lock.try_lock() {
            Ok(()) => {
                let file = file::open(path).map_err(|cause| opening(cause.into()))?;
                drop(Self::of_file(&file, check)?);
                lock.unlock().map_err(lock_failed)?;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(cause)) => return Err(lock_failed(cause)),
        }
        match lock.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::Locked.into()),
            Err(TryLockError::Error(cause)) => return Err(lock_failed(cause)),
        }
        // Anew: another may have been put in its place until now.
        Ok((lock, file::open(path).map_err(|cause| opening(cause.into()))?))
    }

    /// A store on a file whose lock is held shared. What others write to it meanwhile stays.
    pub(in crate::engine) fn of_shared_file(file: &File) -> Result<Self> {
        let file = file.try_clone().map_err(|cause| opening(cause.into()))?;
        let backend = FileBackend::new(file).map_err(opening)?;
        let open = || {
            let mut builder = Database::builder();
            builder.set_concurrency_mode(ConcurrencyMode::MultiWriter);
            builder.create_with_backend(backend).map_err(opening)
        };
        Ok(Self { is_shared: true, ..Self::ready(Contained::make(open)?)? })
    }
}
