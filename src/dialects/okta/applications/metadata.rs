//! The metadata of our side of a SAML application: an identity provider (SAML metadata, section 2.4.3).

use http::HeaderMap;

use super::lens;
use super::modes::is_saml;
use crate::dialects::okta::documents::sign_on::{self, EMAIL_ADDRESS, ISSUER_KEY, NAME_ID_FORMATS, logs_out};
use crate::dialects::okta::ids;
use crate::dialects::okta::metadata::certificate;
use crate::error::Result;
use crate::http::negotiate;
use crate::model::{Application, Key, Tenant};
use crate::saml::{Endpoint, Entity, KeyDescriptor, Role, Side, Spelling, in_ascii};

/// The two ways in which messages come and go.
const BINDINGS: [&str; 2] = ["HTTP-POST", "HTTP-Redirect"];

/// The media type in which metadata is returned: `application/xml` only to those who name it, which is recorded; the
/// API description has `text/xml`, and Okta's own client for Node reads nothing else. The label says Latin 1 and the
/// document UTF-8; it holds only what is the same in both.
pub(super) fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    let is_named = negotiate::names(headers, "application/xml");
    if !is_named && negotiate::accepts(headers, "text/xml") {
        return Some("text/xml;charset=ISO-8859-1");
    }
    negotiate::accepts(headers, "application/xml").then_some("application/xml;charset=ISO-8859-1")
}

/// The metadata that the application needs, with the certificate of `key`, in ASCII.
pub(super) fn identity_provider(
    application: &Application,
    key: &Key,
    org: &Tenant,
    base_url: &str,
) -> Result<String> {
    let issuer = ids::spell_as("exk", application.id);
    let name = lens::name(application, org);
    // Recorded: towards SAML 1.1 our entity id is the bare key of the issuer.
    let named = if is_saml(application) { sign_on::issuer(application) } else { ISSUER_KEY };
    let entity_id = named.replace(ISSUER_KEY, &issuer);
    let location = format!("{base_url}/app/{name}/{issuer}");
    let endpoints =
        |at: &str| BINDINGS.map(|binding| Endpoint::at(&format!("{location}/{at}/saml"), binding)).to_vec();
    let own = sign_on::name_id_format(application);
    // In the order in which Okta lists them; one that is not known comes last.
    let listed =
        NAME_ID_FORMATS.iter().copied().filter(|format| *format == EMAIL_ADDRESS || own == Some(*format));
    let formats = listed.chain(own.filter(|own| !NAME_ID_FORMATS.contains(own))).collect();
    let certificate = certificate(key)?;
    let role = Role {
        keys: vec![KeyDescriptor { usage: "signing", certificate: &certificate, encryption_methods: &[] }],
        single_logout: if logs_out(application) { endpoints("slo") } else { Vec::new() },
        name_id_formats: formats,
        side: Side::IdentityProvider { wants_signed_requests: Some(false), single_sign_on: endpoints("sso") },
    };
    let entity = Entity { id: Some(&entity_id), role: Some(role), ..Entity::default() };
    Ok(in_ascii(&entity.write(Spelling::Prefixed)?))
}
