//! Metadata as it is written: one entity in one role, each element where the schema has it (section 2.3.2 of
//! saml-metadata-2.0-os).

use std::io::Result as Written;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Endpoint, NAMESPACE};
use crate::error::{Error, ErrorKind, Result};

/// How a document is spelled: partners read all three alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// In one line, with default namespaces, and with all characters that it was read with.
    Compact,
    /// A line for each element, with default namespaces, which a role repeats.
    Indented,
    /// In one line after an XML declaration, with prefixes.
    Prefixed,
}

/// An entity, and what it is in federation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) valid_until: Option<&'a str>,
    pub(crate) cache_duration: Option<&'a str>,
    pub(crate) role: Option<Role<'a>>,
    pub(crate) organization: Option<Organization<'a>>,
}

/// A role of an entity: what both roles have (section 2.4.2), and what only this one does.
#[derive(Clone, Debug)]
pub(crate) struct Role<'a> {
    pub(crate) keys: Vec<KeyDescriptor<'a>>,
    pub(crate) single_logout: Vec<Endpoint>,
    pub(crate) name_id_formats: Vec<&'a str>,
    pub(crate) side: Side<'a>,
}

/// What only one role has.
#[derive(Clone, Debug)]
pub(crate) enum Side<'a> {
    /// Section 2.4.3.
    IdentityProvider { wants_signed_requests: Option<bool>, single_sign_on: Vec<Endpoint> },
    /// Section 2.4.4; a service provider of ours wants its assertions signed.
    ServiceProvider { signs_requests: bool, consumers: Vec<Consumer>, attributes: Option<Attributes<'a>> },
}

/// A key and its use.
#[derive(Clone, Debug)]
pub(crate) struct KeyDescriptor<'a> {
    pub(crate) usage: &'static str,
    /// The DER in base64.
    pub(crate) certificate: &'a str,
    pub(crate) encryption_methods: &'static [&'static str],
}

/// Where a service provider receives assertions.
#[derive(Clone, Debug)]
pub(crate) struct Consumer {
    pub(crate) endpoint: Endpoint,
    pub(crate) index: u8,
    pub(crate) is_default: bool,
}

/// What a service provider wants to know of users.
#[derive(Clone, Debug)]
pub(crate) struct Attributes<'a> {
    pub(crate) service_name: &'a str,
    /// The friendly name, the name, and whether the attribute is required.
    pub(crate) requested: &'static [(&'static str, &'static str, bool)],
}

/// Who operates an entity, in English.
#[derive(Clone, Debug)]
pub(crate) struct Organization<'a> {
    pub(crate) name: &'a str,
    pub(crate) url: &'a str,
}

impl Entity<'_> {
    /// The document. Characters that XML cannot hold are left out, unless they were read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if memory cannot be written to.
    pub(crate) fn write(&self, spelling: Spelling) -> Result<String> {
        let bytes = Vec::with_capacity(8192);
        let xml = match spelling {
            Spelling::Indented => Writer::new_with_indent(bytes, b' ', 2),
            Spelling::Compact | Spelling::Prefixed => Writer::new(bytes),
        };
        let mut out = Out { xml, spelling };
        out.document(self).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        let mut xml = String::from_utf8(out.xml.into_inner())
            .map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        if spelling != Spelling::Compact {
            xml.retain(is_xml);
        }
        Ok(xml)
    }
}

/// The same document in ASCII: all other characters become references.
pub(crate) fn in_ascii(xml: &str) -> String {
    xml.chars().fold(String::with_capacity(xml.len()), |mut ascii, character| {
        match character {
            character if character.is_ascii() => ascii.push(character),
            character => ascii.extend(["&#", &u32::from(character).to_string(), ";"]),
        }
        ascii
    })
}

/// Whether XML 1.0 has this character (section 2.2).
fn is_xml(character: char) -> bool {
    !matches!(character, '\u{0}'..'\t' | '\u{b}' | '\u{c}' | '\u{e}'..' ' | '\u{fffe}' | '\u{ffff}')
}

