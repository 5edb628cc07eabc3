//! Keys with their certificates, under a password (RFC 7292): files that end in `.p12` or `.pfx`, read only.
//!
//! | what | how |
//! |---|---|
//! | encoding | DER, BER; what follows the file is ignored |
//! | encryption | none; PBES2 with AES, triple DES, DES, RC2; PBES1 with DES, RC2; that of PKCS #12 with triple DES, RC2, RC4 |
//! | keys from the password | PBKDF2, scrypt, those of PBES1 and PKCS #12 |
//! | authentication | none; HMAC, PBMAC1 (RFC 9579) with MD5, SHA-1, SHA-2 |
//!
//! A file may hold 256 entries, take a password of 1024 octets, and require as much work as `budget` allows.
//! May import: `error`, and the other rooms of `pki`.

use der::{
    Decode as _, Tag, Tagged as _,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
    oid::db::rfc5911::{ID_DATA, ID_ENCRYPTED_DATA},
};
use x509_cert::spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

pub use self::host::{KeyDerivation, Pbkdf2};
use self::{budget::Budget, password::Password};
use super::{
    ber,
    certificate::Certificate,
    keygen::PrivateKey,
    pem::MOST_CERTIFICATES,
    structure::{elements, is_tagged, sequence},
};
use crate::error::{Error, Reason, Result};

mod budget;
mod cipher;
mod derivation;
mod digest;
mod encryption;
mod host;
mod kdf;
mod mac;
mod password;
mod refusal;

const KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.3");
const X509_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.22.1");

/// What a file holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Contents {
    /// The first private key.
    pub private: PrivateKey,
    /// All certificates: first that of the key, if there is one, then the others in their order.
    pub certificates: Vec<Vec<u8>>,
}

/// Reads a file. Of several private keys only the first is looked at; other entries than keys and certificates are
/// skipped.
///
/// # Errors
/// `Invalid`: at `/password` if the file is not under this password, or it is too long; at the empty pointer if the
/// file cannot be read or is something else, is encrypted in an unknown way, holds no private key that we could use, or
/// requires too much work.
pub fn read(file: &[u8], password: &str) -> Result<Contents> {
    read_with(file, password, None)
}

/// Reads a file as [`read`] does; the host may make the keys from the password.
///
/// # Errors
/// Those of [`read`], and of the host.
pub fn read_with(file: &[u8], password: &str, host: Option<&dyn KeyDerivation>) -> Result<Contents> {
    let budget = Budget::whole(host);
    let mut password = Password::of(password, &budget)?;
    let der = ber::to_der(file).ok_or_else(|| refusal::of_file(file))?;
    let parts = sequence(&der).map_err(|cause| refusal::of_file(file).caused_by(cause))?;
    let [version, authenticated, rest @ ..] = parts.as_slice() else { return Err(refusal::of_file(file)) };
    if version.tag() != Tag::Integer || authenticated.tag() != Tag::Sequence {
        return Err(refusal::of_file(file));
    }
    let authenticated = content(*authenticated, ID_DATA).map_err(unreadable)?;
    let authenticated = authenticated.ok_or_else(|| refuse("is no PKCS #12 file under a password"))?;
    let safe = octets(authenticated)?;
    let contents = Found::within(safe, &mut password);
    // The code comes last: a host that makes keys in its own time has the file read anew for each, and this only once.
    match (rest.first(), contents) {
        (Some(mac), Ok(contents)) => password.confirm(*mac, safe).map(|()| contents),
        (Some(mac), Err(error)) if password::is_to_blame(&error) => {
            password.confirm(*mac, safe)?;
            Err(refuse("cannot be decrypted"))
        }
        (_, contents) => contents,
    }
}

/// Keys and certificates as they are found.
#[derive(Default)]
struct Found {
    private: Option<PrivateKey>,
    certificates: Vec<Vec<u8>>,
    bags: usize,
}

impl Found {
    /// What is in an `AuthenticatedSafe` (RFC 7292, section 4.1).
    fn within(safe: &[u8], password: &mut Password<'_>) -> Result<Contents> {
        let mut found = Self::default();
        let infos = sequence_in_der(safe).ok_or_else(|| refuse(UNREADABLE))?;
        let mut pending = None;
        for info in sequence(&infos).map_err(unreadable)? {
            match found.take(info, password) {
                // Not the file's fault, but the host's: it may make the keys of all parts side by side.
                Err(error) if error.violations().is_empty() => pending = pending.or(Some(error)),
                taken => taken?,
            }
        }
        pending.map_or_else(|| found.contents(), Err)
    }

    fn take(&mut self, info: AnyRef<'_>, password: &mut Password<'_>) -> Result<()> {
        let bags = opened(info, password)?;
        for bag in sequence(&bags).map_err(unreadable)? {
            self.add(bag, password)?;
        }
        Ok(())
    }

