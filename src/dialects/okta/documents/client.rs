//! What a document of an application holds about a client of OAuth 2.0 (RFC 7591 names most of it).

use serde_json::Value;

use super::application::{APPLICATION, Lines, Scene, one_of};
use super::checks::METHODS;
use crate::dialects::base64url;
use crate::dialects::document::{Line, Shown, any, object, texts, words};
use crate::dialects::lens::Members;
use crate::dialects::okta::ids;
use crate::env::Entropy;
use crate::model::Application;

/// By what the client is known.
pub(super) const CLIENT: Lines = &[
    one_of(METHOD, |_| METHODS).or(|_| "client_secret_basic".into()),
    any("autoKeyRotation").or(|_| true.into()),
    words(ID).fill(|missing| Some(id(missing.record))),
    SECRET_LINE.fill(|missing| Some(secret(missing.record))),
];

/// The same of an application that is no client: a document may hold it all the same, or the application was one before.
pub(super) const NO_CLIENT: Lines = &[SECRET_LINE];

/// The secret is shown only by the call that has written it.
const SECRET_LINE: Line<Application, Scene> = words(SECRET).dress(|secret, scene| match secret.as_str() {
    Some(secret) if scene.shows_secrets => secret.into(),
    _ => Shown::Nothing,
});

const METHOD: &str = "token_endpoint_auth_method";
const ID: &str = "client_id";
const SECRET: &str = "client_secret";

/// What a secret is until it is drawn.
const TO_BE_DRAWN: &str = "";

/// The id that it had, or that of the application.
fn id(app: &Application) -> Value {
    let before = APPLICATION.find(app, ID).and_then(|(_, kept)| kept);
    before.cloned().unwrap_or_else(|| ids::spell(app.id).into())
}

/// The secret that it had, or one that is drawn once nothing is found wrong.
fn secret(app: &Application) -> Value {
    let before = APPLICATION.find(app, SECRET).and_then(|(_, kept)| kept);
    before.cloned().unwrap_or_else(|| TO_BE_DRAWN.into())
}

/// A client that is known by something else has no secret.
pub(super) fn without_secret(mut client: Value) -> Value {
    let method = client.get(METHOD).and_then(Value::as_str);
    let has_secret = method.is_none_or(|method| method.starts_with("client_secret"));
    if let Some(members) = client.as_object_mut().filter(|_| !has_secret) {
        members.shift_remove(SECRET);
    }
    client
}

/// Draws the secret that is still missing.
pub(in crate::dialects::okta) fn draw_secret(app: &mut Application, entropy: &dyn Entropy) {
    if let Some(secret) = APPLICATION.find_mut(app, SECRET).filter(|secret| **secret == TO_BE_DRAWN) {
        *secret = drawn(entropy).into();
    }
}

/// Forgets the secret; none is drawn in its place.
pub(in crate::dialects::okta) fn drop_secret(app: &mut Application) {
    if let Some(secret) = APPLICATION.find_mut(app, SECRET) {
        *secret = Value::Null;
    }
}

/// A new secret.
pub(in crate::dialects::okta) fn drawn(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 48];
    entropy.fill(&mut bytes);
    base64url(&bytes)
}

/// How a client authenticates at the token endpoint, and the secret that its own document holds for that.
pub(in crate::dialects::okta) fn authentication(app: &Application) -> (Option<&str>, Option<&str>) {
    let kept = |name| APPLICATION.find(app, name).and_then(|(_, kept)| kept?.as_str());
    (kept(METHOD), kept(SECRET))
}

/// What the client does.
pub(super) const SETTINGS: Lines = &[
    any("client_uri"),
    any("redirect_uris"),
    texts("response_types").listed(|_| &["code", "id_token", "token"]),
    texts("grant_types").listed(|_| GRANT_TYPES),
    one_of("application_type", |_| &["browser", "native", "service", "web"]),
    one_of("consent_method", |_| &["REQUIRED", "TRUSTED"]),
    one_of("issuer_mode", |_| &["CUSTOM_URL", "DYNAMIC", "ORG_URL"]),
    one_of("subject_type", |_| &["public", "pairwise"]),
    one_of("wildcard_redirect", |_| &["DISABLED", "SUBDOMAIN"]),
    object("idp_initiated_login", &[one_of("mode", |_| &["DISABLED", "SPEC", "OKTA"])]),
    object("refresh_token", &[one_of("rotation_type", |_| &["ROTATE", "STATIC"])]),
    object("network", &[one_of("connection", |_| &["ANYWHERE", "ZONE"])]),
    one_of("request_object_signing_alg", |_| SIGNATURES),
    one_of("backchannel_authentication_request_signing_alg", |_| SIGNATURES),
    one_of("backchannel_token_delivery_mode", |_| &["poll", "ping", "push"]),
    one_of("id_token_encrypted_response_alg", |_| &["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]),
    JWKS,
];

/// The same of an application that is no client.
pub(super) const NO_CLIENT_SETTINGS: Lines = &[JWKS];

const JWKS: Line<Application, Scene> =
    object("jwks", &[any("keys").normal(|_, keys| Ok(Some(public(keys))))]);

/// A client's keys are public. What is private of them, if a client sends that all the same, is not kept (RFC 7518,
/// sections 6.2.2, 6.3.2 and 6.4.1).
fn public(mut keys: Value) -> Value {
    keys.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut).for_each(drop_private);
    keys
}

pub(in crate::dialects::okta) fn drop_private(key: &mut Members) {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    key.retain(|member, _| !PRIVATE.contains(&member.as_str()));
}

const GRANT_TYPES: &[&str] = &[
    "authorization_code",
    "client_credentials",
    "implicit",
    "interaction_code",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
    "urn:okta:params:oauth:grant-type:otp",
    "urn:okta:params:oauth:grant-type:oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-oob",
];

const SIGNATURES: &[&str] =
    &["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
