//! The records that a path names.

use serde_json::{Map, Value};

use crate::dialects::{read_id, spellings};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::Id;
use crate::service::Owner;
use crate::store::IdpStore;

/// An id as each vendor's API spells it.
pub(super) fn ids(id: Id) -> Value {
    spellings(id).map(|(name, id)| (name.to_owned(), Value::from(id))).collect::<Map<_, _>>().into()
}

/// What was found, if it is there.
pub(super) fn if_there<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    }
}

/// The provider with this id, in the spelling of any vendor's API, or with this alias.
pub(super) fn provider(store: &IdpStore, name: &str) -> Result<Id> {
    if let Some(id) = read_id(name)
        && if_there(store.providers().get(id))?.is_some()
    {
        return Ok(id);
    }
    let missing = || Error::not_found(Resource::IdentityProvider, name);
    if_there(store.providers().with_alias(name))?.map(|provider| provider.id).ok_or_else(missing)
}

/// The owner of keys with this name: `tenant`, the id or the alias of a provider, or the id of an application.
pub(super) fn owner(store: &IdpStore, name: &str) -> Result<Owner> {
    if name == "tenant" {
        return Ok(Owner::Tenant);
    }
    if let Some(id) = read_id(name)
        && if_there(store.applications().get(id))?.is_some()
    {
        return Ok(Owner::Application(id));
    }
    provider(store, name).map(Owner::Provider)
}

/// The owners with these names.
pub(super) fn owners(store: &IdpStore, names: &[&str]) -> Result<Vec<Owner>> {
    names.iter().map(|name| owner(store, name)).collect()
}

/// The id that a text is, in the spelling of any vendor's API.
pub(super) fn id(what: Resource, text: &str) -> Result<Id> {
    read_id(text).ok_or_else(|| Error::not_found(what, text))
}
