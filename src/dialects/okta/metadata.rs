//! SAML metadata, and that of our side of a provider: a service provider (SAML metadata, section 2.4.4).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::documents::audience;
use super::documents::provider::is_answered_at_org;
use super::ids;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{IdentityProvider, Key};
use crate::pki::pem;

/// A document that is being written.
pub(super) type Xml = Writer<Vec<u8>>;

/// How many characters of base64 a line has.
const COLUMNS: usize = 76;

/// What partners may encrypt assertions with (XML Encryption).
const ENCRYPTION_METHODS: [&str; 6] = [
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

/// The attributes that are asked for: friendly name, name, and whether they are required.
const ATTRIBUTES: [(&str, &str, &str); 4] = [
    ("First Name", "firstName", "true"),
    ("Last Name", "lastName", "true"),
    ("Email", "email", "true"),
    ("Mobile Phone", "mobilePhone", "false"),
];

/// The metadata that the partner needs, with the certificate of `key`.
pub(super) fn service_provider(
    provider: &IdentityProvider,
    key: &Key,
    org: &str,
    base_url: &str,
) -> Result<String> {
    let certificate = certificate(key)?;
    let acs = assertion_consumer_service(provider, base_url);
    document(&audience(provider), |xml| {
        descriptor(xml, provider, &certificate, &acs)?;
        organization(xml, org)
    })
}

/// A key's certificate as it stands in metadata.
pub(super) fn certificate(key: &Key) -> Result<String> {
    let der = pem::base64_any(key.chain.first().map(String::as_str).unwrap_or_default())?;
    Ok(pem::wrap_base64(&der, COLUMNS))
}

/// The metadata of the entity with this id. Names may hold characters that XML cannot; they are left out.
pub(super) fn document(
    entity_id: &str,
    content: impl FnOnce(&mut Xml) -> std::io::Result<()>,
) -> Result<String> {
    let mut xml = Writer::new(Vec::with_capacity(8192));
    let write = |xml: &mut Xml| {
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.write_event(Event::Text(BytesText::from_escaped("\n")))?;
        xml.create_element("md:EntityDescriptor")
            .with_attribute(("entityID", entity_id))
            .with_attribute(("xmlns:md", "urn:oasis:names:tc:SAML:2.0:metadata"))
            .write_inner_content(content)?;
        Ok(())
    };
    write(&mut xml).map_err(|cause: std::io::Error| Error::new(ErrorKind::Storage).caused_by(cause))?;
    let xml = String::from_utf8(xml.into_inner())
        .map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    Ok(xml.chars().filter(|character| is_xml(*character)).collect())
}

/// Whether XML 1.0 has this character (section 2.2).
fn is_xml(character: char) -> bool {
    !matches!(character, '\u{0}'..'\t' | '\u{b}' | '\u{c}' | '\u{e}'..' ' | '\u{fffe}' | '\u{ffff}')
}

/// Where the partner sends its responses: to an address of the provider's own, or to the org's.
fn assertion_consumer_service(provider: &IdentityProvider, base_url: &str) -> String {
    let own =
        if is_answered_at_org(provider) { String::new() } else { format!("/{}", ids::spell(provider.id)) };
    format!("{base_url}/sso/saml2{own}")
}

fn descriptor(
    xml: &mut Xml,
    provider: &IdentityProvider,
    certificate: &str,
    acs: &str,
) -> std::io::Result<()> {
    xml.create_element("md:SPSSODescriptor")
        .with_attribute(("AuthnRequestsSigned", "true"))
        .with_attribute(("WantAssertionsSigned", "true"))
        .with_attribute(("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol"))
        .write_inner_content(|xml| {
            key_descriptor(xml, "encryption", certificate, &ENCRYPTION_METHODS)?;
            key_descriptor(xml, "signing", certificate, &[])?;
            for format in NAME_ID_FORMATS {
                text(xml, "md:NameIDFormat", format)?;
            }
            xml.create_element("md:AssertionConsumerService")
                .with_attribute(("Binding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"))
                .with_attribute(("Location", acs))
                .with_attribute(("index", "0"))
                .with_attribute(("isDefault", "true"))
                .write_empty()?;
            attribute_consuming_service(xml, &provider.name)
        })?;
    Ok(())
}

pub(super) fn key_descriptor(
    xml: &mut Xml,
    usage: &str,
    certificate: &str,
    methods: &[&str],
) -> std::io::Result<()> {
    xml.create_element("md:KeyDescriptor").with_attribute(("use", usage)).write_inner_content(|xml| {
        xml.create_element("ds:KeyInfo")
            .with_attribute(("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"))
            .write_inner_content(|xml| {
            xml.create_element("ds:X509Data")
                .write_inner_content(|xml| text(xml, "ds:X509Certificate", certificate))?;
            Ok(())
        })?;
        for method in methods {
            xml.create_element("md:EncryptionMethod").with_attribute(("Algorithm", *method)).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn attribute_consuming_service(xml: &mut Xml, name: &str) -> std::io::Result<()> {
    xml.create_element("md:AttributeConsumingService").with_attribute(("index", "0")).write_inner_content(
        |xml| {
            in_english(xml, "md:ServiceName", name)?;
            for (friendly_name, name, required) in ATTRIBUTES {
                xml.create_element("md:RequestedAttribute")
                    .with_attribute(("FriendlyName", friendly_name))
                    .with_attribute(("Name", name))
                    .with_attribute(("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"))
                    .with_attribute(("isRequired", required))
                    .write_empty()?;
            }
            Ok(())
        },
    )?;
    Ok(())
}

fn organization(xml: &mut Xml, org: &str) -> std::io::Result<()> {
    xml.create_element("md:Organization").write_inner_content(|xml| {
        in_english(xml, "md:OrganizationName", org)?;
        in_english(xml, "md:OrganizationDisplayName", org)?;
        in_english(xml, "md:OrganizationURL", "https://okta.com")
    })?;
    Ok(())
}

fn in_english(xml: &mut Xml, element: &str, content: &str) -> std::io::Result<()> {
    xml.create_element(element)
        .with_attribute(("xml:lang", "en"))
        .write_text_content(BytesText::new(content))?;
    Ok(())
}

pub(super) fn text(xml: &mut Xml, element: &str, content: &str) -> std::io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(content))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        let xml = document("a\0\u{1f}\u{ffff}\u{fffe}b\t\u{e9}", |xml| text(xml, "x", "\u{8}<\u{b}\n"));
        assert_eq!(
            xml.expect("a document"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor entityID=\"ab&#9;\u{e9}\" \
             xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"><x>&lt;\n</x></md:EntityDescriptor>"
        );
    }
}
