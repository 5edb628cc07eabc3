//! The metadata of our side of a SAML application: an identity provider (SAML metadata, section 2.4.3).

use http::HeaderMap;

use super::lens;
use crate::dialects::okta::documents::sign_on::{self, EMAIL_ADDRESS, ISSUER_KEY, NAME_ID_FORMATS, logs_out};
use crate::dialects::okta::ids;
use crate::dialects::okta::metadata::{Xml, certificate, document, key_descriptor, text};
use crate::error::Result;
use crate::http::negotiate;
use crate::model::{Application, Key, Tenant};

/// The two ways in which messages come and go.
const BINDINGS: [&str; 2] =
    ["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"];

/// Where a format stands in metadata; one that is not known comes last.
fn place(format: &&str) -> usize {
    NAME_ID_FORMATS.iter().position(|known| known == format).unwrap_or(NAME_ID_FORMATS.len())
}

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
    let entity_id = sign_on::issuer(application).replace(ISSUER_KEY, &issuer);
    let certificate = certificate(key)?;
    let location = format!("{base_url}/app/{name}/{issuer}");
    let xml = document(&entity_id, |xml| {
        xml.create_element("md:IDPSSODescriptor")
            .with_attribute(("WantAuthnRequestsSigned", "false"))
            .with_attribute(("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol"))
            .write_inner_content(|xml| {
                key_descriptor(xml, "signing", &certificate, &[])?;
                if logs_out(application) {
                    endpoints(xml, "md:SingleLogoutService", &format!("{location}/slo/saml"))?;
                }
                let own = sign_on::name_id_format(application);
                let mut formats: Vec<_> = own.into_iter().chain([EMAIL_ADDRESS]).collect();
                formats.sort_by_key(place);
                formats.dedup();
                for format in formats {
                    text(xml, "md:NameIDFormat", format)?;
                }
                endpoints(xml, "md:SingleSignOnService", &format!("{location}/sso/saml"))
            })?;
        Ok(())
    })?;
    Ok(in_ascii(&xml))
}

fn endpoints(xml: &mut Xml, element: &str, location: &str) -> std::io::Result<()> {
    for binding in BINDINGS {
        xml.create_element(element)
            .with_attribute(("Binding", binding))
            .with_attribute(("Location", location))
            .write_empty()?;
    }
    Ok(())
}

/// The same document, with all other characters as references.
fn in_ascii(xml: &str) -> String {
    let reference = |character: char| format!("&#{};", u32::from(character));
    xml.chars()
        .map(|character| if character.is_ascii() { character.to_string() } else { reference(character) })
        .collect()
}
