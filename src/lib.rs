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
//! let path = format!("https://example.okta.com/api/v1/idps/{}", idpstore::okta::id(partner.id));
//! let response = store.handle(http::Request::get(path).body(bytes::Bytes::new())?);
//! assert_eq!(response.status(), 200);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! - `api` (default): the neutral API, by paths that start with `/_idpstore/`.
//! - `okta`, `pingone`, `zitadel` (default): the API of that vendor, by paths that start as [`path_prefixes`] says.
//! - `tower`: a store is a `Service` for axum and hyper. It needs tokio.
//! - `testing`: a clock, entropy and keys that are the same each time, engines that fail, a suite for engines of
//!   your own, and a harness for tests of what calls a store.
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
//! What a program needs of the store itself stands here; [`model`] has the records, [`pki`], [`saml`] and [`oidc`] the standards
//! that they follow, [`mod@env`] what the host brings in, [`engine`] where the bytes are kept.

#![cfg_attr(
    not(all(
        feature = "api",
        feature = "okta",
        feature = "pingone",
        feature = "zitadel",
        feature = "testing"
    )),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "the build with all features finds what nothing uses"
    )
)]

mod error;
pub mod pki;
pub mod saml;
pub mod oidc;
pub mod env;
pub mod model;
pub mod engine;
mod service;
mod http;
#[cfg(feature = "testing")]
pub mod harness;
mod dialects;
mod store;
#[cfg(feature = "api")]
mod api;
mod answer;
#[cfg(feature = "testing")]
pub mod testing;

pub use answer::path_prefixes;
pub use dialects::SWITCHES;
#[cfg(feature = "okta")]
pub use dialects::okta;
#[cfg(feature = "pingone")]
pub use dialects::pingone;
#[cfg(feature = "zitadel")]
pub use dialects::zitadel;
pub use dialects::{
    Added, Crossing, CrossingRequest, CrossingRequests, FormPart, Lost, Omitted, VariableAt, Why, read_id,
    spellings,
};
pub use error::{Error, ErrorKind, Identifier, Need, Reason, Resource, Result, Violation, chain};
pub use http::{Admitted, Guard, Quota, REVISION_HEADER, Request, Response, Warnings};
pub use service::{
    ApplicationQuery, CertificateOutcome, CertificatePlan, Change, ChangeKind, Cursor, Difference, Draft,
    Expiring, ImportPlan, ImportedAggregate, ImportedCertificate, ImportedMetadata, KeyFinding, KeyMaterial,
    KeyName, KeyUse, LinkQuery, MemberChange, MetadataImport, NewKey, NewTrustedKey, Outcome, OwnedKey,
    Owner, Page, Paging, PlannedRecord, Portion, Problem, ProblemKind, ProviderQuery, RecordWarning,
    Reference, Report, Retention, Revision, Rotation, Secrets, Service, SigningKeyQuery, Subscription,
    UserName,
};
pub use store::{
    ApiName, Applications, Authorizer, Builder, CrossingReport, DocumentChange, Grant, IdpStore, LostMember,
    NewPublished, NewRequest, NewSigningKey, Plan, Providers, RefreshOutcome, Refreshed, Rotations,
    SigningKeys, Tenants, Tokens, TrustedKeys, Users,
};

/// Compiles and runs what the README shows.
#[cfg(all(doctest, feature = "okta"))]
#[doc = include_str!("../README.md")]
struct Readme;
