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
