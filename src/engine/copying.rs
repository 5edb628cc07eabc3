//! A store is copied from one engine into another that has none.
//!
//! Into an engine with one owner it is put in one commit, with its log and its numbers. Into one with several owners, whose
//! commits are small and whose numbers are its own, it is put in steps, without the log. What is there already is not put
//! again, so a copy that was broken off goes on when it is repeated. Until it is complete there is no store in that engine: the
//! form is put last. Each step requires the mark of its copy, so a copy ends when another one begins, and nothing of it arrives
//! late in a store that is in use.

use std::ops::ControlFlow;

use super::keyspace::{self, Key, tag};
use super::one_owner::{Arrivals, Numbered};
use super::tables::{Place, record_id};
use super::{Capabilities, Engine, ReadTx, Scan, WriteTx, migrate};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Id;

/// After all keys.
const END: &[u8] = &[0xff; 256];

/// How many entries are compared at a time.
const PORTION: usize = 1000;

/// Keys and values.
type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Called with how many entries have been dealt with.
pub(crate) type Progress<'p> = dyn FnMut(u64) + 'p;

/// What was copied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Copied {
    /// How many entries, without those of the log.
    pub(crate) entries: u64,
    /// The highest id of a record.
    pub(crate) last_id: Option<Id>,
}

/// Copies a store. `lot` is drawn for this copy, and is that of no other.
///
/// # Errors
///
/// [`ErrorKind::WrongState`] if there is a store in the other engine or another copy into it has begun, [`ErrorKind::NotAStore`] if
/// it holds something else, [`ErrorKind::TooLarge`] if it does not take an entry of this size, and [`ErrorKind::Corrupt`] if the
/// copy is not the same at its end.
pub(crate) fn copy(
    from: &dyn Engine,
    to: &dyn Engine,
    lot: u64,
    progress: &mut Progress<'_>,
) -> Result<Copied> {
    if to.capabilities().several_owners {
        let (source, target) = (from.read()?, Target::begin(to, lot)?);
        target.fill(&*source, progress)?;
        let copied = compare(&*source, &*to.read()?)?;
        target.end(&*source)?;
        return Ok(copied);
    }
    let mut tx = to.write()?;
    refuse_stores(&*tx)?;
    if !migrate::is_empty(&*tx)? {
        return Err(foreign());
    }
    let snapshot = from.snapshot()?;
    tx.restore(&snapshot)?;
    tx.commit(None)?;
    let copied = compare(&Numbered::new(snapshot, &Arrivals::default()), &*to.read()?)?;
    progress(copied.entries);
    Ok(copied)
}

/// The mark of a copy that is not complete.
fn mark() -> Key {
    Key::of(tag::COPY)
}

fn form() -> Key {
    Key::of(tag::FORM)
}

fn refuse_stores(tx: &dyn ReadTx) -> Result<()> {
    if migrate::is_present(tx)? {
        return Err(Error::new(ErrorKind::WrongState).context("there is a store already"));
    }
    Ok(())
}

fn foreign() -> Error {
    Error::new(ErrorKind::NotAStore).context("what is there is of another program")
}

/// An engine with several owners, into which a store is copied.
struct Target<'e> {
    engine: &'e dyn Engine,
    /// The value of the mark while this copy is the one that was begun last.
    mark: Vec<u8>,
}

impl<'e> Target<'e> {
    /// Marks an engine without a store. A copy that has begun before cannot go on then.
    fn begin(engine: &'e dyn Engine, lot: u64) -> Result<Self> {
        let (mut tx, value) = (engine.write()?, keyspace::encode(&lot)?);
        refuse_stores(&*tx)?;
        if tx.get(mark().bytes())?.is_none() && !migrate::is_empty(&*tx)? {
            return Err(foreign());
        }
        tx.put(mark().bytes(), &value)?;
        tx.commit(None)?;
        Ok(Self { engine, mark: value })
    }

