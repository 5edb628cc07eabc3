//! Any record, found by its id in whichever tenant, and its history.

use serde_json::{Value, json};

use super::names::if_there;
use super::operation::Outcome;
use super::{Call, documents, names};
use crate::dialects::read_id;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::Id;
use crate::service::Paging;
use crate::store::IdpStore;

/// What a record is, and the record.
type Found = Option<(&'static str, Value)>;

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    let name = call.param("id");
    for tenant in tenants(call)? {
        let store = call.store.for_tenant(tenant);
        let found = match read_id(name) {
            Some(id) => with_id(call, &store, id)?,
            None => with_kid(call, &store, name)?,
        };
        let found = match found {
            Some(found) => Some(found),
            None => with_alias(&store, name)?,
        };
        if let Some((what, record)) = found {
            return Ok(Outcome::Json(json!({"what": what, "tenant": tenant.to_string(), "record": record})));
        }
    }
    Err(Error::not_found(Resource::Record, name))
}

pub(super) fn history(call: &Call<'_>) -> Result<Outcome> {
    let (after, limit) = (call.given.text("after"), call.given.length("limit"));
    let after: Option<u64> = after.map(str::parse).transpose().map_err(|_| ErrorKind::BadCursor)?;
    for tenant in tenants(call)? {
        let store = call.store.for_tenant(tenant);
        let name = call.param("id");
        let Some(id) =
            read_id(name).map_or_else(|| if_there(names::provider(&store, name)), |id| Ok(Some(id)))?
        else {
            continue;
        };
        let service = store.service;
        // One more, to see whether there is another page.
        let history = service.history_before(id, after, limit + 1)?;
        if !history.is_empty() {
            let shown = history.get(..limit).unwrap_or(&history);
            let next = shown.last().filter(|_| history.len() > limit).map(|last| last.sequence.to_string());
            return Ok(Outcome::Json(documents::page(shown.iter().map(documents::revision).collect(), next)));
        }
    }
    Err(Error::not_found(Resource::Record, call.param("id")))
}

/// The ids of all tenants.
fn tenants(call: &Call<'_>) -> Result<Vec<Id>> {
    let tenants = call.store.tenants().list(&Paging::all())?;
    Ok(tenants.items.iter().map(|tenant| tenant.id).collect())
}

fn with_id(call: &Call<'_>, store: &IdpStore, id: Id) -> Result<Found> {
    if let Some(provider) = if_there(store.providers().get(id))? {
        return Ok(Some(("provider", documents::provider(&provider)?)));
    }
    if let Some(application) = if_there(store.applications().get(id))? {
        return Ok(Some(("application", documents::application(&application)?)));
    }
    if let Some(user) = if_there(store.users().get(id))? {
        return Ok(Some(("user", documents::user(&user)?)));
    }
    if let Some(key) = if_there(store.service.signing_key(id))? {
        return Ok(Some(("signing key", documents::key(&key, call.now())?)));
    }
    with_kid(call, store, &id.to_uuid())
}

fn with_kid(call: &Call<'_>, store: &IdpStore, kid: &str) -> Result<Found> {
    if let Some(key) = if_there(store.service.signing_key(kid))? {
        return Ok(Some(("signing key", documents::key(&key, call.now())?)));
    }
    let Some(key) = if_there(store.trusted_keys().get(kid))? else { return Ok(None) };
    Ok(Some(("trusted key", documents::key(&key, call.now())?)))
}

fn with_alias(store: &IdpStore, alias: &str) -> Result<Found> {
    let provider = if_there(store.providers().with_alias(alias))?;
    provider.map(|provider| Ok(("provider", documents::provider(&provider)?))).transpose()
}
