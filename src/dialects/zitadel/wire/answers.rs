//! The messages that clients get.

use super::{
    ATTRIBUTES, BINDINGS, Form, Member, Message, NAME_ID_FORMATS, OPTIONS, OWNER_TYPES, SIGNATURES, STATES,
    TENANT, any, message, shared,
};

static LDAP: Message = shared(
    "LDAPConfig",
    &[
        any("servers", Form::Texts),
        any("startTls", Form::Bool),
        any("baseDn", Form::Text),
        any("bindDn", Form::Text),
        any("userBase", Form::Text),
        any("userObjectClasses", Form::Texts),
        any("userFilters", Form::Texts),
        any("timeout", Form::Duration),
        any("attributes", Form::One(&ATTRIBUTES)),
        any("rootCa", Form::Bytes),
    ],
);

static GOOGLE: Message = shared("GoogleConfig", &[any("clientId", Form::Text), any("scopes", Form::Texts)]);

static OAUTH: Message = shared(
    "OAuthConfig",
    &[
        any("clientId", Form::Text),
        any("authorizationEndpoint", Form::Text),
        any("tokenEndpoint", Form::Text),
        any("userEndpoint", Form::Text),
        any("scopes", Form::Texts),
        any("idAttribute", Form::Text),
        any("usePkce", Form::Bool),
    ],
);

static GENERIC_OIDC: Message = shared(
    "GenericOIDCConfig",
    &[
        any("issuer", Form::Text),
        any("clientId", Form::Text),
        any("scopes", Form::Texts),
        any("isIdTokenMapping", Form::Bool),
        any("usePkce", Form::Bool),
    ],
);

static JWT: Message = shared(
    "JWTConfig",
    &[
        any("jwtEndpoint", Form::Text),
        any("issuer", Form::Text),
        any("keysEndpoint", Form::Text),
        any("headerName", Form::Text),
    ],
);

static GITHUB_ENTERPRISE_SERVER: Message = shared(
    "GitHubEnterpriseServerConfig",
    &[
        any("clientId", Form::Text),
        any("authorizationEndpoint", Form::Text),
        any("tokenEndpoint", Form::Text),
        any("userEndpoint", Form::Text),
        any("scopes", Form::Texts),
    ],
);

static GITLAB_SELF_HOSTED: Message = shared(
    "GitLabSelfHostedConfig",
    &[any("issuer", Form::Text), any("clientId", Form::Text), any("scopes", Form::Texts)],
);

static AZURE: Message = shared(
    "AzureADConfig",
    &[
        any("clientId", Form::Text),
        any("tenant", Form::One(&TENANT)),
        any("emailVerified", Form::Bool),
        any("scopes", Form::Texts),
    ],
);

static APPLE: Message = shared(
    "AppleConfig",
    &[
        any("clientId", Form::Text),
        any("teamId", Form::Text),
        any("keyId", Form::Text),
        any("scopes", Form::Texts),
    ],
);

static SAML: Message = shared(
    "SAMLConfig",
    &[
        any("metadataXml", Form::Bytes),
        any("binding", Form::Enum(BINDINGS)),
        any("withSignedRequest", Form::Bool),
        any("nameIdFormat", Form::Enum(NAME_ID_FORMATS)),
        any("transientMappingAttributeName", Form::Text).optional(),
        any("federatedLogoutEnabled", Form::Bool).optional(),
        any("signatureAlgorithm", Form::Enum(SIGNATURES)).optional(),
    ],
);

static SAML_V2: Message = shared(
    "SAMLConfig",
    &[
        any("metadataXml", Form::Bytes),
        any("binding", Form::Enum(BINDINGS)),
        any("withSignedRequest", Form::Bool),
        any("nameIdFormat", Form::Enum(NAME_ID_FORMATS)),
        any("transientMappingAttributeName", Form::Text).optional(),
        any("federatedLogoutEnabled", Form::Bool).optional(),
        any("signatureAlgorithm", Form::Enum(SIGNATURES)),
    ],
);

static DETAILS: Message = message(
    "ObjectDetails",
    &[
        any("sequence", Form::Uint64),
        any("creationDate", Form::Timestamp),
        any("changeDate", Form::Timestamp),
        any("resourceOwner", Form::Text),
    ],
);

static DETAILS_V2: Message = message(
    "Details",
    &[
        any("sequence", Form::Uint64),
        any("changeDate", Form::Timestamp),
        any("resourceOwner", Form::Text),
        any("creationDate", Form::Timestamp),
    ],
);

/// The settings of a provider: options, and one member for each kind.
const fn config(saml: &'static Message) -> [Member; 13] {
    [
        any("options", Form::One(&OPTIONS)),
        any("ldap", Form::One(&LDAP)),
        any("google", Form::One(&GOOGLE)),
        any("oauth", Form::One(&OAUTH)),
        any("oidc", Form::One(&GENERIC_OIDC)),
        any("jwt", Form::One(&JWT)),
        any("github", Form::One(&GOOGLE)),
        any("githubEs", Form::One(&GITHUB_ENTERPRISE_SERVER)),
        any("gitlab", Form::One(&GOOGLE)),
        any("gitlabSelfHosted", Form::One(&GITLAB_SELF_HOSTED)),
        any("azureAd", Form::One(&AZURE)),
        any("apple", Form::One(&APPLE)),
        any("saml", Form::One(saml)),
    ]
}

static CONFIG: Message = shared("ProviderConfig", &config(&SAML));
static CONFIG_V2: Message = shared("IDPConfig", &config(&SAML_V2));

pub(in crate::dialects::zitadel) static PROVIDER: Message = shared(
    "Provider",
    &[
        any("id", Form::Text),
        any("details", Form::One(&DETAILS)),
        any("state", Form::Enum(STATES)),
        any("name", Form::Text),
        any("owner", Form::Enum(OWNER_TYPES)),
        any("type", Form::Text),
        any("config", Form::One(&CONFIG)),
    ],
);

static PROVIDER_V2: Message = shared(
    "IDP",
    &[
        any("id", Form::Text),
        any("details", Form::One(&DETAILS_V2)),
        any("state", Form::Enum(STATES)),
        any("name", Form::Text),
        any("type", Form::Text),
        any("config", Form::One(&CONFIG_V2)),
    ],
);

pub(in crate::dialects::zitadel) static LIST_DETAILS: Message = message(
    "ListDetails",
    &[
        any("totalResult", Form::Uint64),
        any("processedSequence", Form::Uint64),
        any("viewTimestamp", Form::Timestamp),
    ],
);

/// The answer to everything that changes a provider.
pub(in crate::dialects::zitadel) static CHANGED: Message =
    message("Response", &[any("details", Form::One(&DETAILS)), any("id", Form::Text)]);

pub(in crate::dialects::zitadel) static GOT: Message =
    message("GetProviderByIDResponse", &[any("idp", Form::One(&PROVIDER))]);

pub(in crate::dialects::zitadel) static GOT_V2: Message =
    message("GetIDPByIDResponse", &[any("idp", Form::One(&PROVIDER_V2))]);
