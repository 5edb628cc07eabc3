//! What a file or key is instead of one that can be used.

use der::{
    Tag, Tagged as _,
    asn1::{AnyRef, ObjectIdentifier},
};

use super::{super::bundle, UNREADABLE, oid, refuse, sequence, sequence_of};
use crate::error::{Error, Reason};

/// The refusal of what is no PKCS #12 file: it names what can be recognized.
pub(super) fn of_file(file: &[u8]) -> Error {
    let recognized = match bundle::certificates(file) {
        Ok(found) if found.len() > 1 => Some("a file of certificates"),
        Ok(_) => Some("a certificate"),
        Err(error) => error.violations().iter().find_map(|violation| match violation.reason {
            Reason::NotCertificate(what) => Some(what),
            _ => None,
        }),
    };
    let is_pem = file.windows(PEM.len()).any(|part| part == PEM);
    match (recognized, is_pem) {
        (Some(what), true) => refuse(&format!("is {what} in PEM, not a PKCS #12 file")),
        (Some(what), false) if !what.ends_with("PKCS #12 file") => {
            refuse(&format!("is {what}, not a PKCS #12 file"))
        }
        (None, true) => refuse("is PEM, not a PKCS #12 file in DER"),
        _ => refuse(UNREADABLE),
    }
}

const PEM: &[u8] = b"-----BEGIN ";

/// The types of keys that are none of ours.
const TYPES: [(ObjectIdentifier, &str); 6] = [
    (oid("1.3.101.112"), "Ed25519"),
    (oid("1.3.101.113"), "Ed448"),
    (oid("1.3.101.110"), "X25519"),
    (oid("1.3.101.111"), "X448"),
    (oid("1.2.840.10040.4.1"), "DSA"),
    (oid("1.2.840.113549.1.3.1"), "DH"),
];

const OURS: [ObjectIdentifier; 2] = [oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.10")];
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const CURVES: [ObjectIdentifier; 3] = [oid("1.2.840.10045.3.1.7"), oid("1.3.132.0.34"), oid("1.3.132.0.35")];

/// The refusal of a private key (PKCS #8) of another type than RSA and EC, which it names.
pub(super) fn of_key(pkcs8: &[u8]) -> Option<Error> {
    let parts = sequence(pkcs8).ok()?;
    let algorithm = sequence_of(*parts.get(1)?).ok()?;
    let key_type: ObjectIdentifier = algorithm.first()?.decode_as().ok()?;
    if OURS.contains(&key_type) {
        return None;
    }
    let name = match TYPES.iter().find(|(known, _)| *known == key_type) {
        Some((_, name)) => (*name).to_owned(),
        None if key_type == EC => curve(algorithm.get(1))?,
        None => format!("`{key_type}`"),
    };
    let allowed = "RSA, and EC on P-256, P-384 and P-521";
    Some(refuse(&format!("has the key type {name}, which cannot be used here: allowed are {allowed}")))
}

/// The type of a key on a curve that is none of ours.
fn curve(parameters: Option<&AnyRef<'_>>) -> Option<String> {
    match parameters {
        Some(parameters) if parameters.tag() == Tag::ObjectIdentifier => {
            let curve: ObjectIdentifier = parameters.decode_as().ok()?;
            (!CURVES.contains(&curve)).then(|| format!("EC on the curve `{curve}`"))
        }
        _ => Some("EC on a curve without a name".to_owned()),
    }
}