type Attribute<'a> = (&'a str, &'a str);

/// A document that is being written. Names are given with their prefixes, and spelled without where it has none.
struct Out {
    xml: Writer<Vec<u8>>,
    spelling: Spelling,
}

impl Out {
    fn document(&mut self, entity: &Entity<'_>) -> Written<()> {
        let namespace = [("xmlns:md", NAMESPACE)];
        let valid_until = entity.valid_until.map(|time| ("validUntil", time));
        let cache_duration = entity.cache_duration.map(|duration| ("cacheDuration", duration));
        let mut attributes: Vec<_> = valid_until.into_iter().chain(cache_duration).collect();
        attributes.extend(entity.id.map(|id| ("entityID", id)));
        if self.spelling == Spelling::Prefixed {
            self.xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
            self.xml.write_event(Event::Text(BytesText::from_escaped("\n")))?;
            attributes.extend(namespace);
        } else {
            attributes.splice(..0, namespace);
        }
        if entity.role.is_none() && entity.organization.is_none() {
            return self.empty("md:EntityDescriptor", &attributes);
        }
        self.element("md:EntityDescriptor", &attributes, |out| {
            entity.role.iter().try_for_each(|role| out.role(role, valid_until))?;
            entity.organization.iter().try_for_each(|organization| out.organization(organization))
        })
    }

    fn role(&mut self, role: &Role<'_>, valid_until: Option<Attribute<'_>>) -> Written<()> {
        let flag = |on| if on { "true" } else { "false" };
        let (name, flags) = match role.side {
            Side::IdentityProvider { wants_signed_requests: wants, .. } => {
                let wants = wants.map(|wants| ("WantAuthnRequestsSigned", flag(wants)));
                ("md:IDPSSODescriptor", wants.into_iter().collect())
            }
            Side::ServiceProvider { signs_requests, .. } => {
                let signs = ("AuthnRequestsSigned", flag(signs_requests));
                ("md:SPSSODescriptor", vec![signs, ("WantAssertionsSigned", "true")])
            }
        };
        let namespace = (self.spelling == Spelling::Indented).then_some(("xmlns:md", NAMESPACE));
        let mut attributes: Vec<_> = namespace.into_iter().chain(valid_until).collect();
        let protocol = ("protocolSupportEnumeration", "urn:oasis:names:tc:SAML:2.0:protocol");
        if self.spelling == Spelling::Prefixed {
            attributes.extend(flags.into_iter().chain([protocol]));
        } else {
            attributes.extend([protocol].into_iter().chain(flags));
        }
        self.element(name, &attributes, |out| {
            role.keys.iter().try_for_each(|key| out.key(key))?;
            out.endpoints("md:SingleLogoutService", &role.single_logout)?;
            role.name_id_formats.iter().try_for_each(|format| out.text("md:NameIDFormat", &[], format))?;
            match &role.side {
                Side::IdentityProvider { single_sign_on, .. } => {
                    out.endpoints("md:SingleSignOnService", single_sign_on)
                }
                Side::ServiceProvider { consumers, attributes, .. } => {
                    consumers.iter().try_for_each(|consumer| out.consumer(consumer))?;
                    attributes.iter().try_for_each(|attributes| out.attributes(attributes))
                }
            }
        })
    }

    fn key(&mut self, key: &KeyDescriptor<'_>) -> Written<()> {
        self.element("md:KeyDescriptor", &[("use", key.usage)], |out| {
            let namespace = [("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#")];
            out.element("ds:KeyInfo", &namespace, |out| {
                out.element("ds:X509Data", &[], |out| out.text("ds:X509Certificate", &[], key.certificate))
            })?;
            let mut methods = key.encryption_methods.iter();
            methods.try_for_each(|method| out.empty("md:EncryptionMethod", &[("Algorithm", method)]))
        })
    }

