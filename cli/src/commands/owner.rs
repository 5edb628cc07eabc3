//! The tenant and the records that a command line names.

use idpstore::model::Id;
use idpstore::{Builder, Error, IdpStore, Owner, Resource, Result};

use super::store_file::{StoreFile, if_there};
use crate::failure::Failure;

/// What all commands on the records of one tenant take.
#[derive(clap::Args)]
pub(super) struct OfTenant {
    #[command(flatten)]
    pub(super) file: StoreFile,
    /// The tenant whose records they are
    #[arg(long, value_name = "ID", default_value_t = 1)]
    tenant: u64,
}

impl OfTenant {
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
        Ok(self.of(&self.file.make()?))
    }

    fn of(&self, store: &IdpStore) -> IdpStore {
        store.as_actor("command line").for_tenant(Id::from_number(self.tenant))
    }
}

/// The owner of keys with this name: `tenant`, the id or the alias of a provider, or the id of an application.
pub(super) fn owner(store: &IdpStore, name: &str) -> Result<Owner> {
    if name == "tenant" {
        return Ok(Owner::Tenant);
    }
    if let Some(id) = name.parse().ok().and_then(|number: u64| Id::try_from(number).ok()) {
        if if_there(store.providers().get(id))?.is_some() {
            return Ok(Owner::Provider(id));
        }
        if if_there(store.applications().get(id))?.is_some() {
            return Ok(Owner::Application(id));
        }
    }
    store.providers().with_alias(name).map(|provider| Owner::Provider(provider.id))
}

/// The id of the provider with this id or alias.
pub(super) fn provider(store: &IdpStore, name: &str) -> Result<Id> {
    match owner(store, name)? {
        Owner::Provider(id) => Ok(id),
        Owner::Tenant | Owner::Application(_) => Err(Error::not_found(Resource::IdentityProvider, name)),
    }
}
