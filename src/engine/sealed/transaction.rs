//! Transactions that seal what they write and open what they read.

use super::everything::{Everything, generation};
use super::generations::{Sum, change, change_of_entry, sum_key};
use super::turnover::{locked, restored};
use super::{Sealed, State, generation_key, record};
use crate::engine::keyspace::tag;
use crate::engine::one_owner::{RawRead, RawVisit, read, stamped};
use crate::engine::records::is_of_record;
use crate::engine::{Direction, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx};
use crate::error::{Error, ErrorKind, Result};

/// The key to which all entries of the log are bound.
const LOG: &[u8] = &[tag::CHANGE];

/// A transaction of the engine below, and what it knows of the seal.
pub(super) struct Transaction<'e, T> {
    state: State,
    tx: T,
    engine: &'e Sealed,
    /// What is added to the sum of generations.
    added: Sum,
}

impl<'e, T> Transaction<'e, T> {
    pub(super) fn new(state: State, tx: T, engine: &'e Sealed) -> Self {
        Self { state, tx, engine, added: Sum::default() }
    }
}

/// A transaction that can be read.
pub(super) trait Below {
    fn below(&self) -> &dyn ReadTx;
}

impl Below for Box<dyn ReadTx + '_> {
    fn below(&self) -> &dyn ReadTx {
        &**self
    }
}

impl Below for Box<dyn WriteTx + '_> {
    fn below(&self) -> &dyn ReadTx {
        &**self
    }
}

impl State {
    /// The keys, if everything is sealed.
    fn everything(&self) -> Option<Everything<'_>> {
        match self {
            Self::Open(ring) => ring.everything(),
            _ => None,
        }
    }
}

/// A record as callers see it: opened, or if the store is locked with its secrets sealed. Nothing if it is as it is stored. One
/// with a secret that is not sealed for its place becomes an empty value, which nothing reads as a record.
fn shown(
    state: &State,
    key: &[u8],
    bytes: &[u8],
    generation: impl FnOnce() -> Result<Option<Vec<u8>>>,
) -> Result<Option<Vec<u8>>> {
    if !is_of_record(key) {
        return Ok(None);
    }
    let shown = match state {
        State::Unsealed => Ok(None),
        State::Locked | State::Hidden => record::check(bytes).map(|()| None),
        State::Open(ring) => record::open(ring, key, bytes, generation),
    };
    match shown {
        Err(error) if *error.kind() == ErrorKind::Corrupt => Ok(Some(Vec::new())),
        shown => shown,
    }
}

impl<T: Below> Transaction<'_, T> {
    fn shown(&self, key: &[u8], bytes: &[u8]) -> Result<Option<Vec<u8>>> {
        shown(&self.state, key, bytes, || {
            Ok(self.tx.below().get(&generation_key(key))?.map(|generation| generation.bytes))
        })
    }
}

impl<T: Below> ReadTx for Transaction<'_, T> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        if let Some(everything) = self.state.everything() {
            let stored = everything.stored(key);
            let value = self.tx.below().get(&stored)?;
            return Ok(value.and_then(|value| everything.value(&stored, value.as_ref())));
        }
        let Some(value) = self.tx.below().get(key)? else { return Ok(None) };
        Ok(Some(match self.shown(key, &value.bytes)? {
            Some(bytes) => Value { bytes, ..value },
            None => value,
        }))
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Value>>> {
        if let Some(everything) = self.state.everything() {
            let stored: Vec<_> = keys.iter().map(|key| everything.stored(key)).collect();
            let stored: Vec<&[u8]> = stored.iter().map(|key| &**key).collect();
            let each = self.tx.below().get_many(&stored)?.into_iter().zip(&stored);
            let opened =
                each.map(|(value, key)| value.and_then(|value| everything.value(key, value.as_ref())));
            return Ok(opened.collect());
        }
        let mut values = self.tx.below().get_many(keys)?;
        for (key, value) in keys.iter().zip(&mut values) {
            if let Some(value) = value
                && let Some(bytes) = self.shown(key, &value.bytes)?
            {
                value.bytes = bytes;
            }
        }
        Ok(values)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        if let Some(everything) = self.state.everything() {
            return everything.scan(scan, &|scan, visit| self.tx.below().scan(scan, visit), visit);
        }
        self.tx.below().scan(scan, &mut |key, value| match self.shown(key, value.bytes)? {
            Some(bytes) => visit(key, Value { bytes: &bytes, version: value.version }),
            None => visit(key, value),
        })
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        let Some(everything) = self.state.everything() else {
            return self.tx.below().log(from, direction, visit);
        };
        self.tx
            .below()
            .log(from, direction, &mut |number, entry| visit(number, &everything.shown(LOG, entry).1))
    }

    fn number(&self) -> Result<u64> {
        self.tx.below().number()
    }
}

