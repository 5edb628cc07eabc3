//! What a vendor requires and another one leaves to be found out. It is derived whenever it is shown and never kept, so
//! that it follows what it is derived from (`docs/decisions/0072-what-is-derived-for-other-apis.md`).

use serde_json::Value;

use super::parts::{client, oidc, text};
use crate::model::{IdentityProvider, OpenIdConnect, Protocol, social};

/// An endpoint of an [`OpenIdConnect`] that is given or missing.
pub(super) type Given = fn(&OpenIdConnect) -> &Option<String>;

/// The authorization endpoint.
pub(super) fn authorization_endpoint(p: &IdentityProvider) -> Option<Value> {
    endpoint(p, |oidc| &oidc.authorization_endpoint, "authorize")
}

/// The token endpoint.
pub(super) fn token_endpoint(p: &IdentityProvider) -> Option<Value> {
    endpoint(p, |oidc| &oidc.token_endpoint, "token")
}

/// The address of the key set.
pub(super) fn jwks_uri(p: &IdentityProvider) -> Option<Value> {
    endpoint(p, |oidc| &oidc.jwks_uri, "jwks")
}

/// The endpoint that is given, else the one below the issuer.
pub(super) fn endpoint(p: &IdentityProvider, given: Given, end: &str) -> Option<Value> {
    let oidc = oidc(p)?;
    if let Some(given) = given(oidc) {
        return text(Some(given));
    }
    let issuer = oidc.issuer.as_deref()?;
    let host = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"))?;
    let is_issuer = !host.is_empty() && !host.starts_with('/') && !host.contains(['?', '#']);
    is_issuer.then(|| format!("{}/{end}", issuer.trim_end_matches('/')).into())
}

/// The scopes of a client; without any, those with which OpenID Connect describes a user.
pub(super) fn scopes(p: &IdentityProvider) -> Option<Value> {
    match &client(p)?.scopes {
        Some(scopes) => Some(scopes.as_slice().into()),
        None => oidc(p).map(|_| ["openid", "profile", "email"].as_slice().into()),
    }
}

/// The name of a provider; one that has none is called like its service.
pub(super) fn name(p: &IdentityProvider) -> &str {
    match &p.protocol {
        Protocol::Social(at) if p.name.is_empty() => match at.service.as_str() {
            social::APPLE => "Apple",
            social::GIT_HUB => "GitHub",
            social::GIT_LAB => "GitLab",
            social::GOOGLE => "Google",
            _ => "",
        },
        _ => &p.name,
    }
}
