//! What the store knows about itself, and the change log.

use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{misplaced, unreadable};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::migrate::{self, Counters};
use crate::engine::{Direction, ReadTx, WriteTx};
use crate::error::{Error, ErrorKind, Result};

/// What the store knows about itself.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if it knows nothing, or has a form that this library does not know.
pub(crate) fn counters(tx: &dyn ReadTx) -> Result<Counters> {
    migrate::counters(tx)?
        .ok_or_else(|| Error::new(ErrorKind::Corrupt).context("the store does not know itself"))
}

/// Writes an entry of the change log.
pub(crate) fn save_change(tx: &mut dyn WriteTx, sequence: u64, change: &impl Serialize) -> Result<()> {
    tx.put(Key::of(tag::CHANGE).number(sequence).bytes(), &keyspace::encode(change)?)
}

/// The entry of the change log at a key, if it has the number that the key has.
pub(crate) fn change<C: DeserializeOwned>(key: &[u8], bytes: &[u8], number: &dyn Fn(&C) -> u64) -> Result<C> {
    let change = keyspace::decode(bytes).map_err(|error| error.context(unreadable(key)))?;
    let belongs = Key::of(tag::CHANGE).number(number(&change)).bytes() == key;
    if belongs { Ok(change) } else { Err(misplaced(key)) }
}

/// Up to `limit` entries of the change log after the one with this number. `number` gives that of an entry.
pub(crate) fn changes<C: DeserializeOwned>(
    tx: &dyn ReadTx,
    after: u64,
    limit: usize,
    number: &dyn Fn(&C) -> u64,
) -> Result<Vec<C>> {
    let log = Key::of(tag::CHANGE);
    let mut found = Vec::new();
    tx.scan(&log.clone().number(after).next(), &log.end(), Direction::Ascending, &mut |key, bytes| {
        if found.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        found.push(change(key, bytes, number)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
