//! The SAML metadata of our side of a provider: a service provider (SAML metadata, section 2.4.4).

use super::documents::audience;
use super::documents::provider::is_answered_at_org;
use super::ids;
use crate::error::Result;
use crate::model::{IdentityProvider, Key};
use crate::pki::pem;
use crate::saml::{
    Attributes, Consumer, Endpoint, Entity, KeyDescriptor, Organization, Role, Side, Spelling,
};

/// How many characters of base64 a line has.
const COLUMNS: usize = 76;

/// What partners may encrypt assertions with (XML Encryption).
const ENCRYPTION_METHODS: &[&str] = &[
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
];

const NAME_ID_FORMATS: [&str; 4] = [
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
];

/// The attributes that are requested: friendly name, name, and whether they are required.
const ATTRIBUTES: &[(&str, &str, bool)] = &[
    ("First Name", "firstName", true),
    ("Last Name", "lastName", true),
    ("Email", "email", true),
    ("Mobile Phone", "mobilePhone", false),
];

/// The metadata that the partner needs, with the certificate of `key`.
pub(super) fn service_provider(
    provider: &IdentityProvider,
    key: &Key,
    org: &str,
    base_url: &str,
) -> Result<String> {
    let certificate = certificate(key)?;
    let usage =
        |usage, encryption_methods| KeyDescriptor { usage, certificate: &certificate, encryption_methods };
    let acs = Endpoint::at(&assertion_consumer_service(provider, base_url), "HTTP-POST");
    let role = Role {
        keys: vec![usage("encryption", ENCRYPTION_METHODS), usage("signing", &[])],
        single_logout: Vec::new(),
        name_id_formats: NAME_ID_FORMATS.to_vec(),
        side: Side::ServiceProvider {
            signs_requests: true,
            consumers: vec![Consumer { endpoint: acs, index: 0, is_default: true }],
            attributes: Some(Attributes { service_name: &provider.name, requested: ATTRIBUTES }),
        },
    };
    let entity = Entity {
        id: Some(&audience(provider)),
        role: Some(role),
        organization: Some(Organization { name: org, url: "https://okta.com" }),
        ..Entity::default()
    };
    entity.write(Spelling::Prefixed)
}

/// A key's certificate as Okta writes it in metadata.
pub(super) fn certificate(key: &Key) -> Result<String> {
    Ok(pem::wrap_base64(&key.certificate_der()?, COLUMNS))
}

/// Where the partner sends its responses: to an address of the provider's own, or to the org's.
fn assertion_consumer_service(provider: &IdentityProvider, base_url: &str) -> String {
    let own =
        if is_answered_at_org(provider) { String::new() } else { format!("/{}", ids::spell(provider.id)) };
    format!("{base_url}/sso/saml2{own}")
}
