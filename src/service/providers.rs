//! Identity providers: create, replace, delete, activate, deactivate, list, search.

use super::Service;
use super::changes::{Change, ChangeKind};
use super::drafts::Draft;
use super::names::{Hit, Search};
use super::page::{Cursor, Page, ProviderQuery};
use crate::engine::ReadTx;
use crate::engine::records::{self, Stored};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::{Id, IdentityProvider, Key, State};

impl Service {
    /// Saves the provider that `make` drafts under the id of the draft, whatever id, times and sequence the drafted
    /// record has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it refers to keys that are not there or the policy refuses what it says, [`ErrorKind::WrongState`] inside of another
    /// draft, whatever `make` fails with, and those of the storage.
    pub fn create_provider(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<IdentityProvider>,
    ) -> Result<IdentityProvider> {
        self.write_numbered(|unit| unit.create(ChangeKind::ProviderCreated, &mut make))
    }

    /// Saves the provider that `make` drafts in place of the one with this id, keeping id and creation time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and as [`Service::create_provider`].
    pub fn replace_provider(
        &self,
        id: Id,
        mut make: impl FnMut(&IdentityProvider, &mut Draft<'_, '_>) -> Result<IdentityProvider>,
    ) -> Result<IdentityProvider> {
        self.update_provider(id, |old, draft| make(old, draft).map(Some))
    }

    /// As [`Service::replace_provider`]; if `make` drafts nothing, the provider stays as it is, and nothing is
    /// written.
    ///
    /// # Errors
    ///
    /// As [`Service::replace_provider`].
    pub fn update_provider(
        &self,
        id: Id,
        mut make: impl FnMut(&IdentityProvider, &mut Draft<'_, '_>) -> Result<Option<IdentityProvider>>,
    ) -> Result<IdentityProvider> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            unit.replace(ChangeKind::ProviderReplaced, old, &mut make)
        })
    }

    /// Removes a provider, whatever its state, with its links to users, the requests made for it and the keys
    /// that no other owner may sign with. The answer is the entry of the change log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn delete_provider(&self, id: Id) -> Result<Change> {
        let deleted = self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &old)?;
            unit.release_keys(id)?;
            unit.release_users(id)?;
            Ok(unit.append(ChangeKind::ProviderDeleted, id, None))
        })?;
        self.shown.forget(self.tenant, id);
        Ok(deleted)
    }

    /// Switches a provider on or off. One that already is so stays unchanged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn set_provider_state(&self, id: Id, state: State) -> Result<IdentityProvider> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            if old.state == state {
                return Ok(old);
            }
            let new = IdentityProvider { updated: unit.now, sequence: 0, state, ..old.clone() };
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.log(
                match state {
                    State::Active => ChangeKind::ProviderActivated,
                    State::Inactive => ChangeKind::ProviderDeactivated,
                },
                id,
                None,
            )?;
            Ok(new)
        })
    }

    /// The provider with this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn provider(&self, id: Id) -> Result<IdentityProvider> {
        self.read(|tx| provider(tx, self.tenant, id))
    }

    /// The page of providers that ends just before the one with this id, in the order of the ids. If there
    /// are more before them, the page has a cursor at its first item.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn providers_before(&self, before: Id, limit: usize) -> Result<Page<IdentityProvider>> {
        let mut found =
            self.read(|tx| records::providers_before(tx, self.tenant, before, limit.saturating_add(1)))?;
        let more = found.len() > limit;
        if more {
            found.remove(0);
        }
        let next = found.first().filter(|_| more).map(|first| Cursor::Id(first.id));
        Ok(Page { items: found, next })
    }

    /// The tenant to which the provider with this id belongs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if no tenant has such a provider, and those of the storage.
    pub fn tenant_of_provider(&self, id: Id) -> Result<Id> {
        self.read(|tx| {
            for tenant in records::tenants(tx, None, usize::MAX)? {
                if records::provider(tx, tenant.id, id)?.is_some() {
                    return Ok(tenant.id);
                }
            }
            Err(Error::not_found(Resource::IdentityProvider, id.number()))
        })
    }

    /// A page of providers: by id, or, if a text is searched, first the name itself in the same case, then in another,
    /// then names that start with the text, then those that contain it.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    /// use idpstore::service::ProviderQuery;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// for name in ["A partner", "Partner of old", "Somebody else"] {
    ///     service.create_provider(|draft| {
    ///         Ok(IdentityProvider::new(draft.id(), draft.now(), name, Protocol::Saml(Saml::default())))
    ///     })?;
    /// }
    /// let name_contains = Some("PARTNER".to_owned());
    /// let page = service.providers(&ProviderQuery { name_contains, kind: None, after: None, limit: 20 })?;
    /// let names: Vec<_> = page.items.iter().map(|provider| provider.name.as_str()).collect();
    /// assert_eq!(names, ["Partner of old", "A partner"]);
    /// assert_eq!(page.next, None);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCursor`] if the cursor belongs to another list, and those of the storage.
    pub fn providers(&self, query: &ProviderQuery) -> Result<Page<IdentityProvider>> {
        let page = self.stored_providers(query)?;
        Ok(Page { items: page.items.iter().map(Stored::record).collect::<Result<_>>()?, next: page.next })
    }

    pub(super) fn stored_providers(&self, query: &ProviderQuery) -> Result<Page<Stored<IdentityProvider>>> {
        let (kind, limit) = (query.kind.as_deref(), query.limit);
        let one_more = limit.saturating_add(1);
        match (&query.name_contains, &query.after) {
            (None, None | Some(Cursor::Id(_))) => {
                let after = match query.after {
                    Some(Cursor::Id(id)) => Some(id),
                    _ => None,
                };
                let found = self.read(|tx| records::providers(tx, self.tenant, kind, after, one_more))?;
                Ok(Page::cut(found, limit, |last| Cursor::Id(last.id)))
            }
            (Some(needle), None | Some(Cursor::Name(_))) => {
                let after = match &query.after {
                    Some(Cursor::Name(place)) => Some(place.as_slice()),
                    _ => None,
                };
                self.search(&Search { needle, kind, after, limit: one_more }, |tx, hits| {
                    let Page { items, next } = Page::cut(hits, limit, |hit| Cursor::Name(hit.place.clone()));
                    let stored = |hit: &Hit| records::stored_provider(tx, self.tenant, hit.id).transpose();
                    Ok(Page { items: items.iter().filter_map(stored).collect::<Result<_>>()?, next })
                })
            }
            _ => Err(ErrorKind::BadCursor.into()),
        }
    }
}

/// The provider with this id, or the error that says there is none.
pub(super) fn provider(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<IdentityProvider> {
    records::provider(tx, tenant, id)?
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, id.number()))
}

/// The trusted key with this `kid`, if there is one.
pub(super) fn trusted_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Option<Key>> {
    Id::from_uuid(kid).map_or(Ok(None), |id| records::trusted_key(tx, tenant, id))
}
