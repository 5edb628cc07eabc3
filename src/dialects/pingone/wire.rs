//! PingOne's words: the types of identity providers and enumerations.

use crate::dialects::document::Names;
use crate::model::{Protocol, Social, SocialService};

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "pingone";

/// What a type of identity provider is in the canonical model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Core {
    Saml,
    OpenIdConnect,
    Social(SocialService),
    /// A type that only PingOne has.
    Foreign,
}

/// A type of identity provider.
#[derive(Debug)]
pub(super) struct Kind {
    /// The value of `type`.
    pub(super) name: &'static str,
    /// What it is in the canonical model.
    pub(super) core: Core,
    /// From where the mapping of the user name takes its value at first.
    pub(super) username: &'static str,
    /// Whether the login button carries a trademark, so that its icon is not to be changed.
    pub(super) trademarked: bool,
}

const fn kind(name: &'static str, core: Core, username: &'static str) -> Kind {
    Kind { name, core, username, trademarked: false }
}

const fn social(name: &'static str, service: SocialService, username: &'static str) -> Kind {
    kind(name, Core::Social(service), username)
}

const fn trademarked(kind: &Kind) -> Kind {
    Kind { trademarked: true, ..*kind }
}

/// All types.
pub(super) static KINDS: &[Kind] = &[
    kind("SAML", Core::Saml, "${samlAssertion.subject}"),
    kind("OPENID_CONNECT", Core::OpenIdConnect, "${providerAttributes.sub}"),
    trademarked(&social("FACEBOOK", SocialService::Facebook, "${providerAttributes.email}")),
    trademarked(&social("GOOGLE", SocialService::Google, "${providerAttributes.emailAddress.value}")),
    trademarked(&social("LINKEDIN", SocialService::LinkedIn, "${providerAttributes.emailAddress}")),
    kind("LINKEDIN_OIDC", Core::Foreign, "${providerAttributes.emailAddress}"),
    social("APPLE", SocialService::Apple, "${providerAttributes.sub}"),
    social("AMAZON", SocialService::Amazon, "${providerAttributes.user_id}"),
    kind("TWITTER", Core::Foreign, "${providerAttributes.id}"),
    social("YAHOO", SocialService::Yahoo, "${providerAttributes.sub}"),
    social("MICROSOFT", SocialService::Microsoft, "${providerAttributes.id}"),
    social("PAYPAL", SocialService::PayPal, "${providerAttributes.user_id}"),
    social("GITHUB", SocialService::GitHub, "${providerAttributes.id}"),
];

impl Kind {
    /// The type with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The type of a provider; `None` if no type of PingOne's is like it.
    pub(super) fn of(protocol: &Protocol) -> Option<&'static Self> {
        let core = match protocol {
            Protocol::Saml(_) => Core::Saml,
            Protocol::OpenIdConnect(_) => Core::OpenIdConnect,
            // An environment of one type.
            Protocol::Social(Social { service: SocialService::PayPalSandbox, .. }) => {
                Core::Social(SocialService::PayPal)
            }
            Protocol::Social(social) => Core::Social(social.service),
            Protocol::Foreign(foreign) if foreign.dialect == NAME => return Self::named(&foreign.kind),
            Protocol::MutualTls(_) | Protocol::Foreign(_) => return None,
        };
        KINDS.iter().find(|kind| kind.core == core)
    }
}

/// The values of `usageType`.
pub(super) const USAGES: &[&str] = &["SIGNING", "ENCRYPTION", "SSL/TLS", "ISSUANCE", "OUTBOUND_MTLS"];

/// PingOne's names of signature algorithms, and their URIs (XML Signature; RFC 9231, sections 2.3.2 to 2.3.6).
pub(super) const SIGNATURES: Names = &[
    ("SHA256withRSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    ("SHA384withRSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"),
    ("SHA512withRSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),
    ("SHA256withECDSA", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
    ("SHA384withECDSA", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"),
    ("SHA512withECDSA", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"),
];
