//! SAML metadata (saml-metadata-2.0-os): a provider that is made of what a partner publishes, and what the partner gets of us.

use http::{HeaderValue, StatusCode};

use super::environment::Environment;
use super::ids;
use crate::error::{Error, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{IdentityProvider, Protocol, Saml, State, place};
use crate::pki::pem;
use crate::saml::{BINDINGS, Consumer, Endpoint, Entity, KeyDescriptor, Metadata, Role, Side, Spelling};
use crate::service::MetadataImport;

/// The media type of metadata.
pub(super) const MEDIA_TYPE: &str = "application/samlmetadata+xml";

/// The provider that the metadata in the body describes. It is called by its entity id and is not enabled: what it is
/// called and when it begins is for an update to say.
pub(super) fn import(call: &Call<'_>, environment: &Environment) -> Result<IdentityProvider> {
    let sets = &*environment.service.env().character_sets;
    let mut metadata = Metadata::read(call.request.body(), sets).map_err(|error| {
        Error::invalid("", Reason::Other("is no SAML metadata of an identity provider".to_owned()))
            .caused_by(error)
    })?;
    if !metadata.single_sign_on.iter().any(is_usable) {
        return Err(Error::invalid(place::SINGLE_SIGN_ON, Reason::Missing));
    }
    if metadata.certificates.is_empty() {
        return Err(Error::invalid(place::TRUSTED_KEYS, Reason::Missing));
    }
    if !metadata.single_logout.iter().any(is_usable) {
        metadata.single_logout.clear();
    }
    let name = metadata.entity_id.clone().unwrap_or_default();
    let new = IdentityProvider { state: State::Inactive, ..IdentityProvider::named(name, Saml::default()) };
    let made = environment.service.create_from_metadata(&new, &metadata, &MetadataImport::default())?;
    Ok(made.provider)
}

/// Whether PingOne has a name for the binding.
fn is_usable(endpoint: &Endpoint) -> bool {
    let binding = endpoint.binding.strip_prefix(BINDINGS);
    matches!(binding, Some("HTTP-POST" | "HTTP-Redirect")) && !endpoint.location.is_empty()
}

/// What the partner of a SAML provider gets: the metadata of our side. It is for anyone.
pub(super) fn export(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::named(call)?;
    let id = ids::named(Resource::IdentityProvider, call.param("providerID"))?;
    let provider = environment.service.provider(id)?;
    let Protocol::Saml(saml) = &provider.protocol else {
        return Err(Error::not_found(Resource::IdentityProvider, call.param("providerID")));
    };
    let key = environment.service.partner_key(provider.id)?;
    let certificate = pem::wrap_base64(&key.certificate_der()?, usize::MAX);
    let own = format!("{}/{}", call.base_url, ids::spell(environment.tenant.id));
    let at = |end: &str| Endpoint::at(&format!("{own}/saml20/sp/{end}"), "HTTP-POST");
    let role = Role {
        keys: vec![KeyDescriptor { usage: "signing", certificate: &certificate, encryption_methods: &[] }],
        single_logout: saml.single_logout.iter().map(|_| at("slo")).collect(),
        name_id_formats: saml.name_id_format.iter().map(String::as_str).collect(),
        side: Side::ServiceProvider {
            signs_requests: saml.requests_signed == Some(true),
            consumers: vec![Consumer { endpoint: at("acs"), index: 0, is_default: true }],
            attributes: None,
        },
    };
    let id = saml.service_provider_entity_id.as_deref().unwrap_or(&own);
    let xml = Entity { id: Some(id), role: Some(role), ..Entity::default() }.write(Spelling::Indented)?;
    Ok(body::with_body(StatusCode::OK, HeaderValue::from_static(MEDIA_TYPE), xml))
}
