//! The members of providers: what each may hold, what it shows, and which kind has which.

use serde_json::json;

use super::cores as own;
use super::{Scene, Version, saml};
use crate::dialects::cores;
use crate::dialects::document::{self, Shown, hidden, member, object, server};
use crate::dialects::parts;
use crate::dialects::protojson::{
    Field, Message, bytes, choice, duration, flag, message, messages, new_text, text, texts,
};
use crate::model::IdentityProvider;

/// A member of a provider.
pub(crate) type Line = document::Line<IdentityProvider, Scene>;

/// The package that the messages of both services share.
pub(crate) const SHARED: &str = "zitadel.idp.v1";

pub(crate) const ID: Line = member(&text("id", 1, 200));
pub(crate) const NAME: Line = member(&text("name", 1, 200)).core(own::NAME);
/// The name of a provider that needs none.
pub(crate) const ANY_NAME: Line = NAME.received(&text(NAME.key(), 0, 200));

pub(crate) const OPTIONS: Line =
    object("options", OPTION_LINES).received(&message("providerOptions", &OPTIONS_MESSAGE));

const OPTIONS_MESSAGE: Message = Message::of("Options", &[&OPTION_LINES]).of_package(SHARED);

const OPTION_LINES: &[Line] = &[
    LINKING_ALLOWED,
    CREATION_ALLOWED,
    AUTO_CREATION,
    member(&flag("isAutoUpdate")).core(own::UPDATES),
    AUTO_LINKING,
];

pub(crate) const LINKING_ALLOWED: Line = member(&flag("isLinkingAllowed")).core(own::LINK);
pub(crate) const CREATION_ALLOWED: Line = member(&flag("isCreationAllowed")).core(own::CREATION);
pub(crate) const AUTO_CREATION: Line = member(&flag("isAutoCreation")).core(own::AUTO_CREATION);
pub(crate) const AUTO_LINKING: Line = member(&choice("autoLinking", own::AUTO_LINKING)).core(own::FOUND_BY);

/// What only the older API has of a provider that was made through it.
pub(crate) const OLDER: Line = hidden("older");

// OAuth 2.0 and OpenID Connect

pub(crate) const CLIENT_ID: Line = member(&text("clientId", 1, 200)).core(cores::CLIENT_ID);
pub(crate) const CLIENT_SECRET: Line =
    member(&new_text("clientSecret", 200).secret()).core(cores::CLIENT_SECRET);
pub(crate) const LONG_CLIENT_SECRET: Line =
    CLIENT_SECRET.received(&new_text(CLIENT_SECRET.key(), 1000).secret());
pub(crate) const SCOPES: Line = member(&texts("scopes", (0, 20), (1, 100))).kept().core(own::SCOPES);
pub(crate) const ISSUER: Line = member(&text("issuer", 1, 200)).core(own::ISSUER);
pub(crate) const AUTHORIZATION_ENDPOINT: Line = member(&text("authorizationEndpoint", 1, 200));
pub(crate) const TOKEN_ENDPOINT: Line = member(&text("tokenEndpoint", 1, 200));
pub(crate) const USER_ENDPOINT: Line = member(&text("userEndpoint", 1, 200));
pub(crate) const ID_ATTRIBUTE: Line = member(&text("idAttribute", 1, 200));
pub(crate) const USE_PKCE: Line = member(&flag("usePkce")).core(own::PKCE);
pub(crate) const IS_ID_TOKEN_MAPPING: Line = member(&flag("isIdTokenMapping"));

// JSON Web Tokens

pub(crate) const JWT_ENDPOINT: Line = member(&text("jwtEndpoint", 1, 200));
pub(crate) const KEYS_ENDPOINT: Line = member(&new_text("keysEndpoint", 200));
pub(crate) const HEADER_NAME: Line = member(&text("headerName", 1, 200));
pub(crate) const AUDIENCE: Line = member(&text("audience", 0, 200));

// ZITADEL

