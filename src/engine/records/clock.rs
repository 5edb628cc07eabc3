//! How far what the clock brings has been logged.

use serde::{Deserialize, Serialize};

use super::{tenant, unreadable};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::{ReadTx, WriteTx};
use crate::error::Result;
use crate::model::{Id, Tenant};
use crate::pki::Timestamp;

/// A place in the order in which what the clock brings is logged: by the time at which it is due, then by tenant and record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// When it is due.
    pub(crate) due: Timestamp,
    /// Whose record it is about.
    pub(crate) tenant: Id,
    /// The record.
    pub(crate) subject: Id,
}

impl Mark {
    /// The place before all that is due at this time.
    pub(crate) fn before(due: Timestamp) -> Self {
        Self { due, tenant: Id::from_number(0), subject: Id::from_number(0) }
    }

    /// The place after all that is due at this time: times are whole milliseconds.
    pub(crate) fn after(due: Timestamp) -> Self {
        Self::before(Timestamp::from_unix_millis(due.unix_millis().saturating_add(1)))
    }
}

/// The first place that has not been logged yet: at first, that of the time at which the store was founded.
pub(crate) fn logged_until(tx: &dyn ReadTx) -> Result<Mark> {
    let key = Key::of(tag::CLOCK);
    if let Some(stored) = tx.get(key.bytes())? {
        return keyspace::decode(&stored.bytes).map_err(|error| error.context(unreadable(key.bytes())));
    }
    let founded = tenant(tx, Tenant::DEFAULT)?.map(|tenant| tenant.created);
    Ok(Mark::before(founded.unwrap_or_default()))
}

/// Notes that everything before this place has been logged.
pub(crate) fn set_logged_until(tx: &mut dyn WriteTx, mark: Mark) -> Result<()> {
    tx.put(Key::of(tag::CLOCK).bytes(), &keyspace::encode(&mark)?)
}
