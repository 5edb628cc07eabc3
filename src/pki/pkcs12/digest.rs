//! The digests that files name, and the few things that are made with them.

use der::asn1::ObjectIdentifier;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, digest::block_api::BlockSizeUser as _};
use zeroize::Zeroizing;

use super::{super::hash::Hash, oid};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageDigest {
    MD5,
    SHA1,
    SHA224,
    SHA256,
    SHA384,
    SHA512,
    SHA512_224,
    SHA512_256,
}

/// The same expression for the type of whichever digest it is.
macro_rules! whichever {
    ($digest:expr, $type:ident => $body:expr) => {
        match $digest {
            MessageDigest::MD5 => {
                type $type = md5::Md5;
                $body
            }
            MessageDigest::SHA1 => {
                type $type = sha1::Sha1;
                $body
            }
            MessageDigest::SHA224 => {
                type $type = sha2::Sha224;
                $body
            }
            MessageDigest::SHA256 => {
                type $type = sha2::Sha256;
                $body
            }
            MessageDigest::SHA384 => {
                type $type = sha2::Sha384;
                $body
            }
            MessageDigest::SHA512 => {
                type $type = sha2::Sha512;
                $body
            }
            MessageDigest::SHA512_224 => {
                type $type = sha2::Sha512_224;
                $body
            }
            MessageDigest::SHA512_256 => {
                type $type = sha2::Sha512_256;
                $body
            }
        }
    };
}

impl MessageDigest {
    /// Each digest with its own identifier and that of its HMAC (RFC 8018, appendix B.1).
    const KNOWN: [(Self, ObjectIdentifier, ObjectIdentifier); 8] = [
        (Self::MD5, oid("1.2.840.113549.2.5"), oid("1.2.840.113549.2.6")),
        (Self::SHA1, oid("1.3.14.3.2.26"), oid("1.2.840.113549.2.7")),
        (Self::SHA224, oid("2.16.840.1.101.3.4.2.4"), oid("1.2.840.113549.2.8")),
        (Self::SHA256, oid("2.16.840.1.101.3.4.2.1"), oid("1.2.840.113549.2.9")),
        (Self::SHA384, oid("2.16.840.1.101.3.4.2.2"), oid("1.2.840.113549.2.10")),
        (Self::SHA512, oid("2.16.840.1.101.3.4.2.3"), oid("1.2.840.113549.2.11")),
        (Self::SHA512_224, oid("2.16.840.1.101.3.4.2.5"), oid("1.2.840.113549.2.12")),
        (Self::SHA512_256, oid("2.16.840.1.101.3.4.2.6"), oid("1.2.840.113549.2.13")),
    ];

    /// The digest with this identifier.
    pub(super) fn of(wanted: ObjectIdentifier) -> Option<Self> {
        Self::KNOWN.into_iter().find(|(_, own, _)| *own == wanted).map(|(digest, ..)| digest)
    }

    /// The digest whose HMAC has this identifier.
    pub(super) fn of_hmac(wanted: ObjectIdentifier) -> Option<Self> {
        Self::KNOWN.into_iter().find(|(.., hmac)| *hmac == wanted).map(|(digest, ..)| digest)
    }

    /// The same digest among those that we sign with.
    pub(super) fn hash(self) -> Option<Hash> {
        match self {
            Self::SHA256 => Some(Hash::Sha256),
            Self::SHA384 => Some(Hash::Sha384),
            Self::SHA512 => Some(Hash::Sha512),
            _ => None,
        }
    }

    /// How many octets it digests in one step.
    pub(super) fn block(self) -> usize {
        whichever!(self, T => T::block_size())
    }

    /// How many octets it makes.
    pub(super) fn output(self) -> usize {
        whichever!(self, T => T::output_size())
    }

    /// The digest of the digest …, so many times, of the input.
    pub(super) fn repeated(self, input: &[u8], times: u32) -> Zeroizing<Vec<u8>> {
        whichever!(self, T => {
            let mut digest = T::digest(input);
            for _ in 1..times {
                digest = T::digest(digest);
            }
            Zeroizing::new(digest.to_vec())
        })
    }

    /// Fills a key by PBKDF2 (RFC 8018, section 5.2) with HMAC.
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
        whichever!(self, T => pbkdf2::pbkdf2_hmac::<T>(password, salt, rounds, key));
    }

    /// Whether this is the message's authentication code, by HMAC, under a key.
    pub(super) fn confirms(self, key: &[u8], message: &[u8], code: &[u8]) -> bool {
        whichever!(self, T => {
            Hmac::<T>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(message).verify_slice(code).is_ok())
        })
    }
}
