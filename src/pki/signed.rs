//! The frame that certificates and certification requests share: content, algorithm, signature (RFC 5280,
//! section 4.1.1; RFC 2986, section 4.2).

use std::borrow::Cow;

use der::{
    Decode as _, Encode, Sequence, Tag,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier},
    oid::db::rfc5912,
};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{
    ber,
    hash::Hash,
    keygen::{self, PrivateKey},
    signer::Signer,
    structure::wrap,
};
use crate::error::{Error, ErrorKind, Result};

/// The algorithm that names a signature by a key of this type over such a digest (RFC 4055, section 5; RFC 5758,
/// section 3.2).
pub(super) fn algorithm(key: &PrivateKey, hash: Hash) -> AlgorithmIdentifierRef<'static> {
    let parameters = key.is_rsa().then_some(AnyRef::NULL);
    let oid = match (key.is_rsa(), hash) {
        (true, Hash::Sha256) => rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
        (true, Hash::Sha384) => rfc5912::SHA_384_WITH_RSA_ENCRYPTION,
        (true, Hash::Sha512) => rfc5912::SHA_512_WITH_RSA_ENCRYPTION,
        (false, Hash::Sha256) => rfc5912::ECDSA_WITH_SHA_256,
        (false, Hash::Sha384) => rfc5912::ECDSA_WITH_SHA_384,
        (false, Hash::Sha512) => rfc5912::ECDSA_WITH_SHA_512,
    };
    AlgorithmIdentifierRef { oid, parameters }
}

/// With what the message was digested, if its signature is of one of the algorithms above.
pub(super) fn hash_of(oid: ObjectIdentifier) -> Option<Hash> {
    match oid {
        rfc5912::SHA_256_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_256 => Some(Hash::Sha256),
        rfc5912::SHA_384_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_384 => Some(Hash::Sha384),
        rfc5912::SHA_512_WITH_RSA_ENCRYPTION | rfc5912::ECDSA_WITH_SHA_512 => Some(Hash::Sha512),
        _ => None,
    }
}

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
        let hash = hash_of(self.algorithm.oid)?;
        let content = self.content.to_der().ok()?;
        Some(keygen::verifies(spki_der, hash, &content, self.signature.raw_bytes()))
    }
}

/// What is signed at the start of these octets, with its frame in DER. The content stays as it was signed, and the
/// parameters of the algorithm as they were written, also if they are BER: the digest of a certificate is computed so.
pub(super) fn framed(input: &[u8]) -> Option<Cow<'_, [u8]>> {
    if Signed::from_der(input).is_ok() {
        return Some(input.into());
    }
    let (whole, _) = ber::first(input)?;
    let parts: Vec<_> = ber::elements(whole.content).take(4).collect::<Option<_>>()?;
    let [content, algorithm, signature] = parts.as_slice() else { return None };
    let (oid, parameters) = ber::first(algorithm.content)?;
    let algorithm = wrap(Tag::Sequence, &[ber::to_der(oid.whole)?.into_owned(), parameters.to_vec()]).ok()?;
    let parts = [content.whole.to_vec(), algorithm, ber::to_der(signature.whole)?.into_owned()];
    Some(wrap(Tag::Sequence, &parts).ok()?.into())
}

/// Signs the content and puts it into its frame.
pub(super) fn sign(
    content: &impl Encode,
    key: &PrivateKey,
    hash: Hash,
    signer: &mut (impl Signer + ?Sized),
) -> Result<Vec<u8>> {
    let content = written(content.to_der())?;
    let signature = signer.sign(key, hash, &content)?;
    let frame = || {
        let (content, signature) =
            (AnyRef::try_from(content.as_slice())?, BitStringRef::from_bytes(&signature)?);
        Signed { content, algorithm: algorithm(key, hash), signature }.to_der()
    };
    written(frame())
}

/// The result of writing DER, which fails on what is longer than 256 MiB alone.
pub(super) fn written<T>(der: der::Result<T>) -> Result<T> {
    der.map_err(|cause| Error::new(ErrorKind::TooLarge).context("cannot write DER").caused_by(cause))
}
