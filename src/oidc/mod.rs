//! OpenID Connect: what a partner publishes of itself, read. Pure functions; knows nothing of providers or vendors.
//! May import: `error`, `pki`.
//!
//! - `discovery`: provider metadata (OpenID Connect Discovery 1.0, section 3)
//! - `key_set`: the keys that it leads to (RFC 7517, section 5)

mod discovery;
mod key_set;

pub use discovery::ProviderMetadata;
pub use key_set::{KeySet, PublishedKey};
