//! Private keys: generation from a generator passed in, PKCS#8 (RFC 5958), signatures.

use std::{fmt, str::FromStr};

use chacha20::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng as _};
use rsa::{pkcs8::EncodePrivateKey as _, traits::PublicKeyParts as _};
use zeroize::Zeroizing;

use super::{
    curve::EcCurve,
    ec::{self, EcKey},
    hash::Hash,
    jwk::{Jwk, octets},
    rsa_key,
};
use crate::error::{Error, ErrorKind, Reason, Result};

/// What kind of key to make; spelled `RSA-2048` or `EC-P-256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeySpec {
    /// An RSA key with exponent 65537.
    Rsa {
        /// Bits of the modulus: 2048 to 8192, a multiple of 8.
        bits: u32,
    },
    /// A key on a NIST curve.
    Ec {
        /// The curve.
        curve: EcCurve,
    },
}

impl KeySpec {
    /// Whether such keys are made here.
    fn checked(self) -> Result<Self> {
        match self {
            Self::Rsa { bits } if !(2048..=8192).contains(&bits) || bits % 8 != 0 => {
                let words =
                    format!("is not a key specification: `{self}` is not 2048 to 8192 bits in steps of 8");
                Err(Error::invalid("", Reason::Other(words)))
            }
            Self::Rsa { .. } | Self::Ec { .. } => Ok(self),
        }
    }
}

impl fmt::Display for KeySpec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(out, "RSA-{bits}"),
            Self::Ec { curve } => write!(out, "EC-{curve}"),
        }
    }
}

impl FromStr for KeySpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let curves = || EcCurve::ALL.into_iter().map(|curve| Self::Ec { curve });
        let ec = || curves().find(|spec| spec.to_string() == text);
        let rsa = || Some(Self::Rsa { bits: text.strip_prefix("RSA-")?.parse().ok()? });
        rsa()
            .or_else(ec)
            .ok_or_else(|| {
                Error::invalid("", Reason::Other(format!("is not a key specification: `{text}`")))
            })?
            .checked()
    }
}

/// The private part of a signing key. Redacted in `Debug`, zeroed on drop.
#[derive(Clone)]
pub struct PrivateKey(Inner);

#[derive(Clone)]
enum Inner {
    Rsa(Box<rsa::PrivateKey>),
    Ec(EcKey),
}

impl PrivateKey {
    /// Makes a new key: the same state of the generator gives the same key. An RSA key takes from a tenth of a
    /// second to several seconds.
    ///
    /// # Errors
    /// `Invalid` if the specification is outside of its bounds.
    pub fn generate(spec: KeySpec, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self> {
        Ok(Self(match spec.checked()? {
            KeySpec::Rsa { bits } => {
                let key =
                    rsa::PrivateKey::new(rng, bits as usize).map_err(|cause| failed("make a key", cause))?;
                Inner::Rsa(Box::new(key))
            }
            KeySpec::Ec { curve } => return Ok(Self::generate_ec(curve, rng)),
        }))
    }

    /// Makes a new key on this curve, which takes less than a millisecond.
    pub fn generate_ec(curve: EcCurve, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self(Inner::Ec(EcKey::generate(curve, rng)))
    }

    /// Reads a PKCS#8 `PrivateKeyInfo` in DER, unencrypted, and checks that its numbers make a key: one on a NIST
    /// curve, or an RSA key of 1024 to 8192 bits whose modulus is the product of two primes and whose exponents fit.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer if that is no such key; `UnusableKey` says what is wrong with an RSA key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        let key = Self::from_stored_pkcs8_der(der)?;
        if let Inner::Rsa(key) = &key.0 {
            rsa_key::check_factors(key)?;
        }
        Ok(key)
    }

    /// Reads a key that was checked when it came in, or was made by a platform that is trusted. What is quick to check is
    /// checked; that the factors of an RSA key are prime, which takes longer than signing, is not.
    ///
    /// # Errors
    /// As [`PrivateKey::from_pkcs8_der`].
    pub fn from_stored_pkcs8_der(der: &[u8]) -> Result<Self> {
        if let Some(key) = EcKey::from_pkcs8_der(der) {
            return Ok(Self(Inner::Ec(key)));
        }
        Ok(Self(Inner::Rsa(Box::new(rsa_key::from_pkcs8_der(der)?))))
    }

    /// The RSA key whose modulus has these factors, big-endian, and whose exponent is 65537.
    pub(crate) fn from_factors(p: &[u8], q: &[u8]) -> Result<Self> {
        Ok(Self(Inner::Rsa(Box::new(rsa_key::from_factors(p, q)?))))
    }

