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

/// Removes a tenant and everything that is stored under its id, in whatever table.
pub(crate) fn remove_tenant(tx: &mut dyn WriteTx, id: Id) -> Result<()> {
    for table in TABLES.iter().filter(|table| table.is_of_tenants()) {
        let prefix = Key::of(table.tag).id(id);
        let mut keys = Vec::new();
        tx.scan(Scan::ascending(prefix.bytes(), &prefix.end()), &mut |key, _| {
            keys.push(key.to_vec());
            Ok(ControlFlow::Continue(()))
        })?;
        for key in keys {
            tx.delete(&key)?;
        }
    }
    Ok(())
}
