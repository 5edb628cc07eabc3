//! Text that must not be seen.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{ErrorKind, Result};

/// With what a text begins that a store keeps sealed (see [`KeyWrap`](crate::engine::KeyWrap)).
pub(crate) const SEALED: &str = "idpstore:sealed:1:";

/// A secret text: redacted in `Debug`, zeroed when dropped, and without `Serialize`, so that it reaches an
/// answer only where a dialect calls [`Secret::reveal`]. One that was read from a locked store is still sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps `text` secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sealed`] if the store was locked when it was read.
    pub fn reveal(&self) -> Result<&str> {
        if self.is_sealed() { Err(ErrorKind::Sealed.into()) } else { Ok(&self.0) }
    }

    /// Whether the store was locked when it was read, so that it cannot be revealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.0.starts_with(SEALED)
    }

    /// The text as it is stored, sealed or not.
    pub(crate) fn stored(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hush".to_owned())), "Secret(..)");
    }

    #[test]
    fn a_sealed_text_is_not_revealed() {
        assert_eq!(Secret::new("hush".to_owned()).reveal().unwrap(), "hush");
        let sealed = Secret::new(format!("{SEALED}AAAA"));
        assert_eq!(sealed.reveal().unwrap_err().kind(), &ErrorKind::Sealed);
    }
}
