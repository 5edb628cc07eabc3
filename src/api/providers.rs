//! Identity providers: found, copied, switched on and off, and what of the partner is trusted.

use serde_json::json;

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::{Error, Reason, Result};
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{LinkQuery, Paging, ProviderQuery};

pub(super) fn list(call: &Call<'_>) -> Result<Outcome> {
    let query = ProviderQuery {
        name_contains: call.given.text("name").map(str::to_owned),
        kinds: call.given.text("kind").map(str::to_owned).into_iter().collect(),
        after: lists::after(call)?,
        limit: call.given.length("limit"),
        ..ProviderQuery::default()
    };
    lists::shown(&call.store.providers().list(&query)?, documents::provider)
}

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().get(named(call)?)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Outcome> {
    call.store.providers().delete(named(call)?)?;
    Ok(Outcome::Nothing)
}

pub(super) fn copy(call: &Call<'_>) -> Result<Outcome> {
    let to = call.given.id("/to_tenant")?.unwrap_or(Tenant::DEFAULT);
    let copy = call.store.providers().clone_to(named(call)?, to, call.given.text("name"))?;
    Ok(Outcome::Json(json!({"tenant": to.to_string(), "provider": documents::provider(&copy)?})))
}

pub(super) fn activate(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().activate(named(call)?)?)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().deactivate(named(call)?)?)
}

pub(super) fn trust(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().trust(named(call)?, call.given.file())?)
}

pub(super) fn distrust(call: &Call<'_>) -> Result<Outcome> {
    let (providers, provider, kid) = (call.store.providers(), named(call)?, call.param("kid"));
    let (at, seconds) = (call.given.time("at"), call.given.optional_number("seconds"));
    let end = match (at, seconds, call.given.flag("when_expired")) {
        (None, None, false) => None,
        (at, None, false) => at,
        (None, Some(seconds), false) => {
            Some(call.now().plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
        }
        // What has expired already, is dropped now.
        (None, None, true) => call.store.trusted_keys().get(kid)?.expires.filter(|end| *end > call.now()),
        _ => {
            let (place, words) = match at {
                Some(_) => ("?at", "cannot be combined with `seconds` or `when_expired`"),
                None => ("?seconds", "cannot be combined with `when_expired`"),
            };
            return Err(Error::invalid(place, Reason::Other(words.to_owned())));
        }
    };
    let changed = match end {
        None => providers.distrust(provider, kid),
        Some(end) => providers.distrust_at(provider, kid, end),
    };
    shown(&changed?)
}

pub(super) fn links(call: &Call<'_>) -> Result<Outcome> {
    let Paging { after, limit } = lists::paging(call)?;
    let query = LinkQuery { after, limit, ..LinkQuery::default() };
    lists::shown(&call.store.service.links(named(call)?, &query)?, |linked| Ok(documents::link(linked)))
}

/// The id of the provider that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<Id> {
    names::provider(&call.store, call.param("provider"))
}

fn shown(provider: &IdentityProvider) -> Result<Outcome> {
    documents::provider(provider).map(Outcome::Json)
}
