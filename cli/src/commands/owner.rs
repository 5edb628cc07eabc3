//! The tenant and the provider of a store file that a command line names.

use idpstore::model::Id;
use idpstore::{Builder, ErrorKind, IdpStore, Result};

use super::store_file::StoreFile;
use crate::failure::Failure;

/// What the commands take that read documents of partners into a store file.
#[derive(clap::Args)]
pub(super) struct OfFile {
    #[command(flatten)]
    pub(super) file: StoreFile,
    /// The tenant whose records they are
    #[arg(long, value_name = "ID", default_value_t = 1)]
    tenant: u64,
}

impl OfFile {
    /// Opens the store, for the records of the tenant.
    pub(super) fn open(&self) -> std::result::Result<IdpStore, Failure> {
        Ok(self.of(&self.file.open()?))
    }

    /// Opens the store with these settings, for the records of the tenant.
    pub(super) fn open_with(
        &self,
        set: impl Fn(Builder) -> Builder,
    ) -> std::result::Result<IdpStore, Failure> {
        Ok(self.of(&self.file.open_with(set)?))
    }

    /// Opens the store, which is made if it is not there, for the records of the tenant.
    pub(super) fn make(&self) -> std::result::Result<IdpStore, Failure> {
        Ok(self.of(&self.file.make_with(|builder| builder)?))
    }

    fn of(&self, store: &IdpStore) -> IdpStore {
        store.as_actor("command line").for_tenant(Id::from_number(self.tenant))
    }
}

/// The id of the provider with this id or alias.
pub(super) fn provider(store: &IdpStore, name: &str) -> Result<Id> {
    let id = name.parse().ok().and_then(|number: u64| Id::try_from(number).ok());
    match id.map(|id| store.providers().get(id)) {
        Some(Ok(provider)) => Ok(provider.id),
        Some(Err(error)) if !matches!(error.kind(), ErrorKind::NotFound { .. }) => Err(error),
        _ => store.providers().with_alias(name).map(|provider| provider.id),
    }
}
