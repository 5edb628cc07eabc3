//! The walk through a partner's XML: one pass, no recursion, nothing expanded, every dimension bounded.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::values::{is_duration, is_known_binding, is_time, is_web_url};
use super::{CharacterSets, Endpoint, Metadata, NAMESPACE};
use crate::error::{Error, ErrorKind, Result};

/// How many bytes are read at most. Federations publish more, but of thousands of partners.
const BYTES: usize = 4 << 20;

/// How deeply elements may be nested.
const LEVELS: usize = 64;

/// How many attributes an element may have, namespaces included.
const ATTRIBUTES: usize = 64;

/// Reads what [`Metadata::read`] describes.
pub(super) fn read(xml: &[u8], sets: &dyn CharacterSets) -> Result<Metadata> {
    if xml.len() > BYTES {
        return Err(unreadable("it is too large"));
    }
    let text = decode(xml, sets)?;
    let mut xml = NsReader::from_str(&text);
    xml.config_mut().expand_empty_elements = true;
    let mut walk = Walk::default();
    loop {
        let (namespace, event) = xml.read_resolved_event().map_err(broken)?;
        let in_metadata = namespace == ResolveResult::Bound(Namespace(NAMESPACE));
        match event {
            Event::Start(element) => walk.enter(in_metadata, &element)?,
            Event::End(_) if walk.leave() => return walk.finish(),
            Event::Text(text) => walk.read_text(&text.xml10_content()),
            Event::CData(text) => walk.read_text(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.read_text(character(&reference)?.encode_utf8(&mut [0; 4])),
            Event::Eof => return Err(unreadable("it ends too early")),
            _ => {}
        }
    }
}

/// The text of a document in the encoding that its byte order mark stands for, else in the one that it declares, else in
/// UTF-8.
fn decode<'x>(xml: &'x [u8], sets: &dyn CharacterSets) -> Result<Cow<'x, str>> {
    let label = match xml {
        _ if xml.starts_with(BYTE_ORDER_MARK) => "utf-8".to_owned(),
        [0xfe, 0xff, ..] => "utf-16be".to_owned(),
        [0xff, 0xfe, ..] => "utf-16le".to_owned(),
        _ => declared_encoding(xml).unwrap_or_else(|| "utf-8".to_owned()),
    };
    let text = if label.eq_ignore_ascii_case("utf-8") {
        std::str::from_utf8(xml.strip_prefix(BYTE_ORDER_MARK).unwrap_or(xml)).ok().map(Cow::Borrowed)
    } else {
        sets.decode(&label, xml).map(Cow::Owned)
    };
    text.ok_or_else(|| unreadable(&format!("it is not in the encoding `{label}`, or that is unknown")))
}

/// That of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn declared_encoding(xml: &[u8]) -> Option<String> {
    let end = xml.windows(2).take(DECLARATION).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(xml.get(..end + 2)?).ok()?;
    match quick_xml::Reader::from_str(declaration).read_event() {
        Ok(Event::Decl(declaration)) => declaration.encoding()?.ok().map(Cow::into_owned),
        _ => None,
    }
}

/// Within how many bytes the XML declaration ends.
const DECLARATION: usize = 256;

/// The character that a reference stands for.
fn character(reference: &BytesRef<'_>) -> Result<char> {
    if let Some(character) = reference.resolve_char_ref().map_err(broken)? {
        return Ok(character);
    }
    match &*reference.xml10_content() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => Err(unreadable(&format!("it uses the entity `{name}`"))),
    }
}

/// What an element is to us, where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Entities,
    Entity,
    Provider,
    Key,
    KeyInfo,
    X509Data,
    Certificate,
    Other,
}

/// Where the walk is, and what was found on it.
#[derive(Default)]
struct Walk {
    /// The elements around.
    places: Vec<Place>,
    /// The entity that is being read, or was read last.
    entity: Metadata,
    /// The first entity of several that is an identity provider.
    chosen: Option<Metadata>,
    has_several: bool,
    /// How many elements `X509Certificate` there were.
    certificates: usize,
    /// The text of the one that is being read.
    certificate: String,
}

