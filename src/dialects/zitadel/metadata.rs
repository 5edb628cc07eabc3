//! The SAML metadata of our side, as a service provider (saml-metadata-2.0-os, section 2.4.4).

use super::{ids, time};
use crate::error::{ErrorKind, Result};
use crate::model::{IdentityProvider, Key, Protocol};
use crate::pki::{Timestamp, pem};
use crate::saml::{Consumer, Endpoint, Entity, KeyDescriptor, Role, Side, Spelling};

/// The encryption methods that ZITADEL names.
const ENCRYPTION_METHODS: &[&str] = &[
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
];

/// For how many seconds metadata with an expired certificate counts.
const GRACE: i64 = 48 * 60 * 60;

/// The name-id format of a provider that was never given one.
pub(super) const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/// The metadata that the partner needs, with the certificate of `key`; `for_login` puts the addresses of the login
/// pages first.
pub(super) fn service_provider(
    provider: &IdentityProvider,
    key: &Key,
    origin: &str,
    for_login: bool,
    now: Timestamp,
) -> Result<String> {
    let Protocol::Saml(saml) = &provider.protocol else { return Err(ErrorKind::Unsupported.into()) };
    let ends = key.expires.filter(|ends| *ends > now).unwrap_or_else(|| now.plus_seconds(GRACE));
    let base = format!("{origin}/idps/{}/saml", ids::spell(provider.id));
    let signs_requests = saml.requests_signed == Some(true);
    let certificate = pem::wrap_base64(&key.certificate_der()?, usize::MAX);
    let usage =
        |usage, encryption_methods| KeyDescriptor { usage, certificate: &certificate, encryption_methods };
    let mut keys = vec![usage("encryption", ENCRYPTION_METHODS)];
    keys.extend(signs_requests.then(|| usage("signing", &[])));
    let logout = format!("{base}/slo");
    let role = Role {
        keys,
        single_logout: vec![Endpoint {
            response_location: Some(logout.clone()),
            ..Endpoint::at(&logout, "HTTP-POST")
        }],
        name_id_formats: vec![saml.name_id_format.as_deref().unwrap_or(PERSISTENT)],
        side: Side::ServiceProvider {
            signs_requests,
            consumers: consumers(&base, origin, for_login),
            attributes: None,
        },
    };
    let entity = Entity {
        id: Some(&format!("{base}/metadata")),
        valid_until: Some(&time(ends)),
        role: Some(role),
        ..Entity::default()
    };
    entity.write(Spelling::Indented)
}

/// Where the partner sends its responses: to us, or to our login pages.
fn consumers(base: &str, origin: &str, for_login: bool) -> Vec<Consumer> {
    let own = format!("{base}/acs");
    let login = format!("{origin}/ui/login/login/externalidp/saml/acs");
    let (first, second, begin) = if for_login { (login, own, 0) } else { (own, login, 1) };
    let endpoints = [first, second]
        .into_iter()
        .flat_map(|location| ["HTTP-POST", "HTTP-Artifact"].map(|binding| Endpoint::at(&location, binding)));
    let numbered = endpoints.zip(begin..);
    numbered.map(|(endpoint, index)| Consumer { endpoint, index, is_default: index == 0 }).collect()
}
