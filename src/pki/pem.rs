//! Textual encodings (RFC 7468) and bare base64 (RFC 4648): strict when written, tolerant when read.

use base64::{
    Engine as _,
    alphabet::STANDARD as STANDARD_ALPHABET,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{NO_PAD, STANDARD},
    },
};
use der::{Reader as _, SliceReader};

use crate::error::{Error, Reason, Result};

/// How many certificates one file may hold: more than any chain has, and few enough to compare each with each.
pub(super) const MOST_CERTIFICATES: usize = 256;

/// Reads the certificates in a file of whatever form people have them in, each as DER:
/// PEM with any number of blocks, with other blocks and any text around them, lines wrapped in any way; or one
/// certificate in base64 or base64url, with any white space, padded or not; or one in DER.
/// At least one is found; none is looked into.
///
/// # Errors
/// `Invalid` at the empty pointer: `UnreadableCertificate` if there is none, or one is cut off or damaged; or there are
/// more than 256.
pub fn certificates(input: &[u8]) -> Result<Vec<Vec<u8>>> {
    if is_der(input) {
        return Ok(vec![input.to_vec()]);
    }
    let text = String::from_utf8_lossy(input);
    if text.contains(BEGIN) { blocks(&text) } else { Ok(vec![base64_certificate(&text)?]) }
}

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

/// The labels that certificates go by (RFC 7468, section 5.1, and what OpenSSL writes besides).
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", TRUSTED];

const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// Standard alphabet, padding optional, and the spare bits of the last digit ignored: some encoders leave
/// them set.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(&STANDARD_ALPHABET, TOLERANT_CONFIG);

const TOLERANT_CONFIG: GeneralPurposeConfig =
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);

/// A certificate is longer than 127 octets, so the length in its DER begins with an octet outside of ASCII,
/// as the second octet of no text that holds a certificate does.
fn is_der(input: &[u8]) -> bool {
    matches!(input, [0x30, length, ..] if !length.is_ascii())
}

/// Cut at the dashes, the text is a row of pieces of which a block takes three: `BEGIN` and label, base64,
/// `END` and label. One pass, whatever the input.
fn blocks(text: &str) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut pieces = text.split("-----");
    while let Some(piece) = pieces.next() {
        let Some(label) = piece.strip_prefix("BEGIN ").filter(|label| LABELS.contains(label)) else {
            continue;
        };
        let body = pieces.next().unwrap_or_default();
        if pieces.next().and_then(|end| end.strip_prefix("END ")) != Some(label) {
            return Err(unreadable());
        }
        let der = base64_certificate(body)?;
        check_number(found.len() + 1)?;
        found.push(if label == TRUSTED { without_trust_settings(&der)? } else { der });
    }
    if found.is_empty() { Err(unreadable()) } else { Ok(found) }
}

/// Refuses a file with so many certificates if they are too many.
pub(super) fn check_number(certificates: usize) -> Result<()> {
    if certificates > MOST_CERTIFICATES {
        let words = format!("holds more than {MOST_CERTIFICATES} certificates");
        return Err(Error::invalid("", Reason::Other(words)));
    }
    Ok(())
}

fn base64_certificate(text: &str) -> Result<Vec<u8>> {
    let der = base64_any(text).map_err(|cause| unreadable().caused_by(cause))?;
    if is_der(&der) { Ok(der) } else { Err(unreadable()) }
}

/// OpenSSL appends its own settings to a trusted certificate, as a second DER structure.
fn without_trust_settings(der: &[u8]) -> Result<Vec<u8>> {
    let first = SliceReader::new(der).and_then(|mut reader| reader.tlv_bytes());
    first.map(<[u8]>::to_vec).map_err(|cause| unreadable().caused_by(cause))
}

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

fn unreadable() -> Error {
    Error::invalid("", Reason::UnreadableCertificate)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Long enough to look like a certificate, with octets whose base64 differs between the alphabets.
    fn like_der(seed: u8) -> Vec<u8> {
        [&[0x30, 0x81, 200][..], &[seed; 100], &[0xfb, 0xff].repeat(50)].concat()
    }

    #[test]
    fn finds_certificates_among_other_things() {
        let text = format!(
            "\u{feff}Bag Attributes: x\r\n{}{}{}subject=y -----\n{}",
            encode("CERTIFICATE", &like_der(1)).replace('\n', "\r\n"),
            encode("PRIVATE KEY", &like_der(2)),
            encode("X509 CERTIFICATE", &like_der(3)),
            encode("CERTIFICATE", &like_der(4)).replace('\n', " "),
        );
        let found = certificates(text.as_bytes()).unwrap();
        assert_eq!(found, [like_der(1), like_der(3), like_der(4)]);
    }

    #[test]
    fn takes_one_certificate_in_any_spelling() {
        let der = like_der(5);
        let standard = STANDARD.encode(&der);
        let url_safe = standard.replace('+', "-").replace('/', "_");
        for text in [
            standard.clone(),
            standard.trim_end_matches('=').to_owned(),
            url_safe.clone(),
            url_safe.trim_end_matches('=').to_owned(),
            format!("\u{feff} {}\r\n", wrap_base64(&der, 76).replace('\n', "\r\n \t")),
        ] {
            assert_eq!(certificates(text.as_bytes()).unwrap(), std::slice::from_ref(&der), "{text}");
        }
        assert_eq!(certificates(&der).unwrap(), [der]);
    }

    #[test]
    fn drops_openssl_trust_settings() {
        let trusted = [like_der(6), vec![0x30, 0]].concat();
        let first = like_der(6)[..203].to_vec();
        assert_eq!(certificates(encode(TRUSTED, &trusted).as_bytes()).unwrap(), [first]);
    }

    #[test]
    fn rejects_what_holds_no_certificate() {
        let whole = encode("CERTIFICATE", &like_der(7));
        let (cut, _) = whole.rsplit_once("-----END").unwrap();
        let other = encode("PRIVATE KEY", &like_der(7));
        for text in ["", " ", "hello", "MII!", cut, &other, "-----BEGIN CERTIFICATE-----"] {
            let error = certificates(text.as_bytes()).unwrap_err();
            assert!(error.to_string().contains("not a readable certificate"), "{text}: {error}");
        }
        assert!(base64_any("AAAAA").is_err());
        assert_eq!(base64_any("").unwrap(), b"");
    }

    #[test]
    fn wraps_lines() {
        assert_eq!(wrap_base64(&[0; 9], 8), "AAAAAAAA\nAAAA");
        assert_eq!(wrap_base64(&[0; 4], 0), "AAAA\nAA==");
        assert_eq!(wrap_base64(&[], 64), "");
        assert!(encode("X", &[0; 100]).lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn does_not_take_quadratic_time() {
        let text = "-----BEGIN X-----".repeat(200_000);
        assert!(certificates(text.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(input in any::<Vec<u8>>(), text in "(-----(BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/=\\s]){0,40}") {
            let _ = certificates(&input);
            let _ = certificates(text.as_bytes());
        }

        #[test]
        fn survives_base64(octets in any::<Vec<u8>>(), columns in 0_usize..100) {
            prop_assert_eq!(base64_any(&wrap_base64(&octets, columns)).unwrap(), octets);
        }

        #[test]
        fn survives_pem(tail in any::<Vec<u8>>()) {
            let der = [vec![0x30, 0x82], tail].concat();
            prop_assert_eq!(certificates(encode("CERTIFICATE", &der).as_bytes()).unwrap(), [der]);
        }
    }
}
