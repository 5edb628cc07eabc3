//! Parts of a provider that speaks OpenID Connect or OAuth 2.0.

use serde_json::Value;

use super::texts;
use crate::dialects::apple_key;
use crate::dialects::derived;
use crate::dialects::document::{Core, Shown, field};
use crate::dialects::parts::{
    apple, apple_mut, client, client_mut, oidc, oidc_mut, put_secret, put_text, social, social_mut,
};
use crate::model::IdentityProvider;

texts! {
    /// The issuer.
    ISSUER, "open_id_connect.issuer", oidc, oidc_mut, issuer;
    /// The endpoint that describes the user who has signed in.
    USERINFO_ENDPOINT, "open_id_connect.userinfo_endpoint", oidc, oidc_mut, userinfo_endpoint;
    /// Our id at the partner.
    CLIENT_ID, "client.id", client, client_mut, id;
    /// How our client proves itself at the token endpoint.
    AUTH_METHOD, "client.token_endpoint_auth_method", client, client_mut, token_endpoint_auth_method;
    /// The tenant at the service.
    SOCIAL_TENANT, "social.tenant", social, social_mut, tenant;
    /// The team of the key with which we sign in at Apple.
    APPLE_TEAM_ID, "apple_key.team_id", apple, apple_mut, team_id;
    /// The id of that key.
    APPLE_KEY_ID, "apple_key.key_id", apple, apple_mut, key_id;
}

/// The authorization endpoint, derived from the issuer if it is missing.
pub(in crate::dialects) const AUTHORIZATION_ENDPOINT: Core<IdentityProvider> = field(
    "open_id_connect.authorization_endpoint",
    |p| derived::authorization_endpoint(p).into(),
    |p, received| put_text(oidc_mut(p).map(|oidc| &mut oidc.authorization_endpoint), received),
);

/// The token endpoint, as [`AUTHORIZATION_ENDPOINT`].
pub(in crate::dialects) const TOKEN_ENDPOINT: Core<IdentityProvider> = field(
    "open_id_connect.token_endpoint",
    |p| derived::token_endpoint(p).into(),
    |p, received| put_text(oidc_mut(p).map(|oidc| &mut oidc.token_endpoint), received),
);

/// The address of the key set, as [`AUTHORIZATION_ENDPOINT`].
pub(in crate::dialects) const JWKS_URI: Core<IdentityProvider> = field(
    "open_id_connect.jwks_uri",
    |p| derived::jwks_uri(p).into(),
    |p, received| put_text(oidc_mut(p).map(|oidc| &mut oidc.jwks_uri), received),
);

/// The scopes of our client, derived if they are missing.
pub(in crate::dialects) const SCOPES: Core<IdentityProvider> = field(
    "client.scopes",
    |p| derived::scopes(p).into(),
    |p, received| {
        let Some(client) = client_mut(p) else { return received };
        match received {
            Some(Value::Array(scopes)) if scopes.iter().all(Value::is_string) => {
                client.scopes = Some(scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                None
            }
            other => {
                client.scopes = None;
                other
            }
        }
    },
);

/// The secret of our client.
pub(in crate::dialects) const CLIENT_SECRET: Core<IdentityProvider> = field(
    "client.secret",
    |p| client(p).and_then(|client| client.secret.as_ref()?.reveal().ok()).into(),
    |p, received| put_secret(client_mut(p).map(|client| &mut client.secret), received),
);

/// The key with which we sign in at Apple, in PEM.
pub(in crate::dialects) const APPLE_PRIVATE_KEY_PEM: Core<IdentityProvider> =
    field("apple_key.private_key", apple_private_key, apple_key::put);

/// The key with which we sign in at Apple.
pub(in crate::dialects) const APPLE_PRIVATE_KEY: Core<IdentityProvider> =
    field("apple_key.private_key", apple_private_key, |p, received| {
        put_secret(apple_mut(p).map(|key| &mut key.private_key), received)
    });

fn apple_private_key(p: &IdentityProvider) -> Shown<'_> {
    apple(p).and_then(|key| key.private_key.as_ref()?.reveal().ok()).into()
}
