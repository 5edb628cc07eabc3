//! What the owner of a key or certificate should know, though it is kept. The names are those that the project
//! [badkeys](https://badkeys.info) gives its checks, with a subtest behind a slash; where it has no check, the name is
//! our own in the same style. May import: `error`, and the other rooms of `pki`.
//!
//! | name | what is wrong | badkeys |
//! |---|---|---|
//! | `fermat` | the factors of an RSA modulus are so close that it is factored at once | yes |
//! | `roca` | an RSA modulus has the form of the keys of CVE-2017-15361 | yes |
//! | `sharedprimes` | two RSA keys have a factor in common, so both are factored at once | yes |
//! | `rsawarnings/too_small` | an RSA modulus has fewer than 2048 bits | yes |
//! | `rsainvalid` | no server can use the RSA key; it was stored before such keys were refused | yes |
//! | `ecinvalid` | the same of a key on a curve | no |
//! | `weaksignature` | a certificate is signed with MD5 or SHA-1 | no |
//! | `expired` | a certificate has ended | no |
//! | `notyetvalid` | a certificate has not begun | no |
//!
//! Looking at one key or certificate takes less than a millisecond, whatever it holds. Only [`shared_primes`] costs more
//! with the number of keys.

use std::fmt;

use der::{Decode as _, asn1::ObjectIdentifier, oid::db::rfc5912};

use super::{
    ber,
    certificate::Certificate,
    jwk::{Jwk, octets},
    signed::Signed,
    structure::{elements, is_tagged, sequence},
    time::Timestamp,
};
use crate::error::Reason;

mod rsa_modulus;

pub use rsa_modulus::shared_primes;

/// Something that is wrong with a key or certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing.
    pub weakness: Weakness,
    /// The thing in words: a clause in lower case.
    pub words: String,
}

/// What can be wrong: a closed set, described [above](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table above describes them, by their names")]
#[non_exhaustive]
pub enum Weakness {
    Fermat,
    Roca,
    SharedPrimes,
    RsaTooSmall,
    RsaInvalid,
    EcInvalid,
    WeakSignature,
    Expired,
    NotYetValid,
}

impl Weakness {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Fermat,
        Self::Roca,
        Self::SharedPrimes,
        Self::RsaTooSmall,
        Self::RsaInvalid,
        Self::EcInvalid,
        Self::WeakSignature,
        Self::Expired,
        Self::NotYetValid,
    ];

    /// The name that badkeys gives it, or one in the same style.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fermat => "fermat",
            Self::Roca => "roca",
            Self::SharedPrimes => "sharedprimes",
            Self::RsaTooSmall => "rsawarnings/too_small",
            Self::RsaInvalid => "rsainvalid",
            Self::EcInvalid => "ecinvalid",
            Self::WeakSignature => "weaksignature",
            Self::Expired => "expired",
            Self::NotYetValid => "notyetvalid",
        }
    }

    /// That this is wrong, in these words.
    pub fn because(self, words: impl Into<String>) -> Finding {
        Finding { weakness: self, words: words.into() }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.weakness, self.words)
    }
}

/// What is wrong with a key, as far as it shows by the public part alone.
///
/// ```
/// use idpstore::pki::{EcCurve, Jwk, findings};
///
/// let off = Jwk::Ec { crv: EcCurve::P256, x: "A".repeat(43), y: "A".repeat(43) };
/// assert_eq!(findings::of_key(&off)[0].to_string(), "ecinvalid: its point is not on the curve P-256");
/// ```
#[must_use]
pub fn of_key(key: &Jwk) -> Vec<Finding> {
    let invalid = if matches!(key, Jwk::Rsa { .. }) { Weakness::RsaInvalid } else { Weakness::EcInvalid };
    if let Err(error) = key.check() {
        return error.violations().iter().map(|violation| invalid.because(why(&violation.reason))).collect();
    }
    let Jwk::Rsa { n, .. } = key else { return Vec::new() };
    octets("/n", n).map(|modulus| rsa_modulus::findings(&modulus)).unwrap_or_default()
}

fn why(reason: &Reason) -> String {
    match reason {
        Reason::UnusableKey(why) => why.clone(),
        other => format!("a number of the key {other}"),
    }
}

/// What is wrong with a certificate at a time, and with the key that it certifies.
#[must_use]
pub fn of_certificate(certificate: &Certificate, now: Timestamp) -> Vec<Finding> {
    let mut findings = of_key(certificate.jwk());
    if let Some(digest) = weak_digest(certificate) {
        findings.push(Weakness::WeakSignature.because(format!("the certificate is signed with {digest}")));
    }
    let (begins, ends) = (certificate.not_before(), certificate.not_after());
    if now > ends {
        findings.push(Weakness::Expired.because(format!("the certificate has ended at {ends}")));
    }
    if now < begins {
        findings.push(Weakness::NotYetValid.because(format!("the certificate begins at {begins}")));
    }
    findings
}

const ID_MD5: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
const ID_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const ECDSA_WITH_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");
/// An older name of the signature with RSA and SHA-1, of the OIW.
const OIW_SHA1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.29");

/// The digest of the certificate's signature, if collisions of it are known.
fn weak_digest(certificate: &Certificate) -> Option<&'static str> {
    let der = ber::to_der(certificate.der())?;
    let signed = Signed::from_der(&der).ok()?;
    match signed.algorithm.oid {
        rfc5912::MD_5_WITH_RSA_ENCRYPTION => Some("MD5"),
        rfc5912::SHA_1_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA1 | OIW_SHA1_WITH_RSA => Some("SHA-1"),
        rfc5912::ID_RSASSA_PSS => match pss_digest(&signed) {
            None | Some(ID_SHA1) => Some("SHA-1"),
            Some(ID_MD5) => Some("MD5"),
            Some(_) => None,
        },
        _ => None,
    }
}

/// The digest that the parameters of RSASSA-PSS name; if they name none, it is SHA-1 (RFC 4055, section 3.1).
fn pss_digest(signed: &Signed<'_>) -> Option<ObjectIdentifier> {
    let parameters = elements(signed.algorithm.parameters?.value()).ok()?;
    let digest = parameters.iter().find(|parameter| is_tagged(parameter, 0))?;
    let algorithm = sequence(digest.value()).ok()?;
    algorithm.first()?.decode_as().ok()
}
