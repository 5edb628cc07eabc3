//! Well-known services at which people have accounts.
//!
//! Names of services are open: a dialect that knows another service adds its name, and no other dialect has to know it.

use serde::{Deserialize, Serialize};

use super::{Client, Secret};

/// The name of Amazon.
pub const AMAZON: &str = "amazon";
/// The name of Apple.
pub const APPLE: &str = "apple";
/// The name of Facebook.
pub const FACEBOOK: &str = "facebook";
/// The name of GitHub.
pub const GIT_HUB: &str = "git_hub";
/// The name of GitLab.
pub const GIT_LAB: &str = "git_lab";
/// The name of Google.
pub const GOOGLE: &str = "google";
/// The name of LinkedIn.
pub const LINKED_IN: &str = "linked_in";
/// The name of Microsoft.
pub const MICROSOFT: &str = "microsoft";
/// The name of PayPal.
pub const PAY_PAL: &str = "pay_pal";
/// The name of the sandbox of PayPal.
pub const PAY_PAL_SANDBOX: &str = "pay_pal_sandbox";
/// The name of Yahoo.
pub const YAHOO: &str = "yahoo";

/// A provider at a well-known service, whose endpoints are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Social {
    /// The name of the service: one of those below, or another of lower case letters, digits and `_`.
    pub service: String,
    /// What we are there.
    #[serde(default)]
    pub client: Client,
    /// Whose accounts may sign in at Microsoft: the id or a domain of a tenant, `organizations`, `consumers`, or `common`,
    /// which is meant if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// How we sign in at Apple in place of a client secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apple_key: Option<AppleKey>,
}

impl Social {
    /// The settings for this service, where we are this client.
    ///
    /// ```
    /// use idpstore::model::{Client, Protocol, Social, social};
    ///
    /// let provider = Protocol::from(Social::new(social::GOOGLE, Client::new("client", "secret")));
    /// assert_eq!(provider.kind(), "google");
    /// ```
    #[must_use]
    pub fn new(service: impl Into<String>, client: Client) -> Self {
        Self { service: service.into(), client, tenant: None, apple_key: None }
    }
}

/// The key with which Apple lets a client sign its own secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppleKey {
    /// Apple's identifier of the developer team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<String>,
    /// Apple's identifier of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The private key: PKCS #8 in PEM, unless its dialect returns it as it was received.
    /// `Serialize` leaves it out.
    #[serde(default, skip_serializing)]
    pub private_key: Option<Secret>,
}
