//! What happens to a person who comes in through a provider.

use serde::{Deserialize, Serialize};

/// Creation of users and linking of accounts at sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linking {
    /// Whether a user is created for a person who has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<Permission>,
    /// Whether the account at the provider is linked to a user who exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Permission>,
    /// By what that user is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<UserMatch>,
    /// Whether the user's profile is brought up to date at each sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<bool>,
}

/// Whether something may be done at sign-in, and whether it is done unasked. One without the other does nothing unasked
/// (`docs/decisions/0071-creation-and-linking.md`).
///
/// ```
/// use idpstore::model::Permission;
///
/// assert!(Permission::AUTOMATIC.is_automatic());
/// assert!(!Permission { allowed: false, automatic: true }.is_automatic());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Whether it may be done at all.
    pub allowed: bool,
    /// Whether it is done unasked, if it may be done.
    pub automatic: bool,
}

impl Permission {
    /// It is done unasked.
    pub const AUTOMATIC: Self = Self { allowed: true, automatic: true };
    /// It is not done.
    pub const NEVER: Self = Self { allowed: false, automatic: false };

    /// Whether it is done unasked.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        self.allowed && self.automatic
    }
}

/// What a user who exists has in common with the person who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserMatch {
    /// The user name.
    Username,
    /// The e-mail address.
    Email,
    /// One of the two.
    UsernameOrEmail,
    /// An attribute that the dialect names.
    CustomAttribute,
}
