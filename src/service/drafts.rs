//! Drafts: what a caller makes of a record inside of the transaction in which it is saved.
//!
//! Callers' closures that draft a record run here alone, and what they return leaves here stamped: under which id a
//! record is stored, when it was made and written are not the closure's to decide.

use super::Unit;
use super::certificate_plan::CertificatePlan;
use super::changes::ChangeKind;
use super::rules::Ruled;
use crate::engine::records;
use crate::env::Environment;
use crate::error::Result;
use crate::model::{Application, Id, IdentityProvider, Key, Remainders, Tenant, User, VendorRecord};
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

impl<'d, 'a> Draft<'d, 'a> {
    /// Drafts the record with this id.
    pub(super) fn of(unit: &'d mut Unit<'a>, id: Id) -> Self {
        Self { unit, id }
    }
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

    /// Adds a warning to the plan, if the change is only planned.
    pub(crate) fn warn(&mut self, warning: &str) {
        self.unit.warnings.push(warning.to_owned());
    }

    /// What the host brings along.
    #[must_use]
    pub(crate) fn env(&self) -> &Environment {
        &self.unit.service.env
    }

    /// Lets the record sign with the key of this id, and gives it; `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn lend_signing_key(&mut self, key: Id) -> Result<Option<Key>> {
        self.unit.lend(key, self.id)
    }

    /// The `kid` of a new signing key of the record, made as `plan` says. The key `in_place_of` is no longer
    /// one of the record's, and is removed if no other record has it.
    ///
    /// # Errors
    ///
    /// [`Pending`](crate::error::ErrorKind::Pending) if the key has to be made first, and those of the storage.
    pub fn new_signing_key(
        &mut self,
        plan: impl FnOnce(&str, Timestamp) -> CertificatePlan,
        in_place_of: Option<&str>,
    ) -> Result<String> {
        Ok(self.unit.own_signing_key(self.id, plan, in_place_of)?.kid)
    }

    /// Makes the next key of a vendor record its active one, in place of `active`, and a new key the next one; a record without a
    /// next key gets two. The certificate of the one that is replaced stays published for `overlap` seconds. Keys whose
    /// time is over are taken from the record. `plan` describes the key with an id. The `kid` of the active key is the answer.
    ///
    /// # Errors
    ///
    /// [`Pending`](crate::error::ErrorKind::Pending) if a key has to be made first, and those of the storage.
    pub fn rotate_keys(
        &mut self,
        active: Option<&str>,
        overlap: u32,
        plan: &dyn Fn(Id) -> (CertificatePlan, Remainders),
    ) -> Result<String> {
        self.unit.rotate(self.id, active, overlap, plan)
    }

    /// What lets dialects drop what contradicts a change of a provider's core.
    pub(super) fn settle(&self) -> fn(&IdentityProvider, &mut IdentityProvider) {
        self.unit.service.settle
    }

    /// The tenant.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn tenant(&self) -> Result<Tenant> {
        self.unit.tenant()
    }

    /// The certificate that the policy wants for a key without a plan of its own.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) fn usual_certificate(&self) -> Result<CertificatePlan> {
        Ok(self.unit.usual_certificate(self.id)(&self.tenant()?.name, self.now()))
    }

    /// Changes the tenant, too. It does not count as written.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if its default signing key is not there, and those of the
    /// storage.
    pub fn set_tenant(&mut self, tenant: Tenant) -> Result<()> {
        self.unit.change_tenant(|old| *old = tenant)
    }

    /// The vendor records of an owner whose kinds start with a text, as they are in this transaction.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) fn vendor_records_of(&self, owner: Id, kind: &str) -> Result<Vec<VendorRecord>> {
        records::vendor_records_of(&*self.unit.tx, self.unit.tenant_id(), owner, kind)
    }

    /// Up to `limit` vendor records of a kind in the order of their names, as they are in this transaction.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) fn vendor_records(&self, kind: &str, limit: usize) -> Result<Vec<VendorRecord>> {
        records::vendor_records(&*self.unit.tx, self.unit.tenant_id(), kind, "", None, limit)
    }

    /// The vendor record of this kind with this name, in any case, as it is in this transaction.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) fn vendor_record_named(&self, kind: &str, name: &str) -> Result<Option<VendorRecord>> {
        Ok(records::vendor_records_named(&*self.unit.tx, self.unit.tenant_id(), kind, name)?.pop())
    }

    /// The highest number that follows `stem` in the name or alias of an application, without regard to case; zero
    /// if none does. Beyond 32 bits only numbers count that follow upon others.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) fn highest_application_number(&self, stem: &str) -> Result<u64> {
        records::highest_application_number(&*self.unit.tx, self.unit.tenant_id(), stem)
    }

    /// The `kid` of the trusted key with this certificate, which is given in base64; imported first if there
    /// is none.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::error::ErrorKind::Invalid) if the certificate cannot be read, and those of the storage.
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
pub(super) trait Drafted: Ruled {
    /// Its id, and when it was made.
    fn origin(&self) -> (Id, Timestamp);

    /// The record with these in the place of its own.
    fn stamped(self, stamp: &Stamp) -> Self;
}

impl<'a> Unit<'a> {
    /// Saves the record that `make` drafts under a new id.
    pub(super) fn create<R: Drafted>(
        &mut self,
        kind: ChangeKind,
        make: impl FnOnce(&mut Draft<'_, 'a>) -> Result<R>,
    ) -> Result<R> {
        let (id, now) = (self.next_id()?, self.now);
        let made = make(&mut Draft { unit: self, id })?;
        self.keep(kind, None, made.stamped(&Stamp { id, created: now, updated: now }))
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
        self.keep(kind, Some(&old), drafted.stamped(&Stamp { id, created, updated: self.now }))
    }

    /// Saves a record to which the rules are applied, and logs it.
    fn keep<R: Drafted>(&mut self, kind: ChangeKind, old: Option<&R>, mut new: R) -> Result<R> {
        self.rule(&mut new, old)?;
        records::save(&mut *self.tx, self.service.tenant, old, &new)?;
        self.log(kind, new.origin().0, None);
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
            new.refer(self)?;
        }
        records::save(&mut *self.tx, old.id, Some(&old), &new)
    }
}

impl Drafted for IdentityProvider {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, sequence: 0, ..self }
    }
}

impl Drafted for Application {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }
}

impl Drafted for User {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }
}

impl Drafted for Tenant {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }
}

impl Drafted for VendorRecord {
    fn origin(&self) -> (Id, Timestamp) {
        (self.id, self.created)
    }

    fn stamped(self, &Stamp { id, created, updated }: &Stamp) -> Self {
        Self { id, created, updated, ..self }
    }
}
