//! Identity providers, without a vendor's documents.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::IdpStore;
use crate::dialects;
use crate::error::{Error, Reason, Resource, Result};
use crate::model::{Id, IdentityProvider, State, place};
use crate::pki::{Timestamp, bundle};
use crate::service::{Draft, Page, Portion, ProviderQuery, Service};

/// The identity providers of a tenant: [`IdpStore::providers`].
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::model::{IdentityProvider, Saml};
/// use idpstore::ProviderQuery;
///
/// let store = IdpStore::in_memory()?;
/// let saml = Saml::new("https://idp.example.com").sign_on("https://idp.example.com/sso");
/// let partner = store.providers().create(IdentityProvider::named("Partner", saml))?;
/// store.providers().update(partner.id, |provider| provider.name = "Partner of old".to_owned())?;
///
/// let name_contains = Some("old".to_owned());
/// let page = store.providers().list(&ProviderQuery { name_contains, ..ProviderQuery::default() })?;
/// assert_eq!(page.items[0].id, partner.id);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Providers(Service);

impl IdpStore {
    /// The identity providers.
    #[must_use]
    pub fn providers(&self) -> Providers {
        Providers(self.service.clone())
    }
}

impl Providers {
    /// Stores a new provider. It gets an id and times of its own, also if it is a copy of one that is stored.
    ///
    /// # Errors
    ///
    /// As [`Service::create_provider`].
    pub fn create(&self, provider: impl Into<IdentityProvider>) -> Result<IdentityProvider> {
        let provider = provider.into();
        self.0.create_provider(|_| Ok(provider.clone()))
    }

    /// The provider with this id.
    ///
    /// # Errors
    ///
    /// As [`Service::provider`].
    pub fn get(&self, id: Id) -> Result<IdentityProvider> {
        self.0.provider(id)
    }

    /// The provider with this alias.
    ///
    /// # Errors
    ///
    /// As [`Service::provider_with_alias`].
    pub fn with_alias(&self, alias: &str) -> Result<IdentityProvider> {
        self.0.provider_with_alias(alias)
    }

    /// A page of the providers, in the order of their ids, or of how well their names fit.
    ///
    /// # Errors
    ///
    /// As [`Service::providers`].
    pub fn list(&self, query: &ProviderQuery) -> Result<Page<IdentityProvider>> {
        self.0.providers(query)
    }

    /// Up to `limit` providers from the position `offset` in the order of their ids, and how many there are.
    ///
    /// # Errors
    ///
    /// As [`Service::providers_from`].
    pub fn list_from(&self, offset: usize, limit: usize) -> Result<Portion<IdentityProvider>> {
        self.0.providers_from(offset, limit)
    }

    /// Changes a provider. `change` may be called again, with a newer state of the provider, if another writer was
    /// faster; if it changes nothing, nothing is written. What a vendor's API has kept is dropped where the change
    /// contradicts it.
    ///
    /// # Errors
    ///
    /// As [`Service::update_provider`].
    pub fn update(&self, id: Id, mut change: impl FnMut(&mut IdentityProvider)) -> Result<IdentityProvider> {
        self.0.update_provider(id, |old, _| {
            let mut new = old.clone();
            change(&mut new);
            dialects::settle_all(old, &mut new);
            Ok((new != *old).then_some(new))
        })
    }

    /// Trusts a certificate of the partner, in any form that [`bundle::certificates`](crate::pki::bundle::certificates) reads,
    /// beside those that are trusted already. If there is a key with this certificate, it is used.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// # let jwk: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/rfc7517-b.json"))?;
    /// # let certificate = jwk["x5c"][0].as_str().unwrap_or_default();
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let trusting = store.providers().trust(partner.id, certificate)?;
    /// let kid = &trusting.trusted_keys[0];
    /// assert!(store.providers().distrust(partner.id, kid)?.trusted_keys.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is not exactly one certificate, and as
    /// [`Service::update_provider`].
    pub fn trust(&self, id: Id, file: impl AsRef<[u8]>) -> Result<IdentityProvider> {
        let found = bundle::certificates(file.as_ref())?;
        let [certificate] = found.as_slice() else {
            return Err(Error::invalid(
                place::CERTIFICATE,
                Reason::Other("must be one certificate".to_owned()),
            ));
        };
        let certificate = BASE64_STANDARD.encode(certificate);
        self.0.update_provider(id, |old, draft| {
            let kid = draft.trust(&certificate)?;
            let mut new = old.clone();
            if !new.trusted_keys.contains(&kid) {
                new.trusted_keys.push(kid.clone());
            }
            new.trust_ends.remove(&kid);
            dialects::settle_all(old, &mut new);
            Ok((new != *old).then_some(new))
        })
    }

