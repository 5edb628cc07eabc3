//! The text around certificates: its characters, the labels and headers of PEM, and base64.

use std::borrow::Cow;

use super::super::pem;
use crate::error::Result;

/// The text of a file in UTF-8 or UTF-16, with or without a byte order mark, with line ends that were written out
/// (`\n`) put back. The first character of a file with certificates is in ASCII.
pub(super) fn characters(input: &[u8]) -> String {
    let utf16 = |to_unit: fn([u8; 2]) -> u16| {
        let units = input.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(to_unit);
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    let text: String = match input {
        [0xfe, 0xff, ..] | [0, 1..=0xff, ..] => utf16(u16::from_be_bytes),
        [0xff, 0xfe, ..] | [1..=0xff, 0, ..] => utf16(u16::from_le_bytes),
        _ => String::from_utf8_lossy(input).into_owned(),
    };
    let lines = text.replace("\\r", "").replace("\\n", "\n").replace("\r\n", "\n").replace('\r', "\n");
    lines.replace('\\', "")
}

/// The label after this word, in upper case and without blanks.
pub(super) fn label(piece: &str, word: &str) -> Option<String> {
    let label = piece.strip_prefix(word)?.chars().filter(|character| !character.is_whitespace());
    Some(label.map(|character| character.to_ascii_uppercase()).collect())
}

/// The lines of a block that are base64: a header has a colon, and goes on in lines that begin with a blank.
pub(super) fn without_headers(body: &str) -> Cow<'_, str> {
    if !body.contains(':') {
        return body.into();
    }
    let mut in_header = false;
    let is_base64 = |line: &&str| {
        in_header = line.contains(':') || (in_header && line.starts_with([' ', '\t']));
        !in_header
    };
    body.lines().filter(is_base64).collect()
}

/// The octets of base64 text, also if several are written one behind the other, each with its padding.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    for part in text.split('=') {
        octets.extend(pem::base64_any(part)?);
    }
    Ok(octets)
}
