//! How a part of a file is encrypted under a password: in the three ways that there are.

use der::{
    Sequence,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use x509_cert::spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{
    budget::Budget,
    cipher::Cipher,
    derivation::{Derivation, Purpose},
    digest::MessageDigest,
    kdf::{ENCRYPTED, Kdf},
    oid, parameters, refuse, unknown, unreadable,
};
use crate::error::Result;

const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
const RC2_CBC: ObjectIdentifier = oid("1.2.840.113549.3.2");

/// An algorithm with what it needs besides the password.
pub(super) struct Encryption<'a> {
    cipher: Cipher,
    key_octets: usize,
    way: Way<'a>,
}

/// Where the cipher's key and initial vector come from.
enum Way<'a> {
    /// Both are derived in the way of PKCS #12 (RFC 7292, appendix C).
    Pkcs12(Derivation<'a>),
    /// PBES1: both are the octets that PBKDF1 makes (RFC 8018, section 6.1).
    Pbes1(Derivation<'a>),
    /// PBES2: a function of its own makes the key, and the vector is stated (RFC 8018, section 6.2).
    Pbes2 { kdf: Kdf<'a>, vector: &'a [u8] },
}

/// The algorithms of PKCS #12: identifier, cipher, and how many octets its key has. All digest with SHA-1.
const OF_PKCS12: [(ObjectIdentifier, Cipher, usize); 6] = [
    (oid("1.2.840.113549.1.12.1.1"), Cipher::Rc4, 16),
    (oid("1.2.840.113549.1.12.1.2"), Cipher::Rc4, 5),
    (oid("1.2.840.113549.1.12.1.3"), Cipher::TripleDes, 24),
    (oid("1.2.840.113549.1.12.1.4"), Cipher::TripleDes, 16),
    (oid("1.2.840.113549.1.12.1.5"), Cipher::Rc2 { bits: 128 }, 16),
    (oid("1.2.840.113549.1.12.1.6"), Cipher::Rc2 { bits: 40 }, 5),
];

/// The algorithms of PBES1, but those with MD2. The key of each has 8 octets.
const OF_PBES1: [(ObjectIdentifier, MessageDigest, Cipher); 4] = [
    (oid("1.2.840.113549.1.5.3"), MessageDigest::MD5, Cipher::Des),
    (oid("1.2.840.113549.1.5.6"), MessageDigest::MD5, Cipher::Rc2 { bits: 64 }),
    (oid("1.2.840.113549.1.5.10"), MessageDigest::SHA1, Cipher::Des),
    (oid("1.2.840.113549.1.5.11"), MessageDigest::SHA1, Cipher::Rc2 { bits: 64 }),
];

/// The ciphers of PBES2 whose one parameter is the initial vector, with the octets of their keys.
const OF_PBES2: [(ObjectIdentifier, Cipher, usize); 5] = [
    (oid("2.16.840.1.101.3.4.1.2"), Cipher::Aes, 16),
    (oid("2.16.840.1.101.3.4.1.22"), Cipher::Aes, 24),
    (oid("2.16.840.1.101.3.4.1.42"), Cipher::Aes, 32),
    (oid("1.2.840.113549.3.7"), Cipher::TripleDes, 24),
    (oid("1.3.14.3.2.7"), Cipher::Des, 8),
];

/// `PBEParameter` (RFC 8018, appendix A.3) and `pkcs-12PbeParams` (RFC 7292, appendix C).
#[derive(Sequence)]
struct SaltAndRounds<'a> {
    salt: &'a OctetStringRef,
    rounds: u32,
}

/// `PBES2-params` (RFC 8018, appendix A.4).
#[derive(Sequence)]
struct Pbes2Parameters<'a> {
    kdf: AlgorithmIdentifierRef<'a>,
    cipher: AlgorithmIdentifierRef<'a>,
}

/// `RC2-CBC-Parameter` (RFC 8018, appendix B.2.3).
#[derive(Sequence)]
struct Rc2Parameters<'a> {
    version: u32,
    vector: &'a OctetStringRef,
}

