//! What partners publish, taken in: SAML metadata, that of a federation, and OpenID Connect discovery.

use std::ops::ControlFlow;

use super::operation::Outcome;
use super::{Call, documents, providers};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Secret, Source};
use crate::oidc::{KeySet, ProviderMetadata};
use crate::saml::{Metadata, each_entity};
use crate::service::MetadataImport;
use crate::store::{NewPublished, RefreshOutcome, Refreshed};

pub(super) fn create_saml(call: &Call<'_>) -> Result<Outcome> {
    let metadata = entity(call, None)?;
    let new = named(call, metadata.entity_id.as_deref(), Saml::default());
    let made = call.store.service.create_from_metadata(&new, &metadata, &allowed(call))?;
    documents::metadata(&made).map(Outcome::Json)
}

pub(super) fn update_saml(call: &Call<'_>) -> Result<Outcome> {
    let provider = call.store.providers().get(providers::named(call)?)?;
    let own = match &provider.protocol {
        Protocol::Saml(saml) => saml.entity_id.as_deref(),
        _ => None,
    };
    let metadata = entity(call, own)?;
    let imported = call.store.service.update_from_metadata(provider.id, &metadata, &allowed(call))?;
    documents::metadata(&imported).map(Outcome::Json)
}

/// A provider for each identity provider of a federation.
pub(super) fn create_all(call: &Call<'_>) -> Result<Outcome> {
    let mut entities = Vec::new();
    each_entity(call.given.file(), &*call.store.service.env().character_sets, &mut |entity| {
        entities.push(entity);
        Ok(ControlFlow::Continue(()))
    })?;
    let made = call.store.service.create_from_aggregate(&entities, &allowed(call))?;
    documents::aggregate(&made).map(Outcome::Json)
}

pub(super) fn create_oidc(call: &Call<'_>) -> Result<Outcome> {
    let metadata = discovery(call)?;
    let oidc = OpenIdConnect { client: client(call), ..OpenIdConnect::default() };
    let new = named(call, Some(&metadata.issuer), oidc);
    let made = call.store.service.create_from_discovery(&new, &metadata, &allowed(call))?;
    documents::metadata(&made).map(Outcome::Json)
}

/// A provider of what is published at a URL.
pub(super) fn create_published(call: &Call<'_>) -> Result<Outcome> {
    let text = |name| call.given.text(name).map(str::to_owned);
    let new = NewPublished {
        url: call.given.required("url").to_owned(),
        name: text("name"),
        alias: text("alias"),
        entity_id: text("entity_id"),
        client: client(call),
    };
    documents::metadata(&call.store.create_published(&new, &allowed(call))?).map(Outcome::Json)
}

/// What we are at an issuer.
fn client(call: &Call<'_>) -> Client {
    let text = |name| call.given.text(name).map(str::to_owned);
    Client { id: text("client_id"), secret: text("client_secret").map(Secret::new), ..Client::default() }
}

pub(super) fn update_oidc(call: &Call<'_>) -> Result<Outcome> {
    let (id, metadata) = (providers::named(call)?, discovery(call)?);
    let imported = call.store.service.update_from_discovery(id, &metadata, &allowed(call))?;
    documents::metadata(&imported).map(Outcome::Json)
}

/// Reads anew what partners publish whose providers remember where that is: a page of their documents.
pub(super) fn refresh(call: &Call<'_>) -> Result<Outcome> {
    let (import, after, most) = (allowed(call), call.given.text("after"), call.given.length("limit"));
    let refresh = |keeps| call.store.refresh_part(&import, keeps, after, most);
    let fetcher = call.store.service.env().fetcher.as_ref();
    if fetcher.is_some_and(|fetcher| fetcher.fetches_later()) {
        // The call is made again with each document, and so must change nothing before all of them are there.
        refuse_pending(&refresh(false)?.0)?;
    }
    let (refreshed, next) = refresh(!call.given.flag("plan"))?;
    let items = refreshed.iter().map(documents::refreshed).collect::<Result<_>>()?;
    Ok(Outcome::Json(documents::page(items, next)))
}

/// Fails with what the host must bring before all can be read anew.
fn refuse_pending(refreshed: &[Refreshed]) -> Result<()> {
    let needs = refreshed.iter().filter_map(|it| match &it.outcome {
        RefreshOutcome::Failed(error) => match error.kind() {
            ErrorKind::Pending(need) => Some(need.clone()),
            _ => None,
        },
        RefreshOutcome::Unchanged | RefreshOutcome::Changed { .. } => None,
    });
    needs.map(Error::pending).next().map_or(Ok(()), Err)
}

/// A new provider, which is called as the partner is called unless it has a name.
fn named(call: &Call<'_>, partner: Option<&str>, protocol: impl Into<Protocol>) -> IdentityProvider {
    let name = call.given.text("name").or(partner).unwrap_or_default();
    let mut new = IdentityProvider::named(name, protocol);
    new.alias = call.given.text("alias").map(str::to_owned);
    new
}

/// What the file describes of the entity that is requested, or else of this one, or of the only identity provider.
fn entity(call: &Call<'_>, own: Option<&str>) -> Result<Metadata> {
    let (file, sets) = (call.given.file(), &*call.store.service.env().character_sets);
    match call.given.text("entity_id").or(own) {
        Some(id) => Metadata::of_entity(file, sets, id),
        None => Metadata::of_only_provider(file, sets),
    }
}

/// What an issuer publishes, with its keys if they were sent.
fn discovery(call: &Call<'_>) -> Result<ProviderMetadata> {
    let mut metadata = ProviderMetadata::read(&call.given.object("discovery").unwrap_or_default())?;
    metadata.keys = call.given.object("keys").map(|keys| KeySet::read(&keys)).transpose()?;
    Ok(metadata)
}

/// What an import may do besides adding and changing what the document lists.
fn allowed(call: &Call<'_>) -> MetadataImport {
    let version = call.given.text("source_etag").map(str::to_owned);
    MetadataImport {
        changes_entity_id: call.given.flag("change_entity_id") || call.given.flag("change_issuer"),
        drops_certificates: call.given.flag("drop_certificates"),
        accepts_expired: call.given.flag("accept_expired"),
        accepts_dropped: call.given.flag("accept_dropped"),
        source: call.given.text("source").map(|url| Source::at(url).version(version)),
    }
}
