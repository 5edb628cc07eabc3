//! Keys with their certificates, under a password (RFC 7292): files that end in `.p12` or `.pfx`, read only.
//!
//! Read are those that OpenSSL 3 writes (PBES2 with AES), and older ones (triple DES, RC2).

use std::cell::Cell;

use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _, block_padding::Pkcs7};
use der::{
    Decode, Encode,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
    oid::db::rfc5911::{ID_DATA, ID_ENCRYPTED_DATA},
};
use hmac::{Hmac, Mac as _};
use pkcs5::pbes2;
use sha1::{Digest, Sha1, digest::block_api::BlockSizeUser};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::{
    keygen::PrivateKey,
    structure::{is_tagged, sequence},
};
use crate::error::{Error, Reason, Result};

const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");

const TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const RC2_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A file that asks for more rounds in all is refused: each takes time, and whoever made the file chose their
/// number. OpenSSL asks for 2048 for each of three parts.
const ROUNDS: u32 = 4_000_000;

/// What a file holds.
#[derive(Debug)]
pub struct Contents {
    /// The first private key.
    pub private: PrivateKey,
    /// All certificates (DER): first that of the key, if there is one, then the others in their order.
    pub certificates: Vec<Vec<u8>>,
}

/// Reads a file in DER.
///
/// # Errors
/// `Invalid`: at `/password` if the file is not under this password; at the empty pointer if it cannot be read,
/// is encrypted in an unknown way, or holds no private key that we could use.
pub fn read(der: &[u8], password: &str) -> Result<Contents> {
    let file = sequence(der).map_err(unreadable)?;
    let [_version, authenticated, rest @ ..] = file.as_slice() else {
        return Err(refuse("is no PKCS #12 file"));
    };
    let authenticated = content(*authenticated, ID_DATA).map_err(unreadable)?;
    let authenticated = authenticated.ok_or_else(|| refuse("is no PKCS #12 file under a password"))?;
    let safe = authenticated.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
    let password = match rest.first() {
        Some(mac) => Password::confirmed_by(*mac, safe, password)?,
        None => Password::of(password),
    };
    let mut found = Found::default();
    for info in sequence(safe).map_err(unreadable)? {
        let bags = opened(info, &password)?;
        for bag in sequence(&bags).map_err(unreadable)? {
            found.add(bag, &password)?;
        }
    }
    found.contents()
}

/// A password in the two forms in which it is used.
struct Password {
    plain: Zeroizing<String>,
    /// UTF-16, big-endian, with an end mark.
    wide: Zeroizing<Vec<u8>>,
    /// How many rounds the file may still ask for.
    rounds: Cell<u32>,
}

impl Password {
    fn of(text: &str) -> Self {
        let wide = text.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
        Self { plain: Zeroizing::new(text.to_owned()), wide: Zeroizing::new(wide), rounds: Cell::new(ROUNDS) }
    }

    /// Lets the file ask for so many rounds, if they are not too many.
    fn spend(&self, rounds: u32) -> Result<u32> {
        let left = self.rounds.get().checked_sub(rounds).filter(|_| rounds > 0);
        self.rounds.set(left.ok_or_else(|| refuse("asks for too many rounds"))?);
        Ok(rounds)
    }

    /// The password, if the file's `MacData` (RFC 7292, section 4) says that it is the right one.
    fn confirmed_by(mac: AnyRef<'_>, safe: &[u8], text: &str) -> Result<Self> {
        let parts = sequence_of(mac).map_err(unreadable)?;
        let [digest_info, salt, rest @ ..] = parts.as_slice() else { return Err(refuse("is damaged")) };
        let digest_info = sequence_of(*digest_info).map_err(unreadable)?;
        let [algorithm, digest] = digest_info.as_slice() else { return Err(refuse("is damaged")) };
        let algorithm: ObjectIdentifier = algorithm_of(*algorithm).map_err(unreadable)?.0;
        let digest = digest.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
        let salt = salt.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
        let rounds = rest.first().map_or(Ok(1), |rounds| rounds.decode_as()).map_err(unreadable)?;
        // Without a password some programs leave out the end mark, too.
        let none = Self { wide: Zeroizing::default(), ..Self::of("") };
        let candidates = if text.is_empty() { vec![Self::of(""), none] } else { vec![Self::of(text)] };
        for candidate in candidates {
            let cut = Derivation { password: &candidate.wide, salt, rounds: candidate.spend(rounds)? };
            let right = match algorithm {
                SHA1 => cut.confirms::<Sha1>(safe, digest),
                SHA256 => cut.confirms::<Sha256>(safe, digest),
                SHA384 => cut.confirms::<Sha384>(safe, digest),
                SHA512 => cut.confirms::<Sha512>(safe, digest),
                _ => return Err(refuse("is authenticated in an unknown way")),
            };
            if right {
                return Ok(candidate);
            }
        }
        Err(Error::invalid("/password", Reason::Other("is not the password of the file".to_owned())))
    }
}

