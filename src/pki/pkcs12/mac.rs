//! The code that authenticates a file (RFC 7292, section 4), also by PBMAC1 (RFC 9579).

use der::{
    Sequence,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{
    budget::Budget,
    derivation::{Derivation, Purpose},
    digest::MessageDigest,
    kdf::Kdf,
    oid, parameters, refuse, unknown, unreadable,
};
use crate::error::Result;

const PBMAC1: ObjectIdentifier = oid("1.2.840.113549.1.5.14");

/// The code, and how it was made under the password.
pub(super) struct Mac<'a> {
    code: &'a [u8],
    digest: MessageDigest,
    key: Key<'a>,
}

/// Where the key comes from.
enum Key<'a> {
    Pkcs12(Derivation<'a>),
    Pbmac1 { kdf: Kdf<'a>, octets: usize },
}

/// `MacData` (RFC 7292, section 4).
#[derive(Sequence)]
struct MacData<'a> {
    digest_info: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(optional = "true")]
    rounds: Option<u32>,
}

/// `DigestInfo` (RFC 8017, section 9.2).
#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    code: &'a OctetStringRef,
}

/// `PBMAC1-params` (RFC 8018, appendix A.5).
#[derive(Sequence)]
struct Pbmac1Parameters<'a> {
    kdf: AlgorithmIdentifierRef<'a>,
    scheme: AlgorithmIdentifierRef<'a>,
}

impl<'a> Mac<'a> {
    pub(super) fn read(mac: AnyRef<'a>) -> Result<Self> {
        let MacData { digest_info, salt, rounds } = mac.decode_as().map_err(unreadable)?;
        let DigestInfo { algorithm, code } = digest_info;
        let unknown = |oid| unknown("is authenticated by", oid);
        if algorithm.oid == PBMAC1 {
            let Pbmac1Parameters { kdf, scheme } = parameters(algorithm)?;
            let digest = MessageDigest::of_hmac(scheme.oid).ok_or_else(|| unknown(scheme.oid))?;
            let kdf = Kdf::read(kdf)?;
            // A length that is not stated could be any; RFC 9579, section 4, has such files refused.
            let octets = kdf.key_octets.ok_or_else(|| refuse("is damaged"))?.into();
            return Ok(Self { code: code.as_bytes(), digest, key: Key::Pbmac1 { kdf, octets } });
        }
        let digest = MessageDigest::of(algorithm.oid).ok_or_else(|| unknown(algorithm.oid))?;
        let derivation = Derivation { digest, salt: salt.as_bytes(), rounds: rounds.unwrap_or(1) };
        Ok(Self { code: code.as_bytes(), digest, key: Key::Pkcs12(derivation) })
    }

    /// Whether it takes the password in UTF-16.
    pub(super) fn is_wide(&self) -> bool {
        matches!(self.key, Key::Pkcs12(_))
    }

    /// Whether the message is authentic, if this is the password.
    pub(super) fn confirms(&self, password: &[u8], message: &[u8], budget: &Budget<'_>) -> Result<bool> {
        budget.spend_octets(self.digest, message.len())?;
        let key = match &self.key {
            Key::Pkcs12(derivation) => {
                derivation.octets(Purpose::Mac, self.digest.output(), password, budget)
            }
            Key::Pbmac1 { kdf, octets } => kdf.key(*octets, password, budget),
        }?;
        Ok(self.digest.confirms(&key, message, self.code))
    }
}
