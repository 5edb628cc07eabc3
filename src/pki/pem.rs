//! Textual encodings (RFC 7468) and bare base64 (RFC 4648): strict when written, tolerant when read.

use crate::error::{Error, Reason, Result};
use base64::{
    Engine as _,
    alphabet::STANDARD as STANDARD_ALPHABET,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{NO_PAD, STANDARD},
    },
};

/// How many certificates one file may hold: more than any chain has, and few enough to compare each with each.
pub(super) const MOST_CERTIFICATES: usize = 256;

/// The first block with one of these labels, decoded; `None` if there is none, or it is damaged.
#[must_use]
pub fn block(input: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(input);
    let (label, rest) =
        labels.iter().find_map(|label| Some((label, text.split_once(&format!("{BEGIN}{label}-----"))?.1)))?;
    base64_any(rest.split_once(&format!("-----END {label}-----"))?.0).ok()
}

/// Decodes base64 or base64url, even mixed, with any white space, padded or not.
///
/// ```
/// use idpstore::pki::pem;
///
/// assert_eq!(pem::base64_any(" -_8=\r\n")?, pem::base64_any("+/8")?);
/// # Ok::<(), idpstore::Error>(())
/// ```
///
/// # Errors
/// `Invalid` at the empty pointer if any other character is in it, or a last group of one.
pub fn base64_any(text: &str) -> Result<Vec<u8>> {
    let digits: String = text.chars().filter(|character| !is_blank(*character)).map(standard).collect();
    TOLERANT
        .decode(digits)
        .map_err(|cause| Error::invalid("", Reason::Other("is not base64 text".into())).caused_by(cause))
}

/// Writes one PEM block (RFC 7468, section 2): lines of 64 columns, a line feed at the end.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let lines = wrap_base64(der, 64);
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

/// Writes base64 in lines of so many columns (rounded down to a multiple of four, at least four), separated by
/// line feeds, without one at the end.
#[must_use]
pub fn wrap_base64(octets: &[u8], columns: usize) -> String {
    let octets_a_line = (columns / 4).max(1).saturating_mul(3);
    let lines: Vec<_> = octets.chunks(octets_a_line).map(|line| STANDARD.encode(line)).collect();
    lines.join("\n")
}

const BEGIN: &str = "-----BEGIN ";

/// Standard alphabet, padding optional, and the spare bits of the last digit ignored: some encoders leave
/// them set.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(&STANDARD_ALPHABET, TOLERANT_CONFIG);

const TOLERANT_CONFIG: GeneralPurposeConfig =
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);

/// A byte order mark counts as blank, so that it may stand anywhere.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// The digit of the standard alphabet for one of the URL-safe alphabet.
fn standard(digit: char) -> char {
    match digit {
        '-' => '+',
        '_' => '/',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_base64_in_any_spelling() {
        for text in ["-_8=", "+/8", " -/\r\n8 =\u{feff}"] {
            assert_eq!(base64_any(text).unwrap(), [0xfb, 0xff], "{text}");
        }
        assert_eq!(base64_any("").unwrap(), b"");
        for wrong in ["AAAAA", "MII!", "AA=AAA"] {
            assert!(base64_any(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn finds_the_first_block_with_a_label() {
        let text = ["OTHER", "X", "X"].map(|label| encode(label, label.as_bytes())).concat();
        assert_eq!(block(text.as_bytes(), &["X"]).unwrap(), b"X");
        assert_eq!(block(text.as_bytes(), &["Y"]), None);
    }

    #[test]
    fn wraps_lines() {
        assert_eq!(wrap_base64(&[0; 9], 8), "AAAAAAAA\nAAAA");
        assert_eq!(wrap_base64(&[0; 4], 0), "AAAA\nAA==");
        assert_eq!(wrap_base64(&[], 64), "");
        assert!(encode("X", &[0; 100]).lines().all(|line| line.len() <= 64));
    }

    proptest! {
        #[test]
        fn survives_base64(octets in any::<Vec<u8>>(), columns in 0_usize..100) {
            prop_assert_eq!(base64_any(&wrap_base64(&octets, columns)).unwrap(), octets);
        }
    }
}
