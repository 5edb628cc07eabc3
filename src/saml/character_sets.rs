//! The character sets that metadata may be written in.

use std::borrow::Cow;
use std::fmt::Debug;

use encoding_rs::Encoding;
use quick_xml::events::Event;

use super::unreadable;
use crate::error::Result;

/// Knows character sets other than UTF-8, by the labels of the WHATWG's Encoding standard (section 4.2): their tables
/// are large, and browsers have them.
pub trait CharacterSets: Debug + Send + Sync {
    /// The text that these bytes are in the character set with this label, without a byte order mark; nothing if there
    /// is no such character set, or they are no text in it.
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String>;
}

/// Every character set of the Encoding standard.
///
/// ```
/// use idpstore::saml::{CharacterSets, EncodingStandard};
///
/// assert_eq!(EncodingStandard.decode("windows-1252", b"\x80 5"), Some("€ 5".to_owned()));
/// assert_eq!(EncodingStandard.decode("windows-1253", b"\xd2"), None);
/// assert_eq!(EncodingStandard.decode("klingon", b""), None);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EncodingStandard;

impl CharacterSets for EncodingStandard {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        let encoding = Encoding::for_label(label.as_bytes())?;
        let (text, has_errors) = encoding.decode_with_bom_removal(bytes);
        (!has_errors).then(|| text.into_owned())
    }
}

/// The text of a document in the encoding that its byte order mark stands for, else in the one that it declares, else in
/// UTF-8.
pub(super) fn decode<'x>(xml: &'x [u8], sets: &dyn CharacterSets) -> Result<Cow<'x, str>> {
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn windows_1252_is_read_by_all_its_names() {
        let vector: Value =
            serde_json::from_str(include_str!("../../tests/vectors/windows-1252.json")).unwrap();
        let upper_half: Vec<u8> = (0x80..=0xff).collect();
        for label in vector["labels"].as_array().unwrap() {
            let read = EncodingStandard.decode(label.as_str().unwrap(), &upper_half);
            assert_eq!(read.as_deref(), vector["upperHalf"].as_str(), "{label}");
        }
    }
}
