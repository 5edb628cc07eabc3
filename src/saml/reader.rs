//! The walk through a partner's XML: one pass, no recursion, nothing expanded, every dimension bounded. Of many entities one
//! is in memory at a time.

use std::ops::ControlFlow;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::attributes::Attributes;
use super::certificates::Use;
use super::character_sets::decode;
use super::values::{flag, is_duration, is_known_binding, is_web_url, time};
use super::{CharacterSets, Endpoint, Metadata, NAMESPACE, broken, unreadable};
use crate::error::Result;

/// How many bytes are read at most: federations publish thousands of entities in one document.
const BYTES: usize = 64 << 20;

/// How deeply elements may be nested.
const LEVELS: usize = 64;

/// Called with each entity; breaks off when it has seen enough.
pub(super) type Visit<'v> = dyn FnMut(Metadata) -> Result<ControlFlow<()>> + 'v;

/// Visits the entities of a document. True if it is an `EntitiesDescriptor`.
pub(super) fn each(xml: &[u8], sets: &dyn CharacterSets, visit: &mut Visit<'_>) -> Result<bool> {
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
            Event::End(_) => {
                if let Some(entity) = walk.leave()
                    && visit(entity)?.is_break()
                {
                    return Ok(walk.is_aggregate);
                }
                if walk.places.is_empty() {
                    return Ok(walk.is_aggregate);
                }
            }
            Event::Text(text) => walk.read_text(&text.xml10_content()),
            Event::CData(text) => walk.read_text(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.read_text(character(&reference)?.encode_utf8(&mut [0; 4])),
            Event::Eof => return Err(unreadable("it ends too early")),
            _ => {}
        }
    }
}

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
    NameIdFormat,
    Key(Use),
    KeyInfo(Use),
    X509Data(Use),
    Certificate(Use),
    Signature,
    Other,
}

impl Place {
    /// Whether what stands here and has no place of its own is named as unread.
    fn is_read(self) -> bool {
        matches!(self, Self::Entity | Self::Provider | Self::Key(_) | Self::KeyInfo(_) | Self::X509Data(_))
    }
}

/// Where the walk is, and what was found on it.
#[derive(Default)]
struct Walk {
    /// The elements around.
    places: Vec<Place>,
    is_aggregate: bool,
    /// What the groups around say of their entities: an entity of which nothing else is known.
    groups: Vec<Metadata>,
    /// The entity that is being read.
    entity: Metadata,
    /// How many elements `X509Certificate` it has up to here.
    certificates: usize,
    /// The text that is being read.
    text: String,
}

impl Walk {
    fn enter(&mut self, in_metadata: bool, element: &BytesStart<'_>) -> Result<()> {
        if self.places.len() >= LEVELS {
            return Err(unreadable("its elements are nested too deeply"));
        }
        let attributes = Attributes::read(element)?;
        let local_name = element.local_name();
        let name = local_name.as_ref();
        let place = self.place(in_metadata, name, &attributes)?;
        self.certificates += usize::from(name == "X509Certificate");
        match place {
            Place::Entities => {
                self.is_aggregate = true;
                let mut group = self.groups.last().cloned().unwrap_or_default();
                group.take_terms(&attributes)?;
                self.groups.push(group);
            }
            Place::Entity => {
                self.certificates = 0;
                self.entity = self.groups.last().cloned().unwrap_or_default();
                self.entity.entity_id = attributes.get("entityID");
                self.entity.take_terms(&attributes)?;
            }
            Place::Provider => self.entity.enter_provider(&attributes)?,
            Place::Signature => self.signed().is_signed = true,
            Place::Certificate(_) | Place::NameIdFormat => self.text.clear(),
            Place::Other if self.places.contains(&Place::Entity) => self.read_other(name, &attributes)?,
            _ => {}
        }
        self.places.push(place);
        Ok(())
    }

