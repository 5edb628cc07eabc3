//! What the host must bring before a call can be repeated.

use std::fmt;

use super::excerpt;

/// What the host must bring before a call can be repeated: nothing has happened until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A private key.
    Key {
        /// Its specification, for example `RSA-2048`.
        spec: String,
    },
    /// A signature by an RSA key.
    Signature,
    /// A key made from a password.
    Derivation,
    /// The document at a URL.
    Document {
        /// The whole URL, however long it is.
        url: String,
    },
}

impl fmt::Display for Need {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { spec } => write!(out, "a private key `{spec}`"),
            Self::Signature => out.write_str("a signature"),
            Self::Derivation => out.write_str("a key from a password"),
            Self::Document { url } => write!(out, "the document at `{}`", excerpt(url)),
        }
    }
}
