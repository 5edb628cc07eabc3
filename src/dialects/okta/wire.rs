//! Okta's types of identity providers.

use crate::model::{Protocol, SocialService};

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "okta";

/// What a type of identity provider is in the canonical model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Core {
    Saml,
    OpenIdConnect,
    Social(SocialService),
    MutualTls,
    /// A type that only Okta has.
    Foreign,
}

/// A type of identity provider.
#[derive(Debug)]
pub(super) struct Kind {
    /// The value of `type`.
    pub(super) name: &'static str,
    /// The value of `protocol.type`; empty where Okta's pages do not tell.
    pub(super) protocol: &'static str,
    /// What it is in the canonical model.
    pub(super) core: Core,
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
    core: Core,
    scopes: &'static [&'static str],
) -> Kind {
    Kind { name, protocol, core, endpoints: &[], scopes }
}

const fn service(
    name: &'static str,
    protocol: &'static str,
    core: Core,
    scopes: &'static [&'static str],
    endpoints: &'static [Endpoint],
) -> Kind {
    Kind { name, protocol, core, endpoints, scopes }
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
    kind("SAML2", "SAML2", Core::Saml, &[]),
    kind("OIDC", "OIDC", Core::OpenIdConnect, &[]),
    kind("X509", "MTLS", Core::MutualTls, &[]),
    service(
        "GOOGLE",
        "OIDC",
        Core::Social(SocialService::Google),
        &["profile", "email", "openid"],
        &[
            authorization("https://accounts.google.com/o/oauth2/auth"),
            token("https://www.googleapis.com/oauth2/v3/token"),
        ],
    ),
    service(
        "FACEBOOK",
        "OAUTH2",
        Core::Social(SocialService::Facebook),
        &["public_profile", "email"],
        &[
            authorization("https://www.facebook.com/dialog/oauth"),
            token("https://graph.facebook.com/v2.8/oauth/access_token"),
        ],
    ),
    service(
        "LINKEDIN",
        "OAUTH2",
        Core::Social(SocialService::LinkedIn),
        &["r_emailaddress", "r_liteprofile"],
        &[
            authorization("https://www.linkedin.com/uas/oauth2/authorization"),
            token("https://www.linkedin.com/uas/oauth2/accessToken"),
        ],
    ),
    service(
        "MICROSOFT",
        "OIDC",
        Core::Social(SocialService::Microsoft),
        &["openid", "email", "profile", "https://graph.microsoft.com/User.Read"],
        MICROSOFT,
    ),
    service(
        "APPLE",
        "OIDC",
        Core::Social(SocialService::Apple),
        &["names", "email", "openid"],
        &[
            authorization("https://appleid.apple.com/auth/authorize"),
            token("https://appleid.apple.com/auth/token"),
        ],
    ),
    kind("AMAZON", "OIDC", Core::Social(SocialService::Amazon), &["profile", "profile:user_id"]),
    kind("GITHUB", "OAUTH2", Core::Social(SocialService::GitHub), &["user"]),
    kind("GITLAB", "OIDC", Core::Social(SocialService::GitLab), &["openid", "read_user", "profile", "email"]),
    kind("PAYPAL", "OIDC", Core::Social(SocialService::PayPal), OPENID),
    kind("PAYPAL_SANDBOX", "OIDC", Core::Social(SocialService::PayPalSandbox), OPENID),
    kind("YAHOO", "OIDC", Core::Social(SocialService::Yahoo), OPENID),
    kind("DISCORD", "OAUTH2", Core::Foreign, &["identify", "email"]),
    kind("LOGINGOV", "OIDC", Core::Foreign, LOGIN_GOV),
    kind("LOGINGOV_SANDBOX", "OIDC", Core::Foreign, LOGIN_GOV),
    kind("OKTA_INTEGRATION", "OIDC", Core::Foreign, OPENID),
    kind("SALESFORCE", "OAUTH2", Core::Foreign, &["id", "email", "profile"]),
    kind("SPOTIFY", "OIDC", Core::Foreign, &["user-read-email", "user-read-private"]),
    kind("XERO", "OIDC", Core::Foreign, OPENID),
    kind("YAHOOJP", "OIDC", Core::Foreign, OPENID),
    service(
        "IDV_PERSONA",
        "ID_PROOFING",
        Core::Foreign,
        &[],
        &[authorization("https://withpersona.com/verify")],
    ),
    service(
        "IDV_CLEAR",
        "ID_PROOFING",
        Core::Foreign,
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
        Core::Foreign,
        IDENTITY,
        &[
            pushed("https://auth.incode.com/oauth2/par"),
            authorization("https://auth.incode.com/oauth2/authorize"),
            token("https://auth.incode.com/oauth2/token"),
        ],
    ),
    kind("IDV_STANDARD", "ID_PROOFING", Core::Foreign, IDENTITY),
    kind("AgentlessDSSO", "", Core::Foreign, &[]),
    kind("IWA", "", Core::Foreign, &[]),
    kind("OKTA", "", Core::Foreign, &[]),
];

impl Kind {
    /// The type with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The type of a provider; `None` if no type of Okta's is like it.
    pub(super) fn of(protocol: &Protocol) -> Option<&'static Self> {
        let core = match protocol {
            Protocol::Saml(_) => Core::Saml,
            Protocol::OpenIdConnect(_) => Core::OpenIdConnect,
            Protocol::MutualTls(_) => Core::MutualTls,
            Protocol::Social(social) => Core::Social(social.service),
            Protocol::Foreign(foreign) if foreign.dialect == NAME => return Self::named(&foreign.kind),
            Protocol::Foreign(_) => return None,
        };
        KINDS.iter().find(|kind| kind.core == core)
    }

    /// Whether people sign in at a service whose endpoints are its own.
    pub(super) fn is_social(&self) -> bool {
        !matches!(self.core, Core::Saml | Core::OpenIdConnect | Core::MutualTls)
            && matches!(self.protocol, "OIDC" | "OAUTH2")
    }
}
