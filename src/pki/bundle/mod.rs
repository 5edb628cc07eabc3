//! Certificates in a file of whatever form people have. May import: `error`, and the other rooms of `pki`.
//!
//! | form | spellings |
//! |---|---|
//! | certificates, one behind the other | DER, BER, base64, PEM |
//! | PKCS #7 (RFC 5652), as files that end in `.p7b` or `.p7c` hold it | the same |
//! | `PkiPath` (X.509, section 7.8) | the same |
//!
//! PEM may have any text and other blocks around its blocks, headers in them (RFC 1421, section 4.6) and any white space,
//! be in UTF-16, have `\n` written out, or be in base64 as a whole once more.

use super::{
    ber::{Element, elements, first},
    certificate::Certificate,
    jwk::Jwk,
    pem::MOST_CERTIFICATES,
    signed::framed,
};
use crate::error::{Error, Reason, Result};
use kind::Kind;
use text::{characters, decoded, label, without_headers};

mod kind;
mod text;

/// Reads the certificates in a file, each as the DER of which digests are computed. At least one is found; none is looked
/// into.
///
/// ```
/// use idpstore::pki::{bundle, pem};
///
/// let request = pem::encode("CERTIFICATE REQUEST", b"");
/// let refused = bundle::certificates(request.as_bytes()).unwrap_err();
/// assert!(refused.to_string().ends_with("is a certification request (CSR), not a certificate"));
/// ```
///
/// # Errors
/// `Invalid` at the empty pointer: `NotCertificate` says what the file is instead; `UnreadableCertificate` if that is
/// unknown, or a certificate is cut off or damaged; or there are more than 256.
pub fn certificates(input: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    read(input, WRAPPINGS, &mut found).map(|()| found)
}

/// Sorts certificates so that the leaf comes first, then each before the one that issued it, then the others in their
/// order. The leaf is that of the key; if there is none, or no key is known, it is one that issued no other, if possible
/// one that did not issue itself either.
#[must_use]
pub fn sorted(mut certificates: Vec<Certificate>, key: Option<&Jwk>) -> Vec<Certificate> {
    let issued = |issuer: &Certificate, other: &Certificate| other.issuer() == issuer.subject();
    let leaf = {
        let of_key = |one: &Certificate| key == Some(one.jwk());
        let is_last =
            |one: &Certificate| !certificates.iter().any(|other| other != one && issued(one, other));
        let position = |wanted: &dyn Fn(&Certificate) -> bool| certificates.iter().position(wanted);
        position(&of_key)
            .or_else(|| position(&|one| is_last(one) && !issued(one, one)))
            .or_else(|| position(&is_last))
            .unwrap_or_default()
    };
    let mut chain = Vec::with_capacity(certificates.len());
    let mut next = Some(leaf).filter(|leaf| *leaf < certificates.len());
    while let Some(position) = next {
        let last = certificates.remove(position);
        next = certificates.iter().position(|other| issued(other, &last));
        chain.push(last);
    }
    chain.extend(certificates);
    chain
}

/// How many times a file may be in base64: a certificate in base64, kept by something that encodes once more.
const WRAPPINGS: u8 = 2;

const BEGIN: &str = "-----BEGIN";

/// How public keys begin in the files of SSH (RFC 4253, section 6.6; RFC 5656, section 3.1).
const SSH: [&str; 2] = ["ssh-", "ecdsa-sha2-"];

/// The labels of certificates and of PKCS #7 in PEM (RFC 7468, sections 5, 8 and 9, and what was written before it),
/// without blanks.
const LABELS: [&str; 8] = [
    "CERTIFICATE",
    "X509CERTIFICATE",
    "X.509CERTIFICATE",
    "TRUSTEDCERTIFICATE",
    "CERTIFICATECHAIN",
    "PKCS7",
    "PKCS#7SIGNEDDATA",
    "CMS",
];

/// What other blocks of PEM are, by a part of their labels.
const OTHERS: [(&str, &str); 5] = [
    ("REQUEST", "a certification request (CSR)"),
    ("PRIVATEKEY", "a private key"),
    ("PUBLICKEY", "a public key"),
    ("CRL", "a certificate revocation list (CRL)"),
    ("ATTRIBUTE", "an attribute certificate"),
];

/// Keystores of Java, by their first octets.
const KEYSTORES: [([u8; 4], &str); 2] =
    [([0xfe, 0xed, 0xfe, 0xed], "a Java keystore (JKS)"), ([0xce; 4], "a Java keystore (JCEKS)")];

