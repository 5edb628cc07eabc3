//! The messages that clients send, with their rules.

use super::{
    ATTRIBUTES, BINDINGS, Form, Member, Message, NAME_ID_FORMATS, OPTIONS, Rule, SIGNATURES, TENANT, any,
    bytes, message, text,
};

const ID: Member = text("id", 1, 200);
const PROVIDER_OPTIONS: Member = any("providerOptions", Form::One(&OPTIONS));
const NAME_ID_FORMAT: Member = any("nameIdFormat", Form::Enum(NAME_ID_FORMATS)).optional();
const SCOPES: Member = Member::new("scopes", Form::Texts, Rule::Items((0, 20), (1, 100)));

pub(in crate::dialects::zitadel) static ADD_GENERIC_OAUTH: Message = message(
    "AddGenericOAuthProviderRequest",
    &[
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 1, 1000),
        text("authorizationEndpoint", 1, 200),
        text("tokenEndpoint", 1, 200),
        text("userEndpoint", 1, 200),
        SCOPES,
        text("idAttribute", 1, 200),
        PROVIDER_OPTIONS,
        any("usePkce", Form::Bool),
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_GENERIC_OAUTH: Message = message(
    "UpdateGenericOAuthProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 1000),
        text("authorizationEndpoint", 1, 200),
        text("tokenEndpoint", 1, 200),
        text("userEndpoint", 1, 200),
        SCOPES,
        text("idAttribute", 1, 200),
        PROVIDER_OPTIONS,
        any("usePkce", Form::Bool),
    ],
);

pub(in crate::dialects::zitadel) static ADD_GENERIC_OIDC: Message = message(
    "AddGenericOIDCProviderRequest",
    &[
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 1, 1000),
        SCOPES,
        PROVIDER_OPTIONS,
        any("isIdTokenMapping", Form::Bool),
        any("usePkce", Form::Bool),
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_GENERIC_OIDC: Message = message(
    "UpdateGenericOIDCProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 1000),
        SCOPES,
        PROVIDER_OPTIONS,
        any("isIdTokenMapping", Form::Bool),
        any("usePkce", Form::Bool),
    ],
);