/// Keys and certificates as they are found.
#[derive(Default)]
struct Found {
    keys: Vec<PrivateKey>,
    certificates: Vec<Vec<u8>>,
}

impl Found {
    /// Takes what is in a `SafeBag` (RFC 7292, section 4.2); other things than keys and certificates are left.
    fn add(&mut self, bag: AnyRef<'_>, password: &Password) -> Result<()> {
        let parts = sequence_of(bag).map_err(unreadable)?;
        let [kind, value, ..] = parts.as_slice() else { return Err(refuse("is damaged")) };
        match kind.decode_as::<ObjectIdentifier>().map_err(unreadable)? {
            KEY_BAG => self.keys.push(PrivateKey::from_pkcs8_der(value.value())?),
            SHROUDED_KEY_BAG => {
                let parts = sequence(value.value()).map_err(unreadable)?;
                let [algorithm, shrouded] = parts.as_slice() else { return Err(refuse("is damaged")) };
                let shrouded = shrouded.decode_as::<&OctetStringRef>().map_err(unreadable)?;
                let der = decrypted(*algorithm, shrouded.as_bytes(), password)?;
                self.keys.push(PrivateKey::from_pkcs8_der(&der)?);
            }
            CERTIFICATE_BAG => {
                let parts = sequence(value.value()).map_err(unreadable)?;
                let [_x509, certificate] = parts.as_slice() else { return Err(refuse("is damaged")) };
                let certificate = <&OctetStringRef>::from_der(certificate.value()).map_err(unreadable)?;
                self.certificates.push(certificate.as_bytes().to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    fn contents(self) -> Result<Contents> {
        let private = self.keys.into_iter().next().ok_or_else(|| refuse("holds no private key"))?;
        let mut certificates = self.certificates;
        let spki = private.spki_der()?;
        // The key is written into its certificate as it is.
        let own = |der: &Vec<u8>| der.windows(spki.len()).any(|part| part == spki);
        certificates.sort_by_key(|der| !own(der));
        Ok(Contents { private, certificates })
    }
}

/// The `SafeContents` in an element of the `AuthenticatedSafe` (RFC 7292, section 4.1).
fn opened(info: AnyRef<'_>, password: &Password) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(data) = content(info, ID_DATA).map_err(unreadable)? {
        let plain = data.decode_as::<&OctetStringRef>().map_err(unreadable)?;
        return Ok(Zeroizing::new(plain.as_bytes().to_vec()));
    }
    let Some(data) = content(info, ID_ENCRYPTED_DATA).map_err(unreadable)? else {
        return Err(refuse("holds contents that are encrypted for a key"));
    };
    let parts = sequence_of(data).map_err(unreadable)?;
    let [_version, inner, ..] = parts.as_slice() else { return Err(refuse("is damaged")) };
    let inner = sequence_of(*inner).map_err(unreadable)?;
    let [_content_type, algorithm, encrypted] = inner.as_slice() else { return Err(refuse("is damaged")) };
    decrypted(*algorithm, encrypted.value(), password)
}

fn decrypted(algorithm: AnyRef<'_>, encrypted: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>> {
    let (oid, parameters) = algorithm_of(algorithm).map_err(unreadable)?;
    let parameters = parameters.ok_or_else(|| refuse("is damaged"))?;
    if oid == pbes2::PBES2_OID {
        let parameters =
            parameters.to_der().and_then(|der| pbes2::Parameters::from_der(&der)).map_err(unreadable)?;
        match &parameters.kdf {
            pbes2::Kdf::Pbkdf2(kdf) => password.spend(kdf.iteration_count)?,
            _ => return Err(refuse("is encrypted in an unknown way")),
        };
        let plain = parameters.decrypt(password.plain.as_bytes(), encrypted);
        return plain.map(Zeroizing::new).map_err(|_| refuse("cannot be decrypted"));
    }
    let parts = sequence_of(parameters).map_err(unreadable)?;
    let [salt, rounds] = parts.as_slice() else { return Err(refuse("is damaged")) };
    let salt = salt.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
    let rounds = password.spend(rounds.decode_as().map_err(unreadable)?)?;
    let derivation = Derivation { password: &password.wide, salt, rounds };
    match oid {
        TRIPLE_DES => derivation.decrypt::<des::TdesEde3>(24, encrypted),
        RC2_128 => derivation.decrypt::<rc2::Rc2>(16, encrypted),
        RC2_40 => derivation.decrypt::<rc2::Rc2>(5, encrypted),
        _ => Err(refuse("is encrypted in an unknown way")),
    }
}

/// Keys from a password, in the way of PKCS #12 (RFC 7292, appendix B.2).
struct Derivation<'a> {
    password: &'a [u8],
    salt: &'a [u8],
    rounds: u32,
}

/// What the octets are for (RFC 7292, appendix B.3).
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    InitialVector = 2,
    Mac = 3,
}

impl Derivation<'_> {
    fn octets<D: Digest + BlockSizeUser>(&self, purpose: Purpose, length: usize) -> Zeroizing<Vec<u8>> {
        let block = D::block_size();
        let filled = |text: &[u8]| -> Vec<u8> {
            text.iter().copied().cycle().take(text.len().div_ceil(block) * block).collect()
        };
        let mut input = Zeroizing::new([filled(self.salt), filled(self.password)].concat());
        let mut octets = Zeroizing::new(Vec::with_capacity(length + block));
        while octets.len() < length {
            let mut digest =
                D::new().chain_update(vec![purpose as u8; block]).chain_update(&*input).finalize();
            for _ in 1..self.rounds {
                digest = D::digest(digest);
            }
            octets.extend_from_slice(&digest);
            // Each block of the input, taken as a number, grows by the digest, repeated to a block, and one.
            let addend: Vec<u8> = digest.iter().copied().cycle().take(block).collect();
            for part in input.chunks_mut(block) {
                let mut carry = 1;
                for (octet, more) in part.iter_mut().zip(&addend).rev() {
                    let sum = u16::from(*octet) + u16::from(*more) + carry;
                    *octet = sum.to_le_bytes()[0];
                    carry = sum >> 8;
                }
            }
        }
        octets.truncate(length);
        octets
    }

