//! SAML 2.0 settings, in the words of SAML metadata.

use serde::{Deserialize, Serialize};

/// An endpoint of the partner (SAML metadata, section 2.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Where messages are sent: a URL.
    pub location: String,
    /// How they are sent: a binding URN such as `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<String>,
    /// Where responses are sent, if elsewhere than requests: a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_location: Option<String>,
    /// The partner's other endpoints for the same purpose, in the order in which its metadata lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Endpoint>,
}

impl From<&str> for Endpoint {
    fn from(location: &str) -> Self {
        location.to_owned().into()
    }
}

impl From<String> for Endpoint {
    fn from(location: String) -> Self {
        Self { location, ..Self::default() }
    }
}

/// A name-id format URN such as `urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified`.
pub type NameIdFormat = String;

/// A provider that speaks SAML 2.0: the partner is the identity provider, we are the service provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saml {
    /// The partner's entity id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// Our own entity id towards this partner; absent: the dialect's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_provider_entity_id: Option<String>,
    /// The partner's `SingleSignOnService`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_sign_on: Option<Endpoint>,
    /// The partner's `SingleLogoutService`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_logout: Option<Endpoint>,
    /// Whether our authentication requests are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_signed: Option<bool>,
    /// With what they are signed: an algorithm URI of XML Signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_algorithm: Option<String>,
    /// Whether the partner receives a logout request when a user who came through it signs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout_requests: Option<bool>,
    /// The format of the names that we ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_id_format: Option<NameIdFormat>,
}

impl Saml {
    /// The settings for the partner with this entity id.
    #[must_use]
    pub fn new(entity_id: impl Into<String>) -> Self {
        Self { entity_id: Some(entity_id.into()), ..Self::default() }
    }

    /// The same settings, with this `SingleSignOnService`: a URL, or an endpoint with its binding.
    #[must_use]
    pub fn sign_on(self, endpoint: impl Into<Endpoint>) -> Self {
        Self { single_sign_on: Some(endpoint.into()), ..self }
    }

    /// The same settings, with this `SingleLogoutService`.
    #[must_use]
    pub fn sign_out(self, endpoint: impl Into<Endpoint>) -> Self {
        Self { single_logout: Some(endpoint.into()), ..self }
    }

    /// The same settings, with this format of the names that we ask for.
    #[must_use]
    pub fn name_id_format(self, format: impl Into<NameIdFormat>) -> Self {
        Self { name_id_format: Some(format.into()), ..self }
    }
}
