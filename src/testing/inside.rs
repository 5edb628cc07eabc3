//! What this project's own tests look at from outside. It may change with any release.

pub use crate::dialects::{ALL as DIALECTS, Dialect, laws, lens, of as dialect_of, parts, put};
pub use crate::engine::keyspace;
pub use crate::http::body::JSON;
pub use crate::http::{Route, Wording, router};
pub use crate::service::{CertificateFor, DefaultKey, Deletion, KeyTypes, Policy, Unique};

use crate::dialects::Crossing;
use crate::error::Result;
use crate::model::{IdentityProvider, Tenant};
use crate::pki::Timestamp;
use crate::service::Service;

/// The dialect of this name.
#[must_use]
pub fn dialect(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name == name)
}

/// What crosses of a provider that is not stored, and trusts keys that have no certificates.
///
/// # Errors
///
/// None that a record can cause.
pub fn crossing(record: &IdentityProvider, to: &'static Dialect) -> Result<Crossing> {
    crate::dialects::crossing((Tenant::DEFAULT, record), to, "https://example.com", &|| Ok(Vec::new()))
}

/// A service that decides as a dialect with this policy would have it.
#[must_use]
pub fn with_policy(service: &Service, policy: &'static Policy) -> Service {
    service.with_policy(policy)
}

/// The time by the clock of a service.
#[must_use]
pub fn now(service: &Service) -> Timestamp {
    service.env().clock.now()
}
