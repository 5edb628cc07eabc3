//! Keys: listed, found, who uses them, and when they end.

use super::names::if_there;
use super::operation::Outcome;
use super::{Call, documents, lists};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::{Id, Key};
use crate::pki::Timestamp;
use crate::service::{Cursor, Page, Paging, SigningKeyQuery};

/// The starts of the cursors in the list of keys: signing keys come first.
const SIGNING: char = 's';
const TRUSTED: char = 't';

pub(super) fn list(call: &Call<'_>) -> Result<Outcome> {
    let (mut found, next) = page(call)?;
    if call.given.flag("weak") {
        let now = call.now();
        found.retain(|key| !key.findings(now).is_empty());
    }
    let (tenant, now) = (call.store.service.tenant_id(), call.now());
    let items = found.iter().map(|key| documents::listed_key(tenant, key, now)).collect();
    Ok(Outcome::Json(documents::page(items, next)))
}

/// A page of all keys, and where the next one begins.
fn page(call: &Call<'_>) -> Result<(Vec<Key>, Option<String>)> {
    let limit = call.given.length("limit");
    let (is_trusted, after) = match call.given.text("after") {
        Some(text) => cursor(text).ok_or(ErrorKind::BadCursor)?,
        None => (false, None),
    };
    let mut found = Vec::new();
    if !is_trusted {
        let query = SigningKeyQuery { after: after.clone(), limit, ..SigningKeyQuery::all() };
        let Page { items, next } = call.store.service.signing_keys(&query)?;
        found = items;
        if let Some(Cursor::Id(id)) = next {
            return Ok((found, Some(format!("{SIGNING}{id}"))));
        }
        if found.len() == limit {
            return Ok((found, Some(TRUSTED.to_string())));
        }
    }
    let paging = Paging { after: after.filter(|_| is_trusted), limit: limit - found.len() };
    let Page { items, next } = call.store.trusted_keys().list(&paging)?;
    found.extend(items);
    let next = match next {
        Some(Cursor::Id(id)) => Some(format!("{TRUSTED}{id}")),
        _ => None,
    };
    Ok((found, next))
}

/// Whether a page begins among the trusted keys, and after which one of them or of the signing keys.
fn cursor(text: &str) -> Option<(bool, Option<Cursor>)> {
    let id = |text: &str| Some(Cursor::Id(Id::try_from(text.parse::<u64>().ok()?).ok()?));
    match text.strip_prefix(TRUSTED) {
        Some("") => Some((true, None)),
        Some(text) => Some((true, Some(id(text)?))),
        None => Some((false, Some(id(text.strip_prefix(SIGNING)?)?))),
    }
}

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    let key = named(call)?.ok_or_else(|| missing(call))?;
    documents::key(&key, call.now()).map(Outcome::Json)
}

pub(super) fn references(call: &Call<'_>) -> Result<Outcome> {
    let found = call.store.service.references_page(call.param("kid"), &lists::paging(call)?)?;
    if found.items.is_empty() && named(call)?.is_none() {
        return Err(missing(call));
    }
    lists::shown(&found, |it| Ok(documents::reference(it)))
}

pub(super) fn unused(call: &Call<'_>) -> Result<Outcome> {
    let (tenant, now) = (call.store.service.tenant_id(), call.now());
    let found = call.store.service.unused_keys_page(&lists::paging(call)?)?;
    lists::shown(&found, |key| Ok(documents::listed_key(tenant, key, now)))
}

pub(super) fn owners_without(call: &Call<'_>) -> Result<Outcome> {
    let found = call.store.service.owners_without_key_page(&lists::paging(call)?)?;
    lists::shown(&found, |it| Ok(documents::reference(it)))
}

pub(super) fn expiring(call: &Call<'_>) -> Result<Outcome> {
    let now = call.now();
    let before = call.given.time("before").unwrap_or(Timestamp::LAST);
    let found = call.store.service.expiring_page(before, &lists::paging(call)?)?;
    lists::shown(&found, |it| Ok(documents::expiring(it, now)))
}

/// The key of the tenant with this `kid`.
fn named(call: &Call<'_>) -> Result<Option<Key>> {
    let kid = call.param("kid");
    match if_there(call.store.service.signing_key(kid))? {
        Some(key) => Ok(Some(key)),
        None => if_there(call.store.trusted_keys().get(kid)),
    }
}

fn missing(call: &Call<'_>) -> Error {
    Error::not_found(Resource::Record, call.param("kid"))
}
