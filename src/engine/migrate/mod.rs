//! What is done when a store is opened: a new one gets its first tenant, an older one is brought up to date.
//! May import what `engine` may.

mod form_1;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::keyspace::{self, Key, tag};
use super::records::Revealed;
use super::{Direction, Engine, ReadTx, WriteTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Id, Tenant};
use crate::pki::Timestamp;

/// The form of stores that this library writes. A change of keys or records raises it and adds a step to
/// [`open`].
pub(crate) const FORM: u32 = 2;

/// What the store knows about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    /// The form of the store.
    pub(crate) form: u32,
    /// The last id that was given out.
    pub(crate) last_id: Id,
    /// The last sequence number of the change log.
    pub(crate) last_sequence: u64,
}

/// Makes the store ready for use.
pub(crate) fn open(engine: &dyn Engine, now: Timestamp) -> Result<()> {
    match open_once(engine, now) {
        // Somebody else founded it at the same moment, or the engine wants to see the work twice.
        Err(error) if *error.kind() == ErrorKind::Conflict => open_once(engine, now),
        done => done,
    }
}

fn open_once(engine: &dyn Engine, now: Timestamp) -> Result<()> {
    let mut tx = engine.write()?;
    match known(&*tx)? {
        Some(counters) if counters.form == 1 => {
            form_1::bring_forward(&mut *tx)?;
            save(&mut *tx, &Counters { form: FORM, ..counters })?;
            tx.commit()
        }
        Some(counters) => current(counters).map(drop),
        None if !is_empty(&*tx)? => {
            Err(Error::new(ErrorKind::NotAStore).context("its entries are those of another program"))
        }
        None => {
            found(&mut *tx, now)?;
            tx.commit()
        }
    }
}

/// What the store knows about itself, if it is one.
///
/// # Errors
///
/// [`ErrorKind::TooNew`] or [`ErrorKind::Corrupt`] if it has a form that this library does not know.
pub(crate) fn counters(tx: &dyn ReadTx) -> Result<Option<Counters>> {
    known(tx)?.map(current).transpose()
}

/// Writes what the store knows about itself.
pub(crate) fn save(tx: &mut dyn WriteTx, counters: &Counters) -> Result<()> {
    tx.put(Key::of(tag::COUNTERS).bytes(), &keyspace::encode(counters)?)
}

/// What a store of any form knows about itself.
fn known(tx: &dyn ReadTx) -> Result<Option<Counters>> {
    tx.get(Key::of(tag::COUNTERS).bytes())?.map(|bytes| keyspace::decode(&bytes)).transpose()
}

/// Refuses the counters of a store of another form.
fn current(counters: Counters) -> Result<Counters> {
    let form = counters.form;
    let kind = match form {
        FORM => return Ok(counters),
        _ if form > FORM => ErrorKind::TooNew,
        _ => ErrorKind::Corrupt,
    };
    Err(Error::new(kind).context(format!("the store has the form {form}")))
}

/// Whether there is no key at all.
fn is_empty(tx: &dyn ReadTx) -> Result<bool> {
    let mut empty = true;
    tx.scan(&[], &[0xff], Direction::Ascending, &mut |_, _| {
        empty = false;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(empty)
}

/// Founds a new store.
fn found(tx: &mut dyn WriteTx, now: Timestamp) -> Result<()> {
    let counters = Counters { form: FORM, last_id: Tenant::DEFAULT, last_sequence: 0 };
    let tenant = Tenant::new(Tenant::DEFAULT, now, "idpstore");
    save(tx, &counters)?;
    tx.put(Key::of(tag::TENANT).id(tenant.id).bytes(), &keyspace::encode(&Revealed(&tenant))?)
}
