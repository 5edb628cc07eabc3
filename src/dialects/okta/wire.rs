//! Okta's types of identity providers.

use crate::dialects::kinds::{Canonical, ProviderKind};
use crate::model::social;

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "okta";

/// A type of identity provider.
#[derive(Debug)]
pub(super) struct Kind {
    /// The value of `type`.
    pub(super) name: &'static str,
    /// The value of `protocol.type`; empty where Okta's pages do not name it.
    pub(super) protocol: &'static str,
    /// What it is in the canonical model.
    pub(super) canonical: Canonical<'static>,
    /// The endpoints, where they are the service's own.
    pub(super) endpoints: &'static [Endpoint],
    /// The scopes of a client that names none.
    pub(super) scopes: &'static [&'static str],
}

/// An endpoint of a service: name, URL and binding.
pub(super) type Endpoint = (&'static str, &'static str, &'static str);

const fn kind(
    name: &'static str,
    protocol: &'static str,
    canonical: Canonical<'static>,
    scopes: &'static [&'static str],
) -> Kind {
    Kind { name, protocol, canonical, endpoints: &[], scopes }
}

const fn service(
    name: &'static str,
    protocol: &'static str,
    canonical: Canonical<'static>,
    scopes: &'static [&'static str],
    endpoints: &'static [Endpoint],
) -> Kind {
    Kind { name, protocol, canonical, endpoints, scopes }
}

const fn authorization(url: &'static str) -> Endpoint {
    ("authorization", url, "HTTP-REDIRECT")
}

const fn token(url: &'static str) -> Endpoint {
    ("token", url, "HTTP-POST")
}

const fn pushed(url: &'static str) -> Endpoint {
    ("par", url, "HTTP-POST")
}

const OPENID: &[&str] = &["openid", "profile", "email"];
const IDENTITY: &[&str] = &["openid", "profile", "identity_assurance"];
const LOGIN_GOV: &[&str] = &["email", "profile", "profile:name"];

/// Microsoft's endpoints, for all tenants.
pub(super) const MICROSOFT: &[Endpoint] = &[
    authorization("https://login.microsoftonline.com/common/oauth2/v2.0/authorize"),
    token("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
];

/// All types, with the protocol that each speaks.
pub(super) static KINDS: &[Kind] = &[
    kind("SAML2", "SAML2", Canonical::Saml, &[]),
    kind("OIDC", "OIDC", Canonical::OpenIdConnect, &[]),
    kind("X509", "MTLS", Canonical::MutualTls, &[]),
    service(
        "GOOGLE",
        "OIDC",
        Canonical::Social(social::GOOGLE),
        &["profile", "email", "openid"],
        &[
            authorization("https://accounts.google.com/o/oauth2/auth"),
            token("https://www.googleapis.com/oauth2/v3/token"),
        ],
    ),
    service(
        "FACEBOOK",
        "OAUTH2",
        Canonical::Social(social::FACEBOOK),
        &["public_profile", "email"],
        &[
            authorization("https://www.facebook.com/dialog/oauth"),
            token("https://graph.facebook.com/v2.8/oauth/access_token"),
        ],
    ),
    service(
        "LINKEDIN",
        "OAUTH2",
        Canonical::Social(social::LINKED_IN),
        &["r_emailaddress", "r_liteprofile"],
        &[
            authorization("https://www.linkedin.com/uas/oauth2/authorization"),
            token("https://www.linkedin.com/uas/oauth2/accessToken"),
        ],
    ),
    service(
        "MICROSOFT",
        "OIDC",
        Canonical::Social(social::MICROSOFT),
        &["openid", "email", "profile", "https://graph.microsoft.com/User.Read"],
        MICROSOFT,
    ),
    service(
        "APPLE",
        "OIDC",
        Canonical::Social(social::APPLE),
        &["names", "email", "openid"],
        &[
            authorization("https://appleid.apple.com/auth/authorize"),
            token("https://appleid.apple.com/auth/token"),
        ],
    ),
    kind("AMAZON", "OIDC", Canonical::Social(social::AMAZON), &["profile", "profile:user_id"]),
    kind("GITHUB", "OAUTH2", Canonical::Social(social::GIT_HUB), &["user"]),
    kind("GITLAB", "OIDC", Canonical::Social(social::GIT_LAB), &["openid", "read_user", "profile", "email"]),
    kind("PAYPAL", "OIDC", Canonical::Social(social::PAY_PAL), OPENID),
    kind("PAYPAL_SANDBOX", "OIDC", Canonical::Social(social::PAY_PAL_SANDBOX), OPENID),
    kind("YAHOO", "OIDC", Canonical::Social(social::YAHOO), OPENID),
    kind("DISCORD", "OAUTH2", Canonical::Foreign, &["identify", "email"]),
    kind("LOGINGOV", "OIDC", Canonical::Foreign, LOGIN_GOV),
    kind("LOGINGOV_SANDBOX", "OIDC", Canonical::Foreign, LOGIN_GOV),
    kind("OKTA_INTEGRATION", "OIDC", Canonical::Foreign, OPENID),
    kind("SALESFORCE", "OAUTH2", Canonical::Foreign, &["id", "email", "profile"]),
    kind("SPOTIFY", "OIDC", Canonical::Foreign, &["user-read-email", "user-read-private"]),
    kind("XERO", "OIDC", Canonical::Foreign, OPENID),
    kind("YAHOOJP", "OIDC", Canonical::Foreign, OPENID),
    service(
        "IDV_PERSONA",
        "ID_PROOFING",
        Canonical::Foreign,
        &[],
        &[authorization("https://withpersona.com/verify")],
    ),
    service(
        "IDV_CLEAR",
        "ID_PROOFING",
        Canonical::Foreign,
        IDENTITY,
        &[
            pushed("https://verified.clearme.com/oauth/par"),
            authorization("https://verified.clearme.com/oauth/idv_authorize"),
            token("https://verified.clearme.com/hydra/oauth2/token"),
        ],
    ),
    service(
        "IDV_INCODE",
        "ID_PROOFING",
        Canonical::Foreign,
        IDENTITY,
        &[
            pushed("https://auth.incode.com/oauth2/par"),
            authorization("https://auth.incode.com/oauth2/authorize"),
            token("https://auth.incode.com/oauth2/token"),
        ],
    ),
    kind("IDV_STANDARD", "ID_PROOFING", Canonical::Foreign, IDENTITY),
    kind("AgentlessDSSO", "", Canonical::Foreign, &[]),
    kind("IWA", "", Canonical::Foreign, &[]),
    kind("OKTA", "", Canonical::Foreign, &[]),
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
}

impl Kind {
    /// Whether people sign in at a service whose endpoints are its own.
    pub(super) fn is_social(&self) -> bool {
        !matches!(self.canonical, Canonical::Saml | Canonical::OpenIdConnect | Canonical::MutualTls)
            && matches!(self.protocol, "OIDC" | "OAUTH2")
    }
}