    fn decrypt<C: KeyInit + BlockCipherDecrypt>(
        &self,
        length: usize,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.octets::<Sha1>(Purpose::Key, length);
        let vector = self.octets::<Sha1>(Purpose::InitialVector, 8);
        let cipher =
            cbc::Decryptor::<C>::new_from_slices(&key, &vector).map_err(|_| refuse("cannot be decrypted"))?;
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(encrypted);
        plain.map(Zeroizing::new).map_err(|_| refuse("cannot be decrypted"))
    }

    /// Whether this is the authentication code of a message.
    fn confirms<D>(&self, message: &[u8], code: &[u8]) -> bool
    where
        D: Digest + BlockSizeUser,
        Hmac<D>: hmac::Mac + KeyInit,
        D: hmac::EagerHash,
    {
        let key = self.octets::<D>(Purpose::Mac, <D as Digest>::output_size());
        let mac = <Hmac<D> as KeyInit>::new_from_slice(&key);
        mac.is_ok_and(|mac| mac.chain_update(message).verify_slice(code).is_ok())
    }
}

/// The content of a `ContentInfo` (RFC 5652, section 3) if it is of this type.
fn content(info: AnyRef<'_>, wanted: ObjectIdentifier) -> der::Result<Option<AnyRef<'_>>> {
    let parts = sequence_of(info)?;
    match parts.as_slice() {
        [content_type, content] if is_tagged(content, 0) && content_type.decode_as() == Ok(wanted) => {
            AnyRef::from_der(content.value()).map(Some)
        }
        _ => Ok(None),
    }
}

/// An `AlgorithmIdentifier`: the algorithm and its parameters.
fn algorithm_of(element: AnyRef<'_>) -> der::Result<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    let parts = sequence_of(element)?;
    let algorithm = parts.first().map_or_else(|| Err(der::Tag::Sequence.value_error()), |oid| Ok(*oid))?;
    Ok((algorithm.decode_as()?, parts.get(1).copied()))
}

fn sequence_of(element: AnyRef<'_>) -> der::Result<Vec<AnyRef<'_>>> {
    use der::Tagged as _;
    element.tag().assert_eq(der::Tag::Sequence)?;
    super::structure::elements(element.value())
}

fn refuse(words: &str) -> Error {
    Error::invalid("", Reason::Other(words.to_owned()))
}

fn unreadable(cause: der::Error) -> Error {
    refuse("is no readable PKCS #12 file").caused_by(cause)
}
