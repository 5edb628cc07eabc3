//! PingOne's document of an identity provider.

use serde_json::{Value, json};

use super::Scene;
use super::cores::{
    AUTH_METHOD, BINDINGS, DISCOVERY_ENDPOINT, LOGOUT_BINDING, METHODS, PAYPAL, PKCE, REGISTRATION,
    REGISTRATION_MEMBER, SIGN_ON_BINDING, SIGNATURE_ALGORITHM, TRUSTED_KEYS,
};
use crate::dialects::cores::{
    APPLE_KEY_ID, APPLE_PRIVATE_KEY, APPLE_TEAM_ID, AUTHORIZATION_ENDPOINT, CLIENT_ID, CLIENT_SECRET,
    ENABLED, ENTITY_ID, ISSUER, JWKS_URI, LOGOUT_RESPONSE, NAME, REQUESTS_SIGNED, SCOPES,
    SERVICE_PROVIDER_ENTITY_ID, SIGNING_KEY, SINGLE_LOGOUT, SINGLE_SIGN_ON, SOCIAL_TENANT, TOKEN_ENDPOINT,
    USERINFO_ENDPOINT,
};
use crate::dialects::document::{
    Document, Line, choice, flag, hidden, https, integer, list, named, object, references, server, text, url,
    words,
};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::parts::{is_at, oidc, saml};
use crate::dialects::pingone::wire::{self, Kind, SIGNATURES};
use crate::dialects::pingone::{links, mappings};
use crate::model::IdentityProvider;
use crate::model::social::{APPLE, FACEBOOK, MICROSOFT, PAY_PAL, PAY_PAL_SANDBOX};

/// The member that holds the type of a provider.
pub(in crate::dialects::pingone) const TYPE: &str = "type";

/// The document; what only one type has follows as the published samples show it.
pub(in crate::dialects::pingone) static PROVIDER: Document<IdentityProvider, Scene> = Document::of(
    wire::NAME,
    &[
        server("_links", |p, scene| links(p, scene).into()),
        server("id", |p, _| p.id.to_uuid().into()),
        server(TYPE, |p, _| Kind::of(&p.protocol).map(|kind| kind.name).into()),
        text("name").required().core(NAME),
        words("description"),
        flag("enabled").required().core(ENABLED),
        server("environment", |_, scene| json!({"id": scene.environment}).into()),
        object("icon", IMAGE),
        object("loginButtonIcon", IMAGE).fixed(is_trademarked),
        object(REGISTRATION_MEMBER, &[object("population", &[text("id")])]).dependent(REGISTRATION),
        server("createdAt", |p, _| p.created.to_string().into()),
        server("updatedAt", |p, _| p.updated.to_string().into()),
        server("_embedded", |_, scene| {
            scene.attributes.clone().map(|attributes| json!({"attributes": attributes})).into()
        }),
        // SAML
        flag("authnRequestSigned").loose().when(is_saml).core(REQUESTS_SIGNED),
        url("ssoEndpoint").required().when(is_saml).core(SINGLE_SIGN_ON),
        named("ssoBinding", BINDINGS).required().when(is_saml).core(SIGN_ON_BINDING),
        url("sloEndpoint").when(is_saml).core(SINGLE_LOGOUT),
        url("sloResponseEndpoint").when(is_saml).core(LOGOUT_RESPONSE),
        named("sloBinding", BINDINGS).when(is_saml).core(LOGOUT_BINDING),
        integer("sloWindow", 1, 24).loose().when(is_saml),
        object("idpVerification", &[references("certificates", 1).required().core(TRUSTED_KEYS)])
            .when(is_saml),
        text("spEntityId").when(is_saml).core(SERVICE_PROVIDER_ENTITY_ID),
        object("spSigning", SIGNING).when(is_saml),
        text("idpEntityId").required().when(is_saml).core(ENTITY_ID),
        // OAuth 2.0
        text("appId").required().when(is_facebook).core(CLIENT_ID),
        text("appSecret").required().when(is_facebook).core(CLIENT_SECRET),
        text("clientId").required().when(has_client_id).core(CLIENT_ID),
        text("clientSecret").required().when(has_client_secret).core(CLIENT_SECRET),
        text("teamId").length(10).required().when(is_apple).core(APPLE_TEAM_ID),
        text("keyId").length(10).required().when(is_apple).core(APPLE_KEY_ID),
        text("clientSecretSigningKey").required().when(is_apple).returned(APPLE_PRIVATE_KEY),
        text("tenantId").when(is_microsoft).core(SOCIAL_TENANT),
        choice("clientEnvironment", &["sandbox", "live"]).required().when(is_paypal).core(PAYPAL),
        // OpenID Connect
        https("authorizationEndpoint").required().when(is_oidc).core(AUTHORIZATION_ENDPOINT),
        https("tokenEndpoint").required().when(is_oidc).core(TOKEN_ENDPOINT),
        https("userInfoEndpoint").when(is_oidc).core(USERINFO_ENDPOINT),
        https("jwksEndpoint").required().when(is_oidc).core(JWKS_URI),
        // Behind the endpoints that decide whether it is derived, and before the issuer that it is derived from.
        https("discoveryEndpoint").when(is_oidc).core(DISCOVERY_ENDPOINT),
        text("issuer").required().when(is_oidc).core(ISSUER),
        list("scopes").required().when(is_oidc).core(SCOPES),
        named("tokenEndpointAuthMethod", METHODS).when(is_oidc).core(AUTH_METHOD),
        choice("pkceMethod", &["NONE", "S256"]).when(is_oidc).core(PKCE),
        hidden(mappings::KEPT),
    ],
);

const IMAGE: &[Line<IdentityProvider, Scene>] = &[text("id"), url("href")];

const SIGNING: &[Line<IdentityProvider, Scene>] = &[
    object("key", &[text("id").reference().core(SIGNING_KEY)]),
    named("algorithm", SIGNATURES).core(SIGNATURE_ALGORITHM),
];

fn is_saml(p: &IdentityProvider) -> bool {
    saml(p).is_some()
}

fn is_oidc(p: &IdentityProvider) -> bool {
    oidc(p).is_some()
}

fn is_facebook(p: &IdentityProvider) -> bool {
    is_at(p, FACEBOOK)
}

fn is_apple(p: &IdentityProvider) -> bool {
    is_at(p, APPLE)
}

fn is_microsoft(p: &IdentityProvider) -> bool {
    is_at(p, MICROSOFT)
}

fn is_paypal(p: &IdentityProvider) -> bool {
    is_at(p, PAY_PAL) || is_at(p, PAY_PAL_SANDBOX)
}

fn has_client_id(p: &IdentityProvider) -> bool {
    !is_saml(p) && !is_facebook(p)
}

fn has_client_secret(p: &IdentityProvider) -> bool {
    has_client_id(p) && !is_apple(p)
}

/// Whether the login button carries a trademark, so that its icon is not to be changed.
fn is_trademarked(p: &IdentityProvider) -> bool {
    Kind::of(&p.protocol).is_some_and(|kind| kind.trademarked)
}

fn links(p: &IdentityProvider, scene: &Scene) -> Value {
    let own = format!("{}/identityProviders/{}", scene.url, p.id.to_uuid());
    links::to(&[("self", &own), ("environment", &scene.url), ("attributes", &format!("{own}/attributes"))])
}
