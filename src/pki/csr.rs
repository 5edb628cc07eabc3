//! Certification requests (RFC 2986): built, read, and compared with the certificate that answers one.

use der::{
    AnyRef, Decode, Encode, Sequence, Tag, Tagged as _,
    asn1::{Ia5String, SetOfVec},
    oid::{AssociatedOid as _, db::rfc5912::ID_EXTENSION_REQ},
};
use x509_cert::{
    attr::Attribute,
    ext::{
        Extension,
        pkix::{SubjectAltName, name::GeneralName},
    },
    request::ExtensionReq,
};

use super::{
    certificate::Certificate,
    hash::Hash,
    issuance::extension,
    jwk::Jwk,
    keygen::PrivateKey,
    name::DistinguishedName,
    signed::{self, Signed, written},
    signer::Signer,
};
use crate::error::{Error, ErrorKind, Reason, Result, Violation, Violations, excerpt, pointer};

/// Builds a certification request for the key and signed by it, in DER. The DNS names go
/// into a subject alternative name that is requested (RFC 2985, section 5.4.2), not critical; without any,
/// nothing is requested.
///
/// ```
/// use idpstore::env::{Generator, SeededEntropy};
/// use idpstore::pki::{CertificationRequest, DistinguishedName, Hash, KeySpec, NameAttribute, PrivateKey, csr};
///
/// let entropy = SeededEntropy::new([7; 32]);
/// let key = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut Generator(&entropy))?;
/// let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
/// let names = ["sp.example.com".to_owned()];
/// let der = csr::build(&subject, &names, &key, Hash::Sha256, &mut Generator(&entropy))?;
///
/// let request = CertificationRequest::from_der(&der)?;
/// request.verify()?;
/// assert_eq!(request.dns_names(), ["sp.example.com"]);
/// assert_eq!(request.jwk(), &key.public_jwk());
/// # Ok::<(), idpstore::Error>(())
/// ```
///
/// # Errors
/// `Invalid`: at `/0`, `/1` and so on for each DNS name that is empty or holds other characters than printable ASCII; at the empty
/// pointer if the subject holds a type that is not an object identifier.
pub fn build(
    subject: &DistinguishedName,
    dns_names: &[String],
    key: &PrivateKey,
    hash: Hash,
    signer: &mut (impl Signer + ?Sized),
) -> Result<Vec<u8>> {
    let (subject, spki_der) = (subject.to_der()?, key.spki_der()?);
    let names = general_names(dns_names)?;
    let content = || {
        Ok(Content {
            version: V1,
            subject: AnyRef::try_from(subject.as_slice())?,
            public_key: AnyRef::try_from(spki_der.as_slice())?,
            attributes: attributes(names)?,
        })
    };
    signed::sign(&written(content())?, key, hash, signer)
}

/// Whether the certificate answers a request for this public key. Nothing else is compared.
#[must_use]
pub fn certificate_matches(certificate: &Certificate, request_public_key: &Jwk) -> bool {
    certificate.jwk() == request_public_key
}

/// A certification request that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationRequest {
    der: Vec<u8>,
    subject: DistinguishedName,
    dns_names: Vec<String>,
    spki_der: Vec<u8>,
    jwk: Jwk,
}

impl CertificationRequest {
    /// Reads a certification request in DER.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer: not a readable request, also if anything follows it, or
    /// `KeyTypeNotAllowed` if its public key is none that a [`Jwk`] holds.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let signed = Signed::from_der(der).map_err(unreadable)?;
        let content: Content<'_> = signed.content.decode_as().map_err(unreadable)?;
        let spki_der = written(content.public_key.to_der())?;
        Ok(Self {
            der: der.to_vec(),
            subject: DistinguishedName::from_der(&written(content.subject.to_der())?)?,
            dns_names: asked_dns_names(&content.attributes).map_err(unreadable)?,
            jwk: Jwk::from_spki_der(&spki_der)?,
            spki_der,
        })
    }

    /// The request as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The requested subject of the certificate.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The DNS names among the subject alternative names, in order.
    #[must_use]
    pub fn dns_names(&self) -> &[String] {
        &self.dns_names
    }

    /// The public key.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The public key as the `SubjectPublicKeyInfo` in the request, in DER.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// Checks that the requester holds the private key: that the request is signed by its own key.
    ///
    /// # Errors
    /// `Invalid` if the signature is wrong; `Unsupported` if it is of an algorithm that we do not sign with.
    pub fn verify(&self) -> Result<()> {
        let signed = Signed::from_der(&self.der).map_err(unreadable)?;
        match signed.is_signed_by(&self.spki_der) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::invalid("", Reason::Other("is not signed by its own key".into()))),
            None => {
                let words = format!("signature algorithm `{}`", signed.algorithm.oid);
                Err(Error::new(ErrorKind::Unsupported).context(words))
            }
        }
    }
}

