//! Distinguished names (RFC 5280, section 4.1.2.4): strict when written, lenient when read.

use std::fmt::{self, Write as _};

use der::{
    Decode, Encode, Reader as _, Sequence, SliceReader, Tag, Tagged as _, ValueOrd,
    asn1::{AnyRef, ObjectIdentifier, PrintableStringRef, SetOfVec},
    oid::db::{rfc3280::EMAIL_ADDRESS, rfc4519},
};

use super::signed::written;
use crate::error::{Error, Reason, Result};

/// The type of one part of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameAttribute {
    /// `C`, countryName.
    Country,
    /// `ST`, stateOrProvinceName.
    StateOrProvince,
    /// `L`, localityName.
    Locality,
    /// `O`, organizationName.
    Organization,
    /// `OU`, organizationalUnitName.
    OrganizationalUnit,
    /// `CN`, commonName.
    CommonName,
    /// `emailAddress` (RFC 2985, section 5.2.1).
    EmailAddress,
    /// Any other type: its object identifier in dotted decimal.
    Other(String),
}

impl NameAttribute {
    fn from_oid(oid: ObjectIdentifier) -> Self {
        match oid {
            rfc4519::COUNTRY_NAME => Self::Country,
            rfc4519::ST => Self::StateOrProvince,
            rfc4519::LOCALITY_NAME => Self::Locality,
            rfc4519::ORGANIZATION_NAME => Self::Organization,
            rfc4519::ORGANIZATIONAL_UNIT_NAME => Self::OrganizationalUnit,
            rfc4519::COMMON_NAME => Self::CommonName,
            EMAIL_ADDRESS => Self::EmailAddress,
            other => Self::Other(other.to_string()),
        }
    }

    fn oid(&self) -> Result<ObjectIdentifier> {
        match self {
            Self::Country => Ok(rfc4519::COUNTRY_NAME),
            Self::StateOrProvince => Ok(rfc4519::ST),
            Self::Locality => Ok(rfc4519::LOCALITY_NAME),
            Self::Organization => Ok(rfc4519::ORGANIZATION_NAME),
            Self::OrganizationalUnit => Ok(rfc4519::ORGANIZATIONAL_UNIT_NAME),
            Self::CommonName => Ok(rfc4519::COMMON_NAME),
            Self::EmailAddress => Ok(EMAIL_ADDRESS),
            Self::Other(text) => ObjectIdentifier::new(text).map_err(|cause| {
                let words = format!("is not an object identifier: `{text}`");
                Error::invalid("", Reason::Other(words)).caused_by(cause)
            }),
        }
    }

    /// `UTF8String`, unless a narrower type is requested and the text fits into it.
    fn string_type(&self, text: &str) -> Tag {
        match self {
            Self::Country if PrintableStringRef::new(text).is_ok() => Tag::PrintableString,
            Self::EmailAddress if text.is_ascii() => Tag::Ia5String,
            _ => Tag::Utf8String,
        }
    }
}

impl fmt::Display for NameAttribute {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Country => "C",
            Self::StateOrProvince => "ST",
            Self::Locality => "L",
            Self::Organization => "O",
            Self::OrganizationalUnit => "OU",
            Self::CommonName => "CN",
            Self::EmailAddress => "emailAddress",
            Self::Other(oid) => oid,
        })
    }
}

/// A distinguished name: attributes in order, most often from the country down to the common name.
///
/// Any text can be written, odd characters included. Reading keeps the texts and forgets their string types
/// and which attributes shared a relative name, so a name that was read may be written differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DistinguishedName(Vec<(NameAttribute, String)>);

impl DistinguishedName {
    /// The empty name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This name with one more attribute at its end.
    #[must_use]
    pub fn with(mut self, attribute: NameAttribute, text: impl Into<String>) -> Self {
        self.0.push((attribute, text.into()));
        self
    }

