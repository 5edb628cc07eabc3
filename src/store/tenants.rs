//! Tenants, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::{Id, Tenant};
use crate::service::{Page, Paging, Service};

/// The tenants of a store: [`IdpStore::tenants`].
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::model::{IdentityProvider, Saml};
///
/// let store = IdpStore::in_memory()?;
/// let acme = store.tenants().create("Acme")?;
/// let partner = IdentityProvider::named("Partner", Saml::new("https://idp.example.com"));
/// let partner = store.for_tenant(acme.id).providers().create(partner)?;
/// assert!(store.providers().get(partner.id).is_err()); // the default tenant has none
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tenants(Service);

impl IdpStore {
    /// The tenants, of which every store has one from the start: [`Tenant::DEFAULT`].
    #[must_use]
    pub fn tenants(&self) -> Tenants {
        Tenants(self.service.clone())
    }

    /// The same store, whose typed calls are about the records of this tenant, and fail if there is no such tenant.
    /// Requests still go to the tenant that they name.
    #[must_use]
    pub fn for_tenant(&self, tenant: Id) -> Self {
        Self { service: self.service.for_tenant(tenant), ..self.clone() }
    }
}

impl Tenants {
    /// Stores a new tenant.
    ///
    /// # Errors
    ///
    /// As [`Service::create_tenant`].
    pub fn create(&self, name: &str) -> Result<Tenant> {
        self.0.create_tenant(|draft| Ok(Tenant::new(draft.id(), draft.now(), name)))
    }

    /// The tenant with this id.
    ///
    /// # Errors
    ///
    /// As [`Service::tenant`].
    pub fn get(&self, id: Id) -> Result<Tenant> {
        self.0.for_tenant(id).tenant()
    }

    /// A page of the tenants, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// As [`Service::tenants`].
    pub fn list(&self, paging: &Paging) -> Result<Page<Tenant>> {
        self.0.tenants(paging)
    }

    /// Removes a tenant with everything that is its own.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_tenant`].
    pub fn delete(&self, id: Id) -> Result<()> {
        self.0.for_tenant(id).delete_tenant()
    }
}