    /// Trusts a certificate of the partner no longer. The key stays, for others may trust it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the provider does not trust a key with this `kid`, and as
    /// [`Service::update_provider`].
    pub fn distrust(&self, id: Id, kid: &str) -> Result<IdentityProvider> {
        self.0.update_provider(id, |old, draft| {
            let mut new = trusting(old, kid)?.clone().distrusting(kid, draft.now());
            warn_of_the_last(&new, draft);
            dialects::settle_all(old, &mut new);
            Ok(new)
        })
    }

    /// Trusts a certificate of the partner until this time, and no longer. What ends then is
    /// [logged](crate::ChangeKind::ProviderTrustEnded), and dropped, by the first change of the tenant's records or the first
    /// [`IdpStore::advance`] after it. Until that time, [`Providers::trust`] takes the plan back.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::pki::Timestamp;
    /// use idpstore::testing::FixedClock;
    ///
    /// # let jwk: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/rfc7517-b.json"))?;
    /// # let certificate = jwk["x5c"][0].as_str().unwrap_or_default();
    /// let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    /// let store = IdpStore::builder().clock(clock.clone()).open()?;
    /// let key = store.trusted_keys().import(certificate)?;
    /// let partner = IdentityProvider::named("Partner", Saml::new("urn:partner")).trusting(&key);
    /// let partner = store.providers().create(partner)?;
    ///
    /// store.providers().distrust_at(partner.id, &key.kid, Timestamp::from_unix_seconds(1_800_086_400))?;
    /// clock.advance(24 * 3600);
    /// store.advance()?;
    /// assert!(store.providers().get(partner.id)?.trusted_keys.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Providers::distrust`], and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the time has passed.
    pub fn distrust_at(&self, id: Id, kid: &str, end: Timestamp) -> Result<IdentityProvider> {
        self.0.update_provider(id, |old, draft| {
            let mut new = trusting(old, kid)?.clone();
            if end <= draft.now() {
                return Err(Error::invalid(
                    place::TRUST_ENDS,
                    Reason::Other("must be in the future".to_owned()),
                ));
            }
            new.trust_ends.insert(kid.to_owned(), end);
            warn_of_the_last(&new, draft);
            Ok(Some(new).filter(|new| new != old))
        })
    }

    /// Copies a provider into a tenant, which may be its own, under a new id: see [`Service::clone_provider`].
    ///
    /// # Errors
    ///
    /// As [`Service::clone_provider`].
    pub fn clone_to(&self, id: Id, tenant: Id, name: Option<&str>) -> Result<IdentityProvider> {
        self.0.clone_provider(id, tenant, name)
    }

    /// Switches a provider on.
    ///
    /// # Errors
    ///
    /// As [`Service::set_provider_state`].
    pub fn activate(&self, id: Id) -> Result<IdentityProvider> {
        self.0.set_provider_state(id, State::Active)
    }

    /// Switches a provider off.
    ///
    /// # Errors
    ///
    /// As [`Service::set_provider_state`].
    pub fn deactivate(&self, id: Id) -> Result<IdentityProvider> {
        self.0.set_provider_state(id, State::Inactive)
    }

    /// Removes a provider with what is its own: links to users, requests, and keys that no one else may sign with.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_provider`].
    pub fn delete(&self, id: Id) -> Result<()> {
        self.0.delete_provider(id).map(drop)
    }
}

/// The provider, if it trusts a key with this `kid`.
fn trusting<'p>(provider: &'p IdentityProvider, kid: &str) -> Result<&'p IdentityProvider> {
    let trusts = provider.trusted_keys.iter().any(|known| known == kid);
    if trusts { Ok(provider) } else { Err(Error::not_found(Resource::TrustedKey, kid)) }
}

/// Adds a warning to the plan for a provider that will trust no certificate of the partner.
fn warn_of_the_last(provider: &IdentityProvider, draft: &mut Draft<'_, '_>) {
    if provider.trusted_keys.iter().all(|kid| provider.trust_ends.contains_key(kid)) {
        draft.warn("no certificate of the partner is trusted when the last one of them is dropped");
    }
}
