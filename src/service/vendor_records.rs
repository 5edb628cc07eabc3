//! Vendor records: kept, found and removed with their owners, whatever they mean.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::found::vendor_record;
use super::{Service, Unit};
use crate::engine::records;
use crate::error::Result;
use crate::model::{Id, VendorRecord};

impl Service {
    /// Saves the vendor record that `make` drafts under the id of the draft, whatever id and times the drafted record has.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::error::ErrorKind::AlreadyExists) if another of the kind has the name,
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if an owner is not there,
    /// [`WrongState`](crate::error::ErrorKind::WrongState) inside of another draft, whatever `make` fails with, and those of the
    /// storage.
    pub fn create_vendor_record(
        &self,
        mut make: impl FnMut(&mut Draft<'_, '_>) -> Result<VendorRecord>,
    ) -> Result<VendorRecord> {
        self.create_by(&mut make)
    }

    /// Saves the vendor record that `make` drafts in the place of the one with this id.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and as [`Service::create_vendor_record`].
    pub fn update_vendor_record(
        &self,
        id: Id,
        mut make: impl FnMut(&VendorRecord, &mut Draft<'_, '_>) -> Result<VendorRecord>,
    ) -> Result<VendorRecord> {
        self.update_by(id, &mut make)
    }

    /// Saves the vendor record that `change` makes of the one of this kind and name, or of a blank one if there is none.
    ///
    /// # Errors
    ///
    /// As [`Service::create_vendor_record`].
    pub fn put_vendor_record(
        &self,
        kind: &str,
        name: &str,
        mut change: impl FnMut(VendorRecord, &mut Draft<'_, '_>) -> Result<VendorRecord>,
    ) -> Result<VendorRecord> {
        self.put_by(kind, name, &mut change)
    }

    /// Removes a vendor record with its keys and those that it owns.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there, and those of the storage.
    pub fn delete_vendor_record(&self, id: Id) -> Result<()> {
        self.delete_vendor_record_that(id, &|_, _| Ok(()))
    }

    /// As [`Service::delete_vendor_record`], unless `check` refuses it in the same transaction.
    ///
    /// # Errors
    ///
    /// As [`Service::delete_vendor_record`], and those of `check`.
    pub(crate) fn delete_vendor_record_that(
        &self,
        id: Id,
        check: &dyn Fn(&VendorRecord, &Draft<'_, '_>) -> Result<()>,
    ) -> Result<()> {
        self.write(|unit| {
            let old = vendor_record(&*unit.tx, unit.service, id)?;
            check(&old, &Draft::of(unit, id))?;
            unit.remove_vendor_record(&old)
        })
    }

    /// The vendor record of this kind with this id, if it is there.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn vendor_record(&self, kind: &str, id: Id) -> Result<Option<VendorRecord>> {
        let found = self.read(|tx| records::vendor_record(tx, self.tenant, id))?;
        Ok(found.filter(|record| record.kind == kind))
    }

    /// The vendor record of this kind with this name, in any case, if it is there.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn vendor_record_named(&self, kind: &str, name: &str) -> Result<Option<VendorRecord>> {
        self.read(|tx| Ok(records::vendor_records_named(tx, self.tenant, kind, name)?.pop()))
    }

    /// Up to `limit` vendor records of a kind whose names start with a text, in any case and in the order of their names,
    /// after the name `after`.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn vendor_records(
        &self,
        kind: &str,
        start: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<VendorRecord>> {
        self.read(|tx| records::vendor_records(tx, self.tenant, kind, start, after, limit))
    }

    /// The vendor records of an owner whose kinds start with a text, in the order of kinds and ids.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn vendor_records_of(&self, owner: Id, kind: &str) -> Result<Vec<VendorRecord>> {
        self.read(|tx| records::vendor_records_of(tx, self.tenant, owner, kind))
    }
}

/// What makes a record of nothing, and of another one.
type Make<'m> = dyn FnMut(&mut Draft<'_, '_>) -> Result<VendorRecord> + 'm;
type Change<'c> = dyn FnMut(VendorRecord, &mut Draft<'_, '_>) -> Result<VendorRecord> + 'c;

/// The same, compiled once for all that make records.
impl Service {
    fn create_by(&self, make: &mut Make<'_>) -> Result<VendorRecord> {
        self.write(|unit| unit.create(ChangeKind::VendorRecordCreated, &mut *make))
    }

    fn update_by(
        &self,
        id: Id,
        make: &mut dyn FnMut(&VendorRecord, &mut Draft<'_, '_>) -> Result<VendorRecord>,
    ) -> Result<VendorRecord> {
        self.write(|unit| {
            let old = vendor_record(&*unit.tx, unit.service, id)?;
            unit.replace(ChangeKind::VendorRecordReplaced, old, |old, draft| make(old, draft).map(Some))
        })
    }

    fn put_by(&self, kind: &str, name: &str, change: &mut Change<'_>) -> Result<VendorRecord> {
        self.write(|unit| {
            let found = records::vendor_records_named(&*unit.tx, unit.tenant_id(), kind, name)?.pop();
            match found {
                Some(old) => unit.replace(ChangeKind::VendorRecordReplaced, old, |old, draft| {
                    change(old.clone(), draft).map(Some)
                }),
                None => unit.create(ChangeKind::VendorRecordCreated, |draft| {
                    change(VendorRecord::named(kind, name), draft)
                }),
            }
        })
    }
}

impl Unit<'_> {
    fn remove_vendor_record(&mut self, old: &VendorRecord) -> Result<()> {
        records::remove(&mut *self.tx, self.service.tenant, old)?;
        self.release_keys(old.id)?;
        self.release_vendor_records(old.id)?;
        self.log(ChangeKind::VendorRecordDeleted, old.id, None);
        Ok(())
    }

    /// Removes all vendor records of an owner that is gone, and all of theirs.
    pub(super) fn release_vendor_records(&mut self, owner: Id) -> Result<()> {
        let tenant = self.tenant_id();
        let mut owned = records::vendor_records_of(&*self.tx, tenant, owner, "")?;
        // One that is owned by several of those that go is there no longer when its turn comes.
        while let Some(record) = owned.pop() {
            if records::vendor_record(&*self.tx, tenant, record.id)?.is_some() {
                records::remove(&mut *self.tx, tenant, &record)?;
                self.release_keys(record.id)?;
                owned.extend(records::vendor_records_of(&*self.tx, tenant, record.id, "")?);
            }
        }
        Ok(())
    }
}
