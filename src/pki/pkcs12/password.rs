//! What a password opens: a text, of which programs make octets in more than one way.

use der::asn1::AnyRef;
use zeroize::Zeroizing;

use super::{budget::Budget, encryption::Encryption, mac::Mac, sequence_in_der};
use crate::error::{Error, Reason, Result};

/// Where errors place the password.
const PLACE: &str = "/password";

/// How many octets of UTF-8 a password has at most.
const LONGEST: usize = 1024;

/// A password, and what is left to spend on it.
pub(super) struct Password<'a> {
    /// For PBES1, PBES2 and PBMAC1.
    plain: Forms,
    /// For the algorithms of PKCS #12.
    wide: Forms,
    budget: &'a Budget<'a>,
}

/// The octets that a password may stand for, the likeliest first.
struct Forms(Vec<Zeroizing<Vec<u8>>>);

impl<'a> Password<'a> {
    pub(super) fn of(text: &str, budget: &'a Budget<'a>) -> Result<Self> {
        if text.len() > LONGEST {
            let words = format!("is longer than {LONGEST} octets");
            return Err(Error::invalid(PLACE, Reason::Other(words)));
        }
        let utf8 = text.as_bytes();
        let mut plain = Forms(vec![Zeroizing::new(utf8.to_vec())]);
        let mut wide = Forms(vec![wide(text.encode_utf16())]);
        if !text.is_ascii() {
            // OpenSSL before 1.1 widened the octets that the terminal sent: UTF-8, or Latin-1, which UTF-16 is then.
            wide.0.push(self::wide(utf8.iter().copied().map(u16::from)));
            let latin1: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
            plain.0.extend(latin1.map(Zeroizing::new));
        }
        if text.is_empty() {
            // Without a password some programs leave out the end mark, too.
            wide.0.push(Zeroizing::default());
        }
        Ok(Self { plain, wide, budget })
    }

    /// Checks the password by the file's code.
    pub(super) fn confirm(&mut self, mac: AnyRef<'_>, safe: &[u8]) -> Result<()> {
        let mac = Mac::read(mac)?;
        let budget = self.budget;
        let right = self.forms(mac.is_wide()).find(|octets| {
            let is_right = mac.confirms(octets, safe, budget)?;
            Ok(is_right.then_some(()))
        })?;
        right.ok_or_else(|| wrong("is not the password of the file"))
    }

    /// The one sequence that was encrypted under the password, in DER.
    ///
    /// # Errors
    /// At `/password` if it was not, which looks the same as damage.
    pub(super) fn decrypt(&mut self, algorithm: AnyRef<'_>, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let encryption = Encryption::read(algorithm)?;
        let budget = self.budget;
        let plain = self.forms(encryption.is_wide()).find(|octets| {
            let plain = encryption.decrypt(octets, encrypted, budget)?;
            Ok(plain.and_then(|plain| sequence_in_der(&plain)))
        })?;
        plain.ok_or_else(|| wrong("is not the password of the file, or the file is damaged"))
    }

    fn forms(&mut self, wide: bool) -> &mut Forms {
        if wide { &mut self.wide } else { &mut self.plain }
    }
}

impl Forms {
    /// What comes of the first form that is right: from then on it is the only one.
    fn find<T>(&mut self, attempt: impl Fn(&[u8]) -> Result<Option<T>>) -> Result<Option<T>> {
        for (at, octets) in self.0.iter().enumerate() {
            if let Some(found) = attempt(octets)? {
                self.0.swap(0, at);
                self.0.truncate(1);
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// UTF-16, big-endian, with an end mark.
fn wide(units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(units.chain([0]).flat_map(u16::to_be_bytes).collect())
}

fn wrong(words: &str) -> Error {
    Error::invalid(PLACE, Reason::Other(words.to_owned()))
}

/// Whether an error is about the password.
pub(super) fn is_to_blame(error: &Error) -> bool {
    error.violations().iter().any(|violation| violation.pointer == PLACE)
}