/// Scopes that can be cleared.
pub(crate) const CLEARABLE_SCOPES: Line = member(&texts(SCOPES.key(), (0, 20), (1, 100))).core(own::SCOPES);
/// The organizations whose administrators get roles on the instance.
pub(crate) const ROLES: Line = member(&messages("instanceRolesInfo", &ROLE).at_most(20));
pub(crate) const ORGANIZATION_ID: Field = text("organizationId", 1, 200);
pub(crate) const ORGANIZATION_DOMAIN: Field = text("organizationDomain", 1, 200);

const ROLE: Message =
    Message::of("InstanceRolesInfo", &[&ORGANIZATION_ID, &ORGANIZATION_DOMAIN]).of_package(SHARED);

// Microsoft

pub(crate) const TENANT: Line = member(&message("tenant", &TENANT_MESSAGE)).core(own::TENANT);
const TENANT_MESSAGE: Message =
    Message::of("AzureADTenant", &[&own::TENANT_TYPE, &own::TENANT_ID]).of_package(SHARED);
pub(crate) const EMAIL_VERIFIED: Line = member(&flag("emailVerified"));

// Apple

pub(crate) const TEAM_ID: Line = member(&text("teamId", 0, 0).exactly(10)).core(cores::APPLE_TEAM_ID);
pub(crate) const KEY_ID: Line = member(&text("keyId", 0, 0).exactly(10)).core(cores::APPLE_KEY_ID);
pub(crate) const PRIVATE_KEY: Line = member(&bytes("privateKey", 1, 5000).secret()).core(own::PRIVATE_KEY);

// LDAP

pub(crate) const SERVERS: Line = member(&texts("servers", (1, 20), (1, 200)));
pub(crate) const START_TLS: Line = member(&flag("startTls"));
pub(crate) const BASE_DN: Line = member(&text("baseDn", 1, 200));
pub(crate) const BIND_DN: Line = member(&text("bindDn", 1, 200));
pub(crate) const BIND_PASSWORD: Line = member(&new_text("bindPassword", 200).secret());
pub(crate) const USER_BASE: Line = member(&text("userBase", 1, 200));
pub(crate) const USER_OBJECT_CLASSES: Line = member(&texts("userObjectClasses", (1, 20), (1, 200)));
pub(crate) const USER_FILTERS: Line = member(&texts("userFilters", (1, 20), (1, 200)));
pub(crate) const TIMEOUT: Line = member(&duration("timeout"));
pub(crate) const ATTRIBUTES: Line =
    member(&message("attributes", &ATTRIBUTES_MESSAGE)).or(|_| json!({}).into());
pub(crate) const ROOT_CA: Line = member(&bytes("rootCa", 0, 12_000)).kept();

const ATTRIBUTES_MESSAGE: Message = Message::of(
    "LDAPAttributes",
    &[
        &text(ID_ATTRIBUTE.key(), 0, 200),
        &text("firstNameAttribute", 0, 200),
        &text("lastNameAttribute", 0, 200),
        &text("displayNameAttribute", 0, 200),
        &text("nickNameAttribute", 0, 200),
        &text("preferredUsernameAttribute", 0, 200),
        &text("emailAttribute", 0, 200),
        &text("emailVerifiedAttribute", 0, 200),
        &text("phoneAttribute", 0, 200),
        &text("phoneVerifiedAttribute", 0, 200),
        &text("preferredLanguageAttribute", 0, 200),
        &text("avatarUrlAttribute", 0, 200),
        &text("profileAttribute", 0, 200),
    ],
)
.of_package(SHARED);

/// The secrets.
pub(crate) const SECRETS: [&str; 3] = [CLIENT_SECRET.key(), PRIVATE_KEY.key(), BIND_PASSWORD.key()];

// SAML 2.0

/// The partner's metadata, byte for byte as it was received.
pub(crate) const METADATA_XML: Line = member(&saml::METADATA_XML).dependent(own::METADATA);
/// From where the metadata is fetched while the request is handled. It is not kept.
pub(crate) const METADATA_URL: Line = member(&text("metadataUrl", 0, 200).required_oneof("metadata"));
pub(crate) const BINDING: Line = member(&saml::BINDING).dependent(own::SIGN_ON_BINDING);
pub(crate) const WITH_SIGNED_REQUEST: Line = member(&flag("withSignedRequest")).core(cores::REQUESTS_SIGNED);
pub(crate) const NAME_ID_FORMAT: Line =
    member(&choice("nameIdFormat", own::NAME_ID_FORMATS).optional()).kept().core(own::NAME_ID_FORMAT);
