//! Private keys: generation from a generator passed in, PKCS#8 (RFC 5958), signatures. The one room that
//! talks to the `rsa` crate.

use std::{fmt, str::FromStr};

use rand_core::CryptoRng;
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _},
    traits::PublicKeyParts as _,
};
use sha2::Sha256;
use signature::{RandomizedSigner as _, SignatureEncoding as _, Verifier as _};
use zeroize::Zeroizing;

use super::jwk::Jwk;
use crate::error::{Error, ErrorKind, Reason, Result};

/// What kind of key to make; spelled `RSA-2048`. An elliptic curve joins when a dialect asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeySpec {
    /// An RSA key with exponent 65537.
    Rsa {
        /// Bits of the modulus: 2048 to 8192, a multiple of 8.
        bits: u32,
    },
}

impl KeySpec {
    /// Whether such keys are made here.
    fn checked(self) -> Result<Self> {
        let Self::Rsa { bits } = self;
        if (2048..=8192).contains(&bits) && bits % 8 == 0 {
            Ok(self)
        } else {
            let words =
                format!("is not a key specification: `{self}` is not 2048 to 8192 bits in steps of 8");
            Err(Error::invalid("", Reason::Other(words)))
        }
    }
}

impl fmt::Display for KeySpec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Rsa { bits } = self;
        write!(out, "RSA-{bits}")
    }
}

impl FromStr for KeySpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bits = text.strip_prefix("RSA-").and_then(|bits| bits.parse().ok()).ok_or_else(|| {
            Error::invalid("", Reason::Other(format!("is not a key specification: `{text}`")))
        })?;
        Self::Rsa { bits }.checked()
    }
}

/// The private part of a signing key. Redacted in `Debug`, zeroed on drop.
#[derive(Clone)]
pub struct PrivateKey(SigningKey<Sha256>);

impl PrivateKey {
    /// Makes a new key: the same state of the generator gives the same key. Takes from a tenth of a second to
    /// several seconds.
    ///
    /// # Errors
    /// `Invalid` if the specification is outside of its bounds.
    pub fn generate(spec: KeySpec, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self> {
        let KeySpec::Rsa { bits } = spec.checked()?;
        let key = RsaPrivateKey::new(rng, bits as usize).map_err(|cause| failed("make a key", cause))?;
        Ok(Self(SigningKey::new(key)))
    }

    /// Reads a PKCS#8 `PrivateKeyInfo` in DER, unencrypted, and checks that the key is consistent.
    ///
    /// # Errors
    /// `Invalid` at the empty pointer if that is not an RSA key with two primes.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        let key = RsaPrivateKey::from_pkcs8_der(der).map_err(|cause| {
            Error::invalid("", Reason::Other("is not a readable private key".into())).caused_by(cause)
        })?;
        Ok(Self(SigningKey::new(key)))
    }

    /// Writes a PKCS#8 `PrivateKeyInfo` in DER, unencrypted.
    ///
    /// # Errors
    /// None are known: every key that exists can be written.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>> {
        let der = self.0.to_pkcs8_der().map_err(|cause| failed("write a key", cause))?;
        Ok(der.to_bytes())
    }

    /// The public part.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        let key = self.0.as_ref();
        Jwk::rsa(&key.n_bytes(), &key.e_bytes())
    }

    /// The public part as a `SubjectPublicKeyInfo` in DER (RFC 5280, section 4.1.2.7).
    ///
    /// # Errors
    /// None are known: every key that exists can be written.
    pub fn spki_der(&self) -> Result<Vec<u8>> {
        self.public_jwk().to_spki_der()
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, section 8.2). The generator blinds the computation
    /// against timing; the signature does not depend on it.
    pub(super) fn sign(&self, message: &[u8], rng: &mut (impl CryptoRng + ?Sized)) -> Result<Vec<u8>> {
        let signature = self.0.try_sign_with_rng(rng, message).map_err(|cause| failed("sign", cause))?;
        Ok(signature.to_vec())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PrivateKey(redacted)")
    }
}

/// Whether this is the signature of the message, by the method of [`PrivateKey::sign`], under an RSA key
/// given as `SubjectPublicKeyInfo`.
pub(super) fn verifies(spki_der: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = RsaPublicKey::from_public_key_der(spki_der).map(VerifyingKey::<Sha256>::new);
    let signature = Signature::try_from(signature);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(message, &signature).is_ok()))
}

fn failed(doing: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::WrongState).context(format!("cannot {doing}")).caused_by(cause)
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

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
        let (first, second) = (key.sign(b"text", &mut rng).unwrap(), key.sign(b"text", &mut rng).unwrap());
        assert_eq!(first, second);
        let spki = read.spki_der().unwrap();
        assert!(verifies(&spki, b"text", &first));
        assert!(!verifies(&spki, b"test", &first));
        assert!(!verifies(b"", b"text", &first));
    }

    #[test]
    fn verifies_the_signature_of_rfc_7515_a2() {
        let vector: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/rfc7515-a2.json")).unwrap();
        let jwk: Jwk = serde_json::from_value(vector["jwk"].clone()).unwrap();
        let signature = crate::pki::pem::base64_any(vector["signature"].as_str().unwrap()).unwrap();
        let message = vector["signing_input"].as_str().unwrap().as_bytes();
        assert!(verifies(&jwk.to_spki_der().unwrap(), message, &signature));
    }

    #[test]
    fn is_not_shown() {
        assert_eq!(format!("{:?}", generated(5)), "PrivateKey(redacted)");
    }

    #[test]
    fn specifications_have_names_and_bounds() {
        assert_eq!("RSA-3072".parse::<KeySpec>().unwrap(), KeySpec::Rsa { bits: 3072 });
        assert_eq!(KeySpec::Rsa { bits: 2048 }.to_string(), "RSA-2048");
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
