//! What a structure in DER or BER is, by the tags of its first elements.

use der::{Encode as _, oid::db::rfc5911::ID_SIGNED_DATA};

use super::super::ber::{Element, elements, first};

/// What a file may hold.
pub(super) enum Kind<'a> {
    Certificate,
    /// Several certificates: those of a message, or of a `PkiPath` (X.509, section 7.8).
    Certificates(&'a [u8]),
    /// Something else, in words.
    Other(&'static str),
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xa0;

/// What this is; `None` if it is not recognized.
pub(super) fn of<'a>(element: &Element<'a>) -> Option<Kind<'a>> {
    if element.tag() != SEQUENCE {
        return None;
    }
    if is_signed(element) {
        return of_signed(&first(element.content)?.0);
    }
    Some(match element.tags_within(4).as_slice() {
        [OID, CONTEXT_0] => return of_message(element.content),
        [INTEGER, SEQUENCE, OCTET_STRING, ..]
        | [INTEGER, INTEGER, INTEGER, ..]
        | [INTEGER, OCTET_STRING, ..] => Kind::Other("a private key"),
        [SEQUENCE, OCTET_STRING] => Kind::Other("an encrypted private key"),
        [SEQUENCE, BIT_STRING] | [INTEGER, INTEGER] => Kind::Other("a public key"),
        [INTEGER, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE] => Kind::Other("a PKCS #12 file"),
        [SEQUENCE, ..] if is_path(element) => Kind::Certificates(element.content),
        _ => return None,
    })
}

/// What is signed, by its content.
fn of_signed<'a>(content: &Element<'_>) -> Option<Kind<'a>> {
    Some(match content.tags_within(4).as_slice() {
        [CONTEXT_0, ..] | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] => Kind::Certificate,
        [INTEGER, SEQUENCE, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0] => {
            Kind::Other("a certification request (CSR)")
        }
        [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME]
        | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..] => {
            Kind::Other("a certificate revocation list (CRL)")
        }
        [INTEGER, SEQUENCE, CONTEXT_0, ..] => Kind::Other("an attribute certificate"),
        _ => return None,
    })
}

/// What a `ContentInfo` (RFC 5652, section 3) holds, by its type and content.
fn of_message(parts: &[u8]) -> Option<Kind<'_>> {
    let (content_type, content) = first(parts)?;
    if content_type.whole != ID_SIGNED_DATA.to_der().ok()? {
        return Some(Kind::Other("a PKCS #7 message that is not signed"));
    }
    let (signed_data, _) = first(first(content)?.0.content)?;
    // Version, digest algorithms and content come before.
    let certificates = elements(signed_data.content).nth(3)??;
    match certificates.tag() {
        CONTEXT_0 if !certificates.content.is_empty() => Some(Kind::Certificates(certificates.content)),
        _ => Some(Kind::Other("a PKCS #7 message without certificates")),
    }
}

/// Whether it contains certificates and nothing else.
fn is_path(element: &Element<'_>) -> bool {
    elements(element.content).all(|inner| inner.is_some_and(|inner| is_certificate(&inner)))
}

fn is_certificate(element: &Element<'_>) -> bool {
    let content = || first(element.content).and_then(|(content, _)| of_signed(&content));
    is_signed(element) && matches!(content(), Some(Kind::Certificate))
}

/// Whether it has the frame of what is signed: content, algorithm and signature.
fn is_signed(element: &Element<'_>) -> bool {
    matches!(element.tags_within(4).as_slice(), [SEQUENCE, SEQUENCE, BIT_STRING])
}