    /// The attributes in order.
    pub fn iter(&self) -> impl Iterator<Item = (&NameAttribute, &str)> {
        self.0.iter().map(|(attribute, text)| (attribute, text.as_str()))
    }

    /// The last, that is the most specific, common name.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.iter()
            .filter(|(attribute, _)| **attribute == NameAttribute::CommonName)
            .last()
            .map(|(_, text)| text)
    }

    /// Writes the name in DER, one relative name for each attribute.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer if the type of an attribute is not an object identifier.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let names = self.iter().map(|(attribute, text)| relative_name(attribute, text));
        written(names.collect::<Result<Vec<_>>>()?.to_der())
    }

    /// Reads a name in DER. Texts of any string type are taken, also where they break the rules of that type;
    /// a value that is no text is given as `#` and the hexadecimal digits of its DER (RFC 4514, section 2.4).
    ///
    /// # Errors
    /// `Invalid` at the empty pointer if that is not a name.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let attributes = attributes(der).map_err(|cause| {
            Error::invalid("", Reason::Other("is not a readable distinguished name".into())).caused_by(cause)
        })?;
        Ok(Self(attributes))
    }
}

/// Like OpenSSL's one-line form: `C=US, O=Example, CN=example.org`, in the order in which the name is written,
/// special characters escaped as in RFC 4514, section 2.4.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (attribute, text)) in self.iter().enumerate() {
            write!(out, "{}{attribute}=", if index == 0 { "" } else { ", " })?;
            let last = text.chars().count().saturating_sub(1);
            for (position, character) in text.chars().enumerate() {
                let at_edge = (position == 0 && character == '#')
                    || ((position == 0 || position == last) && character == ' ');
                if at_edge || matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
                    out.write_char('\\')?;
                }
                out.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// `AttributeTypeAndValue` (RFC 5280, section 4.1.2.4).
#[derive(Sequence, ValueOrd)]
struct AttributeValue<'a> {
    oid: ObjectIdentifier,
    value: AnyRef<'a>,
}

fn relative_name<'a>(attribute: &NameAttribute, text: &'a str) -> Result<SetOfVec<AttributeValue<'a>>> {
    let value = written(AnyRef::new(attribute.string_type(text), text.as_bytes()))?;
    written(SetOfVec::try_from([AttributeValue { oid: attribute.oid()?, value }]))
}

fn attributes(der: &[u8]) -> der::Result<Vec<(NameAttribute, String)>> {
    let mut found = Vec::new();
    AnyRef::from_der(der)?.sequence(|relative_names| {
        while !relative_names.is_finished() {
            let mut set = SliceReader::new(AnyRef::decode(relative_names)?.value())?;
            while !set.is_finished() {
                found.push(AnyRef::decode(&mut set)?.sequence(attribute)?);
            }
        }
        Ok::<_, der::Error>(())
    })?;
    Ok(found)
}

fn attribute(pair: &mut SliceReader<'_>) -> der::Result<(NameAttribute, String)> {
    let oid = ObjectIdentifier::decode(pair)?;
    let value = pair.read_slice(pair.remaining_len())?;
    Ok((NameAttribute::from_oid(oid), text(value)))
}

/// Certificates in the field hold Latin-1 in `TeletexString` and `@` in `PrintableString`, so what the string
/// types allow is not checked.
fn text(der: &[u8]) -> String {
    match AnyRef::from_der(der) {
        Ok(value) if value.tag() == Tag::BmpString => utf16(value.value()),
        Ok(value) if STRINGS.contains(&value.tag()) => utf8_or_latin1(value.value()),
        _ => der.iter().fold(String::from("#"), |text, octet| text + &format!("{octet:02x}")),
    }
}

const STRINGS: [Tag; 8] = [
    Tag::Utf8String,
    Tag::PrintableString,
    Tag::Ia5String,
    Tag::TeletexString,
    Tag::NumericString,
    Tag::VisibleString,
    Tag::GeneralString,
    Tag::VideotexString,
];

