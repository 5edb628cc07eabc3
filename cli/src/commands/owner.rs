//! What a command line names.

use idpstore::model::Id;
use idpstore::{IdpStore, Owner, Result};

use super::store_file::if_there;

/// The owner of keys with this name: `tenant`, the id or the alias of a provider, or the id of an application.
pub(super) fn owner(store: &IdpStore, name: &str) -> Result<Owner> {
    if name == "tenant" {
        return Ok(Owner::Tenant);
    }
    if let Some(id) = name.parse().ok().and_then(|number: u64| Id::try_from(number).ok())
        && (if_there(store.providers().get(id))?.is_some()
            || if_there(store.applications().get(id))?.is_some())
    {
        let is_provider = if_there(store.providers().get(id))?.is_some();
        return Ok(if is_provider { Owner::Provider(id) } else { Owner::Application(id) });
    }
    store.providers().with_alias(name).map(|provider| Owner::Provider(provider.id))
}
