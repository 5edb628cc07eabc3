//! Typed get, put and list, and the indexes: the only place that knows both the model and the bytes.
//!
//! Every record names the index entries that lead to it ([`Record::index`]); saving and removing keep the index
//! in step by comparing those of the old and the new record. May import what `engine` may.

mod applications;
mod keys;
mod names;
mod nearest;
mod providers;
mod users;

pub(crate) use applications::{
    After, Among, application, application_users, applications, applications_with_entity_id,
    highest_application_number,
};
pub(crate) use keys::{
    all_signing_keys, attachment, attachments, owners, requests, same_certificate, signing_key,
    signing_key_by_id, signing_key_id, trusted_key, trusted_keys, users,
};
pub(crate) use names::fold;
pub(crate) use nearest::nearest_provider_ids;
pub(crate) use providers::{
    Search, provider, provider_named, providers, providers_before, providers_of_kind, search, stored_provider,
};
pub(crate) use users::{
    link, linked_providers, linked_users, links, user, user_with_login, users_with_login_start,
};

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keyspace::{self, Key, tag};
use super::migrate::Counters;
use super::{Direction, ReadTx, WriteTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Id, Tenant};

/// Index entries: what leads to a record, and what is noted there.
pub(crate) type Index = BTreeMap<Key, Vec<u8>>;

/// A record of a tenant.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Where the record lies.
    fn key(&self, tenant: Id) -> Key;

    /// All entries that lead to it.
    fn index(&self, tenant: Id) -> Index;
}

/// A record as it is stored.
pub(crate) struct Stored<R> {
    /// Its id.
    pub(crate) id: Id,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    record: PhantomData<R>,
}

impl<R: DeserializeOwned> Stored<R> {
    fn new(id: Id, bytes: Vec<u8>) -> Self {
        Self { id, bytes, record: PhantomData }
    }

    /// The record itself.
    pub(crate) fn record(&self) -> Result<R> {
        keyspace::decode(&self.bytes)
    }
}

/// Writes a record in place of its older form, if there is one.
pub(crate) fn save<R: Record>(tx: &mut dyn WriteTx, tenant: Id, old: Option<&R>, new: &R) -> Result<()> {
    let before = old.map(|old| old.index(tenant)).unwrap_or_default();
    let after = new.index(tenant);
    for key in before.keys().filter(|key| !after.contains_key(key)) {
        tx.delete(key.bytes())?;
    }
    for (key, note) in after.iter().filter(|(key, note)| before.get(key) != Some(note)) {
        tx.put(key.bytes(), note)?;
    }
    tx.put(new.key(tenant).bytes(), &keyspace::encode(new)?)
}

/// Removes a record and all that leads to it.
pub(crate) fn remove<R: Record>(tx: &mut dyn WriteTx, tenant: Id, old: &R) -> Result<()> {
    for key in old.index(tenant).keys() {
        tx.delete(key.bytes())?;
    }
    tx.delete(old.key(tenant).bytes())
}

/// Reads the record at `key`.
fn load<R: DeserializeOwned>(tx: &dyn ReadTx, key: &Key) -> Result<Option<R>> {
    tx.get(key.bytes())?.map(|bytes| keyspace::decode(&bytes)).transpose()
}

/// The ids that end the first `limit` keys which start with `prefix`.
fn ids(tx: &dyn ReadTx, prefix: &Key, limit: usize) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    tx.scan(prefix.bytes(), &prefix.end(), Direction::Ascending, &mut |key, _| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.push(keyspace::last_id(key)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The tenant.
pub(crate) fn tenant(tx: &dyn ReadTx, id: Id) -> Result<Option<Tenant>> {
    load(tx, &Key::of(tag::TENANT).id(id))
}

/// Up to `limit` tenants after `after` in the order of their ids.
pub(crate) fn tenants(tx: &dyn ReadTx, after: Option<Id>, limit: usize) -> Result<Vec<Tenant>> {
    page(tx, &Key::of(tag::TENANT), after, limit)
}

/// Removes a tenant and everything that lies under its id, in whatever table.
pub(crate) fn remove_tenant(tx: &mut dyn WriteTx, id: Id) -> Result<()> {
    for table in tag::OF_TENANTS {
        let prefix = Key::of(*table).id(id);
        let mut keys = Vec::new();
        tx.scan(prefix.bytes(), &prefix.end(), Direction::Ascending, &mut |key, _| {
            keys.push(key.to_vec());
            Ok(ControlFlow::Continue(()))
        })?;
        for key in keys {
            tx.delete(&key)?;
        }
    }
    Ok(())
}

/// Up to `limit` records after `after` among those whose keys are `all` and an id.
fn page<R: DeserializeOwned>(tx: &dyn ReadTx, all: &Key, after: Option<Id>, limit: usize) -> Result<Vec<R>> {
    let from = after.map_or_else(|| all.bytes().to_vec(), |after| all.clone().id(after).next());
    let mut found = Vec::new();
    tx.scan(&from, &all.end(), Direction::Ascending, &mut |_, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.push(keyspace::decode(value)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Up to `limit` records just before `before`, ascending, among those whose keys are `all` and an id.
fn page_before<R: DeserializeOwned>(tx: &dyn ReadTx, all: &Key, before: Id, limit: usize) -> Result<Vec<R>> {
    let mut found = Vec::new();
    tx.scan(all.bytes(), all.clone().id(before).bytes(), Direction::Descending, &mut |_, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.push(keyspace::decode(value)?);
        Ok(ControlFlow::Continue(()))
    })?;
    found.reverse();
    Ok(found)
}

/// Writes a tenant.
pub(crate) fn save_tenant(tx: &mut dyn WriteTx, tenant: &Tenant) -> Result<()> {
    tx.put(Key::of(tag::TENANT).id(tenant.id).bytes(), &keyspace::encode(tenant)?)
}

/// What the store knows about itself.
pub(crate) fn counters(tx: &dyn ReadTx) -> Result<Counters> {
    load(tx, &Key::of(tag::COUNTERS))?
        .ok_or_else(|| Error::new(ErrorKind::Corrupt).context("the store does not know itself"))
}

/// Writes what the store knows about itself.
pub(crate) fn save_counters(tx: &mut dyn WriteTx, counters: &Counters) -> Result<()> {
    tx.put(Key::of(tag::COUNTERS).bytes(), &keyspace::encode(counters)?)
}

/// Writes an entry of the change log.
pub(crate) fn save_change(tx: &mut dyn WriteTx, sequence: u64, change: &impl Serialize) -> Result<()> {
    tx.put(Key::of(tag::CHANGE).number(sequence).bytes(), &keyspace::encode(change)?)
}

/// Up to `limit` entries of the change log after the one with this sequence number.
pub(crate) fn changes<C: DeserializeOwned>(tx: &dyn ReadTx, after: u64, limit: usize) -> Result<Vec<C>> {
    let log = Key::of(tag::CHANGE);
    let mut found = Vec::new();
    tx.scan(&log.clone().number(after).next(), &log.end(), Direction::Ascending, &mut |_, bytes| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.push(keyspace::decode(bytes)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
