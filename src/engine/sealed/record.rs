//! The secrets of one record, as they are stored: each a text that begins with [`SEALED`] and goes on with the number of the data
//! key and what it has sealed, in base64url.
//!
//! What is sealed is the JSON of the secret. It is bound to the key of the record, the place in it, and the generation of the
//! record's secrets: random octets that are kept in an entry of their own, and are others each time when the record is written. Texts
//! of callers that begin so are refused: whatever looks sealed in a store is.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD as BASE64, Engine as _};
use memchr::memmem;
use zeroize::Zeroizing;

use super::cipher::Place;
use super::header::Ring;
use crate::engine::records::{Span, spans};
use crate::engine::tables;
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::model::SEALED;

/// How many octets a generation has.
const GENERATION: usize = 16;

/// The JSON of a record, and where its secrets are.
struct Secrets<'r> {
    /// The octet of the version.
    version: &'r [u8],
    json: &'r str,
    spans: Vec<Span>,
}

impl<'r> Secrets<'r> {
    fn of(bytes: &'r [u8]) -> Result<Self> {
        let read = || {
            let (version, json) = bytes.split_at_checked(1)?;
            let json = str::from_utf8(json).ok()?;
            Some(Self { version, json, spans: spans(json)? })
        };
        read().ok_or_else(|| Error::new(ErrorKind::Corrupt).context("a record cannot be read"))
    }

    /// The JSON of each secret, with its place.
    fn each(&self) -> impl Iterator<Item = (&str, &'r str)> {
        self.spans.iter().map(|span| (&*span.at, self.json.get(span.value.clone()).unwrap_or_default()))
    }

    /// The record with other JSON in the places of its secrets; nothing if it has none.
    fn replaced(&self, by: impl Fn(&str, &str) -> Result<Zeroizing<String>>) -> Result<Option<Vec<u8>>> {
        if self.spans.is_empty() {
            return Ok(None);
        }
        let (mut record, mut end) = (self.version.to_vec(), 0);
        record.reserve(self.json.len() + 128 * self.spans.len());
        for (span, (at, secret)) in self.spans.iter().zip(self.each()) {
            record.extend_from_slice(self.between(end, span.value.start));
            record.extend_from_slice(by(at, secret)?.as_bytes());
            end = span.value.end;
        }
        record.extend_from_slice(self.between(end, self.json.len()));
        Ok(Some(record))
    }

    fn between(&self, start: usize, end: usize) -> &[u8] {
        self.json.get(start..end).unwrap_or_default().as_bytes()
    }
}

/// A record whose secrets are sealed, and their generation; nothing if it has none.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`] if there are too many, or they are nested too deeply.
pub(super) fn seal(
    ring: &Ring,
    random: &dyn Entropy,
    key: &[u8],
    bytes: &[u8],
) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut generation = vec![0; GENERATION];
    let secrets = Secrets::of(bytes).map_err(|_| ErrorKind::TooLarge)?;
    if !secrets.spans.is_empty() {
        random.fill(&mut generation);
    }
    let (number, with) = ring.current()?;
    let sealed = secrets.replaced(|at, secret| {
        if text_of(secret).is_some() {
            return Err(reserved());
        }
        let sealed = with.seal(random, &place(key, at, &generation), secret.as_bytes())?;
        let sealed = BASE64.encode([&number.to_be_bytes()[..], &sealed].concat());
        Ok(Zeroizing::new(format!("\"{SEALED}{sealed}\"")))
    })?;
    Ok(sealed.map(|sealed| (sealed, generation)))
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
    let secrets = Secrets::of(bytes)?;
    let generation = if secrets.spans.is_empty() { None } else { generation()? }.unwrap_or_default();
    secrets.replaced(|at, secret| {
        open_one(ring, &place(key, at, &generation), secret).ok_or_else(|| unopened(key, at))
    })
}

fn open_one(ring: &Ring, place: &Place, secret: &str) -> Option<Zeroizing<String>> {
    let sealed = BASE64.decode(text_of(secret)?).ok()?;
    let (number, sealed) = sealed.split_first_chunk()?;
    let mut json = ring.key(u32::from_be_bytes(*number))?.open(place, sealed)?;
    String::from_utf8(std::mem::take(&mut *json)).ok().map(Zeroizing::new)
}

/// What follows the beginning of a sealed text.
fn text_of(secret: &str) -> Option<&str> {
    secret.strip_prefix('"')?.strip_suffix('"')?.strip_prefix(SEALED)
}

/// Refuses a record that holds a secret which is not sealed.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`].
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    let secrets = Secrets::of(bytes)?;
    let are_sealed = secrets.each().all(|(_, secret)| text_of(secret).is_some());
    if are_sealed { Ok(()) } else { Err(ErrorKind::Corrupt.into()) }
}

/// Whether a record holds a secret.
pub(super) fn has_secrets(bytes: &[u8]) -> Result<bool> {
    Ok(!Secrets::of(bytes)?.spans.is_empty())
}

/// Refuses a record that has not the secrets of its stored form, each in its place: while a store is locked, none can be sealed,
/// and none is lost because the caller could not see it.
///
/// # Errors
///
/// [`ErrorKind::Sealed`].
pub(super) fn check_unchanged(stored: Option<&[u8]>, bytes: &[u8]) -> Result<()> {
    let each = |secrets: &Secrets<'_>| -> BTreeMap<String, String> {
        secrets.each().map(|(at, secret)| (at.to_owned(), secret.to_owned())).collect()
    };
    let stored = stored.map(Secrets::of).transpose()?.as_ref().map(each).unwrap_or_default();
    if stored == each(&Secrets::of(bytes)?) { Ok(()) } else { Err(ErrorKind::Sealed.into()) }
}

/// Refuses a record whose secrets are not sealed one by one, if one of them looks sealed: then nothing that looks so is a caller's.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`].
pub(super) fn refuse_sealed(bytes: &[u8]) -> Result<()> {
    let looks_sealed = memmem::find(bytes, SEALED.as_bytes()).is_some()
        && Secrets::of(bytes)?.each().any(|(_, secret)| text_of(secret).is_some());
    if looks_sealed { Err(reserved()) } else { Ok(()) }
}

fn reserved() -> Error {
    Error::new(ErrorKind::Unsupported).context(format!("a text cannot begin with `{SEALED}`"))
}

fn place(key: &[u8], at: &str, generation: &[u8]) -> Place {
    Place::of(&[b"idpstore secret", key, at.as_bytes(), generation])
}

fn unopened(key: &[u8], at: &str) -> Error {
    let words =
        format!("the secret {at} of the record at {} is not sealed for its place", tables::Place(key));
    Error::new(ErrorKind::Corrupt).context(words)
}
