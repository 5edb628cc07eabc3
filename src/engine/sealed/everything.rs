//! Entries of a store in which everything is sealed: values are sealed whole, and texts in keys replaced by a keyed hash of what the key
//! has up to there. Such a key cannot be read back, so it is sealed with its value.
//!
//! An entry is bound to its stored key, one of the log to the log: its number is not known when it is sealed. Ids and numbers in
//! keys are in the clear, and what an engine has to know before it is opened: the form, the clock and the seal.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::cipher::{NONCE, Place, hash};
use super::header::Ring;
use crate::engine::Value;
use crate::engine::keyspace::tag;
use crate::engine::records::is_of_record;
use crate::engine::tables;
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Id;

/// A key and a value.
pub(super) type Entry<'k> = (Cow<'k, [u8]>, Vec<u8>);

/// The keys with which everything is sealed.
#[derive(Clone, Copy)]
pub(super) struct Everything<'r> {
    pub(super) ring: &'r Ring,
}

impl Ring {
    /// Nothing if only secrets are sealed.
    pub(super) fn everything(&self) -> Option<Everything<'_>> {
        self.is_of_everything.then_some(Everything { ring: self })
    }
}

/// Whether the texts of a key are hashed.
fn is_hashed(key: &[u8]) -> bool {
    tables::has_texts(key)
}

/// Whether an entry is one of an index and says by its key what it leads from.
fn is_of_index(stored: &[u8]) -> bool {
    is_hashed(stored) && !is_of_record(stored)
}

/// A key in the table of a stored one, but of a tenant whose id none has.
fn beyond_tenants(stored: &[u8]) -> Vec<u8> {
    let (table, rest) = stored.split_at_checked(1).unwrap_or_default();
    [table, &[0xff; size_of::<Id>()], rest].concat()
}

/// Whether an entry is stored as it is.
fn is_clear(key: &[u8], value: &[u8]) -> bool {
    let is_of_store =
        matches!(key.first(), None | Some(&(tag::FORM | tag::CLOCK | tag::SEAL | tag::GENERATIONS)));
    is_of_store || (value.is_empty() && !is_hashed(key))
}

impl Everything<'_> {
    /// A key as it is stored, or the beginning of one that ends where one of its parts does.
    pub(super) fn stored(self, key: &[u8]) -> Cow<'_, [u8]> {
        if !is_hashed(key) {
            return key.into();
        }
        let part = |start, end| key.get(start..end).unwrap_or_default();
        let (mut stored, mut start) = (part(0, 1).to_vec(), 1);
        for (letter, end) in tables::ends(key) {
            if letter == tables::TEXT {
                stored.extend_from_slice(&hash(self.ring.texts(), part(0, end)));
            } else {
                stored.extend_from_slice(part(start, end));
            }
            start = end;
        }
        stored.extend_from_slice(part(start, key.len()));
        stored.into()
    }

    /// An entry as it is stored.
    pub(super) fn seal<'k>(self, random: &dyn Entropy, key: &'k [u8], value: &[u8]) -> Result<Entry<'k>> {
        let stored = self.stored(key);
        if is_clear(key, value) {
            return Ok((stored, value.to_vec()));
        }
        let with_key;
        let text = if is_hashed(key) {
            let length = u16::try_from(key.len()).map_err(|_| ErrorKind::TooLarge)?;
            with_key = Zeroizing::new([&length.to_be_bytes()[..], key, value].concat());
            &**with_key
        } else {
            value
        };
        let (number, with) = self.ring.current()?;
        let sealed = with.seal(random, &place(&stored), text)?;
        Ok((stored, [&number.to_be_bytes()[..], &sealed].concat()))
    }

    /// The entry that is stored so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if it was not sealed for this place.
    pub(super) fn open<'k>(self, stored: &'k [u8], value: &[u8]) -> Result<Entry<'k>> {
        let words = "an entry is not sealed for its place";
        self.opened(stored, value).ok_or_else(|| Error::new(ErrorKind::Corrupt).context(words))
    }

    /// As [`Everything::open`], for a scan. The value of one that was not sealed for its place is empty, which nothing reads as a
    /// record, and if it is one of an index, its key is after all others of the table, so that nothing but a check of the table sees it.
    pub(super) fn shown<'k>(self, stored: &'k [u8], value: &[u8]) -> Entry<'k> {
        self.opened(stored, value).unwrap_or_else(|| {
            let key = if is_of_index(stored) { beyond_tenants(stored).into() } else { stored.into() };
            (key, Vec::new())
        })
    }

    /// The value that is stored so: the same for one that is looked up. There is none of an index that was not sealed for its place.
    pub(super) fn value(self, stored: &[u8], value: Value<&[u8]>) -> Option<Value> {
        let opened = self.opened(stored, value.bytes).map(|(_, bytes)| bytes);
        let bytes = opened.or_else(|| (!is_of_index(stored)).then(Vec::new))?;
        Some(Value { bytes, version: value.version })
    }

    fn opened<'k>(self, stored: &'k [u8], value: &[u8]) -> Option<Entry<'k>> {
        if is_clear(stored, value) {
            return Some((stored.into(), value.to_vec()));
        }
        let (number, sealed) = value.split_first_chunk()?;
        let mut text = self.ring.key(u32::from_be_bytes(*number))?.open(&place(stored), sealed)?;
        if !is_hashed(stored) {
            return Some((stored.into(), std::mem::take(&mut *text)));
        }
        let (length, rest) = text.split_first_chunk()?;
        let (key, value) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        Some((key.to_vec().into(), value.to_vec()))
    }
}

/// What of a sealed value is another each time when it is written: the number of the data key, and the nonce.
pub(super) fn generation(value: &[u8]) -> &[u8] {
    value.get(..size_of::<u32>() + NONCE).unwrap_or_default()
}

fn place(stored: &[u8]) -> Place {
    let stored = if stored.first() == Some(&tag::CHANGE) { &[tag::CHANGE] } else { stored };
    Place::of(&[b"idpstore entry", stored])
}
