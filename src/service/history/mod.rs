//! The history: what records were before each change, the store as it was, what differs, and changes undone.
//! May import what `service` may.
//!
//! It reaches back to where the log begins, or to the last unit of which no images are kept: one that went back to a
//! snapshot, changed more than is kept, or was written by a release without a history.

mod diff;
mod retention;
mod undo;

pub use diff::Difference;
pub(crate) use diff::compared;
pub(super) use diff::difference;
pub use retention::Retention;

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::Value;

use super::Service;
use crate::engine::keyspace::{Key, tag};
use crate::engine::past::Past;
use crate::engine::records;
use crate::engine::{Direction, ReadTx};
use crate::error::{ErrorKind, Result};
use crate::model::Id;
use crate::pki::Timestamp;

/// One change of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revision {
    /// The number of the change.
    pub sequence: u64,
    /// When it happened.
    pub time: Timestamp,
    /// Through which dialect or by whom it was done.
    pub actor: String,
    /// The record before, as it is stored, its secrets empty; absent if it was created.
    pub before: Option<Value>,
    /// The record after; absent if it was deleted.
    pub after: Option<Value>,
}

/// The tables of records that have an id of their own.
const TABLES: [u8; 6] =
    [tag::PROVIDER, tag::APPLICATION, tag::TRUSTED_KEY, tag::SIGNING_KEY, tag::USER, tag::VENDOR_RECORD];

impl Service {
    /// Up to `limit` changes of the provider, application, key, user or vendor record with this id, the last one first. Secrets are empty
    /// in them: a change of a secret alone shows the same record twice.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml, State};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let made = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// service.set_provider_state(made.id, State::Inactive)?;
    /// let [last, first] = &service.history(made.id, 20)?[..] else { unreachable!() };
    /// assert_eq!((&first.before, &last.before), (&None, &first.after));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The cost grows with the number of changes of the record. Of a record that is deleted its last change is looked for in
    /// the log, from the end.
    ///
    /// # Errors
    ///
    /// Those of the storage. Of a record that never was, or whose changes are no longer kept, there are none.
    pub fn history(&self, id: Id, limit: usize) -> Result<Vec<Revision>> {
        self.history_before(id, None, limit)
    }

    /// The same of the changes before one of them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCursor`] if the change with this number did not change the record.
    pub(crate) fn history_before(&self, id: Id, number: Option<u64>, limit: usize) -> Result<Vec<Revision>> {
        self.read(|tx| {
            let mut found = Vec::new();
            let Some((key, mut last, mut after)) = last_revision(tx, self.tenant, id)? else {
                return Ok(found);
            };
            if let Some(number) = number {
                let (revision, before) = revision(tx, &key, number, None)?.ok_or(ErrorKind::BadCursor)?;
                (last, after) = (before, revision.before);
            }
            while last > 0
                && found.len() < limit
                && let Some((revision, before)) = revision(tx, &key, last, after.take())?
            {
                (last, after) = (before, revision.before.clone());
                found.push(revision);
            }
            Ok(found)
        })
    }

    /// The store as it was after the change with this number (0: before the first), for reading: all calls that read answer as
    /// they would have then, but for secrets, which are empty, and private keys, which cannot sign. Those that write fail.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let made = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// let then = service.last_change()?;
    /// service.delete_provider(made.id)?;
    /// assert!(service.provider(made.id).is_err());
    /// assert_eq!(service.at(then)?.provider(made.id)?.name, "Partner");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// What has changed since is kept in memory for as long as the view is.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if the change has not happened or the history does not reach back to it,
    /// and those of the storage. When the history is lost later, reading fails in the same way.
    pub fn at(&self, sequence: u64) -> Result<Self> {
        let past = Past::new(Arc::clone(&self.engine), sequence)?;
        let then = Self::new(Arc::new(past), self.env.clone());
        Ok(Self { tenant: self.tenant, named: self.named.clone(), through: self.through, ..then })
    }
}

/// What a change made of the record at a key, which is `after` then, and the number of the change before.
fn revision(
    tx: &dyn ReadTx,
    key: &Key,
    number: u64,
    after: Option<Value>,
) -> Result<Option<(Revision, u64)>> {
    let Some(entry) = records::entry(tx, number)? else { return Ok(None) };
    let images = entry.images()?.unwrap_or_default();
    let Some(image) = images.iter().find(|image| image.key == key.bytes()) else { return Ok(None) };
    let revision =
        Revision { sequence: number, time: entry.time, actor: entry.actor, before: image.json()?, after };
    // Versions only descend; a file in which one does not is damaged.
    Ok(Some((revision, image.version.min(number.saturating_sub(1)))))
}

/// The key of the record with this id, the number of its last change, and the record after it.
fn last_revision(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<(Key, u64, Option<Value>)>> {
    let keys = TABLES.map(|table| Key::of(table).id(tenant).id(id));
    for key in &keys {
        if let Some(now) = tx.get(key.bytes())? {
            return Ok(Some((key.clone(), now.version, Some(records::without_secrets(&now.bytes)?))));
        }
    }
    let mut last = None;
    records::each_entry(tx, 0, Direction::Descending, &mut |number, entry| {
        let images = entry.images()?.unwrap_or_default();
        let touched = |key: &&Key| images.iter().any(|image| image.key == key.bytes());
        last = keys.iter().find(touched).map(|key| (key.clone(), number, None));
        Ok(if last.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(last)
}
