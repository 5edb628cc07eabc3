//! The identity provider: a small core that dialects share, and a remainder for each dialect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Id, Key, Linking, Protocol, Remainders, Source};
use crate::pki::Timestamp;

/// Whether a provider may be used to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It may.
    Active,
    /// It is configured, but switched off.
    Inactive,
}

/// A partner at whom people sign in.
///
/// A field is here only if at least two dialects mean the same by it, or if a rule needs it
/// (`docs/decisions/0001-core-and-remainder.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// The identifier.
    pub id: Id,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// The number that this last writing has in the change log. It is the version of the stored record, and not a part of
    /// it: 0 until the record is stored.
    #[serde(default)]
    pub sequence: u64,
    /// The name that administrators see.
    pub name: String,
    /// The name by which programs refer to it, if its creator has chosen one: 1 to 255 characters, and no two providers of
    /// a tenant have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Whether it may be used.
    pub state: State,
    /// What it speaks.
    pub protocol: Protocol,
    /// The `kid`s of the partner's certificates that are trusted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_keys: Vec<String>,
    /// When trust in certificates of the partner ends or has ended, by their `kid`. The first change of the tenant's records or the
    /// first [`advance`](crate::IdpStore::advance) after that time drops them. They stay listed here, so that no import trusts
    /// them again by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trust_ends: BTreeMap<String, Timestamp>,
    /// The `kid` of the key with which we sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
    /// What happens to people who come in.
    #[serde(default)]
    pub linking: Linking,
    /// What of its partner's metadata could not be taken in, and why: a clause in lower case for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Where its settings came from, if they can be read there again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What each dialect received that no other understands. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
}

/// How violations found by the rules name the places of the core; dialects put their own pointers instead.
pub mod place {
    /// [`super::IdentityProvider::trusted_keys`]: each of them stands below it, at its position in the list.
    pub const TRUSTED_KEYS: &str = "core:trusted_keys";
    /// [`super::IdentityProvider::trust_ends`]: each of them stands below it, by its `kid`.
    pub const TRUST_ENDS: &str = "core:trust_ends";
    /// [`super::IdentityProvider::signing_key`]
    pub const SIGNING_KEY: &str = "core:signing_key";
    /// [`Application::encryption_key`](crate::model::Application::encryption_key)
    pub const ENCRYPTION_KEY: &str = "core:encryption_key";
    /// The name of a record.
    pub const NAME: &str = "core:name";
    /// [`IdentityProvider::alias`](super::IdentityProvider::alias) or [`Application::alias`](crate::model::Application::alias)
    pub const ALIAS: &str = "core:alias";
    /// [`User::login`](crate::model::User::login)
    pub const LOGIN: &str = "core:login";
    /// [`Social::service`](crate::model::Social::service)
    pub const SERVICE: &str = "core:social.service";
    /// The entity id of a partner or of an application.
    pub const ENTITY_ID: &str = "core:entity_id";
    /// [`Saml::single_sign_on`](crate::model::Saml::single_sign_on)
    pub const SINGLE_SIGN_ON: &str = "core:saml.single_sign_on.location";
    /// [`Saml::single_logout`](crate::model::Saml::single_logout)
    pub const SINGLE_LOGOUT: &str = "core:saml.single_logout.location";
    /// [`OpenIdConnect::issuer`](crate::model::OpenIdConnect::issuer)
    pub const ISSUER: &str = "core:open_id_connect.issuer";
    /// [`OpenIdConnect::authorization_endpoint`](crate::model::OpenIdConnect::authorization_endpoint)
    pub const AUTHORIZATION_ENDPOINT: &str = "core:open_id_connect.authorization_endpoint";
    /// [`OpenIdConnect::token_endpoint`](crate::model::OpenIdConnect::token_endpoint)
    pub const TOKEN_ENDPOINT: &str = "core:open_id_connect.token_endpoint";
    /// [`OpenIdConnect::userinfo_endpoint`](crate::model::OpenIdConnect::userinfo_endpoint)
    pub const USERINFO_ENDPOINT: &str = "core:open_id_connect.userinfo_endpoint";
    /// [`OpenIdConnect::jwks_uri`](crate::model::OpenIdConnect::jwks_uri)
    pub const JWKS_URI: &str = "core:open_id_connect.jwks_uri";
    /// [`IdentityProvider::source`](super::IdentityProvider::source)
    pub const SOURCE: &str = "core:source.url";
    /// The chain of a key: its first certificate.
    pub const CERTIFICATE: &str = "core:certificate";
    /// The names in a certification request.
    pub const SUBJECT_ALT_NAME: &str = "core:subject_alt_name";

    /// The name of the part of the core that a place is, as `docs/crosswalk.md` has it.
    pub(crate) fn core(place: &str) -> Option<&str> {
        place.strip_prefix("core:")
    }

    /// The place of the trusted key at this position in the list.
    #[must_use]
    pub fn trusted_key(position: usize) -> String {
        crate::error::pointer::element(TRUSTED_KEYS, position)
    }
}

impl IdentityProvider {
    /// An active provider that is not stored yet: it gets its id and times when it is.
    ///
    /// ```
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
    /// let provider = IdentityProvider::named("Partner", saml);
    /// assert_eq!(provider.protocol.kind(), "saml");
    /// ```
    #[must_use]
    pub fn named(name: impl Into<String>, protocol: impl Into<Protocol>) -> Self {
        Self::new(Id::from_number(0), Timestamp::default(), name, protocol.into())
    }

    /// The same provider, which also trusts this key.
    #[must_use]
    pub fn trusting(mut self, key: &Key) -> Self {
        self.trusted_keys.push(key.kid.clone());
        self
    }

    /// The same provider, to which programs refer by this alias.
    #[must_use]
    pub fn alias(self, alias: impl Into<String>) -> Self {
        Self { alias: Some(alias.into()), ..self }
    }

    /// The same provider, switched off.
    #[must_use]
    pub fn inactive(self) -> Self {
        Self { state: State::Inactive, ..self }
    }

    /// An active provider with nothing but a name and a protocol, as [`crate::service::Draft`] drafts it.
    #[must_use]
    pub fn new(id: Id, now: Timestamp, name: impl Into<String>, protocol: Protocol) -> Self {
        Self {
            id,
            created: now,
            updated: now,
            sequence: 0,
            name: name.into(),
            alias: None,
            state: State::Active,
            protocol,
            trusted_keys: Vec::new(),
            trust_ends: BTreeMap::new(),
            signing_key: None,
            linking: Linking::default(),
            warnings: Vec::new(),
            source: None,
            remainders: Remainders::new(),
        }
    }

    /// The same provider, which trusts this certificate no longer, since this time.
    pub(crate) fn distrusting(mut self, kid: &str, since: Timestamp) -> Self {
        self.trusted_keys.retain(|known| known != kid);
        self.trust_ends.insert(kid.to_owned(), since);
        self
    }

    /// Whether it has trusted this certificate, and trusts it no longer.
    pub(crate) fn has_dropped(&self, kid: &str) -> bool {
        self.trust_ends.contains_key(kid) && !self.trusted_keys.iter().any(|known| known == kid)
    }

    /// When trust in which of the certificates ends that it trusts.
    pub(crate) fn planned_ends(&self) -> impl Iterator<Item = (&String, Timestamp)> {
        self.trusted_keys.iter().filter_map(|kid| Some((kid, *self.trust_ends.get(kid)?)))
    }

    /// The `kid`s of all keys that it refers to.
    pub(crate) fn referred_keys(&self) -> impl Iterator<Item = &String> {
        self.trusted_keys.iter().chain(&self.signing_key)
    }
}
