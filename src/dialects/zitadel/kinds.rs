//! The kinds of identity providers that ZITADEL has.

use super::commands::{self, Command};
use super::wire::NAME;
use crate::model::{Client, Foreign, OpenIdConnect, Protocol, Saml, Social, SocialService};

/// A kind of identity provider.
#[derive(Debug)]
pub(super) struct Kind {
    /// How the type is called, after `PROVIDER_TYPE_` or `IDP_TYPE_`.
    pub(super) name: &'static str,
    /// The member of `config` that has its settings.
    pub(super) config: &'static str,
    /// What it is in the canonical model.
    core: Core,
    /// The member that is never told.
    pub(super) secret: Option<&'static str>,
    pub(super) add: &'static Command,
    pub(super) update: &'static Command,
}

/// What a kind is in the canonical model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Core {
    Saml,
    OpenIdConnect,
    Social(SocialService),
    /// A kind that only ZITADEL has.
    Foreign,
}

const fn kind(
    name: &'static str,
    config: &'static str,
    core: Core,
    secret: Option<&'static str>,
    add: &'static Command,
    update: &'static Command,
) -> Kind {
    Kind { name, config, core, secret, add, update }
}

const CLIENT: Option<&str> = Some("clientSecret");

/// All kinds.
#[rustfmt::skip] // one line for each
pub(super) static KINDS: &[Kind] = &[
    kind("SAML", "saml", Core::Saml, None, &commands::ADD_SAML, &commands::UPDATE_SAML),
    kind("OIDC", "oidc", Core::OpenIdConnect, CLIENT, &commands::ADD_GENERIC_OIDC, &commands::UPDATE_GENERIC_OIDC),
    kind("GOOGLE", "google", Core::Social(SocialService::Google), CLIENT, &commands::ADD_GOOGLE, &commands::UPDATE_GOOGLE),
    kind("GITHUB", "github", Core::Social(SocialService::GitHub), CLIENT, &commands::ADD_GITHUB, &commands::UPDATE_GITHUB),
    kind("GITLAB", "gitlab", Core::Social(SocialService::GitLab), CLIENT, &commands::ADD_GITLAB, &commands::UPDATE_GITLAB),
    kind("AZURE_AD", "azureAd", Core::Social(SocialService::Microsoft), CLIENT, &commands::ADD_AZURE, &commands::UPDATE_AZURE),
    kind("APPLE", "apple", Core::Social(SocialService::Apple), Some("privateKey"), &commands::ADD_APPLE, &commands::UPDATE_APPLE),
    kind("OAUTH", "oauth", Core::Foreign, CLIENT, &commands::ADD_GENERIC_OAUTH, &commands::UPDATE_GENERIC_OAUTH),
    kind("JWT", "jwt", Core::Foreign, None, &commands::ADD_JWT, &commands::UPDATE_JWT),
    kind("LDAP", "ldap", Core::Foreign, Some("bindPassword"), &commands::ADD_LDAP, &commands::UPDATE_LDAP),
    kind("GITHUB_ES", "githubEs", Core::Foreign, CLIENT, &commands::ADD_GITHUB_ENTERPRISE_SERVER, &commands::UPDATE_GITHUB_ENTERPRISE_SERVER),
    kind("GITLAB_SELF_HOSTED", "gitlabSelfHosted", Core::Foreign, CLIENT, &commands::ADD_GITLAB_SELF_HOSTED, &commands::UPDATE_GITLAB_SELF_HOSTED),
];

/// Whether the member of this name is a secret of some kind.
pub(super) fn is_secret(member: &str) -> bool {
    KINDS.iter().any(|kind| kind.secret == Some(member))
}

impl Kind {
    /// The kind with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The kind of a provider; `None` if ZITADEL has none like it.
    pub(super) fn of(protocol: &Protocol) -> Option<&'static Self> {
        let core = match protocol {
            Protocol::Saml(_) => Core::Saml,
            Protocol::OpenIdConnect(_) => Core::OpenIdConnect,
            Protocol::Social(social) => Core::Social(social.service),
            Protocol::Foreign(foreign) if foreign.dialect == NAME => return Self::named(&foreign.kind),
            Protocol::Foreign(_) | Protocol::MutualTls(_) => return None,
        };
        KINDS.iter().find(|kind| kind.core == core)
    }

    /// A protocol of this kind without settings.
    pub(super) fn blank(&self) -> Protocol {
        match self.core {
            Core::Saml => Protocol::Saml(Saml::default()),
            Core::OpenIdConnect => Protocol::OpenIdConnect(OpenIdConnect::default()),
            Core::Social(service) => {
                Protocol::Social(Social { service, client: Client::default(), tenant: None, apple_key: None })
            }
            Core::Foreign => {
                Protocol::Foreign(Foreign { dialect: NAME.to_owned(), kind: self.name.to_owned() })
            }
        }
    }

    pub(super) fn is_saml(&self) -> bool {
        self.core == Core::Saml
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
