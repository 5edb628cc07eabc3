//! Private keys on the NIST curves and their signatures (FIPS 186-5). The one room that talks to the curve
//! crates.

use p256::elliptic_curve::Generate as _;
use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _};
use rand_core::CryptoRng;
use signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use zeroize::Zeroizing;

use super::curve::EcCurve;
use crate::error::{Error, ErrorKind, Result};

/// A private key. The crates zero it on drop.
#[derive(Clone)]
pub(super) enum EcKey {
    P256(p256::SecretKey),
    P384(p384::SecretKey),
    P521(p521::SecretKey),
}

/// The same expression for whichever curve it is.
macro_rules! whichever {
    ($key:expr, $inner:ident => $body:expr) => {
        match $key {
            EcKey::P256($inner) => $body,
            EcKey::P384($inner) => $body,
            EcKey::P521($inner) => $body,
        }
    };
}

impl EcKey {
    pub(super) fn generate(curve: EcCurve, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        match curve {
            EcCurve::P256 => Self::P256(p256::SecretKey::generate_from_rng(rng)),
            EcCurve::P384 => Self::P384(p384::SecretKey::generate_from_rng(rng)),
            EcCurve::P521 => Self::P521(p521::SecretKey::generate_from_rng(rng)),
        }
    }

    /// Reads PKCS#8; `None` if that is no key on one of the curves.
    pub(super) fn from_pkcs8_der(der: &[u8]) -> Option<Self> {
        let p256 = || p256::SecretKey::from_pkcs8_der(der).map(Self::P256).ok();
        let p384 = || p384::SecretKey::from_pkcs8_der(der).map(Self::P384).ok();
        let p521 = || p521::SecretKey::from_pkcs8_der(der).map(Self::P521).ok();
        p256().or_else(p384).or_else(p521)
    }

    pub(super) fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>> {
        let der = whichever!(self, key => key.to_pkcs8_der());
        Ok(der.map_err(|cause| failed("write a key", cause))?.to_bytes())
    }

    /// The coordinates of the public point, one behind the other.
    pub(super) fn coordinates(&self) -> Vec<u8> {
        let point = whichever!(self, key => key.public_key().to_sec1_bytes());
        // Uncompressed: the first octet states that.
        point.get(1..).unwrap_or_default().to_vec()
    }

    pub(super) fn curve(&self) -> EcCurve {
        match self {
            Self::P256(_) => EcCurve::P256,
            Self::P384(_) => EcCurve::P384,
            Self::P521(_) => EcCurve::P521,
        }
    }

    /// ECDSA over a digest, in DER (RFC 3279, section 2.2.3). The nonce is derived from key and digest
    /// (RFC 6979), so that the same digest always gets the same signature.
    pub(super) fn sign(&self, digest: &[u8]) -> Result<Vec<u8>> {
        macro_rules! signed {
            ($curve:ident, $key:expr, $digest:expr) => {{
                let signer = $curve::ecdsa::SigningKey::from($key);
                let signature: Result<$curve::ecdsa::DerSignature, _> = signer.sign_prehash($digest);
                signature.map(|signature| signature.as_bytes().to_vec())
            }};
        }
        let signature = match self {
            Self::P256(key) => signed!(p256, key, digest),
            Self::P384(key) => signed!(p384, key, digest),
            Self::P521(key) => signed!(p521, key, &widened(digest)),
        };
        signature.map_err(|cause| failed("sign", cause))
    }
}

/// Whether both coordinates, one behind the other, are those of a point on the curve.
pub(super) fn is_on_curve(curve: EcCurve, coordinates: &[u8]) -> bool {
    let point = [&[4], coordinates].concat(); // uncompressed (SEC 1, section 2.3.3)
    match curve {
        EcCurve::P256 => p256::PublicKey::from_sec1_bytes(&point).is_ok(),
        EcCurve::P384 => p384::PublicKey::from_sec1_bytes(&point).is_ok(),
        EcCurve::P521 => p521::PublicKey::from_sec1_bytes(&point).is_ok(),
    }
}

/// Whether this is an ECDSA signature of the digest under a key given as `SubjectPublicKeyInfo`.
pub(super) fn verifies(spki_der: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    macro_rules! on_curve {
        ($curve:ident, $digest:expr) => {{
            let key = $curve::ecdsa::VerifyingKey::from_public_key_der(spki_der);
            let signature = $curve::ecdsa::DerSignature::try_from(signature);
            key.is_ok_and(|key| signature.is_ok_and(|it| key.verify_prehash($digest, &it).is_ok()))
        }};
    }
    on_curve!(p256, digest) || on_curve!(p384, digest) || on_curve!(p521, &widened(digest))
}

/// A digest is taken as a number, of which the leading bits count that the curve has room for. The crate for P-521
/// wants at least half the octets of a coordinate, more than SHA-256 gives: zeros before them change nothing.
fn widened(digest: &[u8]) -> Vec<u8> {
    [&[0; 33 - 32], digest].concat()
}

fn failed(doing: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::WrongState).context(format!("cannot {doing}")).caused_by(cause)
}
