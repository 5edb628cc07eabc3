//! What a password opens: the code that authenticates a file (RFC 7292, section 4) and its encrypted parts.

use der::{
    Decode as _, Encode as _,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use pkcs5::pbes2;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::{budget::Budget, derivation::Derivation, refuse, sequence_of, unreadable};
use crate::error::{Error, Reason, Result};

const TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// How many octets of UTF-8 a password has at most.
const LONGEST: usize = 1024;

/// A password in the two forms in which it is used, and what is left to spend on it.
pub(super) struct Password<'a> {
    plain: &'a str,
    /// UTF-16, big-endian, with an end mark.
    wide: Zeroizing<Vec<u8>>,
    budget: &'a Budget,
}

impl<'a> Password<'a> {
    pub(super) fn of(plain: &'a str, budget: &'a Budget) -> Result<Self> {
        if plain.len() > LONGEST {
            let words = format!("is longer than {LONGEST} octets");
            return Err(Error::invalid("/password", Reason::Other(words)));
        }
        let wide = plain.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
        Ok(Self { plain, wide: Zeroizing::new(wide), budget })
    }

    /// The password as the file's `MacData` confirms it.
    pub(super) fn confirmed_by(self, mac: AnyRef<'_>, safe: &[u8]) -> Result<Self> {
        let mac = MacData::read(mac)?;
        if mac.confirms(&self, safe)? {
            return Ok(self);
        }
        // Without a password some programs leave out the end mark, too.
        let none = Self { wide: Zeroizing::default(), ..self };
        if none.plain.is_empty() && mac.confirms(&none, safe)? {
            return Ok(none);
        }
        Err(Error::invalid("/password", Reason::Other("is not the password of the file".to_owned())))
    }

    /// What was encrypted under the password by an algorithm with its parameters.
    pub(super) fn decrypt(&self, algorithm: AnyRef<'_>, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (oid, parameters) = algorithm_of(algorithm).map_err(unreadable)?;
        let parameters = parameters.ok_or_else(|| refuse("is damaged"))?;
        self.budget.spend_decryption(encrypted.len())?;
        if oid == pbes2::PBES2_OID {
            let parameters =
                parameters.to_der().and_then(|der| pbes2::Parameters::from_der(&der)).map_err(unreadable)?;
            self.budget.spend_kdf(&parameters.kdf)?;
            let plain = parameters.decrypt(self.plain.as_bytes(), encrypted);
            return plain.map(Zeroizing::new).map_err(|_| refuse("cannot be decrypted"));
        }
        let parts = sequence_of(parameters).map_err(unreadable)?;
        let [salt, rounds] = parts.as_slice() else { return Err(refuse("is damaged")) };
        let salt = salt.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
        let derivation = self.derivation(salt, rounds.decode_as().map_err(unreadable)?);
        match oid {
            TRIPLE_DES => derivation.decrypt::<des::TdesEde3>(24, encrypted),
            RC2_128 => derivation.decrypt::<rc2::Rc2>(16, encrypted),
            RC2_40 => derivation.decrypt::<rc2::Rc2>(5, encrypted),
            _ => Err(refuse("is encrypted in an unknown way")),
        }
    }

    fn derivation<'b>(&'b self, salt: &'b [u8], rounds: u32) -> Derivation<'b> {
        Derivation { password: &self.wide, salt, rounds, budget: self.budget }
    }
}

/// `MacData` (RFC 7292, section 4).
struct MacData<'a> {
    algorithm: ObjectIdentifier,
    digest: &'a [u8],
    salt: &'a [u8],
    rounds: u32,
}

impl<'a> MacData<'a> {
    fn read(mac: AnyRef<'a>) -> Result<Self> {
        let parts = sequence_of(mac).map_err(unreadable)?;
        let [digest_info, salt, rest @ ..] = parts.as_slice() else { return Err(refuse("is damaged")) };
        let digest_info = sequence_of(*digest_info).map_err(unreadable)?;
        let [algorithm, digest] = digest_info.as_slice() else { return Err(refuse("is damaged")) };
        Ok(Self {
            algorithm: algorithm_of(*algorithm).map_err(unreadable)?.0,
            digest: digest.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes(),
            salt: salt.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes(),
            rounds: rest.first().map_or(Ok(1), |rounds| rounds.decode_as()).map_err(unreadable)?,
        })
    }

    fn confirms(&self, password: &Password<'_>, safe: &[u8]) -> Result<bool> {
        let derivation = password.derivation(self.salt, self.rounds);
        match self.algorithm {
            SHA1 => derivation.confirms::<Sha1>(safe, self.digest),
            SHA256 => derivation.confirms::<Sha256>(safe, self.digest),
            SHA384 => derivation.confirms::<Sha384>(safe, self.digest),
            SHA512 => derivation.confirms::<Sha512>(safe, self.digest),
            _ => Err(refuse("is authenticated in an unknown way")),
        }
    }
}

/// An `AlgorithmIdentifier`: the algorithm and its parameters.
fn algorithm_of(element: AnyRef<'_>) -> der::Result<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    let parts = sequence_of(element)?;
    let algorithm = parts.first().map_or_else(|| Err(der::Tag::Sequence.value_error()), |oid| Ok(*oid))?;
    Ok((algorithm.decode_as()?, parts.get(1).copied()))
}
