//! What happens to a person who comes in through a provider.

use serde::{Deserialize, Serialize};

/// Linking of accounts and creation of users at sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linking {
    /// Whether the account at the provider is linked to an existing user by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<bool>,
    /// Whether a user is created who is not there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<bool>,
}
