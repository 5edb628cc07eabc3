//! The sum over the generations of all records, which only the root key can make. It shows whether a secret was exchanged for an
//! older one.
//!
//! Each generation has a mark, a keyed digest of the record's key and the generation, and the sum is all marks, added without
//! carrying. It is kept sealed, changes with each unit that changes a generation, and is compared when a store is unlocked. So a
//! file in which one record and its generation are older than the others does not open. Where everything is sealed, each record has a
//! mark, and its generation is the nonce that it begins with.

use std::ops::ControlFlow;

use super::cipher::{KEY, Place, digest};
use super::everything::{self, Everything};
use super::generation_key;
use super::header::Ring;
use crate::engine::keyspace::{Key, tag};
use crate::engine::records::{RECORD_TABLES, is_of_record};
use crate::engine::{ReadTx, Scan};
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};

/// All marks, added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum([u8; KEY]);

impl Sum {
    /// Adds something, or takes it away again, which is the same.
    pub(super) fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(octet, other)| *octet ^= other);
    }

    pub(super) fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// The key of the sum.
pub(super) fn sum_key() -> Key {
    Key::of(tag::GENERATIONS)
}

impl Ring {
    /// The mark of a record's generation.
    pub(super) fn mark(&self, record: &[u8], generation: &[u8]) -> Sum {
        Sum(digest(self.marks(), &Place::of(&[record, generation])))
    }

    /// The sum, sealed.
    pub(super) fn seal_sum(&self, random: &dyn Entropy, sum: Sum) -> Result<Vec<u8>> {
        self.root_key().seal(random, &place(), &sum.0)
    }

    /// The sum that was sealed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if it is not there.
    pub(super) fn open_sum(&self, sealed: Option<&[u8]>) -> Result<Sum> {
        let opened = sealed.and_then(|sealed| self.root_key().open(&place(), sealed));
        let sum = opened.and_then(|sum| sum.as_slice().try_into().ok());
        sum.map(Sum)
            .ok_or_else(|| Error::new(ErrorKind::Corrupt).context("the sum of the secrets cannot be read"))
    }

    /// Compares the sum of the generations that a store holds with the one that it keeps.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if it is another.
    pub(super) fn compare_sum(&self, tx: &dyn ReadTx) -> Result<()> {
        let tables: &[u8] = if self.is_of_everything { &RECORD_TABLES } else { &[tag::GENERATION] };
        let mut sum = Sum::default();
        for all in tables.iter().copied().map(Key::of) {
            tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |key, value| {
                sum.add(if self.is_of_everything {
                    self.mark(key, everything::generation(value.bytes))
                } else {
                    self.mark(key.get(1..).unwrap_or_default(), value.bytes)
                });
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let sealed = tx.get(sum_key().bytes())?;
        if self.open_sum(sealed.as_deref())? == sum { Ok(()) } else { Err(older()) }
    }
}

/// What a change of a record's generation adds to the sum. There may have been none before, or there is none any more.
pub(super) fn change(ring: &Ring, tx: &dyn ReadTx, record: &[u8], generation: Option<&[u8]>) -> Result<Sum> {
    let mut sum = Sum::default();
    if let Some(before) = tx.get(&generation_key(record))? {
        sum.add(ring.mark(record, &before));
    }
    if let Some(generation) = generation {
        sum.add(ring.mark(record, generation));
    }
    Ok(sum)
}

/// The same where everything is sealed. Only records have a mark.
pub(super) fn change_of_entry(
    everything: Everything<'_>,
    tx: &dyn ReadTx,
    stored: &[u8],
    generation: Option<&[u8]>,
) -> Result<Sum> {
    let mut sum = Sum::default();
    if is_of_record(stored) {
        let before = tx.get(stored)?;
        for generation in before.as_deref().map(everything::generation).into_iter().chain(generation) {
            sum.add(everything.ring.mark(stored, generation));
        }
    }
    Ok(sum)
}

fn place() -> Place {
    Place::of(&[b"idpstore generations"])
}

pub(super) fn older() -> Error {
    Error::new(ErrorKind::Corrupt).context("some secrets in it are older than others, or missing")
}
