//! PingOne's words: the types of identity providers and enumerations.

use crate::dialects::document::Names;
use crate::dialects::kinds::{Canonical, ProviderKind};
use crate::model::social;

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "pingone";

/// A type of identity provider.
#[derive(Debug)]
pub(super) struct Kind {
    /// The value of `type`.
    pub(super) name: &'static str,
    /// What it is in the canonical model.
    canonical: Canonical<'static>,
    /// From where the mapping of the user name takes its value at first.
    pub(super) username: &'static str,
    /// Whether the login button carries a trademark, so that its icon is not to be changed.
    pub(super) trademarked: bool,
}

const fn kind(name: &'static str, canonical: Canonical<'static>, username: &'static str) -> Kind {
    Kind { name, canonical, username, trademarked: false }
}

const fn service(name: &'static str, service: &'static str, username: &'static str) -> Kind {
    kind(name, Canonical::Social(service), username)
}

const fn trademarked(kind: &Kind) -> Kind {
    Kind { trademarked: true, ..*kind }
}

/// All types.
pub(super) static KINDS: &[Kind] = &[
    kind("SAML", Canonical::Saml, "${samlAssertion.subject}"),
    kind("OPENID_CONNECT", Canonical::OpenIdConnect, "${providerAttributes.sub}"),
    trademarked(&service("FACEBOOK", social::FACEBOOK, "${providerAttributes.email}")),
    trademarked(&service("GOOGLE", social::GOOGLE, "${providerAttributes.emailAddress.value}")),
    trademarked(&service("LINKEDIN", social::LINKED_IN, "${providerAttributes.emailAddress}")),
    kind("LINKEDIN_OIDC", Canonical::Foreign, "${providerAttributes.emailAddress}"),
    service("APPLE", social::APPLE, "${providerAttributes.sub}"),
    service("AMAZON", social::AMAZON, "${providerAttributes.user_id}"),
    kind("TWITTER", Canonical::Foreign, "${providerAttributes.id}"),
    service("YAHOO", social::YAHOO, "${providerAttributes.sub}"),
    service("MICROSOFT", social::MICROSOFT, "${providerAttributes.id}"),
    service("PAYPAL", social::PAY_PAL, "${providerAttributes.user_id}"),
    service("GITHUB", social::GIT_HUB, "${providerAttributes.id}"),
];

impl ProviderKind for Kind {
    const DIALECT: &'static str = NAME;

    fn all() -> impl Iterator<Item = &'static Self> + Clone {
        KINDS.iter()
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn canonical(&self) -> Canonical<'static> {
        self.canonical
    }

    /// The sandbox of PayPal is an environment of the same type.
    fn shown_as(service: &str) -> &str {
        if service == social::PAY_PAL_SANDBOX { social::PAY_PAL } else { service }
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
