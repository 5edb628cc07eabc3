//! RFC work as pure functions; knows nothing of providers, engines or vendors. May import: `error`.
//!
//! - [`time`]: instants, as RFC 3339 text and as ASN.1 times
//! - [`jwk`]: public keys as JSON Web Keys and as `SubjectPublicKeyInfo` (RFC 7517, 7518, 8037)
//! - [`thumbprint`]: JWK thumbprints (RFC 7638) and certificate digests (RFC 7517, sections 4.8 and 4.9)
//! - [`keygen`]: private keys, from a generator passed in

pub mod jwk;
pub mod keygen;
pub mod thumbprint;
pub mod time;

pub use jwk::Jwk;
pub use keygen::{KeySpec, PrivateKey};
pub use time::Timestamp;
