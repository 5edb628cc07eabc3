//! Public keys as JSON Web Keys (RFC 7517, 7518, 8037).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::curve::EcCurve;
use super::rsa_key::bit_length;
use super::{ec, rsa_key};
use crate::error::{Error, Reason, Result};

/// A public key. Its members are in the order in which they are serialized, after `kty`.
///
/// All texts are base64url without padding. Reading JSON checks that, drops leading zero octets of `n` and
/// `e`, and ignores members that are not part of the public key. Whether a server could use the key is left to
/// [`Jwk::check`]: a record that was stored once stays readable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kty", try_from = "Members")]
#[non_exhaustive]
pub enum Jwk {
    /// An RSA key (RFC 7518, section 6.3.1).
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus, big-endian, without leading zero octets.
        n: String,
        /// The exponent, likewise.
        e: String,
    },
    /// A key on a NIST curve (RFC 7518, section 6.2.1).
    #[serde(rename = "EC")]
    Ec {
        /// The curve.
        crv: EcCurve,
        /// The x coordinate, in as many octets as the field of the curve needs.
        x: String,
        /// The y coordinate, likewise.
        y: String,
    },
    /// An octet key pair (RFC 8037, section 2).
    #[serde(rename = "OKP")]
    Okp {
        /// The curve.
        crv: OkpCurve,
        /// The public key.
        x: String,
    },
}

/// The curves of [`Jwk::Okp`] (RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum OkpCurve {
    /// The Edwards curve over 2^255 - 19.
    Ed25519,
}

impl fmt::Display for OkpCurve {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(ED25519)
    }
}

const ED25519: &str = "Ed25519";
pub(super) const ED25519_OCTETS: usize = 32;

impl Jwk {
    /// From the two numbers, big-endian without leading zero octets.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self::Rsa { n: base64url(modulus), e: base64url(exponent) }
    }

    /// From the coordinates of a point, one behind the other.
    pub(super) fn ec(crv: EcCurve, coordinates: &[u8]) -> Self {
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Self::Ec { crv, x: base64url(x), y: base64url(y) }
    }

    /// The key type, `kty`.
    #[must_use]
    pub fn kty(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::Ec { .. } => "EC",
            Self::Okp { .. } => "OKP",
        }
    }

    /// The name of the curve, `crv`; none for RSA.
    #[must_use]
    pub fn curve(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { .. } => None,
            Self::Ec { crv, .. } => Some(crv.name()),
            Self::Okp { .. } => Some(ED25519),
        }
    }

    /// Whether a server could use the key. An RSA modulus is odd and has 512 to 16384 bits, its exponent is odd and
    /// from 3 to 2^64 - 1; the point of an EC key is on its curve. Of an Edwards curve nothing is checked.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer (`UnusableKey`) with the reason, or at a member that is not base64url.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Rsa { n, e } => {
                rsa_key::check_public(&octets("/n", n)?, &octets("/e", e)?, rsa_key::TRUSTED)
            }
            Self::Ec { crv, x, y } => {
                let point = [octets("/x", x)?, octets("/y", y)?].concat();
                if ec::is_on_curve(*crv, &point) {
                    return Ok(());
                }
                Err(rsa_key::unusable(format!("its point is not on the curve {crv}")))
            }
            Self::Okp { .. } => Ok(()),
        }
    }

    /// The size of the key in bits: of the modulus, or of the curve's field.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa { n, .. } => octets("/n", n).map_or(0, |modulus| bit_length(&modulus)),
            Self::Ec { crv, .. } => crv.bits(),
            Self::Okp { .. } => 255,
        }
    }
}

/// The members of a JWK that say which public key it is, unchecked.
#[derive(Deserialize)]
struct Members {
    kty: String,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl TryFrom<Members> for Jwk {
    type Error = Error;

    fn try_from(from: Members) -> Result<Self> {
        match (from.kty.as_str(), from.crv.as_deref()) {
            ("RSA", _) => Ok(Self::Rsa { n: unsigned("/n", from.n)?, e: unsigned("/e", from.e)? }),
            ("OKP", Some(ED25519)) => {
                Ok(Self::Okp { crv: OkpCurve::Ed25519, x: fixed("/x", from.x, ED25519_OCTETS)? })
            }
            ("EC", Some(name)) => {
                let crv = EcCurve::ALL.into_iter().find(|crv| crv.name() == name).ok_or_else(unknown_type)?;
                let (x, y) = (fixed("/x", from.x, crv.octets())?, fixed("/y", from.y, crv.octets())?);
                Ok(Self::Ec { crv, x, y })
            }
            ("EC" | "OKP", None) => Err(Error::invalid("/crv", Reason::Missing)),
            _ => Err(unknown_type()),
        }
    }
}

/// A number of any length, at least one, as RFC 7518, section 2 (`Base64urlUInt`) spells it.
fn unsigned(pointer: &str, member: Option<String>) -> Result<String> {
    let member = member.ok_or_else(|| Error::invalid(pointer, Reason::Missing))?;
    let octets = octets(pointer, &member)?;
    match octets.iter().position(|octet| *octet != 0) {
        Some(0) => Ok(member),
        Some(zeros) => Ok(base64url(octets.get(zeros..).unwrap_or_default())),
        None => Err(Error::invalid(pointer, Reason::Other("is zero".into()))),
    }
}

fn fixed(pointer: &str, member: Option<String>, length: usize) -> Result<String> {
    let member = member.ok_or_else(|| Error::invalid(pointer, Reason::Missing))?;
    if octets(pointer, &member)?.len() == length {
        Ok(member)
    } else {
        Err(Error::invalid(pointer, Reason::Other(format!("is not {length} octets long"))))
    }
}

pub(super) fn octets(pointer: &str, member: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(member).map_err(|cause| {
        Error::invalid(pointer, Reason::Other("is not base64url text without padding".into()))
            .caused_by(cause)
    })
}

pub(super) fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

pub(super) fn unknown_type() -> Error {
    Error::invalid("", Reason::KeyTypeNotAllowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Jwk, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn writes_members_in_order() {
        let key = read(r#"{"e":"AQAB","use":"sig","n":"AQ","d":"AA","kty":"RSA"}"#).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), r#"{"kty":"RSA","n":"AQ","e":"AQAB"}"#);
        assert_eq!((key.kty(), key.curve(), key.bits()), ("RSA", None, 1));
    }

    #[test]
    fn drops_leading_zeros_of_numbers() {
        let key = read(r#"{"kty":"RSA","n":"AAB_","e":"AAEAAQ"}"#).unwrap();
        assert_eq!(key, Jwk::Rsa { n: "fw".into(), e: "AQAB".into() });
        assert_eq!(key.bits(), 7);
    }

    #[test]
    fn rejects_members_that_are_not_keys() {
        for (json, words) in [
            (r#"{"kty":"RSA","n":"AQ=="}"#, "`/n` is not base64url text without padding"),
            (r#"{"kty":"RSA","n":"AQ","e":"AA"}"#, "`/e` is zero"),
            (r#"{"kty":"RSA","n":"AQ"}"#, "`/e` is missing"),
            (r#"{"kty":"EC","x":"AQ"}"#, "`/crv` is missing"),
            (r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#, "`/x` is not 32 octets long"),
            (r#"{"kty":"EC","crv":"Ed25519","x":"AQ"}"#, "key type"),
            (r#"{"kty":"oct","k":"AQ"}"#, "key type"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(words), "{json}: {error}");
        }
    }
}
