//! Drafts: what a caller makes of a record inside of the transaction in which it is saved.
//!
//! Callers' closures that draft a record run here alone, and what they return leaves here stamped: under which id a
//! record is stored, when it was made and written are not the closure's to decide.

use super::Unit;
use super::changes::ChangeKind;
use super::keys::CertificatePlan;
use super::providers::trusted_key;
use crate::engine::records::{self, Among, Record};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation, Violations};
use crate::model::{Application, Id, IdentityProvider, Key, Tenant, User, place};
use crate::pki::Timestamp;

/// What a record can be drafted from, inside of the transaction in which it is saved.
///
/// Until the closure that drafts returns, no other write is possible. One that the closure begins itself fails with
/// [`WrongState`](crate::error::ErrorKind::WrongState); one that it begins on another thread waits for the closure,
/// which therefore must not wait for that thread. Reading is possible, and shows what was there before.
pub struct Draft<'d, 'a> {
    unit: &'d mut Unit<'a>,
    id: Id,
}

impl Draft<'_, '_> {
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
    /// one of the record's, and is removed if no other record has it.
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

/// What the rules alone decide of a record.
pub(super) struct Stamp {
    id: Id,
    created: Timestamp,
    updated: Timestamp,
}

/// A record that callers draft.
pub(super) trait Drafted: Record {
    /// Its id, and when it was made.
    fn origin(&self) -> (Id, Timestamp);

    /// The record with these in the place of its own.
    fn stamped(self, stamp: &Stamp) -> Self;

    /// Refuses what contradicts other records. A key that it may use becomes one of its own.
    fn check(&self, unit: &mut Unit<'_>) -> Result<()>;
}

impl<'a> Unit<'a> {
    /// Saves the record that `make` drafts under a new id.
    pub(super) fn create<R: Drafted>(
        &mut self,
        kind: ChangeKind,
        make: impl FnOnce(&mut Draft<'_, 'a>) -> Result<R>,
    ) -> Result<R> {
        let (id, now) = (self.next_id()?, self.now);
        let drafted = make(&mut Draft { unit: self, id })?;
        let new = drafted.stamped(&Stamp { id, created: now, updated: now });
        new.check(self)?;
        records::save(&mut *self.tx, self.service.tenant, None, &new)?;
        self.log(kind, id, None)?;
        Ok(new)
    }

    /// Saves the record that `make` drafts in the place of `old`, if it drafts one.
    pub(super) fn replace<R: Drafted>(
        &mut self,
        kind: ChangeKind,
        old: R,
        make: impl FnOnce(&R, &mut Draft<'_, 'a>) -> Result<Option<R>>,
    ) -> Result<R> {
        let (id, created) = old.origin();
        let Some(drafted) = make(&old, &mut Draft { unit: self, id })? else { return Ok(old) };
        let new = drafted.stamped(&Stamp { id, created, updated: self.now });
        new.check(self)?;
        records::save(&mut *self.tx, self.service.tenant, Some(&old), &new)?;
        self.log(kind, id, None)?;
        Ok(new)
    }

    /// Changes the tenant, if `change` makes it another. It does not count as written.
    pub(super) fn change_tenant(&mut self, change: impl FnOnce(&mut Tenant)) -> Result<()> {
        let old = self.tenant()?;
        let mut drafted = old.clone();
        change(&mut drafted);
        let stamp = Stamp { id: old.id, created: old.created, updated: old.updated };
        let new = drafted.stamped(&stamp);
        if new == old {
            return Ok(());
        }
        if new.default_signing_key != old.default_signing_key {
            new.check(self)?;
        }
        records::save(&mut *self.tx, old.id, Some(&old), &new)
    }

    /// What signs people in may trust only keys that are there, and sign only with those that it was given or with
    /// the tenant's default one, which is then one of its own.
    fn check_keys(&mut self, id: Id, trusted: &[(String, &String)], signing: Option<&str>) -> Result<()> {
        let mut violations = Violations::default();
        for (place, kid) in trusted {
            if trusted_key(&*self.tx, self.tenant_id(), kid)?.is_none() {
                violations.push(Violation::new(place, Reason::Unknown(Resource::TrustedKey)));
            }
        }
        if let Some(kid) = signing
            && records::attachment(&*self.tx, self.tenant_id(), id, kid)?.is_none()
        {
            if self.tenant()?.default_signing_key.as_deref() == Some(kid) {
                self.attach(id, kid, self.now)?;
            } else {
                violations.push(Violation::new(place::SIGNING_KEY, Reason::Unknown(Resource::SigningKey)));
            }
        }
        violations.end()
    }
}

/// The trusted keys of a record, each with its place.
fn places(trusted: &[String]) -> Vec<(String, &String)> {
    trusted.iter().enumerate().map(|(position, kid)| (place::trusted_key(position), kid)).collect()
}

impl Drafted for IdentityProvider {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, sequence: 0, ..self }
    }

    fn check(&self, unit: &mut Unit<'_>) -> Result<()> {
        unit.check_keys(self.id, &places(&self.trusted_keys), self.signing_key.as_deref())
    }
}

impl Drafted for Application {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }

    fn check(&self, unit: &mut Unit<'_>) -> Result<()> {
        let encryption = self.encryption_key.iter().map(|kid| (place::ENCRYPTION_KEY.to_owned(), kid));
        let trusted: Vec<_> = places(&self.trusted_keys).into_iter().chain(encryption).collect();
        unit.check_keys(self.id, &trusted, self.signing_key.as_deref())
    }
}

impl Drafted for User {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }

    /// No two users share a login.
    fn check(&self, unit: &mut Unit<'_>) -> Result<()> {
        match records::user_with_login(&*unit.tx, unit.tenant_id(), &self.login)? {
            Some(other) if other.id != self.id => {
                let id = self.login.as_str().into();
                Err(ErrorKind::AlreadyExists { what: Resource::User, id }.into())
            }
            _ => Ok(()),
        }
    }
}

impl Drafted for Tenant {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }

    /// A default signing key is one of the tenant's own, so that it stays when the last provider goes that uses it.
    fn check(&self, unit: &mut Unit<'_>) -> Result<()> {
        let Some(kid) = &self.default_signing_key else { return Ok(()) };
        if records::signing_key(&*unit.tx, self.id, kid)?.is_none() {
            return Err(Error::invalid(place::SIGNING_KEY, Reason::Unknown(Resource::SigningKey)));
        }
        match records::attachment(&*unit.tx, self.id, self.id, kid)? {
            Some(_) => Ok(()),
            None => unit.attach(self.id, kid, unit.now),
        }
    }
}
