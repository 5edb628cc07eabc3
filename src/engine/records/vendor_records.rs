//! Vendor records by id, by name and by owner.

use std::ops::ControlFlow;

use super::names::fold;
use super::{Index, Record, led_to, load};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{ReadTx, Scan};
use crate::error::Result;
use crate::model::{Id, VendorRecord};

impl Record for VendorRecord {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::VENDOR_RECORD).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        index.insert(of_name(tenant, &self.kind, &self.name).id(self.id), Vec::new());
        for owner in &self.owners {
            let key = Key::of(tag::VENDOR_RECORD_OWNER).id(tenant).id(*owner).text(&self.kind).id(self.id);
            index.insert(key, Vec::new());
        }
        index
    }
}

/// The start of the entries of this name.
fn of_name(tenant: Id, kind: &str, name: &str) -> Key {
    Key::of(tag::VENDOR_RECORD_NAME).id(tenant).text(kind).text(&fold(name))
}

/// The vendor record with this id.
pub(crate) fn vendor_record(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<VendorRecord>> {
    load(tx, &Key::of(tag::VENDOR_RECORD).id(tenant).id(id))
}

/// The vendor records of this kind and name, in any case: one at most, but for a change that is to be refused.
pub(crate) fn vendor_records_named(
    tx: &dyn ReadTx,
    tenant: Id,
    kind: &str,
    name: &str,
) -> Result<Vec<VendorRecord>> {
    let has = |record: &VendorRecord| record.kind == kind && fold(&record.name) == fold(name);
    led_to(tx, &of_name(tenant, kind, name), |id| Ok(vendor_record(tx, tenant, id)?.filter(has)))
}

/// Up to `limit` vendor records of a kind whose names start with a text, in any case and in the order of their names, after
/// the name `after`.
pub(crate) fn vendor_records(
    tx: &dyn ReadTx,
    tenant: Id,
    kind: &str,
    start: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<VendorRecord>> {
    let all = Key::of(tag::VENDOR_RECORD_NAME).id(tenant).text(kind).text_start(&fold(start));
    let after = after.map(|after| of_name(tenant, kind, after).end()).unwrap_or_default();
    let first = after.max(all.bytes().to_vec());
    let mut found = Vec::new();
    tx.scan(Scan::ascending(&first, &all.end()), &mut |entry, _| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.extend(led_to_by(tx, tenant, entry)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The vendor records of an owner whose kinds start with a text, in the order of kinds and ids.
pub(crate) fn vendor_records_of(
    tx: &dyn ReadTx,
    tenant: Id,
    owner: Id,
    kind: &str,
) -> Result<Vec<VendorRecord>> {
    let all = Key::of(tag::VENDOR_RECORD_OWNER).id(tenant).id(owner).text_start(kind);
    let mut found = Vec::new();
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |entry, _| {
        found.extend(led_to_by(tx, tenant, entry)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The vendor record that an entry of an index leads to, if it has this entry.
fn led_to_by(tx: &dyn ReadTx, tenant: Id, entry: &[u8]) -> Result<Option<VendorRecord>> {
    let Some(id) = keyspace::last_id(entry) else { return Ok(None) };
    let has = |record: &VendorRecord| record.index(tenant).keys().any(|known| known.bytes() == entry);
    Ok(vendor_record(tx, tenant, id)?.filter(has))
}
