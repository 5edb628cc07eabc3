//! Finding providers without reading all of them.

use super::Service;
use crate::engine::{ReadTx, records};
use crate::error::Result;
use crate::model::{Id, IdentityProvider};

impl Service {
    /// The ids of all providers of these kinds, as [`Protocol::kind`](crate::model::Protocol::kind) names them, in
    /// their order. The providers themselves are not read.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn provider_ids(&self, kinds: impl IntoIterator<Item = String>) -> Result<Vec<Id>> {
        let mut found = self.read(|tx| {
            let mut found = Vec::new();
            for kind in kinds {
                found.extend(records::providers_of_kind(tx, self.tenant, &kind)?);
            }
            Ok(found)
        })?;
        found.sort_unstable();
        Ok(found)
    }

    /// All providers with exactly this name, in the order of their ids.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// for name in ["Partner", "partner", "Partner 2"] {
    ///     service.create_provider(|draft| {
    ///         Ok(IdentityProvider::new(draft.id(), draft.now(), name, Protocol::Saml(Saml::default())))
    ///     })?;
    /// }
    /// assert_eq!(service.providers_named("Partner")?.len(), 1);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn providers_named(&self, name: &str) -> Result<Vec<IdentityProvider>> {
        self.read(|tx| self.those(tx, &records::provider_named(tx, self.tenant, name)?))
    }

    /// The providers with these ids, all read at one time and in this order. Those that are not there are left out.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn providers_with(&self, ids: &[Id]) -> Result<Vec<IdentityProvider>> {
        self.read(|tx| self.those(tx, ids))
    }

    fn those(&self, tx: &dyn ReadTx, ids: &[Id]) -> Result<Vec<IdentityProvider>> {
        ids.iter().filter_map(|id| records::provider(tx, self.tenant, *id).transpose()).collect()
    }
}