    /// Takes what is in a `SafeBag` (RFC 7292, section 4.2); other things than keys and certificates are left.
    fn add(&mut self, bag: AnyRef<'_>, password: &mut Password<'_>) -> Result<()> {
        self.bags += 1;
        if self.bags > MOST_CERTIFICATES {
            return Err(refuse(&format!("holds more than {MOST_CERTIFICATES} entries")));
        }
        let parts = sequence_of(bag).map_err(unreadable)?;
        let [kind, value, ..] = parts.as_slice() else { return Err(refuse(DAMAGED)) };
        match kind.decode_as::<ObjectIdentifier>().map_err(unreadable)? {
            KEY_BAG if self.private.is_none() => {
                self.private = Some(private_key(value.value())?);
            }
            SHROUDED_KEY_BAG if self.private.is_none() => {
                let parts = sequence(value.value()).map_err(unreadable)?;
                let [algorithm, shrouded] = parts.as_slice() else { return Err(refuse(DAMAGED)) };
                let der = password.decrypt(*algorithm, octets(*shrouded)?)?;
                self.private = Some(private_key(&der)?);
            }
            CERTIFICATE_BAG => {
                let parts = sequence(value.value()).map_err(unreadable)?;
                let [kind, certificate] = parts.as_slice() else { return Err(refuse(DAMAGED)) };
                if kind.decode_as() == Ok(X509_CERTIFICATE) {
                    let certificate = AnyRef::from_der(certificate.value()).map_err(unreadable)?;
                    self.certificates.push(octets(certificate)?.to_vec());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn contents(self) -> Result<Contents> {
        let private = self.private.ok_or_else(|| refuse("holds no private key"))?;
        let key = private.public_jwk();
        let is_own = |der: &Vec<u8>| Certificate::from_stored_der(der).is_ok_and(|it| *it.jwk() == key);
        let (mut certificates, others): (Vec<_>, Vec<_>) = self.certificates.into_iter().partition(is_own);
        certificates.extend(others);
        Ok(Contents { private, certificates })
    }
}

fn private_key(pkcs8: &[u8]) -> Result<PrivateKey> {
    PrivateKey::from_pkcs8_der(pkcs8).map_err(|error| refusal::of_key(pkcs8).unwrap_or(error))
}

/// The `SafeContents` in an element of the `AuthenticatedSafe` (RFC 7292, section 4.1), in DER.
fn opened(info: AnyRef<'_>, password: &mut Password<'_>) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(data) = content(info, ID_DATA).map_err(unreadable)? {
        return sequence_in_der(octets(data)?).ok_or_else(|| refuse(UNREADABLE));
    }
    let Some(data) = content(info, ID_ENCRYPTED_DATA).map_err(unreadable)? else {
        return Err(refuse("holds contents that are encrypted for a key"));
    };
    let parts = sequence_of(data).map_err(unreadable)?;
    let [_version, inner, ..] = parts.as_slice() else { return Err(refuse(DAMAGED)) };
    let inner = sequence_of(*inner).map_err(unreadable)?;
    let [_content_type, algorithm, encrypted] = inner.as_slice() else { return Err(refuse(DAMAGED)) };
    let encrypted = ber::implicit_octets(*encrypted).ok_or_else(|| refuse(DAMAGED))?;
    password.decrypt(*algorithm, &encrypted)
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

/// The sequence at the start of the contents of a string of octets, where some programs write BER, in DER.
fn sequence_in_der(octets: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let der = Zeroizing::new(ber::to_der(octets)?.into_owned());
    sequence(&der).is_ok().then_some(der)
}

fn sequence_of(element: AnyRef<'_>) -> der::Result<Vec<AnyRef<'_>>> {
    element.tag().assert_eq(Tag::Sequence)?;
    elements(element.value())
}

fn octets(element: AnyRef<'_>) -> Result<&[u8]> {
    element.decode_as::<&OctetStringRef>().map(OctetStringRef::as_bytes).map_err(unreadable)
}

/// The parameters of an algorithm.
fn parameters<'a, T: der::DecodeValue<'a, Error = der::Error> + der::FixedTag + 'a>(
    algorithm: AlgorithmIdentifierRef<'a>,
) -> Result<T> {
    let parameters = algorithm.parameters.ok_or_else(|| refuse(DAMAGED))?;
    parameters.decode_as().map_err(unreadable)
}

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

const UNREADABLE: &str = "is no readable PKCS #12 file";
const DAMAGED: &str = "is damaged";

fn refuse(words: &str) -> Error {
    Error::invalid("", Reason::Other(words.to_owned()))
}

/// The refusal of an algorithm.
fn unknown(done: &str, algorithm: ObjectIdentifier) -> Error {
    refuse(&format!("{done} the algorithm `{algorithm}`, which is not known here"))
}

fn unreadable(cause: der::Error) -> Error {
    refuse(UNREADABLE).caused_by(cause)
}
