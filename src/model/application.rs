//! Applications: those for whom we are the identity provider.

use serde::{Deserialize, Serialize};

use super::{Id, Key, Remainders, State};
use crate::pki::Timestamp;

/// An application that signs people in through us: a small core that dialects share, and a remainder for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The identifier.
    pub id: Id,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// The name that people see.
    pub name: String,
    /// A second name under which it is found, where a dialect gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Whether it may be used.
    pub state: State,
    /// The application's own entity id, if it speaks SAML 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// The `kid` of the key with which we sign what it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
    /// The `kid`s of the application's certificates that are trusted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_keys: Vec<String>,
    /// The `kid` of the application's certificate to which what it gets is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_key: Option<String>,
    /// What each dialect received that no other understands. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
}

impl Application {
    /// An active application that is not stored yet: it gets its id and times when it is.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self::new(Id::from_number(0), Timestamp::default(), name)
    }

    /// The same application, which speaks SAML 2.0 under this entity id.
    #[must_use]
    pub fn entity_id(self, entity_id: impl Into<String>) -> Self {
        Self { entity_id: Some(entity_id.into()), ..self }
    }

    /// The same application, whose certificate of this key is trusted.
    #[must_use]
    pub fn trusting(mut self, key: &Key) -> Self {
        self.trusted_keys.push(key.kid.clone());
        self
    }

    /// An active application with nothing but a name.
    #[must_use]
    pub fn new(id: Id, now: Timestamp, name: impl Into<String>) -> Self {
        Self {
            id,
            created: now,
            updated: now,
            name: name.into(),
            alias: None,
            state: State::Active,
            entity_id: None,
            signing_key: None,
            trusted_keys: Vec::new(),
            encryption_key: None,
            remainders: Remainders::new(),
        }
    }

    /// The `kid`s of all keys that it refers to.
    pub(crate) fn referred_keys(&self) -> impl Iterator<Item = &String> {
        self.trusted_keys.iter().chain(&self.signing_key).chain(&self.encryption_key)
    }
}
