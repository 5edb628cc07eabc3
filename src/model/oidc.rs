//! OpenID Connect and OAuth 2.0 settings, in the words of OIDC discovery.

use serde::{Deserialize, Serialize};

use super::Secret;

/// What we are at the partner's authorization server (OIDC registration, section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `client_secret`. `Serialize` leaves it out.
    #[serde(default, skip_serializing)]
    pub secret: Option<Secret>,
    /// The scopes that we ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Whether codes are bound to their requests by PKCE with S256 (RFC 7636).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkce: Option<bool>,
    /// `token_endpoint_auth_method`, such as `client_secret_basic` (OIDC registration, section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
}

impl Client {
    /// The client with this id and secret.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: Some(id.into()), secret: Some(Secret::new(secret.into())), ..Self::default() }
    }

    /// The same client, which asks for these scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        Self { scopes: Some(scopes.into_iter().map(Into::into).collect()), ..self }
    }
}

/// A provider that speaks OpenID Connect (OIDC discovery, section 3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIdConnect {
    /// `issuer`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Where the metadata of the issuer is, if that is not where the issuer implies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discovery_endpoint: Option<String>,
    /// `authorization_endpoint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// `token_endpoint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// `userinfo_endpoint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// `jwks_uri`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// What we are there.
    #[serde(default)]
    pub client: Client,
}

impl OpenIdConnect {
    /// The settings for this issuer, where we are this client.
    #[must_use]
    pub fn new(issuer: impl Into<String>, client: Client) -> Self {
        Self { issuer: Some(issuer.into()), client, ..Self::default() }
    }

    /// The same settings, with this `authorization_endpoint`.
    #[must_use]
    pub fn authorization_endpoint(self, url: impl Into<String>) -> Self {
        Self { authorization_endpoint: Some(url.into()), ..self }
    }

    /// The same settings, with this `token_endpoint`.
    #[must_use]
    pub fn token_endpoint(self, url: impl Into<String>) -> Self {
        Self { token_endpoint: Some(url.into()), ..self }
    }

    /// The same settings, with this `userinfo_endpoint`.
    #[must_use]
    pub fn userinfo_endpoint(self, url: impl Into<String>) -> Self {
        Self { userinfo_endpoint: Some(url.into()), ..self }
    }

    /// The same settings, with this `jwks_uri`.
    #[must_use]
    pub fn jwks_uri(self, url: impl Into<String>) -> Self {
        Self { jwks_uri: Some(url.into()), ..self }
    }
}
