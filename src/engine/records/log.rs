//! The log: one entry for each unit of work.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Image, unreadable};
use crate::engine::keyspace;
use crate::engine::one_owner::log_key;
use crate::engine::{Direction, ReadTx};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::model::{Change, ChangeKind, Id};
use crate::pki::Timestamp;

/// What the log holds of a unit of work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// When it happened.
    pub(crate) time: Timestamp,
    /// The dialect through which it was done, or `library`.
    pub(crate) actor: String,
    /// The last id that the store has given out, in this unit or before; none where ids are drawn by lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_id: Option<Id>,
    /// What was done.
    pub(crate) changes: Vec<Step>,
    /// The number of the unit that this one undoes, if it undoes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undoes: Option<u64>,
    /// What the records were that were changed, as a list of [`Image`]s; absent if that is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Box<RawValue>>,
}

/// A part of a unit of work, as [`Change`] shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Whose record it was.
    pub(crate) tenant: Id,
    /// What was done.
    pub(crate) kind: ChangeKind,
    /// To which record.
    pub(crate) subject: Id,
    /// Which key, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
    /// When it was due, if the clock alone has brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Timestamp>,
    /// In how many days from then a certificate ends, if it ends soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<u32>,
}

impl Step {
    /// A part that a caller has brought about.
    pub(crate) fn new(tenant: Id, kind: ChangeKind, subject: Id, kid: Option<String>) -> Self {
        Self { tenant, kind, subject, kid, due: None, days: None }
    }
}

impl Entry {
    /// The changes of the unit with this number.
    fn changes(self, number: u64) -> impl Iterator<Item = Change> {
        let Self { time, actor, changes, undoes, .. } = self;
        changes.into_iter().map(move |Step { tenant, kind, subject, kid, due, days }| Change {
            sequence: number,
            time,
            tenant,
            actor: actor.clone(),
            kind,
            subject,
            kid,
            due,
            days,
            undoes,
        })
    }
}

impl Entry {
    /// What the records were that the unit changed, in the order of their keys; `None` if that is not kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if they cannot be read.
    pub(crate) fn images(&self) -> Result<Option<Vec<Image>>> {
        let unread = |_| Error::new(ErrorKind::Corrupt).context("the images of a change cannot be read");
        let Some(text) = &self.before else { return Ok(None) };
        let images: Vec<Image> = serde_json::from_str(text.get()).map_err(unread)?;
        images.into_iter().map(Image::emptied).collect::<Result<_>>().map(Some)
    }
}

/// The entry of the unit with this number, which these bytes hold.
fn decode<E: DeserializeOwned>(number: u64, bytes: &[u8]) -> Result<E> {
    keyspace::decode(bytes).map_err(|error| error.context(unreadable(log_key(number).bytes())))
}

/// Called with the number of each unit and its entry; breaks off when it has seen enough.
type VisitEntry<'a> = dyn FnMut(u64, Entry) -> Result<ControlFlow<()>> + 'a;

/// Visits the entries of the units with the number `from` or a higher one, one way or the other.
pub(crate) fn each_entry(
    tx: &dyn ReadTx,
    from: u64,
    direction: Direction,
    visit: &mut VisitEntry<'_>,
) -> Result<()> {
    tx.log(from, direction, &mut |number, bytes| visit(number, decode(number, bytes)?))
}

/// The entry of the unit with this number, if it is kept.
pub(crate) fn entry(tx: &dyn ReadTx, number: u64) -> Result<Option<Entry>> {
    let mut found = None;
    each_entry(tx, number, Direction::Ascending, &mut |of, entry| {
        found = Some(entry).filter(|_| of == number);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// Visits the images of all units after the one with the number `after`, in their order.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if not all of them are kept, whatever `visit` fails with, and those of the storage.
pub(crate) fn each_image_after(
    tx: &dyn ReadTx,
    after: u64,
    visit: &mut dyn FnMut(&Image) -> Result<()>,
) -> Result<()> {
    let mut next = after + 1;
    each_entry(tx, next, Direction::Ascending, &mut |number, entry| {
        let images = entry.images()?.filter(|_| number == next).ok_or_else(|| not_kept(after))?;
        next += 1;
        images.iter().try_for_each(&mut *visit)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// The error that says that the history does not reach back to the unit with this number.
pub(crate) fn not_kept(number: u64) -> Error {
    Error::not_found(Resource::Change, number)
}

/// When the unit with this number happened, as its entry says.
pub(crate) fn time_of(number: u64, bytes: &[u8]) -> Result<Timestamp> {
    #[derive(Deserialize)]
    struct Time {
        time: Timestamp,
    }
    decode(number, bytes).map(|Time { time }| time)
}

#[derive(Deserialize)]
struct LastId {
    #[serde(default)]
    last_id: Option<Id>,
}

/// The last id that was given out, as the log knows it; `None` if there is no entry yet, or if ids are drawn by lot.
pub(crate) fn last_id(tx: &dyn ReadTx) -> Result<Option<Id>> {
    let mut last = None;
    tx.log(0, Direction::Descending, &mut |number, bytes| {
        LastId { last_id: last } = decode(number, bytes)?;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(last)
}

/// The changes of the units with the number `from` or a higher one, up to `limit`; those of the last unit are given whole.
pub(crate) fn changes(tx: &dyn ReadTx, from: u64, limit: usize) -> Result<Vec<Change>> {
    let mut found = Vec::new();
    tx.log(from, Direction::Ascending, &mut |number, bytes| {
        if found.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        found.extend(decode::<Entry>(number, bytes)?.changes(number));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
