//! Identity providers: create, replace, delete, activate, deactivate, list, search.

use super::changes::{Change, ChangeKind};
use super::keys::CertificatePlan;
use super::page::{Cursor, Page, ProviderQuery};
use super::{Service, Unit};
use crate::engine::ReadTx;
use crate::engine::records::{self, Among, Stored};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation, Violations};
use crate::model::{Application, Id, IdentityProvider, Key, State, Tenant, place};
use crate::pki::Timestamp;

/// What a provider or an application can be drafted from, inside the transaction in which it will be saved.
pub struct Draft<'d, 'a> {
    unit: &'d mut Unit<'a>,
    id: Id,
}

impl<'d, 'a> Draft<'d, 'a> {
    pub(super) fn new(unit: &'d mut Unit<'a>, id: Id) -> Self {
        Self { unit, id }
    }

    /// The record's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The time of the transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.unit.now
    }

    /// What the host brings along.
    #[must_use]
    pub fn env(&self) -> &Environment {
        &self.unit.service.env
    }

    /// The trusted key with this `kid`, if there is one.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn trusted_key(&self, kid: &str) -> Result<Option<Key>> {
        trusted_key(&*self.unit.tx, self.unit.tenant_id(), kid)
    }

    /// Lets the record sign with the key of this id, and gives it; `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn lend_signing_key(&mut self, key: Id) -> Result<Option<Key>> {
        self.unit.lend(key, self.id)
    }

    /// Which other provider of the tenant has exactly this name, if one has.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn provider_named(&self, name: &str) -> Result<Option<Id>> {
        let found = records::provider_named(&*self.unit.tx, self.unit.tenant_id(), name)?;
        Ok(found.into_iter().find(|id| *id != self.id))
    }

    /// The `kid` of the tenant's default signing key, made as `plan` says if there is none yet; it is
    /// one of the record's signing keys from now on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyPending`] if the key has to be made first, and those of the storage.
    pub fn default_signing_key(
        &mut self,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
    ) -> Result<String> {
        self.unit.default_signing_key(self.id, plan)
    }

    /// The `kid` of a new signing key of the record, made as `plan` says. The key `in_place_of` is no longer
    /// one of the record's, and goes if it was nobody else's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyPending`] if the key has to be made first, and those of the storage.
    pub fn new_signing_key(
        &mut self,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
        in_place_of: Option<&str>,
    ) -> Result<String> {
        Ok(self.unit.own_signing_key(self.id, plan, in_place_of)?.kid)
    }

    /// The tenant.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn tenant(&self) -> Result<Tenant> {
        self.unit.tenant()
    }

    /// Whether an application has this alias.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn is_alias_taken(&self, alias: &str) -> Result<bool> {
        let (tx, tenant) = (&*self.unit.tx, self.unit.tenant_id());
        let has = |application: &Application| application.alias.as_deref() == Some(alias);
        Ok(!records::applications(tx, tenant, Among::Named(alias), None, 1, &has)?.is_empty())
    }

    /// The highest number that follows `stem` in the name or alias of an application, without regard to case; zero
    /// if none does. Beyond 32 bits only numbers count that follow upon others.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn highest_application_number(&self, stem: &str) -> Result<u64> {
        records::highest_application_number(&*self.unit.tx, self.unit.tenant_id(), stem)
    }

    /// Which other application of the tenant has this entity id, if one has.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn application_with_entity_id(&self, entity_id: &str) -> Result<Option<Id>> {
        let found = records::applications_with_entity_id(&*self.unit.tx, self.unit.tenant_id(), entity_id)?;
        Ok(found.into_iter().find(|id| *id != self.id))
    }

    /// The `kid` of the trusted key with this certificate, which is given in base64; imported first if there
    /// is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the certificate cannot be read, and those of the storage.
    pub fn trust(&mut self, certificate: &str) -> Result<String> {
        self.unit.trust(certificate)
    }
}