impl<'a> Encryption<'a> {
    pub(super) fn read(algorithm: AnyRef<'a>) -> Result<Self> {
        let algorithm: AlgorithmIdentifierRef<'a> = algorithm.decode_as().map_err(unreadable)?;
        let derivation = |digest| -> Result<_> {
            let SaltAndRounds { salt, rounds } = parameters(algorithm)?;
            Ok(Derivation { digest, salt: salt.as_bytes(), rounds })
        };
        if algorithm.oid == PBES2 {
            return Self::pbes2(parameters(algorithm)?);
        }
        if let Some((_, cipher, key_octets)) = OF_PKCS12.into_iter().find(|it| it.0 == algorithm.oid) {
            return Ok(Self { cipher, key_octets, way: Way::Pkcs12(derivation(MessageDigest::SHA1)?) });
        }
        let (_, digest, cipher) = OF_PBES1
            .into_iter()
            .find(|it| it.0 == algorithm.oid)
            .ok_or_else(|| unknown(ENCRYPTED, algorithm.oid))?;
        Ok(Self { cipher, key_octets: 8, way: Way::Pbes1(derivation(digest)?) })
    }

    fn pbes2(Pbes2Parameters { kdf, cipher: algorithm }: Pbes2Parameters<'a>) -> Result<Self> {
        let kdf = Kdf::read(kdf)?;
        let (cipher, key_octets, vector) = if algorithm.oid == RC2_CBC {
            let Rc2Parameters { version, vector } = parameters(algorithm)?;
            let bits = effective_bits(version);
            (Cipher::Rc2 { bits }, kdf.key_octets.map_or(bits / 8, usize::from), vector)
        } else {
            let known = OF_PBES2.into_iter().find(|it| it.0 == algorithm.oid);
            let (_, cipher, key_octets) = known.ok_or_else(|| unknown(ENCRYPTED, algorithm.oid))?;
            (cipher, key_octets, parameters(algorithm)?)
        };
        if kdf.key_octets.is_some_and(|stated| usize::from(stated) != key_octets) {
            return Err(refuse("is damaged"));
        }
        Ok(Self { cipher, key_octets, way: Way::Pbes2 { kdf, vector: vector.as_bytes() } })
    }

    /// Whether it takes the password in UTF-16.
    pub(super) fn is_wide(&self) -> bool {
        matches!(self.way, Way::Pkcs12(_))
    }

    /// What was encrypted, if this is the password.
    pub(super) fn decrypt(
        &self,
        password: &[u8],
        encrypted: &[u8],
        budget: &Budget<'_>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        budget.spend_decryption(encrypted.len())?;
        Ok(match &self.way {
            Way::Pkcs12(derivation) => {
                let key = derivation.octets(Purpose::Key, self.key_octets, password, budget)?;
                let octets = self.cipher.vector_octets();
                let vector = derivation.octets(Purpose::InitialVector, octets, password, budget)?;
                self.cipher.decrypt(&key, &vector, encrypted)
            }
            Way::Pbes1(Derivation { digest, salt, rounds }) => {
                budget.spend_rounds(*digest, *rounds, 1)?;
                budget.spend_octets(*digest, salt.len() + password.len())?;
                let octets = digest.repeated(&Zeroizing::new([password, *salt].concat()), *rounds);
                let (key, rest) = octets.split_at_checked(self.key_octets).unwrap_or_default();
                let vector = rest.get(..self.cipher.vector_octets()).unwrap_or_default();
                self.cipher.decrypt(key, vector, encrypted)
            }
            Way::Pbes2 { kdf, vector } => {
                self.cipher.decrypt(&kdf.key(self.key_octets, password, budget)?, vector, encrypted)
            }
        })
    }
}

/// How many bits of an RC2 key count: some numbers stand for others.
fn effective_bits(version: u32) -> usize {
    match version {
        160 => 40,
        120 => 64,
        58 => 128,
        other => other as usize,
    }
}
