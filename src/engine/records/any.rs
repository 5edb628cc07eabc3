//! Records of any kind, as bytes: what leads to them, what they refer to and what refers to them.

use std::ops::ControlFlow;

use super::check::{Reference, Refers};
use super::{Index, Record, misplaced, read, reindex};
use crate::engine::keyspace::{self, tag};
use crate::engine::tables;
use crate::engine::{ReadTx, Scan, Value, WriteTx};
use crate::error::Result;
use crate::model::{Application, Attachment, Id, IdentityProvider, Key, Link, Tenant, User, VendorRecord};

/// The tables of records, of which images are kept: not of an index, the change log or the store itself.
pub(crate) const RECORD_TABLES: [u8; 9] = [
    tag::TENANT,
    tag::PROVIDER,
    tag::SIGNING_KEY,
    tag::TRUSTED_KEY,
    tag::ATTACHMENT,
    tag::APPLICATION,
    tag::USER,
    tag::LINK,
    tag::VENDOR_RECORD,
];

/// Whether a key is that of a record.
pub(crate) fn is_of_record(key: &[u8]) -> bool {
    key.first().is_some_and(|tag| RECORD_TABLES.contains(tag))
}

/// Makes these bytes the record at `key`, or removes it, together with what leads to it.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if these or the present bytes hold no record of that place, and those of the storage.
pub(crate) fn put_bytes(tx: &mut dyn WriteTx, key: &[u8], bytes: Option<&[u8]>) -> Result<()> {
    let old = match tx.get(key)? {
        Some(old) => index(key, &old.bytes)?,
        None => Index::new(),
    };
    let new = bytes.map_or(Ok(Index::new()), |bytes| index(key, bytes))?;
    reindex(tx, &old, &new)?;
    match bytes {
        Some(bytes) => tx.put(key, bytes),
        None => tx.delete(key),
    }
}

/// A record of any kind.
trait AnyRecord {
    fn index(&self, tenant: Id) -> Index;
    fn references(&self, tenant: Id) -> Vec<Reference>;
}

impl<R: Record + Refers> AnyRecord for R {
    fn index(&self, tenant: Id) -> Index {
        Record::index(self, tenant)
    }

    fn references(&self, tenant: Id) -> Vec<Reference> {
        Refers::references(self, tenant)
    }
}

/// The record that these bytes hold, and its tenant.
fn any(key: &[u8], bytes: &[u8]) -> Result<(Box<dyn AnyRecord>, Id)> {
    fn of<R: Record + Refers + 'static>(key: &[u8], bytes: &[u8]) -> Result<Box<dyn AnyRecord>> {
        Ok(Box::new(read::<R>(key, Value { bytes, version: 0 })?))
    }
    let (_, parts) = tables::read(key);
    let tenant = parts.and_then(|parts| parts.tenant).ok_or_else(|| misplaced(key))?;
    let record = match key.first() {
        Some(&tag::TENANT) => of::<Tenant>(key, bytes),
        Some(&tag::PROVIDER) => of::<IdentityProvider>(key, bytes),
        Some(&(tag::SIGNING_KEY | tag::TRUSTED_KEY)) => of::<Key>(key, bytes),
        Some(&tag::ATTACHMENT) => of::<Attachment>(key, bytes),
        Some(&tag::APPLICATION) => of::<Application>(key, bytes),
        Some(&tag::USER) => of::<User>(key, bytes),
        Some(&tag::LINK) => of::<Link>(key, bytes),
        Some(&tag::VENDOR_RECORD) => of::<VendorRecord>(key, bytes),
        _ => Err(misplaced(key)),
    };
    Ok((record?, tenant))
}

/// What leads to the record that these bytes hold.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if they hold no record of that place.
pub(crate) fn index(key: &[u8], bytes: &[u8]) -> Result<Index> {
    let (record, tenant) = any(key, bytes)?;
    Ok(record.index(tenant))
}

/// What the record that these bytes hold refers to and is not there, if there is such a thing.
///
/// # Errors
///
/// As [`index`], and those of the storage.
pub(crate) fn missing_reference(tx: &dyn ReadTx, key: &[u8], bytes: &[u8]) -> Result<Option<String>> {
    let (record, tenant) = any(key, bytes)?;
    first_missing(tx, record.references(tenant))
}

/// What a record of a vendor refers to and is not there, if there is such a thing.
///
/// # Errors
///
/// Those of the storage.
pub(crate) fn missing_owner(tx: &dyn ReadTx, tenant: Id, record: &VendorRecord) -> Result<Option<String>> {
    first_missing(tx, Refers::references(record, tenant))
}

fn first_missing(tx: &dyn ReadTx, references: Vec<Reference>) -> Result<Option<String>> {
    for reference in references {
        if !reference.is_met(tx)? {
            return Ok(Some(reference.what));
        }
    }
    Ok(None)
}

/// Whether other records refer to the one that these bytes hold and that was at `key`.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if they hold none, and those of the storage.
pub(crate) fn is_referred_to(tx: &dyn ReadTx, key: &[u8], bytes: &[u8]) -> Result<bool> {
    let mut is_referred_to = false;
    for prefix in dependents(key, bytes)? {
        tx.scan(Scan::ascending(prefix.bytes(), &prefix.end()).up_to(1), &mut |_, _| {
            is_referred_to = true;
            Ok(ControlFlow::Break(()))
        })?;
    }
    Ok(is_referred_to)
}

/// The prefixes of the entries of those that refer to a record.
fn dependents(key: &[u8], bytes: &[u8]) -> Result<Vec<keyspace::Key>> {
    let (_, parts) = tables::read(key);
    let Some(parts) = parts else { return Err(misplaced(key)) };
    let (Some(tenant), id) = (parts.tenant, parts.ids.first().copied()) else { return Err(misplaced(key)) };
    let of = |table| keyspace::Key::of(table).id(tenant);
    Ok(match (key.first(), id) {
        (Some(&(tag::PROVIDER | tag::APPLICATION)), Some(id)) => {
            [tag::ATTACHMENT, tag::REQUEST, tag::LINK, tag::VENDOR_RECORD_OWNER]
                .map(|table| of(table).id(id))
                .into()
        }
        (Some(&tag::TENANT), _) => {
            let others =
                tables::TABLES.iter().filter(|table| table.is_of_tenants() && table.tag != tag::TENANT);
            others.map(|table| of(table.tag)).collect()
        }
        (Some(&tag::USER), Some(id)) => {
            [tag::LINK_OF_USER, tag::VENDOR_RECORD_OWNER].map(|table| of(table).id(id)).into()
        }
        (Some(&tag::VENDOR_RECORD), Some(id)) => {
            [tag::ATTACHMENT, tag::VENDOR_RECORD_OWNER].map(|table| of(table).id(id)).into()
        }
        (Some(&(tag::SIGNING_KEY | tag::TRUSTED_KEY)), _) => {
            let kid = read::<Key>(key, Value { bytes, version: 0 })?.kid;
            [tag::ATTACHED_TO, tag::KEY_USE, tag::KEY_USE_BY_APPLICATION]
                .map(|table| of(table).text(&kid))
                .into()
        }
        _ => Vec::new(),
    })
}
