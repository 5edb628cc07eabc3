//! Keys from a password by functions of their own: PBKDF2 (RFC 8018, section 5.2) and scrypt (RFC 7914).

use der::{
    Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use x509_cert::spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{budget::Budget, digest::MessageDigest, host::Pbkdf2, oid, parameters, refuse, unknown};
use crate::error::Result;

const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = oid("1.3.6.1.4.1.11591.4.11");

/// What is wrong with a part whose algorithm is not known.
pub(super) const ENCRYPTED: &str = "is encrypted by";

/// A function, and what it is given besides the password.
pub(super) struct Kdf<'a> {
    pub(super) salt: &'a [u8],
    /// For a key of how many octets it is meant, if that is stated.
    pub(super) key_octets: Option<u16>,
    pub(super) work: Work,
}

/// How much work a function makes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// PBKDF2, with the HMAC of a digest.
    Pbkdf2 { rounds: u32, digest: MessageDigest },
    /// scrypt.
    Scrypt { cost: u64, block_size: u32, lanes: u32 },
}

/// `PBKDF2-params` (RFC 8018, appendix A.2).
#[derive(Sequence)]
struct Pbkdf2Parameters<'a> {
    salt: &'a OctetStringRef,
    rounds: u32,
    #[asn1(optional = "true")]
    key_octets: Option<u16>,
    #[asn1(optional = "true")]
    prf: Option<AlgorithmIdentifierRef<'a>>,
}

/// `scrypt-params` (RFC 7914, section 7.1).
#[derive(Sequence)]
struct ScryptParameters<'a> {
    salt: &'a OctetStringRef,
    cost: u64,
    block_size: u32,
    lanes: u32,
    #[asn1(optional = "true")]
    key_octets: Option<u16>,
}

impl<'a> Kdf<'a> {
    pub(super) fn read(algorithm: AlgorithmIdentifierRef<'a>) -> Result<Self> {
        match algorithm.oid {
            PBKDF2 => {
                let Pbkdf2Parameters { salt, rounds, key_octets, prf } = parameters(algorithm)?;
                let digest = match prf {
                    None => MessageDigest::SHA1,
                    Some(prf) => {
                        MessageDigest::of_hmac(prf.oid).ok_or_else(|| unknown(ENCRYPTED, prf.oid))?
                    }
                };
                let work = Work::Pbkdf2 { rounds, digest };
                Ok(Self { salt: salt.as_bytes(), key_octets, work })
            }
            SCRYPT => {
                let ScryptParameters { salt, cost, block_size, lanes, key_octets } = parameters(algorithm)?;
                let work = Work::Scrypt { cost, block_size, lanes };
                Ok(Self { salt: salt.as_bytes(), key_octets, work })
            }
            other => Err(unknown(ENCRYPTED, other)),
        }
    }

    /// Pays for a key of so many octets, and for going through the salt.
    pub(super) fn pay(&self, octets: usize, budget: &Budget<'_>) -> Result<()> {
        match self.work {
            Work::Pbkdf2 { rounds, digest } => {
                let outputs = octets.div_ceil(digest.output());
                budget.spend_octets(digest, outputs.saturating_mul(self.salt.len()))?;
                // HMAC compresses twice a round.
                budget.spend_rounds(digest, rounds, (outputs as u64).saturating_mul(2))
            }
            Work::Scrypt { cost, block_size, lanes } => {
                budget.spend_octets(MessageDigest::SHA256, self.salt.len())?;
                budget.spend_scrypt(cost, block_size.into(), lanes.into())
            }
        }
    }

    /// A key of so many octets.
    pub(super) fn key(
        &self,
        octets: usize,
        password: &[u8],
        budget: &Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.pay(octets, budget)?;
        if let Some(key) = self.key_of_host(octets, password, budget)? {
            return Ok(key);
        }
        let mut key = Zeroizing::new(vec![0; octets]);
        match self.work {
            Work::Pbkdf2 { rounds, digest } => digest.pbkdf2(password, self.salt, rounds, &mut key),
            Work::Scrypt { cost, block_size, lanes } => {
                // The budget has refused a cost that is no power of two.
                let exponent = u8::try_from(cost.trailing_zeros()).unwrap_or_default();
                let parameters = scrypt::Params::new(exponent, block_size, lanes);
                parameters
                    .is_ok_and(|parameters| {
                        scrypt::scrypt(password, self.salt, &parameters, &mut key).is_ok()
                    })
                    .then_some(())
                    .ok_or_else(|| refuse("is damaged"))?;
            }
        }
        Ok(key)
    }

    /// The key if the host makes it.
    fn key_of_host(
        &self,
        octets: usize,
        password: &[u8],
        budget: &Budget<'_>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Work::Pbkdf2 { rounds, digest } = self.work else { return Ok(None) };
        match (budget.host, digest.hash()) {
            (Some(host), Some(hash)) => {
                let key = host.pbkdf2(&Pbkdf2 { password, salt: self.salt, rounds, hash, octets })?;
                Ok(key.filter(|key| key.len() == octets))
            }
            _ => Ok(None),
        }
    }
}