impl Transaction<'_, Box<dyn WriteTx + '_>> {
    /// Forgets the generation of a record that has no secrets any more. While the store is locked it stays: the sum could not be
    /// changed.
    fn forget_generation(&mut self, key: &[u8]) -> Result<()> {
        let State::Open(ring) = &self.state else { return Ok(()) };
        let change = change(ring, &*self.tx, key, None)?;
        if !change.is_zero() {
            self.added.add(change);
            self.tx.delete(&generation_key(key))?;
        }
        Ok(())
    }
}

impl WriteTx for Transaction<'_, Box<dyn WriteTx + '_>> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        if let Some(everything) = self.state.everything() {
            if is_of_record(key) {
                record::refuse_sealed(value)?;
            }
            let (stored, sealed) = everything.seal(self.engine.random()?, key, value)?;
            self.added.add(change_of_entry(everything, &*self.tx, &stored, Some(generation(&sealed)))?);
            return self.tx.put(&stored, &sealed);
        }
        if is_of_record(key) {
            match &self.state {
                State::Unsealed => record::refuse_sealed(value)?,
                State::Locked | State::Hidden => {
                    let stored = self.tx.get(key)?;
                    record::check_unchanged(stored.as_deref(), value)?;
                }
                State::Open(ring) => {
                    if let Some((sealed, generation)) = record::seal(ring, self.engine.random()?, key, value)?
                    {
                        self.added.add(change(ring, &*self.tx, key, Some(&generation))?);
                        self.tx.put(&generation_key(key), &generation)?;
                        return self.tx.put(key, &sealed);
                    }
                    self.forget_generation(key)?;
                }
            }
        }
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        if let Some(everything) = self.state.everything() {
            let stored = everything.stored(key);
            self.added.add(change_of_entry(everything, &*self.tx, &stored, None)?);
            return self.tx.delete(&stored);
        }
        if is_of_record(key) {
            self.forget_generation(key)?;
        }
        self.tx.delete(key)
    }

    fn commit(mut self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        if let State::Open(ring) = &self.state
            && !self.added.is_zero()
        {
            let mut sum = ring.open_sum(self.tx.get(sum_key().bytes())?.as_deref())?;
            sum.add(self.added);
            self.tx.put(sum_key().bytes(), &ring.seal_sum(self.engine.random()?, sum)?)?;
        }
        match (self.state.everything(), entry) {
            (Some(everything), Some(entry)) => {
                let sealed = everything.seal(self.engine.random()?, LOG, entry)?.1;
                self.tx.commit(Some(&sealed))
            }
            _ => self.tx.commit(entry),
        }
    }

    fn release(self: Box<Self>) -> Result<()> {
        self.tx.release()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        match &self.state {
            State::Open(ring) => {
                self.tx.restore(&restored(ring, self.engine.random()?, snapshot)?)?;
                self.added = Sum::default();
            }
            State::Locked => {
                let locked = locked(&*self.tx, snapshot)?;
                self.tx.restore(&locked)?;
            }
            State::Hidden => return Err(ErrorKind::Sealed.into()),
            State::Unsealed if snapshot.is_sealed_whole() => {
                let words = "the store is not sealed, and everything in the snapshot is";
                return Err(Error::new(ErrorKind::Sealed).context(words));
            }
            State::Unsealed => {
                self.tx.restore(snapshot)?;
                self.state = self.engine.state(&*self.tx)?;
            }
        }
        Ok(())
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        self.tx.forget(number)
    }
}

/// The bytes below the numbers, with records as callers see them.
pub(super) struct Raw<'e> {
    pub(super) raw: Box<dyn RawRead + 'e>,
    pub(super) state: State,
}

impl Raw<'_> {
    fn shown(&self, key: &[u8], stored: &[u8]) -> Result<Option<Vec<u8>>> {
        let Value { bytes, version } = read(stored);
        let generation = || Ok(self.raw.get(&generation_key(key))?.map(|stored| read(&stored).to_vec()));
        Ok(shown(&self.state, key, bytes, generation)?.map(|bytes| stamped(&bytes, version)))
    }
}

impl RawRead for Raw<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if let Some(everything) = self.state.everything() {
            let key = everything.stored(key);
            let opened = |stored: Vec<u8>| everything.value(&key, read(&stored));
            let value = self.raw.get(&key)?.and_then(opened);
            return Ok(value.map(|value| stamped(&value.bytes, value.version)));
        }
        let Some(stored) = self.raw.get(key)? else { return Ok(None) };
        Ok(Some(self.shown(key, &stored)?.unwrap_or(stored)))
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        if let Some(everything) = self.state.everything() {
            let below = |scan: Scan<'_>, visit: &mut Visit<'_>| {
                self.raw.scan(scan.from, scan.to, scan.direction, &mut |key, stored| visit(key, read(stored)))
            };
            let scan = Scan { from, to, direction, limit: usize::MAX };
            return everything
                .scan(scan, &below, &mut |key, value| visit(key, &stamped(value.bytes, value.version)));
        }
        self.raw.scan(from, to, direction, &mut |key, stored| match self.shown(key, stored)? {
            Some(opened) => visit(key, &opened),
            None => visit(key, stored),
        })
    }
}
