//! A store file replaced by another in its place, such as a sealed one.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{RedbEngine, opening};
use crate::engine::{Engine as _, Snapshot, file, migrate};
use crate::error::{Error, ErrorKind, Result};

impl RedbEngine {
    /// Puts another store in the place of the one in the file at `path`: what `change` makes of it. It must not be open.
    ///
    /// The new store is written to a file beside it, whose name ends in `.new`, and takes its place at once, with its owner and
    /// permissions. So whatever happens meanwhile, the file is the old store, byte for byte, or the new one, and has no page that was in
    /// use before. All of the store is in memory meanwhile.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`], [`ErrorKind::Storage`] if there is no file or the new one cannot be written, and those of `change`.
    pub fn replace(path: impl AsRef<Path>, change: impl FnOnce(&Snapshot) -> Result<Snapshot>) -> Result<()> {
        let path = path.as_ref();
        let there = path.metadata().map_err(|cause| opening(cause.into()))?; // or an empty store would be made
        let (_lock, file) = Self::locked(path)?; // held until the new file is there
        let (engine, _) = Self::rehearsed_file(&file)?;
        migrate::bring_up_to_date(&engine)?;
        let bytes = change(&engine.snapshot()?)?.to_bytes()?;
        let failed = |cause| Error::new(ErrorKind::Storage).context("the new file").caused_by(cause);
        // A link stays one.
        let path = path.canonicalize().map_err(failed)?;
        let beside = beside(&path);
        let write = || {
            let mut new = file::make(&beside)?;
            file::give_to_same(&new, &there)?;
            new.write_all(&bytes)?;
            new.sync_all()?;
            fs::rename(&beside, &path)?;
            file::sync_folder(&path)
        };
        write().map_err(|cause| {
            let _ = fs::remove_file(&beside); // it may hold secrets
            failed(cause)
        })
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}
