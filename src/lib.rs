//! An embedded, in-process store of identity-provider configuration.
//!
//! Identity providers, the certificates that they are trusted by, the signing keys held for them and
//! certification requests lie in one file and are answered for through the management APIs of several
//! vendors, as values and without a socket: [`IdpStore::handle`]. Rust programs can also go without a
//! vendor's documents: [`IdpStore::service`].
//!
//! The rooms below stand in the order of their imports: each may use those above it, and none below.

pub mod error;
pub mod pki;
pub mod saml;
pub mod env;
pub mod model;
pub mod engine;
pub mod service;
pub mod http;
pub mod dialects;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Error, ErrorKind, Result};
pub use store::{Authorizer, Builder, IdpStore};

/// Compiles and runs what the README shows.
#[cfg(all(doctest, feature = "okta"))]
#[doc = include_str!("../README.md")]
struct Readme;
