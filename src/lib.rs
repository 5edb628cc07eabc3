//! An embedded, in-process store of identity-provider configuration.
//!
//! Identity providers, the certificates that they are trusted by, the signing keys held for them and
//! certification requests are kept in one file or in memory. Programs use typed calls, or send requests of the
//! vendors' management APIs as values, without a socket: [`IdpStore::handle`].
//!
//! ```
//! use idpstore::IdpStore;
//! use idpstore::model::{IdentityProvider, Saml};
//!
//! let store = IdpStore::in_memory()?; // `IdpStore::open("idps.redb")` keeps it
//! let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
//! let partner = store.providers().create(IdentityProvider::named("Partner", saml))?;
//! assert_eq!(store.providers().get(partner.id)?.name, "Partner");
//! # #[cfg(feature = "okta")]
//! # {
//!
//! let path = format!("https://example.okta.com/api/v1/idps/{}", idpstore::dialects::okta::id(partner.id));
//! let response = store.handle(http::Request::get(path).body(bytes::Bytes::new())?);
//! assert_eq!(response.status(), 200);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! - `okta`, `pingone`, `zitadel` (default): the API of that vendor, in [`dialects`].
//! - `tower`: a store is a `Service` for axum and hyper. It needs tokio.
//! - `testing`: a clock, entropy and keys that are the same each time, engines that fail, and a suite for engines of
//!   your own.
//! - `js`: randomness from JavaScript, for `wasm32-unknown-unknown`. There the builder must be given a
//!   [`clock`](Builder::clock).
//!
//! # Debug builds
//!
//! Without optimization an RSA key of 4096 bits takes up to 35 seconds to make. The README has the lines for
//! `[profile.dev.package]` that avoid it.
//!
//! # Modules
//!
//! They stand in the order of their imports: each may use those above it, and none below.

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
pub use store::{Authorizer, Builder, IdpStore, NewRequest, NewSigningKey};

/// Compiles and runs what the README shows.
#[cfg(all(doctest, feature = "okta"))]
#[doc = include_str!("../README.md")]
struct Readme;
