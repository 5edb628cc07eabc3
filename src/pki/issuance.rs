//! Certificates (RFC 5280) issued: to ourselves, or by an authority to another key.

use der::{
    Decode, Encode, Tag,
    asn1::{AnyRef, OctetString},
    oid::{AssociatedOid, db::rfc5280::ID_KP_SERVER_AUTH},
};
use sha1::{Digest as _, Sha1};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
        },
    },
    spki::SubjectPublicKeyInfoRef,
};

use super::{
    certificate::Content,
    hash::Hash,
    jwk::Jwk,
    keygen::PrivateKey,
    name::DistinguishedName,
    serial::SerialNumber,
    signed::{self, written},
    signer::Signer,
    structure::wrap,
    time::Timestamp,
};
use crate::error::Result;

/// What a certificate to be issued says, apart from the subject's key.
#[derive(Clone, Debug)]
pub struct Issuance<'a> {
    /// The serial number: should be positive and new for each certificate of an issuer.
    pub serial_number: SerialNumber,
    /// The first second of the validity period; milliseconds are cut off.
    pub not_before: Timestamp,
    /// The last second of the validity period; milliseconds are cut off.
    pub not_after: Timestamp,
    /// Who signs.
    pub issuer: &'a DistinguishedName,
    /// Whom the key belongs to: the issuer itself in a self-issued certificate.
    pub subject: &'a DistinguishedName,
    /// With what it is digested to be signed.
    pub hash: Hash,
    /// Which extensions it has.
    pub profile: Profile,
}

/// The extensions of an issued certificate. It is of X.509 version 3 in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// None at all.
    Bare,
    /// Those of a certification authority: basic constraints and key usage, both critical, and the
    /// identifiers of both keys (RFC 5280, sections 4.2.1.1, 4.2.1.2, 4.2.1.3 and 4.2.1.9).
    Authority,
    /// Those of a service provider that signs and decrypts: key usage and basic constraints, both critical,
    /// and extended key usage `serverAuth` (RFC 5280, sections 4.2.1.3, 4.2.1.9 and 4.2.1.12).
    ServiceProvider,
}

/// Issues a certificate for the subject's key, signed by the signer, in DER. In a
/// self-issued certificate the subject's key is the signer's own.
///
/// ```
/// use idpstore::env::{Generator, SeededEntropy};
/// use idpstore::pki::{Issuance, Profile, issue};
/// use idpstore::pki::{
///     Certificate, DistinguishedName, Hash, KeySpec, NameAttribute, PrivateKey, Timestamp, pem,
/// };
///
/// let entropy = SeededEntropy::new([7; 32]);
/// let key = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut Generator(&entropy))?;
/// let name = DistinguishedName::new().with(NameAttribute::CommonName, "idp.example.com");
/// let issuance = Issuance {
///     serial_number: 1.into(),
///     not_before: Timestamp::from_unix_seconds(1_800_000_000),
///     not_after: Timestamp::from_unix_seconds(1_900_000_000),
///     issuer: &name,
///     subject: &name,
///     hash: Hash::Sha256,
///     profile: Profile::Bare,
/// };
/// let der = issue(&issuance, &key.public_jwk(), &key, &mut Generator(&entropy))?;
/// assert_eq!(Certificate::from_der(&der)?.subject().to_string(), "CN=idp.example.com");
/// assert!(pem::encode("CERTIFICATE", &der).starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), idpstore::Error>(())
/// ```
///
/// # Errors
/// `Invalid` if a name holds a type that is not an object identifier, or the key is not well-formed.
pub fn issue(
    issuance: &Issuance<'_>,
    subject_key: &Jwk,
    signing_key: &PrivateKey,
    signer: &mut (impl Signer + ?Sized),
) -> Result<Vec<u8>> {
    let (issuer, subject) = (issuance.issuer.to_der()?, issuance.subject.to_der()?);
    let (serial_number, spki_der) = (issuance.serial_number.to_der()?, subject_key.to_spki_der()?);
    let validity = || wrap(Tag::Sequence, &[issuance.not_before.to_asn1()?, issuance.not_after.to_asn1()?]);
    let validity = written(validity())?;
    let extensions = match issuance.profile {
        Profile::Bare => None,
        Profile::Authority => Some(written(authority_extensions(&spki_der, &signing_key.spki_der()?))?),
        Profile::ServiceProvider => Some(written(service_provider_extensions())?),
    };
    let content = || {
        Ok(Content {
            version: V3,
            serial_number: AnyRef::try_from(serial_number.as_slice())?,
            algorithm: signed::algorithm(signing_key, issuance.hash),
            issuer: AnyRef::try_from(issuer.as_slice())?,
            validity: AnyRef::try_from(validity.as_slice())?,
            subject: AnyRef::try_from(subject.as_slice())?,
            public_key: AnyRef::try_from(spki_der.as_slice())?,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: extensions.as_deref().map(AnyRef::try_from).transpose()?,
        })
    };
    signed::sign(&written(content())?, signing_key, issuance.hash, signer)
}

