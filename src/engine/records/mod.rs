//! Typed get, put and list, and the indexes: the only place that knows both the model and the bytes.
//!
//! Every record names the index entries that lead to it ([`Record::index`]); saving and removing keep the index
//! in step by comparing those of the old and the new record. Reading takes nothing on trust: a record must be stored under
//! the key that it names ([`read`]), and an index entry that leads to nothing is passed over. May import what
//! `engine` may.

mod any;
mod applications;
pub(crate) mod check;
mod clock;
mod ends;
mod images;
mod keys;
mod log;
mod names;
mod nearest;
mod providers;
mod revealed;
mod secrets;
mod spans;
mod tenants;
mod users;
mod vendor_records;

pub(crate) use any::{
    RECORD_TABLES, index, is_of_record, is_referred_to, missing_owner, missing_reference, put_bytes,
};
pub(crate) use applications::{
    After, Among, application, applications, applications_with_entity_id, each_application_using,
    highest_application_number,
};
pub(crate) use clock::{Mark, logged_until, set_logged_until};
pub(crate) use ends::{Ending, ending, planned_ends};
pub(crate) use images::Image;
pub(crate) use keys::{
    attachment, attachments, attachments_of_key, dates, each_date, ids_using, key_by_id, requests,
    same_certificate, signing_key, signing_key_by_id, signing_keys, trusted_key, trusted_keys,
};
pub(crate) use log::{Entry, Step, changes, each_entry, each_image_after, entry, last_id, not_kept, time_of};
pub(crate) use names::fold;
pub(crate) use nearest::nearest_provider_ids;
pub(crate) use providers::{
    each_id_of_kind, each_provider_name, each_provider_using, each_provider_with_source, existing_providers,
    is_of_kind, provider, provider_name, provider_named, providers, providers_of_kind, providers_with_alias,
    stored_provider,
};
pub(crate) use revealed::{Reveal, Revealed};
pub(crate) use secrets::{is_sealed, is_secret, keep_secrets, take_secrets, withhold, without_secrets};
pub(crate) use spans::{Span, spans};
pub(crate) use tenants::{has_entries, is_taken, remove_tenant, tenant, tenants};
pub(crate) use users::{
    link, linked_users, links, links_of_user, user, users_with_login, users_with_login_start,
};
pub(crate) use vendor_records::{vendor_record, vendor_records, vendor_records_named, vendor_records_of};

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use serde::de::DeserializeOwned;

