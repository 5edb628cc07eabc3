//! The store file that a command works on.

use std::error::Error;
use std::path::PathBuf;

use idpstore::engine::RedbEngine;
use idpstore::{Builder, ErrorKind, IdpStore};
use serde_json::Value;

use super::output;
use crate::failure::Failure;

/// What all commands on a store file take.
#[derive(clap::Args)]
pub(crate) struct StoreFile {
    /// The store file; while a server has it open, it can be read
    #[arg(long = "db", value_name = "FILE", env = "IDPSTORE_DB")]
    path: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl StoreFile {
    /// The file at this path.
    pub(crate) fn at(path: PathBuf, json: bool) -> Self {
        Self { path, json }
    }

    /// Opens the store. Other than in a server, none is made where there is none.
    pub(crate) fn open(&self) -> Result<IdpStore, Failure> {
        self.open_with(|builder| builder)
    }

    /// Opens the store with these settings.
    pub(crate) fn open_with(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        self.length()?;
        self.opened(set)
    }

    /// Opens the store with these settings, which is made if it is not there.
    pub(crate) fn make_with(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        self.opened(set)
    }

    fn opened(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        let builder = || set(IdpStore::builder());
        let opened = match builder().file(&self.path) {
            Err(error) if *error.kind() == ErrorKind::Locked => builder().beside(&self.path),
            opened => opened,
        };
        opened.and_then(Builder::open).map_err(|error| self.failure("open", &error))
    }

    /// Opens the store that another process has open, to read what that process changes.
    pub(crate) fn open_beside(&self) -> Result<IdpStore, Failure> {
        let opened = IdpStore::builder().beside(&self.path).and_then(Builder::open);
        opened.map_err(|error| self.failure("follow", &error))
    }

    /// Whether there is such a file.
    pub(crate) fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// How many bytes the file has.
    fn length(&self) -> Result<u64, Failure> {
        Ok(self.path.metadata().map_err(|error| self.failure("open", &error))?.len())
    }

    /// Makes the file small; how many bytes it had, and has now.
    pub(crate) fn compact(&self) -> Result<(u64, u64), Failure> {
        let before = self.length()?;
        RedbEngine::compact(&self.path).map_err(|error| self.failure("compact", &error))?;
        Ok((before, self.length()?))
    }

    /// That the store could not be opened, read or changed, and why.
    pub(crate) fn failure(&self, attempt: &str, error: &dyn Error) -> Failure {
        Failure::new(format!("cannot {attempt} `{}`", self.path.display()), error)
    }

    /// That the store could not be read, and why.
    pub(crate) fn unread(&self, error: &dyn Error) -> Failure {
        self.failure("read", error)
    }

    /// Prints a result, as JSON if that was requested.
    pub(crate) fn print(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        output::print(&if self.json { format!("{:#}\n", json()) } else { text() })
    }
}
