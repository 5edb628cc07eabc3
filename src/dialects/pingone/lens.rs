//! PingOne's document of an identity provider and the canonical record.

use serde_json::Value;

use super::documents::Scene;
use super::documents::provider::PROVIDER;
use super::wire::{Core, KINDS, Kind, NAME};
use crate::dialects::document::{Reading, Resolve, See};
use crate::dialects::endpoints::keep_alternatives;
use crate::dialects::lens::{Context, Lens, Members};
use crate::error::{Error, Reason, Resource, Result, Violation};
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
        Some(PROVIDER.show(&record, &Scene::default()).members())
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
    let record = match (kind(&document, current), old) {
        (Ok(_), Some(old)) => Ok(old.clone()),
        (Ok(kind), None) => Ok(IdentityProvider::new(cx.id, cx.now, "", blank(kind))),
        (Err(reason), _) => Err(Violation::new("/type", reason)),
    };
    let replaced = old.zip(shown.as_ref());
    let mut record = PROVIDER.read(document, Reading { record, replaced, changes_fixed, resolve })?;
    if let Some(old) = old {
        keep_alternatives(old, &mut record);
    }
    Ok(record)
}

/// The type that a document names, or why it cannot be of that; `current` is the type of the provider that it replaces.
fn kind(document: &Members, current: Option<&Kind>) -> Result<&'static Kind, Reason> {
    let name = match document.get("type") {
        None | Some(Value::Null) => return Err(Reason::Missing),
        Some(Value::String(name)) => name,
        Some(_) => return Err(Reason::WrongType("string")),
    };
    let names = || KINDS.iter().map(|kind| kind.name).collect();
    let kind = Kind::named(name).ok_or_else(|| Reason::NotAllowed(names()))?;
    match current {
        Some(current) if current.name != kind.name => Err(Reason::Immutable),
        _ => Ok(kind),
    }
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
