//! Identity providers: create, update, activate, deactivate, delete, get. Lists are in `lists.rs`.

use super::Service;
use super::changes::{Change, ChangeKind};
use super::drafts::Draft;
use super::found::provider;
use crate::engine::records;
use crate::error::{Error, Resource, Result};
use crate::model::{Id, IdentityProvider, State};

impl Service {
    /// Saves the provider that `make` drafts under the id of the draft, whatever id, times and sequence the drafted
    /// record has.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if it refers to keys that are not there or the policy refuses what it says, [`WrongState`](crate::error::ErrorKind::WrongState) inside of another
    /// draft, whatever `make` fails with, and those of the storage.
    pub fn create_provider(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<IdentityProvider>,
    ) -> Result<IdentityProvider> {
        self.write_numbered(|unit| unit.create(ChangeKind::ProviderCreated, &mut make))
    }

    /// Saves the provider that `make` drafts in place of the one with this id, keeping id and creation time. If it drafts
    /// none, the provider stays as it is, and nothing is written.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let made = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// let renamed = service.update_provider(made.id, |old, _| {
    ///     Ok(IdentityProvider { name: "New name".to_owned(), ..old.clone() })
    /// })?;
    /// assert_eq!(service.update_provider(made.id, |_, _| Ok(None))?, renamed);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and as [`Service::create_provider`].
    pub fn update_provider<P: Into<Option<IdentityProvider>>>(
        &self,
        id: Id,
        mut make: impl FnMut(&IdentityProvider, &mut Draft<'_, '_>) -> Result<P>,
    ) -> Result<IdentityProvider> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
            unit.replace(ChangeKind::ProviderReplaced, old, |old, draft| make(old, draft).map(Into::into))
        })
    }

    /// Removes a provider, whatever its state, with its links to users, the requests made for it and the keys
    /// that no other owner may sign with. The answer is the entry of the change log.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and those of the storage.
    pub fn delete_provider(&self, id: Id) -> Result<Change> {
        self.delete_provider_that(id, &|_| Ok(()))
    }

    /// As [`Service::delete_provider`], unless `check` refuses it.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_provider`], and those of `check`.
    pub(crate) fn delete_provider_that(
        &self,
        id: Id,
        check: &dyn Fn(&IdentityProvider) -> Result<()>,
    ) -> Result<Change> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
            check(&old)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &old)?;
            unit.release_keys(id)?;
            unit.release_users(id)?;
            unit.release_vendor_records(id)?;
            Ok(unit.append(ChangeKind::ProviderDeleted, id, None))
        })
    }

    /// Switches a provider on or off. One that already is so stays unchanged.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and those of the storage.
    pub fn set_provider_state(&self, id: Id, state: State) -> Result<IdentityProvider> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
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
            );
            Ok(new)
        })
    }

    /// The provider with this id.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and those of the storage.
    pub fn provider(&self, id: Id) -> Result<IdentityProvider> {
        self.read(|tx| provider(tx, self, id))
    }

    /// The provider with this alias.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// let store = IdpStore::in_memory()?;
    /// let made = store.providers().create(IdentityProvider::named("Partner", Saml::default()).alias("partner"))?;
    /// assert_eq!(store.service().provider_with_alias("partner")?.id, made.id);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if there is none, and those of the storage.
    pub fn provider_with_alias(&self, alias: &str) -> Result<IdentityProvider> {
        let found = self.read(|tx| records::providers_with_alias(tx, self.tenant, alias))?;
        found
            .into_iter()
            .find(self.policy.knows_provider)
            .ok_or_else(|| Error::not_found(Resource::IdentityProvider, alias))
    }

    /// The tenant to which the provider with this id belongs.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if no tenant has such a provider, and those of the storage.
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
}
