//! Keys from passwords that the host makes.

use zeroize::Zeroizing;

use super::super::hash::Hash;
use crate::error::Result;

/// Makes keys from passwords where the host has what is quicker than this library, or must not wait for it.
pub trait KeyDerivation: std::fmt::Debug + Send + Sync {
    /// The key that PBKDF2 makes; `None` lets the library make it.
    ///
    /// # Errors
    ///
    /// [`Pending`](crate::ErrorKind::Pending) if the host can make it only in its own time: it repeats the call once it has
    /// the key, and until then nothing has happened. Otherwise whatever keeps the key from being made.
    fn pbkdf2(&self, input: &Pbkdf2<'_>) -> Result<Option<Zeroizing<Vec<u8>>>>;
}

/// What PBKDF2 (RFC 8018, section 5.2) makes a key of, with the HMAC of a hash function. The work that it takes is
/// bounded.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Pbkdf2<'a> {
    pub password: &'a [u8],
    pub salt: &'a [u8],
    pub rounds: u32,
    pub hash: Hash,
    /// How long the key is.
    pub octets: usize,
}
