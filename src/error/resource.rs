//! What an error is about, and how that is named.

use std::fmt;

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resource {
    /// A tenant.
    Tenant,
    /// An identity provider.
    IdentityProvider,
    /// An application.
    Application,
    /// A trusted key: a partner's certificate.
    TrustedKey,
    /// A signing key: we hold the private part.
    SigningKey,
    /// A certification request (RFC 2986).
    CertificationRequest,
    /// A person who signs in.
    User,
    /// A change of the store, by its number.
    Change,
    /// A record of any kind.
    Record,
}

impl fmt::Display for Resource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Tenant => "tenant",
            Self::IdentityProvider => "identity provider",
            Self::Application => "application",
            Self::TrustedKey => "trusted key",
            Self::SigningKey => "signing key",
            Self::CertificationRequest => "certification request",
            Self::User => "user",
            Self::Change => "change",
            Self::Record => "record",
        })
    }
}

/// How a thing that an error is about is named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identifier {
    /// By the number of its record, which each dialect spells in its own way.
    Number(u64),
    /// As the caller wrote it.
    Text(String),
}

impl From<u64> for Identifier {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Identifier {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Identifier {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(out),
            Self::Text(text) => text.fmt(out),
        }
    }
}