pub(in crate::dialects::zitadel) static ADD_JWT: Message = message(
    "AddJWTProviderRequest",
    &[
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("jwtEndpoint", 1, 200),
        text("keysEndpoint", 1, 200),
        text("headerName", 1, 200),
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_JWT: Message = message(
    "UpdateJWTProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("jwtEndpoint", 1, 200),
        text("keysEndpoint", 0, 200),
        text("headerName", 1, 200),
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_AZURE: Message = message(
    "AddAzureADProviderRequest",
    &[
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 1, 200),
        any("tenant", Form::One(&TENANT)),
        any("emailVerified", Form::Bool),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_AZURE: Message = message(
    "UpdateAzureADProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        any("tenant", Form::One(&TENANT)),
        any("emailVerified", Form::Bool),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_GITHUB: Message = message(
    "AddGitHubProviderRequest",
    &[text("name", 0, 200), text("clientId", 1, 200), text("clientSecret", 1, 200), SCOPES, PROVIDER_OPTIONS],
);

pub(in crate::dialects::zitadel) static UPDATE_GITHUB: Message = message(
    "UpdateGitHubProviderRequest",
    &[
        ID,
        text("name", 0, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_GITHUB_ENTERPRISE_SERVER: Message = message(
    "AddGitHubEnterpriseServerProviderRequest",
    &[
        text("clientId", 1, 200),
        text("name", 1, 200),
        text("clientSecret", 1, 200),
        text("authorizationEndpoint", 1, 200),
        text("tokenEndpoint", 1, 200),
        text("userEndpoint", 1, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_GITHUB_ENTERPRISE_SERVER: Message = message(
    "UpdateGitHubEnterpriseServerProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        text("authorizationEndpoint", 1, 200),
        text("tokenEndpoint", 1, 200),
        text("userEndpoint", 1, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_GITLAB: Message = message(
    "AddGitLabProviderRequest",
    &[text("name", 0, 200), text("clientId", 1, 200), text("clientSecret", 1, 200), SCOPES, PROVIDER_OPTIONS],
);

pub(in crate::dialects::zitadel) static UPDATE_GITLAB: Message = message(
    "UpdateGitLabProviderRequest",
    &[
        ID,
        text("name", 0, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_GITLAB_SELF_HOSTED: Message = message(
    "AddGitLabSelfHostedProviderRequest",
    &[
        text("issuer", 1, 200),
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 1, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_GITLAB_SELF_HOSTED: Message = message(
    "UpdateGitLabSelfHostedProviderRequest",
    &[
        ID,
        text("issuer", 1, 200),
        text("name", 1, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_GOOGLE: Message = message(
    "AddGoogleProviderRequest",
    &[text("name", 0, 200), text("clientId", 1, 200), text("clientSecret", 1, 200), SCOPES, PROVIDER_OPTIONS],
);

pub(in crate::dialects::zitadel) static UPDATE_GOOGLE: Message = message(
    "UpdateGoogleProviderRequest",
    &[
        ID,
        text("name", 0, 200),
        text("clientId", 1, 200),
        text("clientSecret", 0, 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_LDAP: Message = message(
    "AddLDAPProviderRequest",
    &[
        text("name", 1, 200),
        Member::new("servers", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("startTls", Form::Bool),
        text("baseDn", 1, 200),
        text("bindDn", 1, 200),
        text("bindPassword", 1, 200),
        text("userBase", 1, 200),
        Member::new("userObjectClasses", Form::Texts, Rule::Items((1, 20), (1, 200))),
        Member::new("userFilters", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("timeout", Form::Duration),
        any("attributes", Form::One(&ATTRIBUTES)),
        PROVIDER_OPTIONS,
        bytes("rootCa", 0, 12000),
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_LDAP: Message = message(
    "UpdateLDAPProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        Member::new("servers", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("startTls", Form::Bool),
        text("baseDn", 1, 200),
        text("bindDn", 1, 200),
        text("bindPassword", 0, 200),
        text("userBase", 1, 200),
        Member::new("userObjectClasses", Form::Texts, Rule::Items((1, 20), (1, 200))),
        Member::new("userFilters", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("timeout", Form::Duration),
        any("attributes", Form::One(&ATTRIBUTES)),
        PROVIDER_OPTIONS,
        bytes("rootCa", 0, 12000),
    ],
);

pub(in crate::dialects::zitadel) static ADD_APPLE: Message = message(
    "AddAppleProviderRequest",
    &[
        text("name", 0, 200),
        text("clientId", 1, 200),
        Member::new("teamId", Form::Text, Rule::Exactly(10)),
        Member::new("keyId", Form::Text, Rule::Exactly(10)),
        bytes("privateKey", 1, 5000),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_APPLE: Message = message(
    "UpdateAppleProviderRequest",
    &[
        ID,
        text("name", 0, 200),
        text("clientId", 1, 200),
        Member::new("teamId", Form::Text, Rule::Exactly(10)),
        Member::new("keyId", Form::Text, Rule::Exactly(10)),
        bytes("privateKey", 0, 5000),
        SCOPES,
        PROVIDER_OPTIONS,
    ],
);

pub(in crate::dialects::zitadel) static ADD_SAML: Message = message(
    "AddSAMLProviderRequest",
    &[
        text("name", 1, 200),
        bytes("metadataXml", 0, 500_000).required_oneof("metadata"),
        text("metadataUrl", 0, 200).required_oneof("metadata"),
        any("binding", Form::Enum(BINDINGS)),
        any("withSignedRequest", Form::Bool),
        PROVIDER_OPTIONS,
        NAME_ID_FORMAT,
        // Optional ones, too, but nothing tells their zero values from nothing.
        any("transientMappingAttributeName", Form::Text),
        any("federatedLogoutEnabled", Form::Bool),
        any("signatureAlgorithm", Form::Enum(SIGNATURES)),
    ],
);

pub(in crate::dialects::zitadel) static UPDATE_SAML: Message = message(
    "UpdateSAMLProviderRequest",
    &[
        ID,
        text("name", 1, 200),
        bytes("metadataXml", 0, 500_000).required_oneof("metadata"),
        text("metadataUrl", 0, 200).required_oneof("metadata"),
        any("binding", Form::Enum(BINDINGS)),
        any("withSignedRequest", Form::Bool),
        PROVIDER_OPTIONS,
        NAME_ID_FORMAT,
        // Optional ones, too, but nothing tells their zero values from nothing.
        any("transientMappingAttributeName", Form::Text),
        any("federatedLogoutEnabled", Form::Bool),
        any("signatureAlgorithm", Form::Enum(SIGNATURES)),
    ],
);

pub(in crate::dialects::zitadel) static MIGRATE: Message = message(
    "MigrateGenericOIDCProviderRequest",
    &[
        ID,
        any("azure", Form::One(&ADD_AZURE)).oneof("template"),
        any("google", Form::One(&ADD_GOOGLE)).oneof("template"),
    ],
);

pub(in crate::dialects::zitadel) static GET: Message = message("GetProviderByIDRequest", &[ID]);

pub(in crate::dialects::zitadel) static GET_V2: Message =
    Message { name: "GetIDPByIDRequest", package: Some("zitadel.idp.v2"), members: &[ID] };

pub(in crate::dialects::zitadel) static DELETE: Message = message("DeleteProviderRequest", &[ID]);

pub(in crate::dialects::zitadel) static REGENERATE: Message =
    message("RegenerateSAMLProviderCertificateRequest", &[ID]);
