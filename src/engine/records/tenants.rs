//! Tenants, and everything that is theirs.

use std::ops::ControlFlow;

use super::{Index, Record, load, page};
use crate::engine::keyspace::{Key, tag};
use crate::engine::tables::TABLES;
use crate::engine::{ReadTx, Scan, WriteTx};
use crate::error::Result;
use crate::model::{Id, Tenant};

impl Record for Tenant {
    /// A tenant is its own.
    fn key(&self, _: Id) -> Key {
        Key::of(tag::TENANT).id(self.id)
    }

    fn index(&self, _: Id) -> Index {
        Index::new()
    }
}

/// The tenant.
pub(crate) fn tenant(tx: &dyn ReadTx, id: Id) -> Result<Option<Tenant>> {
    load(tx, &Key::of(tag::TENANT).id(id))
}

/// Up to `limit` tenants after `after` in the order of their ids.
pub(crate) fn tenants(tx: &dyn ReadTx, after: Option<Id>, limit: usize) -> Result<Vec<Tenant>> {
    page(tx, &Key::of(tag::TENANT), after, limit, &|_| true)
}

/// Whether a record has this id already: in the tenant, or a tenant itself.
pub(crate) fn is_taken(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<bool> {
    const KINDS: [u8; 6] =
        [tag::PROVIDER, tag::SIGNING_KEY, tag::TRUSTED_KEY, tag::APPLICATION, tag::USER, tag::VENDOR_RECORD];
    let places = KINDS.map(|kind| Key::of(kind).id(tenant).id(id));
    let places: Vec<_> = places.into_iter().chain([Key::of(tag::TENANT).id(id)]).collect();
    let places: Vec<_> = places.iter().map(Key::bytes).collect();
    Ok(tx.get_many(&places)?.iter().any(Option::is_some))
}

/// Whether anything is stored under the id of a tenant.
pub(crate) fn has_entries(tx: &dyn ReadTx, id: Id) -> Result<bool> {
    for table in TABLES.iter().filter(|table| table.is_of_tenants()) {
        let prefix = Key::of(table.tag).id(id);
        let mut is_there = false;
        tx.scan(Scan::ascending(prefix.bytes(), &prefix.end()).up_to(1), &mut |_, _| {
            is_there = true;
            Ok(ControlFlow::Break(()))
        })?;
        if is_there {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes a tenant and what is stored under its id, in whatever table, up to so many entries. Whether that is all is the answer; the
/// tenant itself goes first, so that the rest can no longer be reached.
pub(crate) fn remove_tenant(tx: &mut dyn WriteTx, id: Id, most: usize) -> Result<bool> {
    let first = Key::of(tag::TENANT).id(id);
    let mut left = most;
    if tx.get(first.bytes())?.is_some() {
        tx.delete(first.bytes())?;
        left = left.saturating_sub(1);
    }
    for table in TABLES.iter().filter(|table| table.is_of_tenants()) {
        let prefix = Key::of(table.tag).id(id);
        let mut keys = Vec::new();
        tx.scan(Scan::ascending(prefix.bytes(), &prefix.end()).up_to(left), &mut |key, _| {
            keys.push(key.to_vec());
            Ok(ControlFlow::Continue(()))
        })?;
        left -= keys.len();
        keys.iter().try_for_each(|key| tx.delete(key))?;
        if left == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