    fn endpoints(&mut self, name: &str, endpoints: &[Endpoint]) -> Written<()> {
        endpoints.iter().try_for_each(|endpoint| self.empty(name, &of_endpoint(endpoint)))
    }

    fn consumer(&mut self, consumer: &Consumer) -> Written<()> {
        let index = consumer.index.to_string();
        let mut attributes = of_endpoint(&consumer.endpoint);
        attributes.push(("index", &index));
        attributes.extend(consumer.is_default.then_some(("isDefault", "true")));
        self.empty("md:AssertionConsumerService", &attributes)
    }

    fn attributes(&mut self, attributes: &Attributes<'_>) -> Written<()> {
        self.element("md:AttributeConsumingService", &[("index", "0")], |out| {
            out.text("md:ServiceName", ENGLISH, attributes.service_name)?;
            attributes.requested.iter().try_for_each(|(friendly_name, name, is_required)| {
                let attributes = [
                    ("FriendlyName", *friendly_name),
                    ("Name", name),
                    ("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"),
                    ("isRequired", if *is_required { "true" } else { "false" }),
                ];
                out.empty("md:RequestedAttribute", &attributes)
            })
        })
    }

    fn organization(&mut self, organization: &Organization<'_>) -> Written<()> {
        self.element("md:Organization", &[], |out| {
            out.text("md:OrganizationName", ENGLISH, organization.name)?;
            out.text("md:OrganizationDisplayName", ENGLISH, organization.name)?;
            out.text("md:OrganizationURL", ENGLISH, organization.url)
        })
    }

    fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) -> Written<()> {
        self.element(name, attributes, |out| out.xml.write_event(Event::Text(BytesText::new(text))))
    }

    fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) -> Written<()> {
        let start = self.start(name, attributes);
        self.xml.write_event(Event::Empty(start))
    }

    fn element(
        &mut self,
        name: &str,
        attributes: &[Attribute<'_>],
        content: impl FnOnce(&mut Self) -> Written<()>,
    ) -> Written<()> {
        let start = self.start(name, attributes);
        self.xml.write_event(Event::Start(start))?;
        content(self)?;
        self.xml.write_event(Event::End(BytesEnd::new(self.spelled(name))))
    }

    fn start<'n>(&self, name: &'n str, attributes: &[Attribute<'_>]) -> BytesStart<'n> {
        let attributes = attributes.iter().map(|(name, value)| match name.split_once(':') {
            Some((xmlns @ "xmlns", _)) if self.spelling != Spelling::Prefixed => (xmlns, *value),
            _ => (*name, *value),
        });
        BytesStart::new(self.spelled(name)).with_attributes(attributes)
    }

    fn spelled<'n>(&self, name: &'n str) -> &'n str {
        match name.split_once(':') {
            Some((_, local)) if self.spelling != Spelling::Prefixed => local,
            _ => name,
        }
    }
}

const ENGLISH: &[Attribute<'_>] = &[("xml:lang", "en")];

fn of_endpoint(endpoint: &Endpoint) -> Vec<Attribute<'_>> {
    let response = endpoint.response_location.as_deref().map(|location| ("ResponseLocation", location));
    let attributes = [("Binding", endpoint.binding.as_str()), ("Location", endpoint.location.as_str())];
    attributes.into_iter().chain(response).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        let organization = Organization { name: "\u{8}<\u{b}\n", url: "" };
        let entity = Entity {
            id: Some("a\0\u{1f}\u{ffff}\u{fffe}b\t\u{e9}"),
            organization: Some(organization),
            ..Entity::default()
        };
        let xml = entity.write(Spelling::Prefixed).unwrap();
        let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor entityID=\"ab&#9;\u{e9}\" \
            xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"><md:Organization>\
            <md:OrganizationName xml:lang=\"en\">&lt;\n</md:OrganizationName>";
        assert!(xml.starts_with(start), "{xml}");
        assert!(in_ascii(&xml).starts_with(&start.replace('\u{e9}', "&#233;")));
    }
}
