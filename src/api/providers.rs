//! Identity providers: found, made from what a partner publishes, and what of the partner is trusted.

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::{Error, Reason, Result};
use crate::model::{Id, IdentityProvider, Protocol, Saml, Source};
use crate::saml::Metadata;
use crate::service::{MetadataImport, ProviderQuery};
use crate::store::CrossingReport;

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

pub(super) fn create(call: &Call<'_>) -> Result<Outcome> {
    let mut new = IdentityProvider::named(call.given.required("name"), Saml::default());
    new.alias = call.given.text("alias").map(str::to_owned);
    let metadata = match call.given.text("entity_id") {
        Some(id) => entity(call, id)?,
        None => Metadata::of_only_provider(call.given.file(), &*call.store.service.env().character_sets)?,
    };
    let made = call.store.service.create_from_metadata(&new, &metadata, &allowed(call))?;
    documents::metadata(&made).map(Outcome::Json)
}

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().get(named(call)?)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Outcome> {
    call.store.providers().delete(named(call)?)?;
    Ok(Outcome::Nothing)
}

pub(super) fn activate(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().activate(named(call)?)?)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().deactivate(named(call)?)?)
}

pub(super) fn import_metadata(call: &Call<'_>) -> Result<Outcome> {
    let provider = call.store.providers().get(named(call)?)?;
    let own = match &provider.protocol {
        Protocol::Saml(saml) => saml.entity_id.as_deref(),
        _ => None,
    };
    let metadata = match call.given.text("entity_id").or(own) {
        Some(id) => entity(call, id)?,
        None => Metadata::of_only_provider(call.given.file(), &*call.store.service.env().character_sets)?,
    };
    let imported = call.store.service.update_from_metadata(provider.id, &metadata, &allowed(call))?;
    documents::metadata(&imported).map(Outcome::Json)
}

/// Reads anew what all partners publish whose providers remember where that is.
pub(super) fn refresh(call: &Call<'_>) -> Result<Outcome> {
    let (store, import) = (&call.store, allowed(call));
    let refreshed =
        if call.given.flag("plan") { store.plan_refresh(&import) } else { store.refresh(&import) };
    let items = refreshed?.iter().map(documents::refreshed).collect::<Result<_>>()?;
    Ok(Outcome::Json(documents::page(items, None)))
}

pub(super) fn crossing(call: &Call<'_>) -> Result<Outcome> {
    let crossing = call.store.crossing(named(call)?, call.given.required("to"))?;
    documents::crossing(&crossing).map(Outcome::Json)
}

/// How much of all providers of all tenants crosses.
pub(super) fn crossings(call: &Call<'_>) -> Result<Outcome> {
    let to = call.given.required("to");
    let mut report = CrossingReport::new(to);
    call.store.crossings(to, |crossing| report.add(&crossing))?;
    Ok(Outcome::Json(documents::crossings(&report)))
}

pub(super) fn trust(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().trust(named(call)?, call.given.file())?)
}

pub(super) fn distrust(call: &Call<'_>) -> Result<Outcome> {
    let (providers, provider, kid) = (call.store.providers(), named(call)?, call.param("kid"));
    let end = match (call.given.time("at"), call.given.flag("when_expired")) {
        (Some(_), true) => {
            return Err(Error::invalid("?at", Reason::Other("is one time too many".to_owned())));
        }
        (at, false) => at,
        (None, true) => call.store.trusted_keys().get(kid)?.expires,
    };
    // What has passed already, ends now.
    let end = end.filter(|end| *end > call.now());
    shown(
        &end.map_or_else(
            || providers.distrust(provider, kid),
            |end| providers.distrust_at(provider, kid, end),
        )?,
    )
}

fn named(call: &Call<'_>) -> Result<Id> {
    names::provider(&call.store, call.param("provider"))
}

/// What the file describes of the entity with this id.
fn entity(call: &Call<'_>, id: &str) -> Result<Metadata> {
    Metadata::of_entity(call.given.file(), &*call.store.service.env().character_sets, id)
}

/// What an import may do besides adding and changing what the metadata lists.
fn allowed(call: &Call<'_>) -> MetadataImport {
    MetadataImport {
        changes_entity_id: call.given.flag("change_entity_id"),
        drops_certificates: call.given.flag("drop_certificates"),
        accepts_expired: call.given.flag("accept_expired"),
        source: call.given.text("source").map(Source::at),
    }
}

fn shown(provider: &IdentityProvider) -> Result<Outcome> {
    documents::provider(provider).map(Outcome::Json)
}
