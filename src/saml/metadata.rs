//! What a partner's metadata says of it as an identity provider.

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{CharacterSets, NAMESPACE, reader};
use crate::error::{Error, ErrorKind, Result};

/// Where messages are sent, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// The binding, a URN.
    pub binding: String,
    /// A URL; empty where the binding is an unknown one.
    pub location: String,
    /// Where responses are sent, if elsewhere than requests.
    pub response_location: Option<String>,
}

/// What an `EntityDescriptor` says of an identity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `entityID`
    pub entity_id: Option<String>,
    /// Whether there is an `IDPSSODescriptor` at all.
    pub is_identity_provider: bool,
    /// `SingleSignOnService`, in document order.
    pub single_sign_on: Vec<Endpoint>,
    /// `SingleLogoutService`, in document order.
    pub single_logout: Vec<Endpoint>,
    /// The certificates whose keys may sign: the DER of each in base64.
    pub certificates: Vec<String>,
    /// Which certificates whose keys may sign could not be read, and why; of more than 20 the first, and that there are
    /// more.
    pub warnings: Vec<String>,
}

impl Metadata {
    /// Reads metadata: an `EntityDescriptor`, or the first identity provider of an `EntitiesDescriptor`.
    ///
    /// Neither signatures nor validity are looked at, and nothing is expanded but the five predefined entities
    /// and character references. What follows the root element is not read. `sets` is asked for what is not in UTF-8.
    /// A certificate may be in any form that [`bundle::certificates`](crate::pki::bundle::certificates) reads; one that
    /// cannot be read is a [warning](Self::warnings).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] if it is something else, not well-formed, of too many bytes, levels or attributes,
    /// or says what its schema forbids in a place that counts: times, durations and endpoints.
    pub fn read(xml: &[u8], sets: &dyn CharacterSets) -> Result<Self> {
        reader::read(xml, sets)
    }

    /// Writes metadata from which [`Metadata::read`] would read the same again, but for warnings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if memory cannot be written to.
    pub fn write(&self) -> Result<Vec<u8>> {
        let mut xml = Writer::new(Vec::with_capacity(4096));
        let write = |xml: &mut Xml| {
            let mut entity = xml.create_element("EntityDescriptor").with_attribute(("xmlns", NAMESPACE));
            if let Some(id) = &self.entity_id {
                entity = entity.with_attribute(("entityID", id.as_str()));
            }
            if !self.is_identity_provider {
                return entity.write_empty().map(drop);
            }
            entity.write_inner_content(|xml| self.write_descriptor(xml)).map(drop)
        };
        write(&mut xml).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        Ok(xml.into_inner())
    }

    fn write_descriptor(&self, xml: &mut Xml) -> std::io::Result<()> {
        xml.create_element("IDPSSODescriptor")
            .with_attribute(("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol"))
            .write_inner_content(|xml| {
                for certificate in &self.certificates {
                    write_key(xml, certificate)?;
                }
                write_endpoints(xml, "SingleLogoutService", &self.single_logout)?;
                write_endpoints(xml, "SingleSignOnService", &self.single_sign_on)
            })
            .map(drop)
    }
}

type Xml = Writer<Vec<u8>>;

fn write_endpoints(xml: &mut Xml, element: &str, endpoints: &[Endpoint]) -> std::io::Result<()> {
    for Endpoint { binding, location, response_location } in endpoints {
        let attributes = [("Binding", binding.as_str()), ("Location", location.as_str())];
        let response = response_location.iter().map(|location| ("ResponseLocation", location.as_str()));
        xml.create_element(element).with_attributes(attributes.into_iter().chain(response)).write_empty()?;
    }
    Ok(())
}

fn write_key(xml: &mut Xml, certificate: &str) -> std::io::Result<()> {
    xml.create_element("KeyDescriptor")
        .with_attribute(("use", "signing"))
        .write_inner_content(|xml| {
            xml.create_element("KeyInfo")
                .with_attribute(("xmlns", "http://www.w3.org/2000/09/xmldsig#"))
                .write_inner_content(|xml| {
                    xml.create_element("X509Data")
                        .write_inner_content(|xml| {
                            xml.create_element("X509Certificate")
                                .write_text_content(BytesText::new(certificate))
                                .map(drop)
                        })
                        .map(drop)
                })
                .map(drop)
        })
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::EncodingStandard;

    #[test]
    fn what_is_written_is_read_again() {
        let endpoint = |binding: &str, location: &str| Endpoint {
            binding: format!("{}{binding}", crate::saml::BINDINGS),
            location: location.to_owned(),
            response_location: None,
        };
        let vector: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/rfc7517-b.json")).unwrap();
        let metadata = Metadata {
            entity_id: Some("https://idp.example.com/?a=1&b=<\">".to_owned()),
            is_identity_provider: true,
            single_sign_on: vec![
                endpoint("HTTP-POST", "https://idp.example.com/sso?x=1&y=2"),
                endpoint("HTTP-Redirect", "http://idp.example.com/sso"),
            ],
            single_logout: vec![Endpoint {
                response_location: Some("https://idp.example.com/done".to_owned()),
                ..endpoint("HTTP-POST", "https://idp.example.com/slo")
            }],
            certificates: vec![vector["x5c"][0].as_str().unwrap().to_owned()],
            warnings: Vec::new(),
        };
        assert_eq!(Metadata::read(&metadata.write().unwrap(), &EncodingStandard).unwrap(), metadata);
        let bare = Metadata::default();
        assert_eq!(Metadata::read(&bare.write().unwrap(), &EncodingStandard).unwrap(), bare);
    }
}
