//! Keys, who may sign with them, and who refers to them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::ends::planned_end;
use super::{Index, Record, each_id, led_to, load, page};
use crate::engine::keyspace::{self, Key as Place, tag};
use crate::engine::tables::{self, Parts};
use crate::engine::{ReadTx, Scan};
use crate::error::Result;
use crate::model::{Attachment, Id, Key, Planned};
use crate::pki::Timestamp;

impl Record for Key {
    fn key(&self, tenant: Id) -> Place {
        let table = if self.is_signing() { tag::SIGNING_KEY } else { tag::TRUSTED_KEY };
        Place::of(table).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        let id = self.id.number().to_be_bytes().to_vec();
        if let Some(request) = &self.request {
            index.insert(Place::of(tag::REQUEST).id(tenant).id(request.owner).text(&request.id), id.clone());
        }
        for (date, _) in self.dates() {
            index.insert(dated(tenant, date).id(self.id), Vec::new());
        }
        if self.is_signing() {
            index.insert(Place::of(tag::SIGNING_KID).id(tenant).text(&self.kid), id);
        } else if let Some(digest) = self.certificate_digest() {
            index.insert(Place::of(tag::TRUSTED_DIGEST).id(tenant).text(&digest).id(self.id), Vec::new());
        }
        index
    }

    /// A trusted key is known by its own id; a signing key by its `kid`, to which an index leads.
    fn belongs_at(&self, tenant: Id, key: &[u8]) -> bool {
        self.key(tenant).bytes() == key && (self.is_signing() || self.kid == self.id.to_uuid())
    }
}

impl Record for Attachment {
    fn key(&self, tenant: Id) -> Place {
        Place::of(tag::ATTACHMENT).id(tenant).id(self.owner).text(&self.kid.to_lowercase()).text(&self.kid)
    }

    fn index(&self, tenant: Id) -> Index {
        let owner = Place::of(tag::ATTACHED_TO).id(tenant).text(&self.kid).id(self.owner);
        let mut index = Index::from([(owner, Vec::new())]);
        if let Some(Planned::Previous(until)) = self.planned {
            index.insert(planned_end(tenant, until, self.owner, &self.kid), Vec::new());
        }
        index
    }
}

/// The signing key with this `kid`.
pub(crate) fn signing_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Option<Key>> {
    let entry = tx.get(Place::of(tag::SIGNING_KID).id(tenant).text(kid).bytes())?;
    match entry.and_then(|entry| keyspace::last_id(&entry.bytes)) {
        Some(id) => Ok(signing_key_by_id(tx, tenant, id)?.filter(|key| key.kid == kid)),
        None => Ok(None),
    }
}

