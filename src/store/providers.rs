//! Identity providers, without a vendor's documents.

use super::IdpStore;
use crate::dialects;
use crate::error::Result;
use crate::model::{Id, IdentityProvider, State};
use crate::service::{Page, Portion, ProviderQuery, Service};

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
