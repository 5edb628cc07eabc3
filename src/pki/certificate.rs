//! Certificates (RFC 5280), read leniently.

use der::{
    Decode, Encode, Sequence, Tag, Tagged as _,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier},
};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{
    ber,
    hash::Hash,
    jwk::Jwk,
    name::DistinguishedName,
    serial::SerialNumber,
    signed::{Signed, framed, hash_of, written},
    structure::elements,
    time::Timestamp,
};
use crate::error::{Error, ErrorKind, Reason, Result};

/// A certificate that was read. Its signature is not verified: to store it is to trust it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    serial_number: SerialNumber,
    signature_algorithm: String,
    issuer: DistinguishedName,
    not_before: Timestamp,
    not_after: Timestamp,
    subject: DistinguishedName,
    spki_der: Vec<u8>,
    jwk: Jwk,
}

impl Certificate {
    /// Reads the certificate at the start of these octets, in DER or BER; what follows it is ignored. Old signature
    /// algorithms, long serial numbers and names that break the rules of their string types are taken, as
    /// partners' certificates have them.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer: `UnreadableCertificate`; `KeyTypeNotAllowed` if its public key is none that a
    /// [`Jwk`] holds; `UnusableKey` as [`Jwk::check`]; or its serial number has more than 1024 octets.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let certificate = Self::from_stored_der(der)?;
        certificate.serial_number.check()?;
        certificate.jwk.check().map(|()| certificate)
    }

    /// Reads a certificate that was checked when it came in, or before there were checks: a listing costs less, and
    /// no record becomes unreadable.
    pub(crate) fn from_stored_der(input: &[u8]) -> Result<Self> {
        let der = framed(input).ok_or_else(no_certificate)?;
        // What is read is a copy that is DER all through, what is kept is what was signed.
        let copy = ber::to_der(&der);
        let signed = Signed::from_der(copy.as_deref().unwrap_or(&der)).map_err(unreadable)?;
        let content: Content<'_> = signed.content.decode_as().map_err(unreadable)?;
        content.serial_number.tag().assert_eq(Tag::Integer).map_err(unreadable)?;
        let (not_before, not_after) = validity(content.validity).ok_or_else(no_certificate)?;
        let spki_der = written(content.public_key.to_der())?;
        Ok(Self {
            serial_number: SerialNumber::from_integer(content.serial_number.value()),
            signature_algorithm: signed.algorithm.oid.to_string(),
            issuer: name(content.issuer)?,
            not_before,
            not_after,
            subject: name(content.subject)?,
            jwk: key(&spki_der)?,
            spki_der,
            der: der.to_vec(),
        })
    }

    /// The certificate in DER, with the very octets that were signed: those of which digests are computed.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whom the key belongs to.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// Who says so.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// The serial number.
    #[must_use]
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The first second of the validity period.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of the validity period.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The public key.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The public key as the `SubjectPublicKeyInfo` in the certificate, in DER.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// With what it was digested to be signed, if that is one of the digests that we sign with.
    #[must_use]
    pub fn hash(&self) -> Option<Hash> {
        hash_of(ObjectIdentifier::new(&self.signature_algorithm).ok()?)
    }

    /// The algorithm of the signature: its object identifier in dotted decimal.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
    }
}

/// `TBSCertificate` (RFC 5280, section 4.1.2). Names, key and extensions stay DER: they are read leniently, or
/// not at all, and the version is written even where there are no extensions.
#[derive(Sequence)]
pub(super) struct Content<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    pub(super) version: u8,
    pub(super) serial_number: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) validity: AnyRef<'a>,
    pub(super) subject: AnyRef<'a>,
    pub(super) public_key: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<AnyRef<'a>>,
}

/// The two instants of `Validity` (RFC 5280, section 4.1.2.5).
fn validity(der: AnyRef<'_>) -> Option<(Timestamp, Timestamp)> {
    match elements(der.value()).ok()?.as_slice() {
        [not_before, not_after] => {
            Some((Timestamp::from_asn1(*not_before)?, Timestamp::from_asn1(*not_after)?))
        }
        _ => None,
    }
}

fn name(der: AnyRef<'_>) -> Result<DistinguishedName> {
    DistinguishedName::from_der(&written(der.to_der())?).map_err(unreadable)
}

fn key(spki_der: &[u8]) -> Result<Jwk> {
    Jwk::from_stored_spki_der(spki_der).map_err(|error| match error.kind() {
        ErrorKind::Invalid { violations }
            if violations.iter().any(|it| it.reason == Reason::KeyTypeNotAllowed) =>
        {
            error
        }
        _ => unreadable(error),
    })
}

fn no_certificate() -> Error {
    Error::invalid("", Reason::UnreadableCertificate)
}

fn unreadable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    no_certificate().caused_by(cause)
}
