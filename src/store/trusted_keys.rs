//! Partners' certificates, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::Key;
use crate::service::{Page, Paging, Service};

/// The partners' certificates that providers and applications of a tenant may trust: [`IdpStore::trusted_keys`].
///
/// ```no_run
/// use idpstore::IdpStore;
/// use idpstore::model::{IdentityProvider, Saml};
///
/// let store = IdpStore::open("idps.redb")?;
/// let key = store.trusted_keys().import(std::fs::read("partner.pem")?)?;
/// let partner = IdentityProvider::named("Partner", Saml::new("https://idp.example.com")).trusting(&key);
/// store.providers().create(partner)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustedKeys(Service);

impl IdpStore {
    /// The partners' certificates that may be trusted.
    #[must_use]
    pub fn trusted_keys(&self) -> TrustedKeys {
        TrustedKeys(self.service.clone())
    }
}

impl TrustedKeys {
    /// Imports a certificate from a file in PEM, base64 or DER, or in any other form that
    /// [`bundle::certificates`](crate::pki::bundle::certificates) reads. Of several, it is the partner's own, and the
    /// others are those that lead to its root.
    ///
    /// # Errors
    ///
    /// As [`Service::create_trusted_key`].
    pub fn import(&self, file: impl AsRef<[u8]>) -> Result<Key> {
        self.0.create_trusted_key(file.as_ref())
    }

    /// The key with this `kid`.
    ///
    /// # Errors
    ///
    /// As [`Service::trusted_key`].
    pub fn get(&self, kid: &str) -> Result<Key> {
        self.0.trusted_key(kid)
    }

    /// A page of the keys, in the order in which they were imported.
    ///
    /// # Errors
    ///
    /// As [`Service::trusted_keys`].
    pub fn list(&self, paging: &Paging) -> Result<Page<Key>> {
        self.0.trusted_keys(paging)
    }

    /// Removes a key that no provider and no application refers to.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_trusted_key`].
    pub fn delete(&self, kid: &str) -> Result<()> {
        self.0.delete_trusted_key(kid)
    }
}
