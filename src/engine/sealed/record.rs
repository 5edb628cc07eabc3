//! The secrets of one record, as they are stored: each a text that begins with [`SEALED`] and goes on with the number of the data
//! key and what it has sealed, in base64url.
//!
//! What is sealed is the JSON of the secret. It is bound to the key of the record, the place in it, and the generation of the
//! record's secrets: random octets that are kept in an entry of their own, and are others each time when the record is written.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD as BASE64, Engine as _};
use serde_json::Value;

use super::cipher::Place;
use super::header::Ring;
use crate::engine::keyspace;
use crate::engine::records::withhold;
use crate::engine::tables;
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::model::SEALED;

/// How many octets a generation has.
const GENERATION: usize = 16;

/// Takes all that is to be sealed out of a record, with its places.
fn secrets(record: &mut Value) -> Vec<(String, Value)> {
    let mut found = withhold(record);
    found.retain(|(at, secret)| {
        let is_nothing = secret.is_boolean() || secret.as_str() == Some("");
        if is_nothing {
            put_back(record, at, secret.clone());
        }
        !is_nothing
    });
    found
}

fn put_back(record: &mut Value, at: &str, secret: Value) {
    if let Some(place) = record.pointer_mut(at) {
        *place = secret;
    }
}

/// A record whose secrets are sealed, and their generation; nothing if it has none.
pub(super) fn seal(
    ring: &Ring,
    random: &dyn Entropy,
    key: &[u8],
    bytes: &[u8],
) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut record: Value = keyspace::decode(bytes)?;
    let secrets = secrets(&mut record);
    if secrets.is_empty() {
        return Ok(None);
    }
    let mut generation = vec![0; GENERATION];
    random.fill(&mut generation);
    let (number, with) = ring.current()?;
    for (at, secret) in secrets {
        let text = zeroize::Zeroizing::new(secret.to_string());
        let sealed = with.seal(random, &place(key, &at, &generation), text.as_bytes())?;
        let sealed = [&number.to_be_bytes()[..], &sealed].concat();
        put_back(&mut record, &at, format!("{SEALED}{}", BASE64.encode(sealed)).into());
    }
    Ok(Some((keyspace::encode(&record)?, generation)))
}

/// A record whose secrets are opened; nothing if it has none. `generation` gives the one that is kept.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if a secret is not sealed, or was sealed for another place or generation.
pub(super) fn open(
    ring: &Ring,
    key: &[u8],
    bytes: &[u8],
    generation: impl FnOnce() -> Result<Option<Vec<u8>>>,
) -> Result<Option<Vec<u8>>> {
    let mut record: Value = keyspace::decode(bytes)?;
    let secrets = secrets(&mut record);
    if secrets.is_empty() {
        return Ok(None);
    }
    let generation = generation()?.unwrap_or_default();
    for (at, secret) in secrets {
        let opened = open_one(ring, &place(key, &at, &generation), &secret);
        put_back(&mut record, &at, opened.ok_or_else(|| unopened(key, &at))?);
    }
    keyspace::encode(&record).map(Some)
}

fn open_one(ring: &Ring, place: &Place, secret: &Value) -> Option<Value> {
    let sealed = BASE64.decode(secret.as_str()?.strip_prefix(SEALED)?).ok()?;
    let (number, sealed) = sealed.split_first_chunk()?;
    let text = ring.key(u32::from_be_bytes(*number))?.open(place, sealed)?;
    serde_json::from_str(str::from_utf8(&text).ok()?).ok()
}

/// Refuses a record that holds a secret which is not sealed.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`].
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    let mut record: Value = keyspace::decode(bytes)?;
    let is_plain = |secret: &Value| !secret.as_str().is_some_and(|text| text.starts_with(SEALED));
    let is_crafted = secrets(&mut record).iter().any(|(_, secret)| is_plain(secret));
    if is_crafted { Err(ErrorKind::Corrupt.into()) } else { Ok(()) }
}

/// Whether a record holds a secret.
pub(super) fn has_secrets(bytes: &[u8]) -> Result<bool> {
    Ok(!secrets(&mut keyspace::decode(bytes)?).is_empty())
}

/// Refuses a record with another secret than its stored form has there: while a store is locked, none can be sealed.
///
/// # Errors
///
/// [`ErrorKind::Sealed`].
pub(super) fn check_unchanged(stored: Option<&[u8]>, bytes: &[u8]) -> Result<()> {
    let mut record: Value = keyspace::decode(bytes)?;
    let secrets = secrets(&mut record);
    if secrets.is_empty() {
        return Ok(());
    }
    let stored: Value = stored.map_or(Ok(Value::Null), keyspace::decode)?;
    let is_kept = |(at, secret): &(String, Value)| stored.pointer(at) == Some(secret);
    if secrets.iter().all(is_kept) { Ok(()) } else { Err(ErrorKind::Sealed.into()) }
}

fn place(key: &[u8], at: &str, generation: &[u8]) -> Place {
    Place::of(&[b"idpstore secret", key, at.as_bytes(), generation])
}

fn unopened(key: &[u8], at: &str) -> Error {
    let words =
        format!("the secret {at} of the record at {} is not sealed for its place", tables::Place(key));
    Error::new(ErrorKind::Corrupt).context(words)
}
