//! The character sets that metadata may be written in.

use std::fmt::Debug;

use encoding_rs::Encoding;

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