/// X.509 version 3 counts from zero.
const V3: u8 = 2;

fn authority_extensions(subject_spki: &[u8], signer_spki: &[u8]) -> der::Result<Vec<u8>> {
    let key_usage = KeyUsages::DigitalSignature | KeyUsages::KeyCertSign | KeyUsages::CRLSign;
    let signer_key = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(signer_spki)?),
        ..AuthorityKeyIdentifier::default()
    };
    vec![
        extension(true, &BasicConstraints { ca: true, path_len_constraint: None })?,
        extension(true, &KeyUsage(key_usage))?,
        extension(false, &SubjectKeyIdentifier(key_identifier(subject_spki)?))?,
        extension(false, &signer_key)?,
    ]
    .to_der()
}

fn service_provider_extensions() -> der::Result<Vec<u8>> {
    vec![
        extension(true, &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment))?,
        extension(false, &ExtendedKeyUsage(vec![ID_KP_SERVER_AUTH]))?,
        extension(true, &BasicConstraints { ca: false, path_len_constraint: None })?,
    ]
    .to_der()
}

/// Wraps the value of an extension (RFC 5280, section 4.2).
pub(super) fn extension<T: AssociatedOid + Encode>(critical: bool, value: &T) -> der::Result<Extension> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// The SHA-1 digest of the key's bits: the first method of RFC 5280, section 4.2.1.2.
fn key_identifier(spki_der: &[u8]) -> der::Result<OctetString> {
    let spki = SubjectPublicKeyInfoRef::from_der(spki_der)?;
    OctetString::new(Sha1::digest(spki.subject_public_key.raw_bytes()).to_vec())
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::pki::{Certificate, KeySpec, NameAttribute, signed::Signed};

    fn issued(profile: Profile) -> (PrivateKey, Vec<u8>) {
        issued_as(1_769_903_999_123.into(), profile)
    }

    fn issued_as(serial_number: SerialNumber, profile: Profile) -> (PrivateKey, Vec<u8>) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut rng).unwrap();
        let name = &DistinguishedName::new().with(NameAttribute::CommonName, "example");
        let issuance = Issuance {
            serial_number,
            hash: Hash::Sha256,
            not_before: Timestamp::from_unix_millis(1_769_903_999_123),
            not_after: Timestamp::from_unix_seconds(2_600_000_000),
            issuer: name,
            subject: name,
            profile,
        };
        let der = issue(&issuance, &key.public_jwk(), &key, &mut rng).unwrap();
        (key, der)
    }

    #[test]
    fn says_what_it_was_told() {
        for profile in [Profile::Bare, Profile::Authority, Profile::ServiceProvider] {
            let (key, der) = issued(profile);
            let read = Certificate::from_der(&der).unwrap();
            assert_eq!(read.der(), der);
            assert_eq!(read.serial_number(), &1_769_903_999_123.into());
            assert_eq!(read.not_before().unix_millis(), 1_769_903_999_000);
            assert_eq!(read.not_after().unix_seconds(), 2_600_000_000);
            assert_eq!(read.subject(), read.issuer());
            assert_eq!(read.subject().common_name(), Some("example"));
            assert_eq!(read.jwk(), &key.public_jwk());
            assert_eq!(read.spki_der(), key.spki_der().unwrap());
            assert_eq!(read.signature_algorithm(), "1.2.840.113549.1.1.11");
            assert_eq!(Signed::from_der(&der).unwrap().is_signed_by(read.spki_der()), Some(true));
        }
    }

    #[test]
    fn serial_numbers_may_be_negative_but_not_endless() {
        let (_, der) = issued_as("-5".parse().unwrap(), Profile::Bare);
        assert_eq!(Certificate::from_der(&der).unwrap().serial_number().to_string(), "-5");
        for (octets, good) in [(1024, true), (1025, false)] {
            let (_, der) = issued_as(SerialNumber::from_octets(&vec![1; octets]), Profile::Bare);
            assert_eq!(Certificate::from_der(&der).is_ok(), good, "{octets}");
        }
    }

    #[test]
    fn same_seed_same_certificate() {
        assert_eq!(issued(Profile::Authority).1, issued(Profile::Authority).1);
    }

    #[test]
    fn a_bare_certificate_is_of_version_3_without_extensions() {
        let (_, der) = issued(Profile::Bare);
        let content: Content<'_> = Signed::from_der(&der).unwrap().content.decode_as().unwrap();
        assert_eq!(content.version, V3);
        assert!(content.extensions.is_none());
    }

    #[test]
    fn rejects_what_is_cut_and_ignores_what_follows() {
        let (_, der) = issued(Profile::Bare);
        for wrong in [&der[..der.len() - 1], b"", b"\x30\x00"] {
            let error = Certificate::from_der(wrong).unwrap_err();
            assert!(error.to_string().contains("not a readable certificate"), "{error}");
        }
        for tail in [&b"\n"[..], b"\0\0", &der] {
            assert_eq!(Certificate::from_der(&[&der, tail].concat()).unwrap().der(), der);
        }
    }
}