    /// Begins a step, which is refused if another copy begins meanwhile.
    fn step(&self) -> Result<Box<dyn WriteTx + 'e>> {
        let tx = self.engine.write()?;
        if tx.get(mark().bytes())?.is_some_and(|value| *value == *self.mark) {
            return Ok(tx);
        }
        Err(Error::new(ErrorKind::WrongState).context("another copy into this place has begun since"))
    }

    /// Makes the store whole: with its form, and without the mark.
    fn end(&self, source: &dyn ReadTx) -> Result<()> {
        let mut tx = self.step()?;
        if let Some(value) = source.get(form().bytes())? {
            tx.put(form().bytes(), &value)?;
        }
        tx.delete(mark().bytes())?;
        tx.commit(None).map(drop)
    }

    /// Has the engine hold the same entries, but for the form and the mark.
    fn fill(&self, source: &dyn ReadTx, progress: &mut Progress<'_>) -> Result<()> {
        let (mut from, mut count) = (Vec::new(), 0_u64);
        loop {
            let wanted = entries(source, &from, END, PORTION)?;
            let next =
                wanted.last().filter(|_| wanted.len() == PORTION).map(|(last, _)| [last, &[0][..]].concat());
            let until = next.as_deref().unwrap_or(END);
            let there = entries(&*self.engine.read()?, &from, until, usize::MAX)?;
            let is_copied = |key: &[u8]| ![form(), mark()].iter().any(|own| own.bytes() == key);
            let surplus = there.iter().filter(|(key, _)| is_copied(key) && position(&wanted, key).is_none());
            let missing = wanted.iter().filter(|(key, value)| {
                is_copied(key)
                    && position(&there, key).and_then(|at| there.get(at)).is_none_or(|its| its.1 != *value)
            });
            let changes =
                surplus.map(|(key, _)| (key, None)).chain(missing.map(|(key, value)| (key, Some(value))));
            self.put(changes)?;
            count += wanted.len() as u64;
            progress(count);
            match next {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    /// Puts and deletes values, as many at a time as the engine takes.
    fn put<'c>(&self, changes: impl Iterator<Item = (&'c Vec<u8>, Option<&'c Vec<u8>>)>) -> Result<()> {
        let Capabilities { commit_entries, commit_bytes, value_bytes, .. } = self.engine.capabilities();
        let (mut tx, mut count, mut bytes) = (self.step()?, 0, 0);
        for (key, value) in changes {
            let of_value = value.map_or(0, Vec::len);
            let length = key.len() + of_value;
            if of_value > value_bytes || length > commit_bytes {
                let words = format!("an entry is too large for this engine: {}", Place(key));
                return Err(Error::new(ErrorKind::TooLarge).context(words));
            }
            if count > 0 && (count == commit_entries || bytes + length > commit_bytes) {
                tx.commit(None)?;
                (tx, count, bytes) = (self.step()?, 0, 0);
            }
            match value {
                Some(value) => tx.put(key, value)?,
                None => tx.delete(key)?,
            }
            (count, bytes) = (count + 1, bytes + length);
        }
        tx.commit(None).map(drop)
    }
}

fn position(entries: &Entries, key: &[u8]) -> Option<usize> {
    entries.binary_search_by(|(other, _)| other.as_slice().cmp(key)).ok()
}

/// Compares two engines, but for the form and the mark.
fn compare(one: &dyn ReadTx, other: &dyn ReadTx) -> Result<Copied> {
    let (mut from, mut copied) = (Vec::new(), Copied::default());
    loop {
        let expected = entries(one, &from, END, PORTION)?;
        let next =
            expected.last().filter(|_| expected.len() == PORTION).map(|(last, _)| [last, &[0][..]].concat());
        let found = entries(other, &from, next.as_deref().unwrap_or(END), usize::MAX)?;
        let but_form = |entries: Entries| -> Entries {
            let marks = [form(), mark()];
            entries.into_iter().filter(|(key, _)| !marks.iter().any(|mark| mark.bytes() == key)).collect()
        };
        copied.entries += expected.len() as u64;
        copied.last_id = expected.iter().filter_map(|(key, _)| record_id(key)).max().max(copied.last_id);
        if but_form(expected) != but_form(found) {
            return Err(Error::new(ErrorKind::Corrupt).context("the copy differs from the store"));
        }
        match next {
            Some(next) => from = next,
            None => return Ok(copied),
        }
    }
}

/// The values between two keys, but for the log.
fn entries(tx: &dyn ReadTx, from: &[u8], to: &[u8], most: usize) -> Result<Entries> {
    let mut entries = Entries::new();
    let log = Key::of(tag::CHANGE);
    let parts = [(from, to.min(log.bytes())), (from.max(&*log.end()), to)]
        .map(|(from, to)| (from.to_vec(), to.to_vec()));
    for (from, to) in parts.iter().filter(|(from, to)| from < to) {
        tx.scan(Scan::ascending(from, to).up_to(most - entries.len()), &mut |key, value| {
            entries.push((key.to_vec(), value.bytes.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(entries)
}
