//! Finding providers without reading all of them.

use super::{Cursor, Page, Service};
use crate::engine::{Direction, ReadTx, records};
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
        self.read(|tx| {
            let mut found = Vec::new();
            for kind in kinds {
                found.extend(records::providers_of_kind(tx, self.tenant, &kind)?);
            }
            found.sort_unstable();
            records::existing_providers(tx, self.tenant, &found)
        })
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

    /// The ids of a page of providers in their order, after the one with the id `after`. The providers themselves are not
    /// read, so that a long page can be shown with one of them in memory at a time.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let page = service.provider_ids_after(None, 1000)?;
    /// assert_eq!((page.items.len(), page.next), (0, None));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn provider_ids_after(&self, after: Option<Id>, limit: usize) -> Result<Page<Id>> {
        let one_more = limit.saturating_add(1);
        let found = self.read(|tx| {
            records::nearest_provider_ids(tx, self.tenant, after, Direction::Ascending, one_more)
        })?;
        Ok(Page::cut(found, limit, |last| Cursor::Id(*last)))
    }

    /// As [`Service::provider_ids_after`], but the page that ends just before the provider with the id `before`. If
    /// there are more before them, the page has a cursor at its first item.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn provider_ids_before(&self, before: Id, limit: usize) -> Result<Page<Id>> {
        let (before, one_more) = (Some(before), limit.saturating_add(1));
        let found = self.read(|tx| {
            records::nearest_provider_ids(tx, self.tenant, before, Direction::Descending, one_more)
        })?;
        let mut page = Page::cut(found, limit, |first| Cursor::Id(*first));
        page.items.reverse();
        Ok(page)
    }

    /// The ids of the providers to which a user is linked, in their order.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn user_provider_ids(&self, user: Id) -> Result<Vec<Id>> {
        let links = self.read(|tx| records::links_of_user(tx, self.tenant, user))?;
        Ok(links.into_iter().map(|link| link.provider).collect())
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
