//! The store file that a command works on.

use std::error::Error;
use std::path::PathBuf;

use idpstore::engine::RedbEngine;
use idpstore::model::Id;
use idpstore::{Builder, ErrorKind, IdpStore, Paging};
use serde_json::{Value, json};

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
    /// Opens the store. Other than in a server, none is made where there is none.
    pub(crate) fn open(&self) -> Result<IdpStore, Failure> {
        self.open_with(|builder| builder)
    }

    /// Opens the store with these settings.
    pub(crate) fn open_with(&self, set: impl Fn(Builder) -> Builder) -> Result<IdpStore, Failure> {
        self.length()?;
        self.opened(set)
    }

    /// Opens the store, which is made if it is not there.
    pub(crate) fn make(&self) -> Result<IdpStore, Failure> {
        self.opened(|builder| builder)
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

    /// Whether JSON was requested.
    pub(crate) fn is_json(&self) -> bool {
        self.json
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

    /// The tenants of a store, and the store for each.
    pub(crate) fn tenants(&self, store: &IdpStore) -> Result<Vec<(Id, IdpStore)>, Failure> {
        let tenants = store.tenants().list(&Paging::all()).map_err(|error| self.unread(&error))?;
        Ok(tenants.items.iter().map(|tenant| (tenant.id, store.for_tenant(tenant.id))).collect())
    }

    /// Prints a result, as JSON if that was requested.
    pub(crate) fn print(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        output::print(&if self.json { format!("{:#}\n", json()) } else { text() })
    }

    /// Prints warnings, unless they are in the JSON.
    pub(crate) fn warn(&self, text: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { output::warn(text) }
    }
}

/// What was found, if it is there.
pub(crate) fn if_there<T>(found: idpstore::Result<T>) -> idpstore::Result<Option<T>> {
    match found {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    }
}

/// A record as JSON, without its secrets, and whose it is.
pub(crate) fn of_tenant(tenant: Id, record: &impl serde::Serialize) -> Value {
    let mut value = json!(record);
    if let Some(members) = value.as_object_mut() {
        members.insert("tenant".to_owned(), json!(tenant));
    }
    value
}
