//! PingOne's document of an identity provider and the canonical record.

use super::documents::Scene;
use super::documents::provider::PROVIDER;
use super::wire::{Core, KINDS, Kind, NAME};
use crate::dialects::document::{Reading, Resolve, See, kind_named};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::lens::{Context, Lens, Members};
use crate::error::{Error, Resource, Result};
use crate::model::{Client, Foreign, IdentityProvider, OpenIdConnect, Protocol, Saml, Social};

/// The lens. Its documents name a signing key by its `kid`.
pub(super) struct PingOneLens;

impl Lens for PingOneLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        read(cx, old, document, true, Box::new(|_, kid| Ok(kid.to_owned())))
    }

    fn show(&self, record: IdentityProvider, _base_url: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(PROVIDER.members(&record, &Scene::default()))
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.cores(record, see);
        }
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        PROVIDER.settle(before, after);
    }
}

/// The provider that a document describes, in place of `old`. `resolve` makes a `kid` of the id of a signing key.
///
/// # Errors
///
/// As [`Lens::put`], and those of `resolve`.
pub(super) fn read(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    document: Members,
    changes_fixed: bool,
    resolve: Box<Resolve<'_>>,
) -> Result<IdentityProvider> {
    let current = old.map(kind_of).transpose()?;
    let shown = old.and_then(|old| PingOneLens.show(old.clone(), ""));
    let kind = kind_named(&document, "type", KINDS, |kind| kind.name, current);
    let record = kind.map(|kind| match old {
        Some(old) => old.clone(),
        None => IdentityProvider::new(cx.id, cx.now, "", blank(kind)),
    });
    let replaced = old.zip(shown.as_ref());
    let mut record =
        PROVIDER.read(document, Reading { replaced, changes_fixed, resolve, ..Reading::of(record) })?;
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    Ok(record)
}

/// The type of a provider, or the error that there is none, if it is of a kind that PingOne does not have.
pub(super) fn kind_of(provider: &IdentityProvider) -> Result<&'static Kind> {
    Kind::of(&provider.protocol)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, provider.id.number()))
}

/// A protocol of this type without settings.
fn blank(kind: &Kind) -> Protocol {
    match kind.core {
        Core::Saml => Protocol::Saml(Saml::default()),
        Core::OpenIdConnect => Protocol::OpenIdConnect(OpenIdConnect::default()),
        Core::Social(service) => {
            Protocol::Social(Social { service, client: Client::default(), tenant: None, apple_key: None })
        }
        Core::Foreign => Protocol::Foreign(Foreign { dialect: NAME.to_owned(), kind: kind.name.to_owned() }),
    }
}
