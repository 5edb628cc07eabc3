//! From form 1 to form 2.
//!
//! In form 1 the store counted its ids and changes under one key, a change was an entry of the log, nothing but providers had
//! a version, which was a member of the record, and keys had the length of the texts in them.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Form, unknown};
use crate::engine::Direction;
use crate::engine::keyspace::{self, Key, RECORD_VERSION, tag};
use crate::engine::one_owner::{RawWrite, log_key, stamped};
use crate::engine::records::{Entry, Step};
use crate::engine::tables;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Change, Id};
use crate::pki::Timestamp;

/// The version byte of its records.
const OLD_VERSION: u8 = 1;

/// The table of the ends of providers' names.
const ENDS_OF_NAMES: u8 = b'S';

/// What a store of form 1 knows about itself.
#[derive(Deserialize)]
struct Counters {
    form: u32,
    last_id: Id,
    last_sequence: u64,
}

/// Migrates a store of form 1 to form 2. Any other store is left as it is.
pub(super) fn bring_forward(tx: &mut dyn RawWrite) -> Result<()> {
    let Some(stored) = tx.get(Key::of(tag::FORM).bytes())? else { return Ok(()) };
    if stored.first() != Some(&OLD_VERSION) {
        return Ok(());
    }
    let unreadable = || Error::new(ErrorKind::Corrupt).context("the header of the store cannot be read");
    let counters: Counters = old_record(&stored).ok_or_else(unreadable)?;
    if counters.form != 1 {
        return Err(unknown(counters.form));
    }
    for (key, value) in changed(tx, &counters)? {
        match value {
            Some(value) => tx.put(&key, &value)?,
            None => tx.delete(&key)?,
        }
    }
    Ok(())
}

/// A key, and what is written there; `None` if it is removed.
type Written = (Vec<u8>, Option<Vec<u8>>);

/// What is written in place of the entries.
fn changed(tx: &dyn RawWrite, counters: &Counters) -> Result<Vec<Written>> {
    let mut changed = Vec::new();
    let mut last_number = 0;
    tx.scan(&[], &[0xff], Direction::Ascending, &mut |key, value| {
        let bounded = tables::bounded(key);
        let new = match key.first() {
            Some(&ENDS_OF_NAMES) => None,
            Some(&tag::FORM) => Some(stamped(&keyspace::encode(&Form { form: 2 })?, 0)),
            Some(&tag::PROVIDER) => Some(provider(value)?),
            Some(&(tag::SIGNING_KID | tag::REQUEST)) => Some(stamped(value, 0)),
            Some(&tag::CHANGE) => {
                last_number = keyspace::last_id(key).map_or(last_number, Id::number);
                Some(change(value, last_number, counters.last_id)?)
            }
            // All other entries of indexes have no value, and no version.
            _ if value.is_empty() && bounded.is_none() => return Ok(ControlFlow::Continue(())),
            _ => Some(unchanged(value)),
        };
        match bounded {
            Some(bounded) => changed.extend([(key.to_vec(), None), (bounded.bytes().to_vec(), new)]),
            None => changed.push((key.to_vec(), new)),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if last_number < counters.last_sequence {
        let entry = Entry {
            time: Timestamp::default(),
            actor: "library".to_owned(),
            last_id: Some(counters.last_id),
            changes: Vec::new(),
            undoes: None,
            before: None,
        };
        let number = counters.last_sequence;
        changed.push((log_key(number).bytes().to_vec(), Some(stamped(&keyspace::encode(&entry)?, number))));
    }
    Ok(changed)
}

/// A record whose members stay as they are, also if it cannot be read.
fn unchanged(old: &[u8]) -> Vec<u8> {
    match old.split_first() {
        Some((&OLD_VERSION, json)) => stamped(&[&[RECORD_VERSION], json].concat(), 0),
        _ => stamped(old, 0),
    }
}

/// A provider had its version in itself. Whether users are created and linked was a truth value each: the providers of which
/// that was known.
fn provider(old: &[u8]) -> Result<Vec<u8>> {
    let Some(mut record) = old_record::<Map<String, Value>>(old) else { return Ok(unchanged(old)) };
    let version = record.shift_remove("sequence").and_then(|number| number.as_u64()).unwrap_or(0);
    if let Some(linking) = record.get_mut("linking").and_then(Value::as_object_mut) {
        let permission = |does: Value| json!({"allowed": does, "automatic": does});
        let (creation, link) = (linking.shift_remove("creation"), linking.shift_remove("automatic"));
        let known = [("creation", creation), ("link", link)];
        linking
            .extend(known.into_iter().filter_map(|(name, does)| Some((name.to_owned(), permission(does?)))));
    }
    Ok(stamped(&keyspace::encode(&record)?, version))
}

/// An entry of the log, of a unit with one change. Which id was the last by then is not known; it was none later than the
/// last of all.
fn change(old: &[u8], number: u64, last_id: Id) -> Result<Vec<u8>> {
    let Some(Change { time, tenant, actor, kind, subject, kid, .. }) = old_record(old) else {
        return Ok(unchanged(old));
    };
    let entry = Entry {
        time,
        actor,
        last_id: Some(last_id),
        changes: vec![Step::new(tenant, kind, subject, kid)],
        undoes: None,
        before: None,
    };
    Ok(stamped(&keyspace::encode(&entry)?, number))
}

/// A record of form 1, if it can be read.
fn old_record<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes.strip_prefix(&[OLD_VERSION])?).ok()?;
    serde_json::from_str(text).ok()
}
