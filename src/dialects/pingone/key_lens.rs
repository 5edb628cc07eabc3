//! PingOne's document of a key or a certificate: what the certificate says, and what only PingOne says of it.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::environment::Environment;
use super::wire::NAME;
use super::{default_keys, ids, links, names};
use crate::dialects::lens::Members;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::model::{Key, Remainders, place};
use crate::pki::Certificate;
use crate::pki::{Timestamp, csr, pem};

/// The two collections that show keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    Keys,
    Certificates,
}

/// What PingOne calls a signature algorithm, by its object identifier (RFC 4055, sections 3 and 5; RFC 5758, section 3;
/// RFC 8410, section 3). They are Java's names, as are those that no document of PingOne's shows.
const ALGORITHMS: [(&str, &str); 13] = [
    ("1.2.840.113549.1.1.4", "MD5withRSA"),
    ("1.2.840.113549.1.1.5", "SHA1withRSA"),
    ("1.2.840.113549.1.1.14", "SHA224withRSA"),
    ("1.2.840.113549.1.1.11", "SHA256withRSA"),
    ("1.2.840.113549.1.1.12", "SHA384withRSA"),
    ("1.2.840.113549.1.1.13", "SHA512withRSA"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.10045.4.1", "SHA1withECDSA"),
    ("1.2.840.10045.4.3.1", "SHA224withECDSA"),
    ("1.2.840.10045.4.3.2", "SHA256withECDSA"),
    ("1.2.840.10045.4.3.3", "SHA384withECDSA"),
    ("1.2.840.10045.4.3.4", "SHA512withECDSA"),
    ("1.3.101.112", "Ed25519"),
];

const DAY: i64 = 24 * 60 * 60;

/// The document, in PingOne's order. The serial number is written digit for digit, whatever its size and sign.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(rename = "_links")]
    links: Value,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    serial_number: Box<RawValue>,
    #[serde(rename = "subjectDN")]
    subject: String,
    #[serde(rename = "issuerDN")]
    issuer: String,
    pub(super) algorithm: &'static str,
    key_length: usize,
    created_at: String,
    starts_at: String,
    expires_at: String,
    validity_period: i64,
    signature_algorithm: String,
    usage_type: String,
    pub(super) status: &'static str,
    organization: Value,
    environment: Value,
    default: bool,
    #[serde(rename = "customCRL", skip_serializing_if = "Option::is_none")]
    custom_crl: Option<String>,
}

/// The document of a key.
pub(super) fn show(environment: &Environment, collection: Collection, key: &Key) -> Result<Document> {
    let certificate = certificate(key)?;
    let (path, print): (_, fn(&_) -> _) = match collection {
        Collection::Keys => ("keys", names::of_key),
        Collection::Certificates => ("certificates", names::of_certificate),
    };
    let id = key.id.to_uuid();
    let seconds = certificate.not_after().unix_seconds() - certificate.not_before().unix_seconds();
    Ok(Document {
        links: links::to(&[("self", &format!("{}/{path}/{id}", environment.url))]),
        id,
        name: name(key, &certificate),
        serial_number: RawValue::from_string(certificate.serial_number().to_string())
            .map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?,
        subject: text(key, "subjectDN").unwrap_or_else(|| print(certificate.subject())),
        issuer: text(key, "issuerDN").unwrap_or_else(|| print(certificate.issuer())),
        algorithm: match key.jwk.kty() {
            "RSA" => "RSA",
            "EC" => "EC",
            _ => "UNKNOWN",
        },
        key_length: key.jwk.bits(),
        created_at: key.created.to_string(),
        starts_at: certificate.not_before().to_string(),
        expires_at: certificate.not_after().to_string(),
        validity_period: seconds / DAY,
        signature_algorithm: signature_algorithm(certificate.signature_algorithm()),
        usage_type: default_keys::usage(&key.remainders).to_owned(),
        status: status(&certificate, environment.service.env().clock.now()),
        organization: json!({"id": ids::organization()}),
        environment: links::environment(environment),
        default: default_keys::is_default(&environment.tenant, key),
        custom_crl: text(key, "customCRL"),
    })
}

/// When a certificate can be used. How long before its end the service calls it `EXPIRING` is not known, so
/// nothing is called so here.
pub(super) fn status(certificate: &Certificate, now: Timestamp) -> &'static str {
    if now < certificate.not_before() {
        "NOT_YET_VALID"
    } else if now > certificate.not_after() {
        "EXPIRED"
    } else {
        "VALID"
    }
}

fn signature_algorithm(oid: &str) -> String {
    ALGORITHMS.iter().find(|(known, _)| *known == oid).map_or(oid, |(_, name)| *name).to_owned()
}

/// The certificate of a key.
pub(super) fn certificate(key: &Key) -> Result<Certificate> {
    let text = key.chain.first().ok_or_else(|| Error::new(ErrorKind::Corrupt))?;
    let corrupt = |error: Error| Error::new(ErrorKind::Corrupt).caused_by(error);
    Certificate::from_stored_der(&pem::base64_any(text).map_err(corrupt)?).map_err(corrupt)
}

/// The certificate of a key among those that an authority has issued (DER).
pub(super) fn issued(key: &Key, chain: &[Vec<u8>]) -> Result<Certificate> {
    for der in chain {
        let certificate = Certificate::from_der(der).map_err(|error| error.at(place::CERTIFICATE))?;
        if csr::certificate_matches(&certificate, &key.jwk) {
            return Ok(certificate);
        }
    }
    Err(Error::invalid(place::CERTIFICATE, Reason::CertificateMismatch))
}

/// Name and subject of one of our own keys, as they are shown.
pub(super) fn name_and_subject(key: &Key) -> Result<(Option<String>, String)> {
    let certificate = certificate(key)?;
    let subject = text(key, "subjectDN").unwrap_or_else(|| names::of_key(certificate.subject()));
    Ok((name(key, &certificate), subject))
}

/// The name that it was given, or else the most specific one that it is certified under.
fn name(key: &Key, certificate: &Certificate) -> Option<String> {
    text(key, "name").or_else(|| certificate.subject().common_name().map(str::to_owned))
}

fn text(key: &Key, member: &str) -> Option<String> {
    said(key)?.get(member)?.as_str().map(str::to_owned)
}

fn said(key: &Key) -> Option<&Members> {
    key.remainders.get(NAME).map(|remainder| &**remainder)
}

/// Under which name a key has the id of the policy that rotates it.
pub(super) const ROTATED_BY: &str = "keyRotationPolicy";

/// Whether a key belongs to a key rotation policy: then it is no part of the keys of the environment.
pub(super) fn is_rotated(key: &Key) -> bool {
    said(key).is_some_and(|said| said.contains_key(ROTATED_BY))
}

/// A key's remainders once PingOne says `members` of it; null takes a member away.
pub(super) fn saying<const N: usize>(remainders: &Remainders, members: [(&str, Value); N]) -> Remainders {
    let mut remainders = remainders.clone();
    let said = remainders.entry(NAME.to_owned()).or_default();
    for (member, value) in members {
        if value.is_null() {
            said.shift_remove(member);
        } else {
            said.insert(member.to_owned(), value);
        }
    }
    remainders
}
