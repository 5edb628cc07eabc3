//! The SAML metadata of our side, as a service provider (saml-metadata-2.0-os, section 2.4.4).

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{ids, time};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{IdentityProvider, Key, Protocol};
use crate::pki::{Timestamp, pem};
use crate::saml::{BINDINGS, NAMESPACE};

type Xml = Writer<Vec<u8>>;

/// The encryption methods that ZITADEL names.
const ENCRYPTION_METHODS: [&str; 4] = [
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
];

/// For how many seconds metadata with an expired certificate counts.
const GRACE: i64 = 48 * 60 * 60;

/// The name-id format of a provider that was never given one.
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/// What an element of the document is made of.
struct Page<'a> {
    base: String,
    origin: &'a str,
    valid_until: String,
    signs: bool,
    name_id_format: &'a str,
    certificate: String,
    for_login: bool,
}

/// The metadata that the partner needs, with the certificate of `key`; `for_login` puts the addresses of the login
/// pages first.
pub(super) fn service_provider(
    provider: &IdentityProvider,
    key: &Key,
    origin: &str,
    for_login: bool,
    now: Timestamp,
) -> Result<Vec<u8>> {
    let Protocol::Saml(saml) = &provider.protocol else { return Err(ErrorKind::Unsupported.into()) };
    let ends = key.expires.filter(|ends| *ends > now).unwrap_or_else(|| now.plus_seconds(GRACE));
    let der = pem::base64_any(key.chain.first().map(String::as_str).unwrap_or_default())?;
    let page = Page {
        base: format!("{origin}/idps/{}/saml", ids::spell(provider.id)),
        origin,
        valid_until: time(ends),
        signs: saml.requests_signed == Some(true),
        name_id_format: saml.name_id_format.as_deref().unwrap_or(PERSISTENT),
        certificate: pem::wrap_base64(&der, usize::MAX),
        for_login,
    };
    let mut xml = Writer::new_with_indent(Vec::with_capacity(8192), b' ', 2);
    page.write(&mut xml).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    Ok(xml.into_inner())
}

impl Page<'_> {
    fn write(&self, xml: &mut Xml) -> std::io::Result<()> {
        xml.create_element("EntityDescriptor")
            .with_attribute(("xmlns", NAMESPACE))
            .with_attribute(("validUntil", self.valid_until.as_str()))
            .with_attribute(("entityID", format!("{}/metadata", self.base).as_str()))
            .write_inner_content(|xml| self.descriptor(xml))
            .map(drop)
    }

    fn descriptor(&self, xml: &mut Xml) -> std::io::Result<()> {
        xml.create_element("SPSSODescriptor")
            .with_attribute(("xmlns", NAMESPACE))
            .with_attribute(("validUntil", self.valid_until.as_str()))
            .with_attribute(("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol"))
            .with_attribute(("AuthnRequestsSigned", if self.signs { "true" } else { "false" }))
            .with_attribute(("WantAssertionsSigned", "true"))
            .write_inner_content(|xml| {
                self.key(xml, "encryption", &ENCRYPTION_METHODS)?;
                if self.signs {
                    self.key(xml, "signing", &[])?;
                }
                let logout = format!("{}/slo", self.base);
                xml.create_element("SingleLogoutService")
                    .with_attribute(("Binding", format!("{BINDINGS}HTTP-POST").as_str()))
                    .with_attribute(("Location", logout.as_str()))
                    .with_attribute(("ResponseLocation", logout.as_str()))
                    .write_empty()?;
                xml.create_element("NameIDFormat").write_text_content(BytesText::new(self.name_id_format))?;
                self.consumers(xml)
            })
            .map(drop)
    }

    fn key(&self, xml: &mut Xml, usage: &str, methods: &[&str]) -> std::io::Result<()> {
        xml.create_element("KeyDescriptor")
            .with_attribute(("use", usage))
            .write_inner_content(|xml| {
                xml.create_element("KeyInfo")
                    .with_attribute(("xmlns", "http://www.w3.org/2000/09/xmldsig#"))
                    .write_inner_content(|xml| self.x509(xml))?;
                for method in methods {
                    xml.create_element("EncryptionMethod")
                        .with_attribute(("Algorithm", *method))
                        .write_empty()?;
                }
                Ok(())
            })
            .map(drop)
    }

    fn x509(&self, xml: &mut Xml) -> std::io::Result<()> {
        xml.create_element("X509Data")
            .write_inner_content(|xml| {
                xml.create_element("X509Certificate")
                    .write_text_content(BytesText::new(&self.certificate))
                    .map(drop)
            })
            .map(drop)
    }

    /// Where the partner sends its responses: to us, or to our login pages.
    fn consumers(&self, xml: &mut Xml) -> std::io::Result<()> {
        let own = format!("{}/acs", self.base);
        let login = format!("{}/ui/login/login/externalidp/saml/acs", self.origin);
        let (post, artifact) = ("HTTP-POST", "HTTP-Artifact");
        if self.for_login {
            consumer(xml, 0, post, &login, true)?;
            consumer(xml, 1, artifact, &login, false)?;
            consumer(xml, 2, post, &own, false)?;
            return consumer(xml, 3, artifact, &own, false);
        }
        consumer(xml, 1, post, &own, false)?;
        consumer(xml, 2, artifact, &own, false)?;
        consumer(xml, 3, post, &login, false)?;
        consumer(xml, 4, artifact, &login, false)
    }
}

fn consumer(xml: &mut Xml, index: u8, binding: &str, at: &str, is_default: bool) -> std::io::Result<()> {
    let mut element = xml
        .create_element("AssertionConsumerService")
        .with_attribute(("Binding", format!("{BINDINGS}{binding}").as_str()))
        .with_attribute(("Location", at))
        .with_attribute(("index", index.to_string().as_str()));
    if is_default {
        element = element.with_attribute(("isDefault", "true"));
    }
    element.write_empty().map(drop)
}
