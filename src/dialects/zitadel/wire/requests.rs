//! The messages that clients send, with their rules.

use super::{
    ATTRIBUTES, BINDINGS, Form, Member, Message, NAME_ID_FORMATS, OPTIONS, Rule, SIGNATURES, TENANT, any,
    bytes, message, new_text, text,
};

const ID: Member = text("id", 1, 200);
const PROVIDER_OPTIONS: Member = any("providerOptions", Form::One(&OPTIONS));
const NAME_ID_FORMAT: Member = any("nameIdFormat", Form::Enum(NAME_ID_FORMATS)).optional();
const SCOPES: Member = Member::new("scopes", Form::Texts, Rule::Items((0, 20), (1, 100)));

/// Makes the messages with which a provider of a kind is added and updated.
macro_rules! messages {
    ($($add:ident $update:ident $kind:literal [$($member:expr,)*])*) => {
        $(
            pub(in crate::dialects::zitadel) static $add: Message =
                message(concat!("Add", $kind, "ProviderRequest"), &[$($member),*]);

            pub(in crate::dialects::zitadel) static $update: Message =
                message(concat!("Update", $kind, "ProviderRequest"), &[ID, $($member.in_update()),*]);
        )*
    };
}

messages! {
    ADD_GENERIC_OAUTH UPDATE_GENERIC_OAUTH "GenericOAuth" [
        text("name", 1, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 1000),
        text("authorizationEndpoint", 1, 200),
        text("tokenEndpoint", 1, 200),
        text("userEndpoint", 1, 200),
        SCOPES,
        text("idAttribute", 1, 200),
        PROVIDER_OPTIONS,
        any("usePkce", Form::Bool),
    ]
    ADD_GENERIC_OIDC UPDATE_GENERIC_OIDC "GenericOIDC" [
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 1000),
        SCOPES,
        PROVIDER_OPTIONS,
        any("isIdTokenMapping", Form::Bool),
        any("usePkce", Form::Bool),
    ]
    ADD_JWT UPDATE_JWT "JWT" [
        text("name", 1, 200),
        text("issuer", 1, 200),
        text("jwtEndpoint", 1, 200),
        new_text("keysEndpoint", 200),
        text("headerName", 1, 200),
        PROVIDER_OPTIONS,
    ]
    ADD_AZURE UPDATE_AZURE "AzureAD" [
        text("name", 1, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 200),
        any("tenant", Form::One(&TENANT)),
        any("emailVerified", Form::Bool),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_GITHUB UPDATE_GITHUB "GitHub" [
        text("name", 0, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_GITLAB UPDATE_GITLAB "GitLab" [
        text("name", 0, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_GITLAB_SELF_HOSTED UPDATE_GITLAB_SELF_HOSTED "GitLabSelfHosted" [
        text("issuer", 1, 200),
        text("name", 1, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_GOOGLE UPDATE_GOOGLE "Google" [
        text("name", 0, 200),
        text("clientId", 1, 200),
        new_text("clientSecret", 200),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_LDAP UPDATE_LDAP "LDAP" [
        text("name", 1, 200),
        Member::new("servers", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("startTls", Form::Bool),
        text("baseDn", 1, 200),
        text("bindDn", 1, 200),
        new_text("bindPassword", 200),
        text("userBase", 1, 200),
        Member::new("userObjectClasses", Form::Texts, Rule::Items((1, 20), (1, 200))),
        Member::new("userFilters", Form::Texts, Rule::Items((1, 20), (1, 200))),
        any("timeout", Form::Duration),
        any("attributes", Form::One(&ATTRIBUTES)),
        PROVIDER_OPTIONS,
        bytes("rootCa", 0, 12000),
    ]
    ADD_APPLE UPDATE_APPLE "Apple" [
        text("name", 0, 200),
        text("clientId", 1, 200),
        Member::new("teamId", Form::Text, Rule::Exactly(10)),
        Member::new("keyId", Form::Text, Rule::Exactly(10)),
        Member::new("privateKey", Form::Bytes, Rule::NewLength(1, 5000)),
        SCOPES,
        PROVIDER_OPTIONS,
    ]
    ADD_SAML UPDATE_SAML "SAML" [
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
    ]
}

// Its members are numbered in another order when it is added.

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