/// `CertificationRequestInfo` (RFC 2986, section 4.1).
#[derive(Sequence)]
struct Content<'a> {
    version: u8,
    subject: AnyRef<'a>,
    public_key: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    attributes: SetOfVec<Attribute>,
}

/// The only version there is counts from zero.
const V1: u8 = 0;

/// The tag of dNSName in `GeneralName` (RFC 5280, section 4.2.1.6).
const DNS_NAME: u32 = 2;

fn general_names(dns_names: &[String]) -> Result<Vec<GeneralName>> {
    let mut wrong = Violations::default();
    let mut names = Vec::new();
    for (index, name) in dns_names.iter().enumerate() {
        let printable = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
        match Ia5String::new(name) {
            Ok(name) if printable => names.push(GeneralName::DnsName(name)),
            _ => {
                let words = format!("is not a DNS name in ASCII: `{}`", excerpt(name).escape_debug());
                wrong.push(Violation::new(pointer::element("", index), Reason::Other(words)));
            }
        }
    }
    wrong.end().map(|()| names)
}

fn attributes(names: Vec<GeneralName>) -> der::Result<SetOfVec<Attribute>> {
    if names.is_empty() {
        return Ok(SetOfVec::new());
    }
    let asked = ExtensionReq(vec![extension(false, &SubjectAltName(names))?]);
    SetOfVec::try_from([asked.try_into()?])
}

/// Reads the names one by one, so that kinds of names that are unknown here do no harm.
fn asked_dns_names(attributes: &SetOfVec<Attribute>) -> der::Result<Vec<String>> {
    let mut dns_names = Vec::new();
    let asked = attributes.iter().filter(|attribute| attribute.oid == ID_EXTENSION_REQ);
    for value in asked.flat_map(|attribute| attribute.values.iter()) {
        let extensions: Vec<Extension> = value.decode_as()?;
        for extension in extensions.iter().filter(|extension| extension.extn_id == SubjectAltName::OID) {
            let names = Vec::<AnyRef<'_>>::from_der(extension.extn_value.as_bytes())?;
            dns_names.extend(names.into_iter().filter(is_dns_name).map(text));
        }
    }
    Ok(dns_names)
}

fn is_dns_name(name: &AnyRef<'_>) -> bool {
    matches!(name.tag(), Tag::ContextSpecific { number, .. } if number.value() == DNS_NAME)
}

fn text(name: AnyRef<'_>) -> String {
    String::from_utf8_lossy(name.value()).into_owned()
}

fn unreadable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::invalid("", Reason::Other("is not a readable certification request".into())).caused_by(cause)
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::pki::{KeySpec, NameAttribute};

    fn requested(dns_names: &[&str]) -> Result<Vec<u8>> {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut rng).unwrap();
        let subject = DistinguishedName::new().with(NameAttribute::Country, "CAN");
        let dns_names: Vec<_> = dns_names.iter().map(|name| (*name).to_owned()).collect();
        build(&subject, &dns_names, &key, Hash::Sha256, &mut rng)
    }

    #[test]
    fn says_what_it_was_told() {
        for dns_names in [&[][..], &["example.org"], &["b.example", "a.example", "*.example"]] {
            let der = requested(dns_names).unwrap();
            assert_eq!(der, requested(dns_names).unwrap());
            let read = CertificationRequest::from_der(&der).unwrap();
            assert_eq!(read.der(), der);
            assert_eq!(read.dns_names(), dns_names);
            assert_eq!(read.subject().to_string(), "C=CAN");
            assert_eq!(&Jwk::from_spki_der(read.spki_der()).unwrap(), read.jwk());
            read.verify().unwrap();
        }
    }

    #[test]
    fn asks_for_nothing_without_names() {
        let der = requested(&[]).unwrap();
        let content: Content<'_> = Signed::from_der(&der).unwrap().content.decode_as().unwrap();
        assert!(content.attributes.is_empty());
    }

    #[test]
    fn points_at_every_name_that_is_not_printable_ascii() {
        let error =
            requested(&["good.example", "b\u{fc}cher.example", "\u{263a}", "", "a\0b", "a b"]).unwrap_err();
        let ErrorKind::Invalid { violations } = error.kind() else { panic!("{error}") };
        let pointers: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(pointers, ["/1", "/2", "/3", "/4", "/5"]);
    }

    #[test]
    fn notices_a_foreign_signature() {
        let mut der = requested(&[]).unwrap();
        *der.last_mut().unwrap() ^= 1;
        let error = CertificationRequest::from_der(&der).unwrap().verify().unwrap_err();
        assert!(error.to_string().contains("not signed by its own key"), "{error}");
        assert!(CertificationRequest::from_der(&der[1..]).is_err());
    }
}
