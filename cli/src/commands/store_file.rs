//! The store file that a command works on.

use std::path::{Path, PathBuf};

use idpstore::engine::{KeyWrap, RedbEngine, Snapshot};
use idpstore::{Builder, ErrorKind, IdpStore};
use serde_json::Value;

use super::output;
use crate::engine::{Engine, GIVEN_TWICE};
use crate::failure::{Cause, Failure};
use crate::seal::{self, Seal};
use crate::secret;
use crate::share::Share;

/// What all commands on a store take that no server answers for.
#[derive(clap::Args)]
pub(crate) struct StoreFile {
    /// The store file; while a server has it open, it can be read
    #[arg(long = "db", value_name = "FILE", env = "IDPSTORE_DB", required_unless_present = "engine")]
    path: Option<PathBuf>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    engine: Engine,
    #[command(flatten)]
    seal: Seal,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl StoreFile {
    /// The file at this path, or the store in an engine.
    pub(crate) fn at(path: Option<PathBuf>, share: Share, engine: Engine, seal: Seal, json: bool) -> Self {
        Self { path, share, engine, seal, json }
    }

    /// Opens the store. Other than in a server, none is made where there is none.
    pub(crate) fn open(&self) -> Result<IdpStore, Failure> {
        self.open_with(|builder| builder)
    }

    /// Opens the store with these settings.
    pub(crate) fn open_with(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        if !self.is_in_engine() {
            self.length()?;
        }
        self.opened(set)
    }

    /// Opens the store with these settings, which is made if it is not there.
    pub(crate) fn make_with(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        self.opened(set)
    }

    fn opened(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        let wrap = self.wrap()?;
        let builder = || set(sealed(IdpStore::builder(), wrap.clone()));
        let opened = match self.engine.connect(|_| {})? {
            Some(_) if self.path.is_some() => return Err(Failure::of(GIVEN_TWICE)),
            Some(engine) => Ok(builder().engine(engine)),
            None => match self.share.file(builder(), self.path()) {
                Err(error) if *error.kind() == ErrorKind::Locked => builder().beside(self.path()),
                opened => opened,
            },
        };
        opened.and_then(Builder::open).map_err(|error| self.failure("open", &error))
    }

    /// Opens the store that another process has open, to read what that process changes.
    pub(crate) fn open_beside(&self) -> Result<IdpStore, Failure> {
        if self.is_in_engine() {
            return self.open();
        }
        let builder = sealed(IdpStore::builder(), self.wrap()?);
        let opened = builder.beside(self.path()).and_then(Builder::open);
        opened.map_err(|error| self.failure("follow", &error))
    }

    /// Whether the store is in no file.
    pub(crate) fn is_in_engine(&self) -> bool {
        self.engine.url().is_some()
    }

    /// Whether there is such a file. A store in an engine is made when it is opened.
    pub(crate) fn is_there(&self) -> bool {
        self.is_in_engine() || self.path().exists()
    }

    /// How many bytes the file has.
    fn length(&self) -> Result<u64, Failure> {
        Ok(self.path().metadata().map_err(|error| self.failure("open", &error))?.len())
    }

    /// Makes the file small; how many bytes it had, and has now.
    pub(crate) fn compact(&self) -> Result<(u64, u64), Failure> {
        self.refuse_engine("compact")?;
        let before = self.length()?;
        RedbEngine::compact(self.path()).map_err(|error| self.failure("compact", &error))?;
        Ok((before, self.length()?))
    }

    /// Refuses to do to a store in an engine what can be done to a file alone.
    fn refuse_engine(&self, attempt: &str) -> Result<(), Failure> {
        if !self.is_in_engine() {
            return Ok(());
        }
        let words = "it is in no file: `idpstore copy` copies it into one, and back";
        Err(Failure::of(format!("cannot {attempt} `{}`: {words}", self.name())))
    }

    /// What opens the store if it is sealed, if anything is given.
    pub(crate) fn wrap(&self) -> Result<Option<KeyWrap>, Failure> {
        secret::warn_of_readers(self.seal.files().into_iter().flatten())?;
        self.seal.wrap()
    }

    /// The same for a command that does nothing without it.
    pub(crate) fn needed_wrap(&self, attempt: &str) -> Result<KeyWrap, Failure> {
        self.wrap()?.ok_or_else(|| {
            let options = "`--seal-key-file`, `--seal-passphrase-file`";
            let words = format!("give {options} or `{}`", seal::VARIABLE);
            Failure::of(format!("cannot {attempt} `{}`: {words}", self.name()))
        })
    }

    /// Puts another store in the place of the one in the file. Whatever happens, the file is the old one or the new one.
    pub(crate) fn replace(
        &self,
        attempt: &str,
        change: impl FnOnce(&Snapshot) -> idpstore::Result<Snapshot>,
    ) -> Result<(), Failure> {
        self.refuse_engine(attempt)?;
        RedbEngine::replace(self.path(), change).map_err(|error| self.failure(attempt, &error))
    }

    /// The path of the file.
    pub(crate) fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(""))
    }

    /// Where the store is, as messages have it.
    fn name(&self) -> String {
        self.engine.url().map_or_else(|| self.path().display().to_string(), str::to_owned)
    }

    /// That the store could not be opened, read or changed, and why.
    pub(crate) fn failure(&self, attempt: &str, error: &Cause) -> Failure {
        Failure::new(format!("cannot {attempt} `{}`", self.name()), error)
    }

    /// That the store could not be read, and why.
    pub(crate) fn unread(&self, error: &Cause) -> Failure {
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

/// Opens a sealed store by this, if it is given.
fn sealed(builder: Builder, by: Option<KeyWrap>) -> Builder {
    match by {
        Some(wrap) => builder.seal(wrap),
        None => builder,
    }
}
