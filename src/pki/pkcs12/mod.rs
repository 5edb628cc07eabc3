//! Keys with their certificates, under a password (RFC 7292): files that end in `.p12` or `.pfx`, read only.
//!
//! Read are those that OpenSSL 3 writes (PBES2 with AES), and older ones (triple DES, RC2). A file may hold 256
//! entries, take a password of 1024 octets, and ask for as much work as `budget` allows. May import: `error`, and the other
//! rooms of `pki`.

use der::{
    Decode as _, Tag, Tagged as _,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
    oid::db::rfc5911::{ID_DATA, ID_ENCRYPTED_DATA},
};
use zeroize::Zeroizing;

use self::{budget::Budget, password::Password};
use super::{
    keygen::PrivateKey,
    pem::MOST_CERTIFICATES,
    structure::{elements, is_tagged, sequence},
};
use crate::error::{Error, Reason, Result};

mod budget;
mod derivation;
mod password;

const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERTIFICATE_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");

/// What a file holds.
#[derive(Debug)]
pub struct Contents {
    /// The first private key.
    pub private: PrivateKey,
    /// All certificates (DER): first that of the key, if there is one, then the others in their order.
    pub certificates: Vec<Vec<u8>>,
}

/// Reads a file in DER. Of several private keys only the first is looked at.
///
/// # Errors
/// `Invalid`: at `/password` if the file is not under this password, or it is too long; at the empty pointer if the
/// file cannot be read, is encrypted in an unknown way, holds no private key that we could use, or asks for too much
/// work.
pub fn read(der: &[u8], password: &str) -> Result<Contents> {
    let budget = Budget::whole();
    let password = Password::of(password, &budget)?;
    let file = sequence(der).map_err(unreadable)?;
    let [_version, authenticated, rest @ ..] = file.as_slice() else {
        return Err(refuse("is no PKCS #12 file"));
    };
    let authenticated = content(*authenticated, ID_DATA).map_err(unreadable)?;
    let authenticated = authenticated.ok_or_else(|| refuse("is no PKCS #12 file under a password"))?;
    let safe = authenticated.decode_as::<&OctetStringRef>().map_err(unreadable)?.as_bytes();
    let password = match rest.first() {
        Some(mac) => password.confirmed_by(*mac, safe)?,
        None => password,
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

/// Keys and certificates as they are found.
#[derive(Default)]
struct Found {
    private: Option<PrivateKey>,
    certificates: Vec<Vec<u8>>,
    bags: usize,
}

impl Found {
    /// Takes what is in a `SafeBag` (RFC 7292, section 4.2); other things than keys and certificates are left.
    fn add(&mut self, bag: AnyRef<'_>, password: &Password<'_>) -> Result<()> {
        self.bags += 1;
        if self.bags > MOST_CERTIFICATES {
            return Err(refuse(&format!("holds more than {MOST_CERTIFICATES} entries")));
        }
        let parts = sequence_of(bag).map_err(unreadable)?;
        let [kind, value, ..] = parts.as_slice() else { return Err(refuse("is damaged")) };
        match kind.decode_as::<ObjectIdentifier>().map_err(unreadable)? {
            KEY_BAG if self.private.is_none() => {
                self.private = Some(PrivateKey::from_pkcs8_der(value.value())?);
            }
            SHROUDED_KEY_BAG if self.private.is_none() => {
                let parts = sequence(value.value()).map_err(unreadable)?;
                let [algorithm, shrouded] = parts.as_slice() else { return Err(refuse("is damaged")) };
                let shrouded = shrouded.decode_as::<&OctetStringRef>().map_err(unreadable)?;
                let der = password.decrypt(*algorithm, shrouded.as_bytes())?;
                self.private = Some(PrivateKey::from_pkcs8_der(&der)?);
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
        let private = self.private.ok_or_else(|| refuse("holds no private key"))?;
        let mut certificates = self.certificates;
        let spki = private.spki_der()?;
        // The key is written into its certificate as it is.
        let own = |der: &Vec<u8>| der.windows(spki.len()).any(|part| part == spki);
        certificates.sort_by_key(|der| !own(der));
        Ok(Contents { private, certificates })
    }
}

/// The `SafeContents` in an element of the `AuthenticatedSafe` (RFC 7292, section 4.1).
fn opened(info: AnyRef<'_>, password: &Password<'_>) -> Result<Zeroizing<Vec<u8>>> {
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
    password.decrypt(*algorithm, encrypted.value())
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

fn sequence_of(element: AnyRef<'_>) -> der::Result<Vec<AnyRef<'_>>> {
    element.tag().assert_eq(Tag::Sequence)?;
    elements(element.value())
}

fn refuse(words: &str) -> Error {
    Error::invalid("", Reason::Other(words.to_owned()))
}

fn unreadable(cause: der::Error) -> Error {
    refuse("is no readable PKCS #12 file").caused_by(cause)
}