// These three are optional, too, but to ZITADEL's server their zero values are the same as nothing.
pub(crate) const TRANSIENT_MAPPING: Line =
    member(&text("transientMappingAttributeName", 0, usize::MAX)).or(|_| "".into());
pub(crate) const FEDERATED_LOGOUT: Line =
    member(&flag("federatedLogoutEnabled")).or(|_| false.into()).core(own::LOGOUT_REQUESTS);
pub(crate) const SIGNATURE_ALGORITHM: Line =
    member(&choice("signatureAlgorithm", own::SIGNATURES)).core(own::SIGNATURE_ALGORITHM);

/// The metadata of a provider that was made through another API.
pub(crate) const DERIVED_METADATA: Line = server(METADATA_XML.key(), |p, scene| {
    if scene.has_metadata { Shown::Nothing } else { saml::derived(p, &scene.certificates).into() }
});
/// The binding of such a provider.
pub(crate) const DERIVED_BINDING: Line =
    server(
        BINDING.key(),
        |p, scene| {
            if scene.has_metadata { Shown::Nothing } else { saml::binding(p).into() }
        },
    );
/// The first version of the API also shows that there is no algorithm.
pub(crate) const NO_ALGORITHM: Line = server(SIGNATURE_ALGORITHM.key(), |p, scene| {
    let is_none = parts::saml(p).is_some_and(|saml| saml.signature_algorithm.is_none());
    if is_none && scene.version == Version::V1 { own::NO_SIGNATURE.into() } else { Shown::Nothing }
});

// The kinds

/// Google, GitHub and GitLab.
pub(crate) const CLIENT: &[Line] = &[CLIENT_ID, CLIENT_SECRET, SCOPES];

pub(crate) const OAUTH: &[Line] = &[
    CLIENT_ID,
    LONG_CLIENT_SECRET,
    AUTHORIZATION_ENDPOINT,
    TOKEN_ENDPOINT,
    USER_ENDPOINT,
    SCOPES,
    ID_ATTRIBUTE,
    USE_PKCE,
];

pub(crate) const OIDC: &[Line] =
    &[ISSUER, CLIENT_ID, LONG_CLIENT_SECRET, SCOPES, IS_ID_TOKEN_MAPPING, USE_PKCE];

pub(crate) const JWT: &[Line] = &[JWT_ENDPOINT, ISSUER, KEYS_ENDPOINT, HEADER_NAME, AUDIENCE];

pub(crate) const ZITADEL: &[Line] = &[ISSUER, CLIENT_ID, LONG_CLIENT_SECRET, CLEARABLE_SCOPES, ROLES];

pub(crate) const AZURE: &[Line] = &[CLIENT_ID, CLIENT_SECRET, TENANT, EMAIL_VERIFIED, SCOPES];

pub(crate) const GITHUB_ES: &[Line] =
    &[CLIENT_ID, CLIENT_SECRET, AUTHORIZATION_ENDPOINT, TOKEN_ENDPOINT, USER_ENDPOINT, SCOPES];

pub(crate) const GITLAB_SELF_HOSTED: &[Line] = &[ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPES];

pub(crate) const LDAP: &[Line] = &[
    SERVERS,
    START_TLS,
    BASE_DN,
    BIND_DN,
    BIND_PASSWORD,
    USER_BASE,
    USER_OBJECT_CLASSES,
    USER_FILTERS,
    TIMEOUT,
    ATTRIBUTES,
    ROOT_CA,
];

pub(crate) const APPLE: &[Line] = &[CLIENT_ID, TEAM_ID, KEY_ID, PRIVATE_KEY, SCOPES];

pub(crate) const SAML: &[Line] = &[
    METADATA_XML,
    DERIVED_METADATA,
    METADATA_URL,
    BINDING,
    DERIVED_BINDING,
    WITH_SIGNED_REQUEST,
    NAME_ID_FORMAT,
    TRANSIENT_MAPPING,
    FEDERATED_LOGOUT,
    SIGNATURE_ALGORITHM,
    NO_ALGORITHM,
];
