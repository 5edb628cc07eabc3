//! RSA keys: how large their numbers may be, and which numbers make a key. Only this module and `keygen` use the
//! `rsa` crate.
//!
//! The length of a number is looked at before anything is computed with it: the time that most operations take grows
//! with its square or cube.

use std::ops::RangeInclusive;

use crypto_primes::hazmat::MillerRabin;
use der::{asn1::AnyRef, oid::db::rfc5912};
use rsa::{
    BoxedUint,
    pkcs1::{self, RsaPrivateKeyRef, UintRef},
    pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef, der::Decode as _},
    traits::PrivateKeyParts as _,
};

use super::hash::Hash;
use crate::error::{Error, Reason, Result};

/// The sizes of keys that we sign with, in bits. A key of the largest size signs within a second in WebAssembly.
const SIGNING: RangeInclusive<usize> = 1024..=8192;

/// The sizes of keys of which we have the public part alone, in bits.
pub(super) const TRUSTED: RangeInclusive<usize> = 512..=16384;

/// An exponent has at most 64 bits.
const EXPONENT_OCTETS: usize = 8;

/// Whether these numbers, big-endian without leading zeros, can be a public key.
pub(super) fn check_public(modulus: &[u8], exponent: &[u8], bits: RangeInclusive<usize>) -> Result<()> {
    let length = bit_length(modulus);
    if !bits.contains(&length) {
        let (low, high) = bits.into_inner();
        return Err(unusable(format!("an RSA modulus of {length} bits is not within {low} to {high}")));
    }
    if !is_odd(modulus) {
        return Err(unusable("the RSA modulus is even"));
    }
    if exponent.len() > EXPONENT_OCTETS || !is_odd(exponent) || exponent == [1] {
        return Err(unusable("the RSA exponent is not an odd number from 3 to 2^64 - 1"));
    }
    Ok(())
}

/// Reads a PKCS#8 `PrivateKeyInfo` whose numbers fit together: the modulus is the product of the factors, and the
/// exponents belong together. A key for RSASSA-PSS alone (RFC 4055, section 1.2) becomes one for all purposes. That the factors are prime is left to [`check_factors`].
pub(super) fn from_pkcs8_der(der: &[u8]) -> Result<rsa::PrivateKey> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(unreadable)?;
    let numbers = RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).map_err(unreadable)?;
    let modulus = numbers.modulus.as_bytes();
    check_public(modulus, numbers.public_exponent.as_bytes(), SIGNING)?;
    let others = [
        numbers.private_exponent,
        numbers.prime1,
        numbers.prime2,
        numbers.exponent1,
        numbers.exponent2,
        numbers.coefficient,
    ];
    if others.iter().any(|number: &UintRef<'_>| number.as_bytes().len() > modulus.len()) {
        return Err(unusable("a number of the RSA key is longer than its modulus"));
    }
    if numbers.other_prime_infos.is_some() {
        return Err(unusable("the RSA modulus has more than two factors"));
    }
    let plain = AlgorithmIdentifierRef { oid: pkcs1::ALGORITHM_OID, parameters: Some(AnyRef::NULL) };
    let rsassa_pss = info.algorithm.oid == rfc5912::ID_RSASSA_PSS;
    let algorithm = if rsassa_pss { plain } else { info.algorithm };
    rsa::PrivateKey::try_from(PrivateKeyInfoRef { algorithm, ..info })
        .map_err(|cause| unusable("the numbers of the RSA key do not fit together").caused_by(cause))
}

/// The key whose modulus has these factors, big-endian, and whose exponent is 65537.
pub(super) fn from_factors(p: &[u8], q: &[u8]) -> Result<rsa::PrivateKey> {
    let number = BoxedUint::from_be_slice_vartime;
    rsa::PrivateKey::from_p_q(number(p), number(q), 65_537_u64.into())
        .map_err(|cause| unusable("the factors make no RSA key").caused_by(cause))
}

/// Whether both factors of the modulus are prime, by one round of Miller and Rabin's test with base 2, which takes as
/// long as a signature. It finds what was damaged or made by a broken program; a composite that is
/// constructed to pass harms only those who sign with it.
pub(super) fn check_factors(key: &rsa::PrivateKey) -> Result<()> {
    let is_prime = |factor: &_| MillerRabin::new(Clone::clone(factor)).test_base_two().is_probably_prime();
    if key.primes().iter().all(is_prime) {
        Ok(())
    } else {
        Err(unusable("a factor of the RSA modulus is not prime"))
    }
}

/// Whether this is the signature of a message with this digest under the key of these numbers.
pub(super) fn verifies(n: &[u8], e: &[u8], hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    let key = || {
        check_public(n, e, TRUSTED).ok()?;
        let number = BoxedUint::from_be_slice_vartime;
        rsa::PublicKey::new_with_size_limits(number(n), number(e), TRUSTED).ok()
    };
    key().is_some_and(|key| key.verify(hash.pkcs1v15(), digest, signature).is_ok())
}

/// How many bits a number, big-endian without leading zeros, has.
pub(super) fn bit_length(unsigned: &[u8]) -> usize {
    let spare = unsigned.first().map_or(0, |first| first.leading_zeros() as usize);
    unsigned.len() * 8 - spare
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|octet| octet % 2 == 1)
}

pub(super) fn unusable(words: impl Into<String>) -> Error {
    Error::invalid("", Reason::UnusableKey(words.into()))
}

fn unreadable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::invalid("", Reason::Other("is not a readable private key".into())).caused_by(cause)
}
