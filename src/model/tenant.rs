//! Whose providers and keys they are.

use serde::{Deserialize, Serialize};

use super::{Id, Remainders};
use crate::pki::Timestamp;

/// An Okta org, a PingOne environment, a ZITADEL instance or organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The identifier.
    pub id: Id,
    /// The name; it stands as common name in the certificates that are issued for the tenant.
    pub name: String,
    /// When the tenant was made.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// What each dialect received of it that no other understands. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
    /// The `kid` of the signing key that providers get which name none, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_signing_key: Option<String>,
}

impl Tenant {
    /// The id of the tenant that every store has from the start.
    pub const DEFAULT: Id = Id::from_number(1);

    /// A tenant with nothing but a name.
    #[must_use]
    pub fn new(id: Id, now: Timestamp, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            created: now,
            updated: now,
            remainders: Remainders::new(),
            default_signing_key: None,
        }
    }
}