impl Walk {
    fn enter(&mut self, in_metadata: bool, element: &BytesStart<'_>) -> Result<()> {
        if self.places.len() >= LEVELS {
            return Err(unreadable("its elements are nested too deeply"));
        }
        let attributes = Attributes::read(element)?;
        let place = self.place(in_metadata, element.local_name().as_ref(), &attributes)?;
        self.certificates += usize::from(element.local_name().as_ref() == "X509Certificate");
        match place {
            Place::Entities => self.has_several = true,
            Place::Entity => {
                self.entity = Metadata { entity_id: attributes.get("entityID"), ..Metadata::default() };
            }
            Place::Provider => self.entity.is_identity_provider = true,
            Place::Certificate => self.certificate.clear(),
            Place::Other if self.places.contains(&Place::Entity) => {
                self.read_endpoint(element.local_name().as_ref(), &attributes)?;
            }
            _ => {}
        }
        self.places.push(place);
        Ok(())
    }

    fn place(&self, in_metadata: bool, name: &str, attributes: &Attributes) -> Result<Place> {
        let place = match (self.places.last(), name) {
            (None, "EntitiesDescriptor") if in_metadata => Place::Entities,
            (None | Some(Place::Entities), "EntityDescriptor") if in_metadata => Place::Entity,
            (None, _) => return Err(unreadable("its root is no entity descriptor")),
            (Some(Place::Entity), "IDPSSODescriptor") => Place::Provider,
            (Some(Place::Provider), "KeyDescriptor")
                if attributes.get("use").is_none_or(|usage| usage != "encryption") =>
            {
                Place::Key
            }
            (Some(Place::Key), "KeyInfo") => Place::KeyInfo,
            (Some(Place::KeyInfo), "X509Data") => Place::X509Data,
            (Some(Place::X509Data), "X509Certificate") => Place::Certificate,
            _ => Place::Other,
        };
        if name.ends_with("Descriptor") {
            attributes.check("validUntil", is_time)?;
            attributes.check("cacheDuration", is_duration)?;
        }
        Ok(place)
    }

    /// Every element of an entity that has a binding is an endpoint.
    fn read_endpoint(&mut self, name: &str, attributes: &Attributes) -> Result<()> {
        let Some(binding) = attributes.get("Binding") else { return Ok(()) };
        let mut endpoint = Endpoint { binding, ..Endpoint::default() };
        if is_known_binding(&endpoint.binding) {
            endpoint.location = attributes.get("Location").unwrap_or_default();
            endpoint.response_location =
                attributes.get("ResponseLocation").filter(|location| !location.is_empty());
            let mut urls = endpoint.response_location.iter().chain([&endpoint.location]);
            if !urls.all(|url| is_web_url(url)) {
                return Err(unreadable("an endpoint is no URL of the web"));
            }
        }
        match (self.places.last(), name) {
            (Some(Place::Provider), "SingleSignOnService") => self.entity.single_sign_on.push(endpoint),
            (Some(Place::Provider), "SingleLogoutService") => self.entity.single_logout.push(endpoint),
            _ => {}
        }
        Ok(())
    }

    fn read_text(&mut self, text: &str) {
        if self.places.last() == Some(&Place::Certificate) {
            self.certificate.push_str(text);
        }
    }

    /// Leaves an element; true if it was the root.
    fn leave(&mut self) -> bool {
        match self.places.pop() {
            Some(Place::Certificate) if self.chosen.is_none() => {
                self.entity.add_certificates(self.certificates, &self.certificate);
            }
            Some(Place::Entity) if self.chosen.is_none() && self.entity.is_identity_provider => {
                self.chosen = Some(std::mem::take(&mut self.entity));
            }
            _ => {}
        }
        self.places.is_empty()
    }

    /// Of several entities one must be an identity provider; a single one is taken as it is.
    fn finish(self) -> Result<Metadata> {
        match self.chosen {
            Some(chosen) => Ok(chosen),
            None if self.has_several => Err(unreadable("none of its entities is an identity provider")),
            None => Ok(self.entity),
        }
    }
}

/// The attributes of one element, by their names without prefixes.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn read(element: &BytesStart<'_>) -> Result<Self> {
        let mut read = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(broken)?;
            if read.len() >= ATTRIBUTES {
                return Err(unreadable("an element has too many attributes"));
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::default()).map_err(broken)?;
            read.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self(read))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn check(&self, name: &str, is_right: fn(&str) -> bool) -> Result<()> {
        match self.get(name) {
            Some(value) if !is_right(&value) => Err(unreadable(&format!("its {name} is `{value}`"))),
            _ => Ok(()),
        }
    }
}

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::Malformed).context(format!("the metadata cannot be used: {why}"))
}

fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    unreadable("it is not well-formed XML").caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::EncodingStandard;

    fn read(xml: &[u8]) -> Result<Metadata> {
        super::read(xml, &EncodingStandard)
    }

    fn entity(content: &str) -> String {
        format!(
            "<EntityDescriptor xmlns=\"{NAMESPACE}\" entityID=\"https://idp\">{content}</EntityDescriptor>"
        )
    }

    const PROVIDER: &str = "<IDPSSODescriptor><KeyDescriptor use=\"encryption\"><KeyInfo><X509Data>\
        <X509Certificate>no</X509Certificate></X509Data></KeyInfo></KeyDescriptor><KeyDescriptor><KeyInfo>\
        <X509Data><X509Certificate> AA\n&#65;A </X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
        <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
        Location=\"https://idp/sso?a=1&amp;b=2\"/></IDPSSODescriptor>";

    #[test]
    fn finds_endpoints_and_certificates_that_sign() {
        let read = read(entity(PROVIDER).as_bytes()).unwrap();
        assert_eq!(read.warnings, ["`X509Certificate` 2 of the metadata is not a readable certificate"]);
        assert_eq!(read.single_sign_on[0].location, "https://idp/sso?a=1&b=2");
        assert_eq!(read.entity_id.as_deref(), Some("https://idp"));
    }

    #[test]
    fn takes_the_first_identity_provider_of_several_and_nothing_after_the_root() {
        let several = format!(
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?><m:EntitiesDescriptor xmlns:m=\"{NAMESPACE}\">\
             <m:EntityDescriptor entityID=\"sp\"/>{}</m:EntitiesDescriptor>< trailing",
            entity(PROVIDER)
        );
        assert_eq!(read(several.as_bytes()).unwrap().entity_id.as_deref(), Some("https://idp"));
        let none = format!("<EntitiesDescriptor xmlns=\"{NAMESPACE}\">{}</EntitiesDescriptor>", entity(""));
        assert!(read(none.as_bytes()).is_err());
        assert!(read(entity("").as_bytes()).is_ok());
    }

    #[test]
    fn decodes_the_declared_encoding() {
        let mut xml = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?>".to_vec();
        xml.extend(
            entity("").replace("https://idp", "caf\u{1}").bytes().map(|b| if b == 1 { 0xe9 } else { b }),
        );
        assert_eq!(read(&xml).unwrap().entity_id.as_deref(), Some("caf\u{e9}"));
        assert!(read(&xml[44..]).is_err(), "not UTF-8");
        let utf_16 = entity("").encode_utf16().fold(vec![0xff, 0xfe], |mut xml, unit| {
            xml.extend(unit.to_le_bytes());
            xml
        });
        assert!(read(&utf_16).is_ok());
        assert!(read(&[b"\xef\xbb\xbf", entity("").as_bytes()].concat()).is_ok());
    }

    #[test]
    fn expands_nothing_and_keeps_its_bounds() {
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{}",
            entity(&PROVIDER.replace("&#65;", "&b;"))
        );
        assert!(read(bomb.as_bytes()).is_err());
        let attribute = bomb.replace("&b;", "&#65;").replace("sso?a=1", "sso?&b;");
        assert!(read(attribute.as_bytes()).is_err());
        let deep = entity(&format!("{}{}", "<a>".repeat(LEVELS), "</a>".repeat(LEVELS)));
        assert!(read(deep.as_bytes()).is_err());
        let wide = (0..=ATTRIBUTES).fold(String::new(), |wide, n| wide + &format!(" a{n}=\"\""));
        assert!(read(entity(&format!("<a{wide}/>")).as_bytes()).is_err());
        let external = format!("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">{}", entity(PROVIDER));
        assert!(read(external.as_bytes()).is_ok());
    }

    #[test]
    fn refuses_what_is_no_metadata() {
        let wrong = [
            String::new(),
            "metadata".to_owned(),
            ">xml<".to_owned(),
            "<Test></Test>".to_owned(),
            "<EntityDescriptor entityID=\"no namespace\"/>".to_owned(),
            entity("<IDPSSODescriptor>"),
            entity(&PROVIDER.replace("https://idp/sso", "idp/sso")),
            entity("<IDPSSODescriptor validUntil=\"soon\"/>"),
            entity("").replace("entityID", "cacheDuration=\"1 day\" entityID"),
        ];
        for xml in wrong {
            assert!(read(xml.as_bytes()).is_err(), "{xml}");
        }
        let unknown = PROVIDER.replace("HTTP-POST", "PAOS").replace("https://idp/sso", "idp/sso");
        assert_eq!(read(entity(&unknown).as_bytes()).unwrap().single_sign_on[0].location, "");
    }
}