/// The trusted key with this id.
pub(crate) fn trusted_key(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<Key>> {
    load(tx, &Place::of(tag::TRUSTED_KEY).id(tenant).id(id))
}

/// Up to `limit` trusted keys after `after` in the order of their ids.
pub(crate) fn trusted_keys(tx: &dyn ReadTx, tenant: Id, after: Option<Id>, limit: usize) -> Result<Vec<Key>> {
    page(tx, &Place::of(tag::TRUSTED_KEY).id(tenant), after, limit, &|_| true)
}

/// The pending requests of an owner, in the order of their ids.
pub(crate) fn requests(tx: &dyn ReadTx, tenant: Id, owner: Id, id: Option<&str>) -> Result<Vec<Key>> {
    let all = Place::of(tag::REQUEST).id(tenant).id(owner);
    let all = match id {
        Some(id) => all.text(id),
        None => all,
    };
    let mut found = Vec::new();
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |entry, id| {
        let Some(id) = keyspace::last_id(id.bytes) else { return Ok(ControlFlow::Continue(())) };
        let leads = |key: &Key| key.index(tenant).keys().any(|known| known.bytes() == entry);
        found.extend(signing_key_by_id(tx, tenant, id)?.filter(leads));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The keys with which an owner may sign, by `kid` without regard to case.
pub(crate) fn attachments(tx: &dyn ReadTx, tenant: Id, owner: Id) -> Result<Vec<Attachment>> {
    page(tx, &Place::of(tag::ATTACHMENT).id(tenant).id(owner), None, usize::MAX, &|_| true)
}

/// Whether, and since when, an owner may sign with a key.
pub(crate) fn attachment(tx: &dyn ReadTx, tenant: Id, owner: Id, kid: &str) -> Result<Option<Attachment>> {
    load(tx, &Place::of(tag::ATTACHMENT).id(tenant).id(owner).text(&kid.to_lowercase()).text(kid))
}

/// All owners who may sign with a key, and since when.
pub(crate) fn attachments_of_key(tx: &dyn ReadTx, tenant: Id, kid: &str) -> Result<Vec<Attachment>> {
    let all = Place::of(tag::ATTACHED_TO).id(tenant).text(kid);
    led_to(tx, &all, |owner| attachment(tx, tenant, owner, kid))
}

/// Up to `limit` ids after this one, in their order, of those to which an index of references leads from a key, and of those who
/// may sign with it.
pub(crate) fn ids_using(
    tx: &dyn ReadTx,
    tenant: Id,
    kid: &str,
    references: u8,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Id>> {
    let mut ids = BTreeSet::new();
    for index in [references, tag::ATTACHED_TO] {
        let mut left = limit;
        each_id(tx, &Place::of(index).id(tenant).text(kid), after, &mut |id| {
            if left == 0 {
                return Ok(ControlFlow::Break(()));
            }
            left -= 1;
            ids.insert(id);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(ids.into_iter().take(limit).collect())
}

/// The ids of the trusted keys of the same certificate as this one.
pub(crate) fn same_certificate(tx: &dyn ReadTx, tenant: Id, key: &Key) -> Result<Vec<Id>> {
    let Some(digest) = key.certificate_digest() else { return Ok(Vec::new()) };
    let all = Place::of(tag::TRUSTED_DIGEST).id(tenant).text(&digest);
    let is_same = |twin: &Key| twin.certificate_digest().as_ref() == Some(&digest);
    led_to(tx, &all, |id| Ok(trusted_key(tx, tenant, id)?.filter(is_same).map(|twin| twin.id)))
}

fn dated(tenant: Id, date: Timestamp) -> Place {
    // Nothing is stored from the time before 1970.
    Place::of(tag::KEY_DATE).id(tenant).number(u64::try_from(date.unix_millis()).unwrap_or_default())
}

/// The dates of keys from one time on and before another, in their order, and the ids of the keys.
pub(crate) fn dates(
    tx: &dyn ReadTx,
    tenant: Id,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<(Timestamp, Id)>> {
    let mut found = Vec::new();
    each_date(tx, tenant, from, before, &mut |date, id| {
        found.push((date, id));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Visits the dates of keys from one time on and before another, in their order, with the ids of the keys.
pub(crate) fn each_date(
    tx: &dyn ReadTx,
    tenant: Id,
    from: Timestamp,
    before: Timestamp,
    visit: &mut dyn FnMut(Timestamp, Id) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let (from, before) = (dated(tenant, from), dated(tenant, before));
    tx.scan(Scan::ascending(from.bytes(), before.bytes()), &mut |entry, _| match tables::read(entry) {
        (_, Some(Parts { ids, .. })) if let [date, id] = *ids.as_slice() => {
            let millis = i64::try_from(date.number()).unwrap_or(i64::MAX);
            visit(Timestamp::from_unix_millis(millis), id)
        }
        _ => Ok(ControlFlow::Continue(())),
    })
}

/// The signing key or trusted key with this id.
pub(crate) fn key_by_id(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<Key>> {
    let key = signing_key_by_id(tx, tenant, id)?;
    if key.is_some() { Ok(key) } else { trusted_key(tx, tenant, id) }
}

/// The signing key with this id.
pub(crate) fn signing_key_by_id(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<Key>> {
    load(tx, &Place::of(tag::SIGNING_KEY).id(tenant).id(id))
}

/// Up to `limit` signing keys after `after` that pass `wanted`, in the order of their ids.
pub(crate) fn signing_keys(
    tx: &dyn ReadTx,
    tenant: Id,
    after: Option<Id>,
    limit: usize,
    wanted: &dyn Fn(&Key) -> bool,
) -> Result<Vec<Key>> {
    page(tx, &Place::of(tag::SIGNING_KEY).id(tenant), after, limit, wanted)
}