fn utf16(octets: &[u8]) -> String {
    let units = octets.chunks(2).map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf8_or_latin1(octets: &[u8]) -> String {
    let latin1 = || octets.iter().copied().map(char::from).collect();
    std::str::from_utf8(octets).map_or_else(|_| latin1(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unusual() -> DistinguishedName {
        DistinguishedName::new()
            .with(NameAttribute::Country, "US")
            .with(NameAttribute::Organization, "Zo\u{eb} & Co, Ltd.")
            .with(NameAttribute::CommonName, "first")
            .with(NameAttribute::Other("0.9.2342.19200300.100.1.1".into()), " jane ")
            .with(NameAttribute::CommonName, "#second")
            .with(NameAttribute::EmailAddress, "info@example.org")
    }

    /// A name of one attribute, the value given as DER.
    fn name_with(value: &[u8]) -> Vec<u8> {
        let pair = [ObjectIdentifier::to_der(&rfc4519::COMMON_NAME).unwrap(), value.to_vec()].concat();
        let wrap = |tag, octets: &[u8]| AnyRef::new(tag, octets).unwrap().to_der().unwrap();
        wrap(Tag::Sequence, &wrap(Tag::Set, &wrap(Tag::Sequence, &pair)))
    }

    #[test]
    fn survives_the_way_through_der() {
        let name = unusual();
        assert_eq!(DistinguishedName::from_der(&name.to_der().unwrap()).unwrap(), name);
        assert_eq!(name.common_name(), Some("#second"));
        assert_eq!(DistinguishedName::new().to_der().unwrap(), [0x30, 0]);
    }

    #[test]
    fn is_shown_in_order() {
        let shown = "C=US, O=Zo\u{eb} & Co\\, Ltd., CN=first, 0.9.2342.19200300.100.1.1=\\ jane\\ , \
                     CN=\\#second, emailAddress=info@example.org";
        assert_eq!(unusual().to_string(), shown);
    }

    #[test]
    fn writes_narrow_types_only_where_they_fit() {
        for (attribute, text, tag) in [
            (NameAttribute::Country, "US", Tag::PrintableString),
            (NameAttribute::Country, "\u{d6}sterreich", Tag::Utf8String),
            (NameAttribute::EmailAddress, "a@b", Tag::Ia5String),
            (NameAttribute::EmailAddress, "\u{e4}@b", Tag::Utf8String),
            (NameAttribute::CommonName, "plain", Tag::Utf8String),
            (NameAttribute::Locality, "\0", Tag::Utf8String),
        ] {
            assert_eq!(attribute.string_type(text), tag);
            let name = DistinguishedName::new().with(attribute, text);
            assert_eq!(DistinguishedName::from_der(&name.to_der().unwrap()).unwrap(), name);
        }
    }

    #[test]
    fn rejects_a_type_that_is_no_object_identifier() {
        let name = DistinguishedName::new().with(NameAttribute::Other("cn".into()), "x");
        assert!(name.to_der().unwrap_err().to_string().contains("`cn`"));
    }

    #[test]
    fn reads_odd_strings() {
        for (value, text) in [
            (&b"\x13\x03a@b"[..], "a@b"),
            (b"\x13\x03a\xe9b", "a\u{e9}b"),
            (b"\x14\x02\xfcr", "\u{fc}r"),
            (b"\x1e\x04\x00A\x26\x3a", "A\u{263a}"),
            (b"\x1e\x03\x00A\x42", "AB"),
            (b"\x1c\x04\x00\x00\x00A", "#1c0400000041"),
            (b"\x02\x01\x07", "#020107"),
        ] {
            assert_eq!(DistinguishedName::from_der(&name_with(value)).unwrap().common_name(), Some(text));
        }
        assert!(DistinguishedName::from_der(b"\x30\x01").is_err());
    }
}