/// Reads a file that may be in base64 so many times.
fn read(input: &[u8], wrappings: u8, found: &mut Vec<Vec<u8>>) -> Result<()> {
    if is_binary(input) {
        return read_binary(input, found);
    }
    let text = characters(input);
    if text.contains(BEGIN) {
        return read_blocks(&text, found);
    }
    if SSH.iter().any(|start| text.starts_with(start)) {
        return Err(Error::invalid("", Reason::NotCertificate("a public key")));
    }
    let wrappings = wrappings.checked_sub(1).ok_or_else(unreadable)?;
    read(&decoded(&text).map_err(|cause| unreadable().caused_by(cause))?, wrappings, found)
}

/// A structure that holds a certificate is longer than 127 octets, so its length begins with an octet outside of ASCII,
/// as the second octet of no text that holds a certificate does. A shorter one is something else.
fn is_binary(input: &[u8]) -> bool {
    let short = || first(input).is_some_and(|(element, _)| kind::of(&element).is_some());
    let keystore = || KEYSTORES.iter().any(|(magic, _)| input.starts_with(magic));
    matches!(input, [kind::SEQUENCE, length, ..] if !length.is_ascii()) || short() || keystore()
}

/// Reads structures that follow one another. What follows the first and is none, such as a line feed or OpenSSL's
/// settings for a trusted certificate, is ignored.
fn read_binary(input: &[u8], found: &mut Vec<Vec<u8>>) -> Result<()> {
    if let Some((_, what)) = KEYSTORES.iter().find(|(magic, _)| input.starts_with(magic)) {
        return Err(Error::invalid("", Reason::NotCertificate(what)));
    }
    let mut rest = input;
    loop {
        let (element, after) = first(rest).ok_or_else(unreadable)?;
        match kind::of(&element) {
            Some(Kind::Certificate) => add(&element, found)?,
            Some(Kind::Certificates(octets)) => add_all(octets, found)?,
            _ if rest.len() < input.len() => return Ok(()),
            Some(Kind::Other(what)) => return Err(Error::invalid("", Reason::NotCertificate(what))),
            None => return Err(unreadable()),
        }
        if after.first() != Some(&kind::SEQUENCE) {
            return Ok(());
        }
        rest = after;
    }
}

/// Adds those of a message or path; what a message holds besides has other tags.
fn add_all(octets: &[u8], found: &mut Vec<Vec<u8>>) -> Result<()> {
    for element in elements(octets) {
        let element = element.ok_or_else(unreadable)?;
        match kind::of(&element) {
            Some(Kind::Certificate) => add(&element, found)?,
            _ if element.tag() == kind::SEQUENCE => return Err(unreadable()),
            _ => {}
        }
    }
    if found.is_empty() { Err(unreadable()) } else { Ok(()) }
}

fn add(certificate: &Element<'_>, found: &mut Vec<Vec<u8>>) -> Result<()> {
    if found.len() == MOST_CERTIFICATES {
        let words = format!("holds more than {MOST_CERTIFICATES} certificates");
        return Err(Error::invalid("", Reason::Other(words)));
    }
    found.push(framed(certificate.whole).ok_or_else(unreadable)?.into_owned());
    Ok(())
}

/// Cut at the dashes, the text is a row of pieces of which a block takes three: `BEGIN` and label, base64,
/// `END` and label. One pass, whatever the input.
fn read_blocks(text: &str, found: &mut Vec<Vec<u8>>) -> Result<()> {
    let mut other = None;
    let mut pieces = text.split("-----");
    while let Some(piece) = pieces.next() {
        let Some(begun) = label(piece, "BEGIN") else { continue };
        if !LABELS.contains(&begun.as_str()) {
            other = other.or_else(|| OTHERS.iter().find(|(part, _)| begun.contains(part)));
            continue;
        }
        let body = pieces.next().unwrap_or_default();
        if pieces.next().and_then(|end| label(end, "END")) != Some(begun) {
            return Err(unreadable());
        }
        let octets = decoded(&without_headers(body)).map_err(|cause| unreadable().caused_by(cause))?;
        read_binary(&octets, found)?;
    }
    match other {
        _ if !found.is_empty() => Ok(()),
        Some((_, what)) => Err(Error::invalid("", Reason::NotCertificate(what))),
        None => Err(unreadable()),
    }
}

fn unreadable() -> Error {
    Error::invalid("", Reason::UnreadableCertificate)
}