    fn place(&self, in_metadata: bool, name: &str, attributes: &Attributes) -> Result<Place> {
        let place = match (self.places.last().copied(), name) {
            (None | Some(Place::Entities), "EntitiesDescriptor") if in_metadata => Place::Entities,
            (None | Some(Place::Entities), "EntityDescriptor") if in_metadata => Place::Entity,
            (None, _) => return Err(unreadable("its root is no entity descriptor")),
            (Some(Place::Entity), "IDPSSODescriptor") => Place::Provider,
            (Some(Place::Provider), "NameIDFormat") => Place::NameIdFormat,
            (Some(Place::Provider), "KeyDescriptor") => Place::Key(Use::of(attributes.get("use").as_deref())),
            (Some(Place::Key(usage)), "KeyInfo") => Place::KeyInfo(usage),
            (Some(Place::KeyInfo(usage)), "X509Data") => Place::X509Data(usage),
            (Some(Place::X509Data(usage)), "X509Certificate") => Place::Certificate(usage),
            (Some(Place::Entities | Place::Entity | Place::Provider), "Signature") => Place::Signature,
            _ => Place::Other,
        };
        if name.ends_with("Descriptor") {
            attributes.typed("validUntil", time)?;
            attributes.typed("cacheDuration", |text| is_duration(text).then_some(()))?;
        }
        Ok(place)
    }

    /// What a signature at this place is about: the entity, or all that follow in the group.
    fn signed(&mut self) -> &mut Metadata {
        match (self.places.last(), self.groups.last_mut()) {
            (Some(Place::Entities), Some(group)) => group,
            _ => &mut self.entity,
        }
    }

    /// Every element of an entity that has a binding is an endpoint.
    fn read_other(&mut self, name: &str, attributes: &Attributes) -> Result<()> {
        let endpoint = attributes.get("Binding").map(|binding| endpoint(binding, attributes)).transpose()?;
        match (self.places.last(), name, endpoint) {
            (Some(Place::Provider), "SingleSignOnService", Some(endpoint)) => {
                self.entity.single_sign_on.push(endpoint);
            }
            (Some(Place::Provider), "SingleLogoutService", Some(endpoint)) => {
                self.entity.single_logout.push(endpoint);
            }
            (Some(place), _, _) if place.is_read() => self.entity.note_unread(name),
            _ => {}
        }
        Ok(())
    }

    fn read_text(&mut self, text: &str) {
        if let Some(Place::Certificate(_) | Place::NameIdFormat) = self.places.last() {
            self.text.push_str(text);
        }
    }

    /// Leaves an element; gives the entity that it ends.
    fn leave(&mut self) -> Option<Metadata> {
        match self.places.pop() {
            Some(Place::Certificate(usage)) => {
                self.entity.add_certificates(self.certificates, &self.text, usage);
            }
            Some(Place::NameIdFormat) => {
                // White space around and inside of a URI does not count (XML Schema part 2, section 3.2.17).
                let format: Vec<_> = self.text.split_whitespace().collect();
                self.entity.name_id_formats.extend((!format.is_empty()).then(|| format.join(" ")));
            }
            Some(Place::Entities) => drop(self.groups.pop()),
            Some(Place::Entity) => return Some(std::mem::take(&mut self.entity)),
            _ => {}
        }
        None
    }
}

impl Metadata {
    /// Takes how long the element with these attributes may be used.
    fn take_terms(&mut self, attributes: &Attributes) -> Result<()> {
        let ends = attributes.typed("validUntil", time)?;
        self.valid_until = self.valid_until.into_iter().chain(ends).min();
        self.cache_duration = attributes.get("cacheDuration").or(self.cache_duration.take());
        Ok(())
    }

    fn enter_provider(&mut self, attributes: &Attributes) -> Result<()> {
        self.is_identity_provider = true;
        self.take_terms(attributes)?;
        let wants = attributes.typed("WantAuthnRequestsSigned", flag)?;
        self.wants_signed_requests = self.wants_signed_requests.max(wants);
        if attributes.get("errorURL").is_some() {
            self.note_unread("errorURL");
        }
        Ok(())
    }

    pub(super) fn note_unread(&mut self, name: &str) {
        if self.unread.len() < LISTED && !self.unread.iter().any(|known| known == name) {
            self.unread.push(name.to_owned());
        }
    }
}

/// How many names of elements that are not read are listed at most.
const LISTED: usize = 20;

fn endpoint(binding: String, attributes: &Attributes) -> Result<Endpoint> {
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
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::EncodingStandard;
    use crate::saml::attributes::MOST;

    fn read(xml: &[u8]) -> Result<Metadata> {
        Metadata::read(xml, &EncodingStandard)
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
        let wide = (0..=MOST).fold(String::new(), |wide, n| wide + &format!(" a{n}=\"\""));
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
