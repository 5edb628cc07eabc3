//! What is done when a store is opened: a new one gets its first tenant, an older one is brought up to date.
//! May import what `engine` may.

mod form_1;
mod form_2;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::keyspace::{self, Key, tag};
use super::one_owner::stamped;
use super::records::Revealed;
use super::{Engine, ReadTx, Scan, WriteTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Tenant;
use crate::pki::Timestamp;

/// The form of stores that this library writes. A change of keys or records raises it and adds a step to
/// [`open`].
pub(crate) const FORM: u32 = 3;

/// What the store knows about itself.
#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
}

/// Makes the store ready for use.
pub(crate) fn open(engine: &dyn Engine, now: Timestamp) -> Result<()> {
    match open_once(engine, now) {
        // Another process founded it at the same moment, or the engine runs each unit twice.
        Err(error) if *error.kind() == ErrorKind::Conflict => open_once(engine, now),
        done => done,
    }
}

fn open_once(engine: &dyn Engine, now: Timestamp) -> Result<()> {
    let mut tx = engine.write()?;
    if !bring_forward(&mut *tx)? {
        if is_present(&*tx)? {
            return Ok(());
        }
        if tx.get(Key::of(tag::COPY).bytes())?.is_some() {
            let words = "a copy of a store into this place is not complete: repeat it";
            return Err(Error::new(ErrorKind::NotAStore).context(words));
        }
        if !is_empty(&*tx)? {
            let words = "its entries are those of another program";
            return Err(Error::new(ErrorKind::NotAStore).context(words));
        }
        found(&mut *tx, now)?;
    }
    tx.commit(None).map(drop)
}

/// Gives a store that an older release wrote the form of this one. Any other is left as it is.
pub(crate) fn bring_up_to_date(engine: &dyn Engine) -> Result<()> {
    let mut tx = engine.write()?;
    if bring_forward(&mut *tx)? { tx.commit(None).map(drop) } else { tx.release() }
}

/// Takes all steps from an older form; the answer is `false` if there is none to take.
fn bring_forward(tx: &mut dyn WriteTx) -> Result<bool> {
    // A store of form 1 is then one of form 2.
    tx.raw().map_or(Ok(()), form_1::bring_forward)?;
    form_2::bring_forward(tx)
}

/// Whether a store is there, which then has the form that this library writes.
///
/// # Errors
///
/// [`ErrorKind::TooNew`] or [`ErrorKind::Corrupt`] if it has a form that this library does not know.
pub(crate) fn is_present(tx: &dyn ReadTx) -> Result<bool> {
    let Some(stored) = tx.get(Key::of(tag::FORM).bytes())? else { return Ok(false) };
    match keyspace::decode(&stored.bytes)? {
        Form { form: FORM } => Ok(true),
        Form { form } => Err(unknown(form)),
    }
}

fn unknown(form: u32) -> Error {
    let kind = if form > FORM { ErrorKind::TooNew } else { ErrorKind::Corrupt };
    Error::new(kind).context(format!("the store has the form {form}"))
}

/// Whether there is no key at all.
pub(crate) fn is_empty(tx: &dyn ReadTx) -> Result<bool> {
    let mut empty = true;
    tx.scan(Scan::ascending(&[], &[0xff]).up_to(1), &mut |_, _| {
        empty = false;
        Ok(ControlFlow::Break(()))
    })?;
    Ok(empty)
}

/// Founds a new store. That is no unit: the first one has the number 1.
fn found(tx: &mut dyn WriteTx, now: Timestamp) -> Result<()> {
    let tenant = Tenant::new(Tenant::DEFAULT, now, "idpstore");
    let entries = [
        (Key::of(tag::FORM), keyspace::encode(&Form { form: FORM })?),
        (Key::of(tag::TENANT).id(tenant.id), keyspace::encode(&Revealed(&tenant))?),
    ];
    write(tx, &entries)
}

/// Writes entries that no unit has written.
fn write(tx: &mut dyn WriteTx, entries: &[(Key, Vec<u8>)]) -> Result<()> {
    match tx.raw() {
        Some(raw) => entries.iter().try_for_each(|(key, record)| raw.put(key.bytes(), &stamped(record, 0))),
        None => entries.iter().try_for_each(|(key, record)| tx.put(key.bytes(), record)),
    }
}
