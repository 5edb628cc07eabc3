//! Kinds of identity providers. Each dialect lists its own in a table; what a kind is in the canonical model is defined here
//! once for all.

use super::document::kind_named;
use super::lens::{Context, Members};
use crate::error::{Error, Resource, Result, Violation};
use crate::model::{Client, Foreign, IdentityProvider, MutualTls, OpenIdConnect, Protocol, Saml, Social};

/// What a kind is in the canonical model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Canonical<'p> {
    Saml,
    OpenIdConnect,
    /// A well-known service, by its name.
    Social(&'p str),
    MutualTls,
    /// A kind that only one dialect has.
    Foreign,
}

impl<'p> Canonical<'p> {
    fn of(protocol: &'p Protocol) -> Self {
        match protocol {
            Protocol::Saml(_) => Self::Saml,
            Protocol::OpenIdConnect(_) => Self::OpenIdConnect,
            Protocol::Social(social) => Self::Social(&social.service),
            Protocol::MutualTls(_) => Self::MutualTls,
            Protocol::Foreign(_) => Self::Foreign,
        }
    }
}

/// A vendor's kind of identity provider.
pub(super) trait ProviderKind: Sized + 'static {
    /// The name of the dialect.
    const DIALECT: &'static str;

    /// All kinds of the dialect.
    fn all() -> impl Iterator<Item = &'static Self> + Clone;

    /// The vendor's word for it.
    fn name(&self) -> &'static str;

    /// What it is in the canonical model.
    fn canonical(&self) -> Canonical<'static>;

    /// The service by whose kind the dialect shows this one; most know only one name of a service.
    fn shown_as(service: &str) -> &str {
        service
    }

    /// The kind with this name.
    fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    /// The kind of a provider; `None` if the dialect has none like it.
    fn of(protocol: &Protocol) -> Option<&'static Self> {
        let canonical = match (Canonical::of(protocol), protocol) {
            (_, Protocol::Foreign(foreign)) if foreign.dialect != Self::DIALECT => return None,
            (_, Protocol::Foreign(foreign)) => return Self::named(&foreign.kind),
            (Canonical::Social(service), _) => Canonical::Social(Self::shown_as(service)),
            (canonical, _) => canonical,
        };
        Self::all().find(|kind| kind.canonical() == canonical)
    }

    /// Whether the dialect has a kind for a provider.
    fn knows(provider: &IdentityProvider) -> bool {
        Self::of(&provider.protocol).is_some()
    }

    /// The kind of a provider that the dialect shows.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if it has none like it.
    fn of_provider(provider: &IdentityProvider) -> Result<&'static Self> {
        let missing = || Error::not_found(Resource::IdentityProvider, provider.id.number());
        Self::of(&provider.protocol).ok_or_else(missing)
    }

    /// The record that a document becomes when it is read: the one that it replaces, or a new one of the kind that it names
    /// in this member. The violation says what is wrong with that member.
    ///
    /// # Errors
    ///
    /// As [`ProviderKind::of_provider`].
    fn begin(
        cx: Context<'_>,
        old: Option<&IdentityProvider>,
        document: &Members,
        member: &str,
    ) -> Result<Result<IdentityProvider, Violation>> {
        let current = old.map(Self::of_provider).transpose()?;
        let new = |kind: &Self| IdentityProvider::new(cx.id, cx.now, "", kind.blank());
        let kind = kind_named(document, member, Self::all(), Self::name, current);
        Ok(kind.map(|kind| old.cloned().unwrap_or_else(|| new(kind))))
    }

    /// A provider of the same kind, id and age without settings; `None` if the dialect has no such kind.
    fn anew(provider: &IdentityProvider) -> Option<IdentityProvider> {
        let blank = Self::of(&provider.protocol)?.blank();
        Some(IdentityProvider::new(provider.id, provider.created, "", blank))
    }

    /// A protocol of this kind without settings.
    fn blank(&self) -> Protocol {
        match self.canonical() {
            Canonical::Saml => Saml::default().into(),
            Canonical::OpenIdConnect => OpenIdConnect::default().into(),
            Canonical::Social(service) => Social::new(service, Client::default()).into(),
            Canonical::MutualTls => MutualTls::default().into(),
            Canonical::Foreign => {
                Protocol::Foreign(Foreign { dialect: Self::DIALECT.to_owned(), kind: self.name().to_owned() })
            }
        }
    }
}
