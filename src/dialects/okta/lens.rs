//! Okta's document of an identity provider and the canonical record.

use super::documents::Scene;
use super::documents::draw_audience;
use super::documents::provider::PROVIDER;
use super::wire::{Core, KINDS, Kind, NAME};
use crate::dialects::document::{Reading, See, kind_named};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::lens::{Context, Lens, Members};
use crate::error::{Error, Resource, Result};
use crate::model::{Client, Foreign, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml, Social};

/// The lens. It reads what Okta's API description leaves out, too.
pub(super) struct OktaLens;

impl Lens for OktaLens {
    fn put(
        &self,
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: Members,
    ) -> Result<IdentityProvider> {
        read(cx, old, document, false)
    }

    fn show(&self, record: IdentityProvider, base_url: &str) -> Option<Members> {
        Kind::of(&record.protocol)?;
        Some(PROVIDER.members(&record, &Scene::at(base_url)))
    }

    fn cores(&self, record: &IdentityProvider, see: &mut See<'_>) {
        if Kind::of(&record.protocol).is_some() {
            PROVIDER.cores(record, see);
        }
    }

    fn settle(&self, before: &IdentityProvider, after: &mut IdentityProvider) {
        PROVIDER.settle(before, after);
    }

    fn keeps(&self, record: &IdentityProvider, path: &[&str]) -> bool {
        PROVIDER.keeps(record, path)
    }
}

/// The provider that a document describes, in place of `old`; `is_strict` says that it may hold only what Okta's API
/// description lists.
///
/// # Errors
///
/// As [`Lens::put`].
pub(super) fn read(
    cx: Context<'_>,
    old: Option<&IdentityProvider>,
    document: Members,
    is_strict: bool,
) -> Result<IdentityProvider> {
    let current = old.map(kind_of).transpose()?;
    let shown = old.map(|old| PROVIDER.members(old, &Scene::default()));
    let kind = kind_named(&document, "type", KINDS, |kind| kind.name, current);
    let record = kind.map(|kind| match old {
        Some(old) => old.clone(),
        None => IdentityProvider::new(cx.id, cx.now, "", blank(kind)),
    });
    let reading = Reading { replaced: old.zip(shown.as_ref()), is_strict, ..Reading::of(record) };
    let mut record = PROVIDER.read(document, reading)?;
    draw_audience(&mut record, cx.entropy);
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    Ok(record)
}

/// The type of a provider, or the error that there is none, if it is of a kind that Okta does not have.
pub(super) fn kind_of(provider: &IdentityProvider) -> Result<&'static Kind> {
    Kind::of(&provider.protocol)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, provider.id.number()))
}

/// A protocol of this type without settings.
pub(super) fn blank(kind: &Kind) -> Protocol {
    match kind.core {
        Core::Saml => Protocol::Saml(Saml::default()),
        Core::OpenIdConnect => Protocol::OpenIdConnect(OpenIdConnect::default()),
        Core::MutualTls => Protocol::MutualTls(MutualTls::default()),
        Core::Social(service) => {
            Protocol::Social(Social { service, client: Client::default(), tenant: None, apple_key: None })
        }
        Core::Foreign => Protocol::Foreign(Foreign { dialect: NAME.to_owned(), kind: kind.name.to_owned() }),
    }
}
