//! Parts of a SAML 2.0 provider.

use serde_json::Value;

use super::texts;
use crate::dialects::document::{Core, Shown, field};
use crate::dialects::endpoints::put_location;
use crate::dialects::parts::{mutual_tls, mutual_tls_mut, put_text, saml, saml_mut};
use crate::model::{Endpoint, IdentityProvider};

texts! {
    /// The partner's entity id.
    ENTITY_ID, "saml.entity_id", saml, saml_mut, entity_id;
    /// Our entity id towards the partner.
    SERVICE_PROVIDER_ENTITY_ID, "saml.service_provider_entity_id", saml, saml_mut, service_provider_entity_id;
    /// The format of name ids.
    NAME_ID_FORMAT, "saml.name_id_format", saml, saml_mut, name_id_format;
    /// The issuer of the certificates of smart cards.
    CERTIFICATE_ISSUER, "mutual_tls.issuer", mutual_tls, mutual_tls_mut, issuer;
}

/// Whether requests to sign out are understood.
pub(in crate::dialects) const LOGOUT_REQUESTS: Core<IdentityProvider> = field(
    "saml.logout_requests",
    |p| saml(p).and_then(|saml| saml.logout_requests).map_or(Shown::Nothing, Shown::from),
    |p, received| {
        let Some(saml) = saml_mut(p) else { return received };
        saml.logout_requests = received.as_ref().and_then(Value::as_bool);
        received.filter(|_| saml.logout_requests.is_none())
    },
);

/// Where people sign in.
pub(in crate::dialects) const SINGLE_SIGN_ON: Core<IdentityProvider> = field(
    "saml.single_sign_on.location",
    |p| saml(p).and_then(|saml| location(saml.single_sign_on.as_ref())).into(),
    |p, received| put_location(saml_mut(p).map(|saml| &mut saml.single_sign_on), received),
);

/// Where people sign out.
pub(in crate::dialects) const SINGLE_LOGOUT: Core<IdentityProvider> = field(
    "saml.single_logout.location",
    |p| saml(p).and_then(|saml| location(saml.single_logout.as_ref())).into(),
    |p, received| put_location(saml_mut(p).map(|saml| &mut saml.single_logout), received),
);

/// Where the answer to a request to sign out goes.
pub(in crate::dialects) const LOGOUT_RESPONSE: Core<IdentityProvider> = field(
    "saml.single_logout.response_location",
    |p| saml(p).and_then(|saml| saml.single_logout.as_ref()?.response_location.as_deref()).into(),
    |p, received| {
        let endpoint = saml_mut(p).and_then(|saml| saml.single_logout.as_mut());
        put_text(endpoint.map(|endpoint| &mut endpoint.response_location), received)
    },
);

/// Whether requests are signed. If nothing is received, they are not.
pub(in crate::dialects) const REQUESTS_SIGNED: Core<IdentityProvider> = field(
    "saml.requests_signed",
    |p| saml(p).map_or(Shown::Nothing, |saml| saml.requests_signed.unwrap_or(false).into()),
    |p, received| {
        let Some(saml) = saml_mut(p) else { return received };
        saml.requests_signed = Some(received == Some(Value::Bool(true)));
        received.filter(|received| !received.is_boolean())
    },
);

fn location(endpoint: Option<&Endpoint>) -> Option<&str> {
    endpoint.map(|endpoint| endpoint.location.as_str())
}