    /// Writes a PKCS#8 `PrivateKeyInfo` in DER, unencrypted.
    ///
    /// # Errors
    /// None are known: every key that exists can be written.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>> {
        match &self.0 {
            Inner::Rsa(key) => {
                Ok(key.to_pkcs8_der().map_err(|cause| failed("write a key", cause))?.to_bytes())
            }
            Inner::Ec(key) => key.to_pkcs8_der(),
        }
    }

    /// The public part.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        match &self.0 {
            Inner::Rsa(key) => Jwk::rsa(&key.n_bytes(), &key.e_bytes()),
            Inner::Ec(key) => Jwk::ec(key.curve(), &key.coordinates()),
        }
    }

    /// The public part as a `SubjectPublicKeyInfo` in DER (RFC 5280, section 4.1.2.7).
    ///
    /// # Errors
    /// None are known: every key that exists can be written.
    pub fn spki_der(&self) -> Result<Vec<u8>> {
        self.public_jwk().to_spki_der()
    }

    /// Whether it is an RSA key.
    #[must_use]
    pub fn is_rsa(&self) -> bool {
        matches!(self.0, Inner::Rsa(_))
    }

    /// Signs with RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2) or ECDSA (FIPS 186-5, section 6.4). The computation of the
    /// former is blinded against timing by a stream that is seeded with one draw from the generator: how much the
    /// `rsa` crate takes from it differs between releases. No signature depends on it.
    pub(super) fn sign(
        &self,
        hash: Hash,
        message: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Vec<u8>> {
        let digest = hash.digest(message);
        match &self.0 {
            Inner::Rsa(key) => {
                let mut seed = Zeroizing::new([0; 32]);
                rng.fill_bytes(&mut *seed);
                key.sign_with_rng(&mut ChaCha20Rng::from_seed(*seed), hash.pkcs1v15(), &digest)
                    .map_err(|cause| failed("sign", cause))
            }
            Inner::Ec(key) => key.sign(&digest),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PrivateKey(redacted)")
    }
}

impl Jwk {
    /// Whether the holder of this key signed the message so: as [`Signer`](super::Signer) does. Never, of a key on an Edwards
    /// curve or of one that cannot be read.
    #[must_use]
    pub fn verifies(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        self.to_spki_der().is_ok_and(|spki| verifies(&spki, hash, message, signature))
    }
}

/// Whether this is the signature of the message, by the method of [`PrivateKey::sign`], under a key given as
/// `SubjectPublicKeyInfo`.
pub(super) fn verifies(spki_der: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let digest = hash.digest(message);
    match Jwk::from_stored_spki_der(spki_der) {
        Ok(Jwk::Rsa { n, e }) => match (octets("/n", &n), octets("/e", &e)) {
            (Ok(n), Ok(e)) => rsa_key::verifies(&n, &e, hash, &digest, signature),
            _ => false,
        },
        Ok(_) => ec::verifies(spki_der, &digest, signature),
        Err(_) => false,
    }
}

fn failed(doing: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::WrongState).context(format!("cannot {doing}")).caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(seed: u64) -> PrivateKey {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        PrivateKey::generate(KeySpec::Rsa { bits: 2048 }, &mut rng).unwrap()
    }

    #[test]
    fn same_seed_same_key() {
        let (one, same, other) = (generated(1), generated(1), generated(2));
        assert_eq!(one.to_pkcs8_der().unwrap(), same.to_pkcs8_der().unwrap());
        assert_ne!(one.public_jwk(), other.public_jwk());
        assert_eq!(one.public_jwk().bits(), 2048);
        assert!(matches!(one.public_jwk(), Jwk::Rsa { e, .. } if e == "AQAB"));
    }

    #[test]
    fn survives_pkcs8_and_signs() {
        let key = generated(3);
        let read = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let (first, second) = (
            key.sign(Hash::Sha256, b"text", &mut rng).unwrap(),
            key.sign(Hash::Sha256, b"text", &mut rng).unwrap(),
        );
        assert_eq!(first, second);
        let spki = read.spki_der().unwrap();
        assert!(verifies(&spki, Hash::Sha256, b"text", &first));
        assert!(!verifies(&spki, Hash::Sha256, b"test", &first));
        assert!(!verifies(b"", Hash::Sha256, b"text", &first));
    }

    #[test]
    fn verifies_the_signature_of_rfc_7515_a2() {
        let vector: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/rfc7515-a2.json")).unwrap();
        let jwk: Jwk = serde_json::from_value(vector["jwk"].clone()).unwrap();
        let signature = crate::pki::pem::base64_any(vector["signature"].as_str().unwrap()).unwrap();
        let message = vector["signing_input"].as_str().unwrap().as_bytes();
        assert!(jwk.verifies(Hash::Sha256, message, &signature));
        assert!(!jwk.verifies(Hash::Sha384, message, &signature));
    }

    #[test]
    fn keys_on_curves_survive_pkcs8_and_sign_the_same_way_each_time() {
        for curve in EcCurve::ALL {
            let mut rng = ChaCha20Rng::seed_from_u64(7);
            let key = PrivateKey::generate(KeySpec::Ec { curve }, &mut rng).unwrap();
            let read = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
            assert_eq!(read.public_jwk(), key.public_jwk());
            let spki = read.spki_der().unwrap();
            for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
                let signature = key.sign(hash, b"text", &mut rng).unwrap();
                assert_eq!(read.sign(hash, b"text", &mut rng).unwrap(), signature);
                assert!(verifies(&spki, hash, b"text", &signature));
                assert!(!verifies(&spki, hash, b"test", &signature));
            }
        }
    }

    #[test]
    fn is_not_shown() {
        assert_eq!(format!("{:?}", generated(5)), "PrivateKey(redacted)");
    }

    #[test]
    fn specifications_have_names_and_bounds() {
        assert_eq!("RSA-3072".parse::<KeySpec>().unwrap(), KeySpec::Rsa { bits: 3072 });
        assert_eq!(KeySpec::Rsa { bits: 2048 }.to_string(), "RSA-2048");
        for curve in EcCurve::ALL {
            let spec = KeySpec::Ec { curve };
            assert_eq!(spec.to_string().parse::<KeySpec>().unwrap(), spec);
        }
        for text in ["RSA-1024", "RSA-2049", "RSA-16384", "RSA-", "EC-P256", ""] {
            assert!(text.parse::<KeySpec>().unwrap_err().to_string().contains(text), "{text}");
        }
    }

    #[test]
    fn rejects_what_is_no_key() {
        assert!(PrivateKey::from_pkcs8_der(b"").is_err());
        assert!(PrivateKey::from_pkcs8_der(&generated(6).spki_der().unwrap()).is_err());
    }
}
