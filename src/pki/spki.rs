//! Public keys as `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7): the DER side of [`Jwk`].

use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef},
    oid::db::{rfc5912, rfc8410},
};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{
    curve::EcCurve,
    jwk::{ED25519_OCTETS, Jwk, OkpCurve, base64url, octets, unknown_type},
    signed::written,
};
use crate::error::{Error, Reason, Result};

impl Jwk {
    /// Reads a `SubjectPublicKeyInfo` in DER that a server could use, see [`Jwk::check`].
    ///
    /// # Errors
    /// `Invalid` at the empty pointer: not a readable key; or (`KeyTypeNotAllowed`) none of the types of a [`Jwk`],
    /// which includes EC keys with explicit curve parameters and compressed points; or (`UnusableKey`) unusable.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let key = Self::from_stored_spki_der(der)?;
        key.check().map(|()| key)
    }

    /// Reads a `SubjectPublicKeyInfo` in DER that was checked when it came in, or before there were checks.
    pub(super) fn from_stored_spki_der(der: &[u8]) -> Result<Self> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|cause| unreadable().caused_by(cause))?;
        let key = spki.subject_public_key.as_bytes().ok_or_else(unreadable)?;
        match spki.algorithm.oid {
            // The second says that the key signs in one way only (RFC 4055, section 1.2). It is the same key.
            rfc5912::RSA_ENCRYPTION | rfc5912::ID_RSASSA_PSS => Self::from_pkcs1(key),
            rfc5912::ID_EC_PUBLIC_KEY => Self::from_point(spki.algorithm, key),
            rfc8410::ID_ED_25519 if key.len() == ED25519_OCTETS => {
                Ok(Self::Okp { crv: OkpCurve::Ed25519, x: base64url(key) })
            }
            rfc8410::ID_ED_25519 => Err(unreadable()),
            _ => Err(unknown_type()),
        }
    }

    fn from_pkcs1(key: &[u8]) -> Result<Self> {
        let key = RsaPublicKey::from_der(key).map_err(|cause| unreadable().caused_by(cause))?;
        let (modulus, exponent) = (key.modulus.as_bytes(), key.exponent.as_bytes());
        if modulus == [0] || exponent == [0] {
            return Err(unreadable());
        }
        Ok(Self::rsa(modulus, exponent))
    }

    fn from_point(algorithm: AlgorithmIdentifierRef<'_>, point: &[u8]) -> Result<Self> {
        let oid = algorithm.parameters_oid().map_err(|_| unknown_type())?;
        let crv = EcCurve::ALL.into_iter().find(|crv| crv.oid() == oid).ok_or_else(unknown_type)?;
        let Some((&UNCOMPRESSED, coordinates)) = point.split_first() else { return Err(unknown_type()) };
        if coordinates.len() != 2 * crv.octets() {
            return Err(unreadable());
        }
        let (x, y) = coordinates.split_at(crv.octets());
        Ok(Self::Ec { crv, x: base64url(x), y: base64url(y) })
    }

    /// Writes the key as a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// `Invalid` at a member that is not base64url: possible only if the key was put together by hand.
    pub fn to_spki_der(&self) -> Result<Vec<u8>> {
        match self {
            Self::Rsa { n, e } => {
                let (modulus, exponent) = (octets("/n", n)?, octets("/e", e)?);
                let key = written(UintRef::new(&modulus).and_then(|modulus| {
                    RsaPublicKey { modulus, exponent: UintRef::new(&exponent)? }.to_der()
                }))?;
                spki_der(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), &key)
            }
            Self::Ec { crv, x, y } => {
                let point = [vec![UNCOMPRESSED], octets("/x", x)?, octets("/y", y)?].concat();
                let curve = crv.oid();
                spki_der(rfc5912::ID_EC_PUBLIC_KEY, Some(AnyRef::from(&curve)), &point)
            }
            Self::Okp { x, .. } => spki_der(rfc8410::ID_ED_25519, None, &octets("/x", x)?),
        }
    }
}

/// The first octet of a point of which both coordinates are given (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// `RSAPublicKey` (RFC 8017, appendix A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

fn spki_der(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> Result<Vec<u8>> {
    written(BitStringRef::from_bytes(key).and_then(|subject_public_key| {
        let algorithm = AlgorithmIdentifierRef { oid, parameters };
        SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der()
    }))
}

fn unreadable() -> Error {
    Error::invalid("", Reason::Other("is not a readable public key".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ed25519() -> Jwk {
        Jwk::Okp { crv: OkpCurve::Ed25519, x: base64url(&[7; 32]) }
    }

    #[test]
    fn keys_survive_the_way_through_der() {
        let ec = EcCurve::ALL.map(|crv| {
            let coordinate = base64url(&vec![7; crv.octets()]);
            Jwk::Ec { crv, x: coordinate.clone(), y: coordinate }
        });
        let rsa = Jwk::rsa(&[0xff; 256], &[1, 0, 1]);
        for key in ec.into_iter().chain([ed25519(), rsa]) {
            assert_eq!(Jwk::from_stored_spki_der(&key.to_spki_der().unwrap()).unwrap(), key);
        }
    }

    #[test]
    fn unreadable_is_told_from_unknown() {
        let followed = [ed25519().to_spki_der().unwrap(), vec![0]].concat();
        let zero = Jwk::rsa(&[0], &[3]).to_spki_der().unwrap();
        let short = spki_der(rfc8410::ID_ED_25519, None, &[7; 31]).unwrap();
        for der in [followed, zero, short, vec![]] {
            assert!(Jwk::from_spki_der(&der).unwrap_err().to_string().contains("not a readable public key"));
        }
        let x25519 = spki_der(rfc8410::ID_X_25519, None, &[7; 32]).unwrap();
        let p256 = Some(AnyRef::from(&rfc5912::SECP_256_R_1));
        let compressed = spki_der(rfc5912::ID_EC_PUBLIC_KEY, p256, &[2; 33]).unwrap();
        for der in [x25519, compressed] {
            assert!(Jwk::from_spki_der(&der).unwrap_err().to_string().contains("key type"));
        }
    }

    #[test]
    fn keys_put_together_wrongly_are_not_written() {
        let key = Jwk::Rsa { n: "?".into(), e: "AQAB".into() };
        assert!(key.to_spki_der().unwrap_err().to_string().contains("`/n`"));
    }
}
