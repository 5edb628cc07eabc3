//! The frame that certificates and certification requests share: content, algorithm, signature (RFC 5280,
//! section 4.1.1; RFC 2986, section 4.2).

use der::{
    Encode, Sequence,
    asn1::{AnyRef, BitStringRef},
    oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
};
use rand_core::CryptoRng;
use x509_cert::spki::AlgorithmIdentifierRef;

use super::keygen::{self, PrivateKey};
use crate::error::{Error, ErrorKind, Result};

/// The one algorithm that we sign with (RFC 4055, section 5).
pub(super) const SHA256_WITH_RSA: AlgorithmIdentifierRef<'static> =
    AlgorithmIdentifierRef { oid: SHA_256_WITH_RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };

/// Something signed. The content stays as it was read, because a signature is over its very octets.
#[derive(Sequence)]
pub(super) struct Signed<'a> {
    pub(super) content: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

impl Signed<'_> {
    /// Whether the holder of this public key signed it; `None` if it is signed in a way that is not checked
    /// here.
    pub(super) fn is_signed_by(&self, spki_der: &[u8]) -> Option<bool> {
        if self.algorithm.oid != SHA256_WITH_RSA.oid {
            return None;
        }
        let content = self.content.to_der().ok()?;
        Some(keygen::verifies(spki_der, &content, self.signature.raw_bytes()))
    }
}

/// Signs the content and puts it into its frame.
pub(super) fn sign(
    content: &impl Encode,
    key: &PrivateKey,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Vec<u8>> {
    let content = written(content.to_der())?;
    let signature = key.sign(&content, rng)?;
    let frame = || {
        let (content, signature) =
            (AnyRef::try_from(content.as_slice())?, BitStringRef::from_bytes(&signature)?);
        Signed { content, algorithm: SHA256_WITH_RSA, signature }.to_der()
    };
    written(frame())
}

/// The result of writing DER, which fails on what is longer than 256 MiB alone.
pub(super) fn written<T>(der: der::Result<T>) -> Result<T> {
    der.map_err(|cause| Error::new(ErrorKind::TooLarge).context("cannot write DER").caused_by(cause))
}
