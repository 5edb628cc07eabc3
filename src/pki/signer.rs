//! Who makes signatures with private keys.

use rand_core::CryptoRng;

use super::hash::Hash;
use super::keygen::PrivateKey;
use crate::error::Result;

/// Makes signatures with private keys: every generator of random numbers does, here and blinded by it against timing,
/// and a host may have what is quicker.
pub trait Signer {
    /// The signature of a message by RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2) or ECDSA (FIPS 186-5, section 6.4; in DER,
    /// RFC 3279, section 2.2.3), as the key is of RSA or on a curve.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being made.
    fn sign(&mut self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>>;
}

impl<R: CryptoRng + ?Sized> Signer for R {
    fn sign(&mut self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        key.sign(hash, message, self)
    }
}
