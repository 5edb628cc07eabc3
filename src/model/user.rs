//! People, as far as providers know them: who they are, and under which name at which provider.

use serde::{Deserialize, Serialize};

use super::{Id, Remainders};
use crate::pki::Timestamp;

/// How far a user has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserState {
    /// Made, and not yet activated.
    Staged,
    /// Activated, and not yet able to sign in.
    Provisioned,
    /// Able to sign in.
    Active,
    /// Not able to sign in any more.
    Deprovisioned,
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The identifier.
    pub id: Id,
    /// When the user was made.
    pub created: Timestamp,
    /// When the user was last written.
    pub updated: Timestamp,
    /// The name with which the user signs in: no two users share it.
    pub login: String,
    /// How far the user has come.
    pub state: UserState,
    /// When the user was activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated: Option<Timestamp>,
    /// What each dialect received that no other understands. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
}

impl User {
    /// A user who can sign in with this login and is not stored yet: id and times come when it is.
    #[must_use]
    pub fn named(login: impl Into<String>) -> Self {
        Self {
            id: Id::from_number(0),
            created: Timestamp::default(),
            updated: Timestamp::default(),
            login: login.into(),
            state: UserState::Active,
            activated: None,
            remainders: Remainders::new(),
        }
    }
}

/// That a user is known to an identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// The identity provider.
    pub provider: Id,
    /// The user.
    pub user: Id,
    /// How the provider calls the user.
    pub external_id: String,
    /// Since when.
    pub created: Timestamp,
    /// When the link was last written.
    pub updated: Timestamp,
}
