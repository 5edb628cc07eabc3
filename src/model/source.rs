//! Where a provider's settings came from.

use serde::{Deserialize, Serialize};

use crate::pki::Timestamp;

/// The document that a provider's settings were read from, so that it can be read again: SAML metadata or OpenID Connect
/// discovery, as the protocol implies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Where the document is.
    pub url: String,
    /// The version of the document that was read: its `ETag` (RFC 9110, section 8.8.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When that version was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Timestamp>,
}

/// How many bytes an `ETag` has at most that is remembered.
const LONGEST_ETAG: usize = 1024;

impl Source {
    /// The document at this URL, which was not read yet.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), etag: None, read: None }
    }

    /// Whether the URL has a user name or a password in it.
    pub(crate) fn has_credentials(&self) -> bool {
        let authority = self.url.split_once("://").map_or(&*self.url, |(_, rest)| rest);
        authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
    }

    /// The same in this version. One whose `ETag` is of more than 1024 bytes is not remembered.
    #[must_use]
    pub fn version(self, etag: Option<String>) -> Self {
        Self { etag: etag.filter(|etag| etag.len() <= LONGEST_ETAG), ..self }
    }
}