use super::keyspace::{self, Key};
use super::tables::{self, Place};
use super::{ReadTx, Scan, Value, WriteTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Id;

/// Index entries: what leads to a record, and what is noted there.
pub(crate) type Index = BTreeMap<Key, Vec<u8>>;

/// A record of a tenant, or the tenant itself.
pub(crate) trait Record: Reveal + DeserializeOwned {
    /// The key under which the record is stored.
    fn key(&self, tenant: Id) -> Key;

    /// All entries that lead to it.
    fn index(&self, tenant: Id) -> Index;

    /// Takes in the number of the unit that wrote the record.
    fn set_version(&mut self, _: u64) {}

    /// Whether everything in it that its key determines agrees with this key.
    fn belongs_at(&self, tenant: Id, key: &[u8]) -> bool {
        self.key(tenant).bytes() == key
    }
}

/// A record as it is stored.
pub(crate) struct Stored<R> {
    /// Its id.
    pub(crate) id: Id,
    /// Its bytes and version.
    pub(crate) value: Value,
    key: Vec<u8>,
    record: PhantomData<R>,
}

impl<R: Record> Stored<R> {
    fn new(key: &[u8], value: Value) -> Result<Self> {
        let id = keyspace::last_id(key).ok_or_else(|| misplaced(key))?;
        Ok(Self { id, value, key: key.to_vec(), record: PhantomData })
    }

    /// The record itself.
    pub(crate) fn record(&self) -> Result<R> {
        read(&self.key, self.value.as_ref())
    }
}

/// The record that this value holds, if it belongs under this key. All records are read here.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`], naming the place, if it holds none, or one of another place.
pub(crate) fn read<R: Record>(key: &[u8], value: Value<&[u8]>) -> Result<R> {
    let mut record: R = keyspace::decode(value.bytes).map_err(|error| error.context(unreadable(key)))?;
    record.set_version(value.version);
    match tables::read(key) {
        (_, Some(parts)) if parts.tenant.is_some_and(|tenant| record.belongs_at(tenant, key)) => Ok(record),
        _ => Err(misplaced(key)),
    }
}

fn unreadable(key: &[u8]) -> String {
    format!("the record at {} cannot be read", Place(key))
}

fn misplaced(key: &[u8]) -> Error {
    Error::new(ErrorKind::Corrupt).context(format!("the record at {} belongs elsewhere", Place(key)))
}

/// Writes a record in place of its older form; without one it is new.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if it would take the place of another record, and those of the storage.
pub(crate) fn save<R: Record>(tx: &mut dyn WriteTx, tenant: Id, old: Option<&R>, new: &R) -> Result<()> {
    let old = old.map(|old| (old.key(tenant), old.index(tenant)));
    write(tx, old, &new.key(tenant), &new.index(tenant), &keyspace::encode(&Revealed(new))?)
}

/// Writes the bytes of a record under its key, and the entries that lead to it, in place of those of its older form.
fn write(
    tx: &mut dyn WriteTx,
    old: Option<(Key, Index)>,
    key: &Key,
    after: &Index,
    record: &[u8],
) -> Result<()> {
    let is_taken = match &old {
        Some((old, _)) => old != key,
        None => tx.get(key.bytes())?.is_some(),
    };
    if is_taken {
        let words = format!("the place at {} is taken", Place(key.bytes()));
        return Err(Error::new(ErrorKind::Corrupt).context(words));
    }
    reindex(tx, &old.map(|(_, index)| index).unwrap_or_default(), after)?;
    tx.put(key.bytes(), record)
}

/// Replaces the entries that lead to the older form of a record by those that lead to the new one.
fn reindex(tx: &mut dyn WriteTx, before: &Index, after: &Index) -> Result<()> {
    for key in before.keys().filter(|key| !after.contains_key(key)) {
        tx.delete(key.bytes())?;
    }
    for (key, note) in after.iter().filter(|(key, note)| before.get(key) != Some(note)) {
        tx.put(key.bytes(), note)?;
    }
    Ok(())
}

/// Removes a record and all that leads to it.
pub(crate) fn remove<R: Record>(tx: &mut dyn WriteTx, tenant: Id, old: &R) -> Result<()> {
    reindex(tx, &old.index(tenant), &Index::new())?;
    tx.delete(old.key(tenant).bytes())
}

/// Reads the record at `key`.
fn load<R: Record>(tx: &dyn ReadTx, key: &Key) -> Result<Option<R>> {
    tx.get(key.bytes())?.map(|value| read(key.bytes(), value.as_ref())).transpose()
}

/// Called with each id of an index; breaks off when it has seen enough.
pub(crate) type VisitId<'a> = dyn FnMut(Id) -> Result<ControlFlow<()>> + 'a;

/// Visits the ids of the entries whose keys are `all` and an id, those after `after`. Other entries are passed over.
fn each_id(tx: &dyn ReadTx, all: &Key, after: Option<Id>, visit: &mut VisitId<'_>) -> Result<()> {
    tx.scan(Scan::ascending(&first(all, after), &all.end()), &mut |key, _| {
        id_at(all, key).map_or(Ok(ControlFlow::Continue(())), &mut *visit)
    })
}

/// The id of a key that is `all` and an id.
fn id_at(all: &Key, key: &[u8]) -> Option<Id> {
    key.strip_prefix(all.bytes()).filter(|id| id.len() == size_of::<Id>()).and_then(keyspace::last_id)
}

/// What `load` gives for the ids of the entries whose keys are `all` and an id. What leads to nothing is passed over.
fn led_to<T>(tx: &dyn ReadTx, all: &Key, load: impl Fn(Id) -> Result<Option<T>>) -> Result<Vec<T>> {
    let mut found = Vec::new();
    each_id(tx, all, None, &mut |id| {
        found.extend(load(id)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The first key that is `all` and an id after `after`.
fn first(all: &Key, after: Option<Id>) -> Vec<u8> {
    after.map_or_else(|| all.bytes().to_vec(), |after| all.clone().id(after).next())
}

/// Up to `limit` records after `after` that pass `wanted`, among those whose keys are `all` and an id.
fn page<R: Record>(
    tx: &dyn ReadTx,
    all: &Key,
    after: Option<Id>,
    limit: usize,
    wanted: &dyn Fn(&R) -> bool,
) -> Result<Vec<R>> {
    let mut found = Vec::new();
    tx.scan(Scan::ascending(&first(all, after), &all.end()), &mut |key, value| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.extend(Some(read(key, value)?).filter(wanted));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Visits all records of a tenant in a table, in the order of their keys.
pub(crate) fn each_record<R: Record>(
    tx: &dyn ReadTx,
    table: u8,
    tenant: Id,
    visit: &mut dyn FnMut(R) -> Result<()>,
) -> Result<()> {
    each_record_after(tx, table, tenant, None, &mut |record| {
        visit(record)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// Visits the records of a tenant in a table after this id, in the order of their keys.
pub(crate) fn each_record_after<R: Record>(
    tx: &dyn ReadTx,
    table: u8,
    tenant: Id,
    after: Option<Id>,
    visit: &mut dyn FnMut(R) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let all = Key::of(table).id(tenant);
    tx.scan(Scan::ascending(&first(&all, after), &all.end()), &mut |key, value| visit(read(key, value)?))
}

/// A record as JSON, as it is stored, secrets and all.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if it has no JSON form; none of ours is without.
pub(crate) fn json(record: &impl Reveal) -> Result<serde_json::Value> {
    serde_json::to_value(Revealed(record)).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))
}