impl Service {
    /// Saves the provider that `make` drafts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it refers to keys that are not there, whatever `make` fails with, and those
    /// of the storage.
    pub fn create_provider(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<IdentityProvider>,
    ) -> Result<IdentityProvider> {
        self.write(|unit| {
            let id = unit.next_id();
            let drafted = make(&mut Draft::new(unit, id))?;
            let provider = IdentityProvider { sequence: unit.next_sequence(), ..drafted };
            check_keys(unit, id, &provider.trusted_keys, provider.signing_key.as_deref())?;
            records::save(&mut *unit.tx, unit.service.tenant, None, &provider)?;
            unit.log(ChangeKind::ProviderCreated, id, None)?;
            Ok(provider)
        })
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
        self.write(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            let Some(drafted) = make(&old, &mut Draft::new(unit, id))? else { return Ok(old) };
            let (updated, sequence) = (unit.now, unit.next_sequence());
            let new = IdentityProvider { id, created: old.created, updated, sequence, ..drafted };
            check_keys(unit, id, &new.trusted_keys, new.signing_key.as_deref())?;
            records::save(&mut *unit.tx, unit.service.tenant, Some(&old), &new)?;
            unit.log(ChangeKind::ProviderReplaced, id, None)?;
            Ok(new)
        })
    }

    /// Removes a provider, whatever its state, with its links to users, the requests made for it and the keys
    /// that no other owner may sign with. The answer is the entry of the change log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not there, and those of the storage.
    pub fn delete_provider(&self, id: Id) -> Result<Change> {
        let deleted = self.write(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            records::remove(&mut *unit.tx, unit.service.tenant, &old)?;
            unit.release_keys(id)?;
            unit.release_users(id)?;
            unit.append(ChangeKind::ProviderDeleted, id, None)
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
        self.write(|unit| {
            let old = provider(&*unit.tx, unit.tenant_id(), id)?;
            if old.state == state {
                return Ok(old);
            }
            let (updated, sequence) = (unit.now, unit.next_sequence());
            let new = IdentityProvider { updated, sequence, state, ..old.clone() };
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

    /// The page of providers that ends just before the one with this id, in the order of the ids. That there
    /// are more before them is told by a cursor at the first.
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

    /// A page of providers: by id, or, if a text is searched, first the name itself, then names that start
    /// with the text, then those that contain it.
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
        self.read(|tx| match (&query.name_contains, &query.after) {
            (None, None | Some(Cursor::Id(_))) => {
                let after = match query.after {
                    Some(Cursor::Id(id)) => Some(id),
                    _ => None,
                };
                let found = records::providers(tx, self.tenant, kind, after, one_more)?;
                Ok(Page::cut(found, limit, |last| Cursor::Id(last.id)))
            }
            (Some(needle), None | Some(Cursor::Name(_))) => {
                let after = match &query.after {
                    Some(Cursor::Name(place)) => Some(place.as_slice()),
                    _ => None,
                };
                let search = records::Search { needle, kind, after, limit: one_more };
                let found = records::search(tx, self.tenant, &search)?;
                let page = Page::cut(found, limit, |(place, _)| Cursor::Name(place.clone()));
                Ok(Page {
                    items: page.items.into_iter().map(|(_, stored)| stored).collect(),
                    next: page.next,
                })
            }
            _ => Err(ErrorKind::BadCursor.into()),
        })
    }
}

/// What signs people in may trust only keys that are there, and sign only with those that it was given or with the
/// tenant's default one, which is then one of its own.
pub(super) fn check_keys(
    unit: &mut Unit<'_>,
    id: Id,
    trusted: &[String],
    signing: Option<&str>,
) -> Result<()> {
    let mut violations = Violations::default();
    for (position, kid) in trusted.iter().enumerate() {
        if trusted_key(&*unit.tx, unit.tenant_id(), kid)?.is_none() {
            let unknown = Reason::Unknown(Resource::TrustedKey);
            violations.push(Violation::new(place::trusted_key(position), unknown));
        }
    }
    if let Some(kid) = signing
        && records::attachment(&*unit.tx, unit.tenant_id(), id, kid)?.is_none()
    {
        if unit.tenant()?.default_signing_key.as_deref() == Some(kid) {
            unit.attach(id, kid, unit.now)?;
        } else {
            violations.push(Violation::new(place::SIGNING_KEY, Reason::Unknown(Resource::SigningKey)));
        }
    }
    violations.end()
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
