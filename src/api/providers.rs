//! Identity providers: found, made from what a partner publishes, and what of the partner is trusted.

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::Result;
use crate::model::{Id, IdentityProvider, Saml};
use crate::saml::Metadata;
use crate::service::{MetadataImport, ProviderQuery};

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
    let made = call.store.service.create_from_metadata(&new, &metadata(call)?, &MetadataImport::default())?;
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
    let import = MetadataImport {
        changes_entity_id: call.given.flag("change_entity_id"),
        drops_certificates: call.given.flag("drop_certificates"),
        ..MetadataImport::default()
    };
    let imported = call.store.service.update_from_metadata(named(call)?, &metadata(call)?, &import)?;
    documents::metadata(&imported).map(Outcome::Json)
}

pub(super) fn trust(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().trust(named(call)?, call.given.file())?)
}

pub(super) fn distrust(call: &Call<'_>) -> Result<Outcome> {
    shown(&call.store.providers().distrust(named(call)?, call.param("kid"))?)
}

fn named(call: &Call<'_>) -> Result<Id> {
    names::provider(&call.store, call.param("provider"))
}

fn metadata(call: &Call<'_>) -> Result<Metadata> {
    Metadata::read(call.given.file(), &*call.store.service.env().character_sets)
}

fn shown(provider: &IdentityProvider) -> Result<Outcome> {
    documents::provider(provider).map(Outcome::Json)
}
