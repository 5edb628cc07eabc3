//! Whole stores: sealed, unsealed, restored, and sealed by another data key.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::everything::{Entry, Everything, generation};
use super::generations::{Sum, change, change_of_entry, sum_key};
use super::header::{Header, Ring};
use super::{END, KeyWrap, Sealed, State, generation_key, put_without_unit, record, seal_key};
use crate::engine::keyspace::{Key, tag};
use crate::engine::one_owner::{Arrivals, Numbered, read, stamped};
use crate::engine::records::is_of_record;
use crate::engine::snapshot::Entries;
use crate::engine::{ReadTx, Scan, Snapshot, WriteTx};
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};

/// How many records are sealed again in one transaction.
const STEP: usize = 100;

impl Snapshot {
    /// Whether it is that of a sealed store.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.seal().is_some()
    }

    /// Whether it is that of a store in which everything is sealed, and not only the secrets.
    #[must_use]
    pub fn is_sealed_whole(&self) -> bool {
        self.seal().and_then(|entry| Header::read(entry).ok()).is_some_and(|header| header.is_of_everything())
    }

    /// The entry of the seal.
    fn seal(&self) -> Option<&[u8]> {
        self.0.get(seal_key().bytes()).map(|stored| read(stored).bytes)
    }

    /// All entries but those of the seal.
    fn without_seal(&self) -> Entries {
        let is_of_seal = |key: &[u8]| key.first().is_none_or(|tag| tag::OF_SEALS.contains(tag));
        self.0.iter().filter(|(key, _)| !is_of_seal(key)).map(|(key, it)| (key.clone(), it.clone())).collect()
    }

    /// The same with all secrets sealed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if they are, [`ErrorKind::Corrupt`] if a record cannot be read, and those of the wrap.
    pub fn sealed(&self, by: &KeyWrap, random: &dyn Entropy) -> Result<Self> {
        self.sealed_anew(by, random, false)
    }

    /// The same with everything sealed: no name and no entity id is in the clear, and without a key nothing can be read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if it is sealed already, and those of the wrap.
    pub fn sealed_whole(&self, by: &KeyWrap, random: &dyn Entropy) -> Result<Self> {
        self.sealed_anew(by, random, true)
    }

    fn sealed_anew(&self, by: &KeyWrap, random: &dyn Entropy, is_of_everything: bool) -> Result<Self> {
        if self.is_sealed() {
            return Err(Error::new(ErrorKind::WrongState).context("the store is sealed already"));
        }
        with_seal(&Header::found(random, by, is_of_everything)?, random, self)
    }

    /// The same with everything in the clear, secrets included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if they are, [`ErrorKind::WrongKey`], and [`ErrorKind::Corrupt`] if a secret was not sealed for its
    /// place.
    pub fn unsealed(&self, by: &KeyWrap) -> Result<Self> {
        let unsealed = || Error::new(ErrorKind::WrongState).context("the store is not sealed");
        self.opened(&Header::open(self.seal().ok_or_else(unsealed)?, by)?)
    }

    /// The same with all secrets in the clear, opened by these keys.
    fn opened(&self, ring: &Ring) -> Result<Self> {
        ring.compare_sum(&Numbered::new(self.clone(), &Arrivals::default()))?;
        let mut entries = self.without_seal();
        if let Some(everything) = ring.everything() {
            let opened = converted(&entries, &|key, value| everything.open(key, value))?;
            return Ok(Self(Arc::new(opened)));
        }
        for (key, stored) in entries.iter_mut().filter(|(key, _)| is_of_record(key)) {
            let value = read(stored);
            let generation = || Ok(self.0.get(&*generation_key(key)).map(|stored| read(stored).to_vec()));
            if let Some(opened) = record::open(ring, key, value.bytes, generation)? {
                *stored = stamped(&opened, value.version).into();
            }
        }
        Ok(Self(Arc::new(entries)))
    }
}

/// Makes an entry of another.
type Convert<'c, 'e> = dyn Fn(&'e [u8], &[u8]) -> Result<Entry<'e>> + 'c;

/// Entries, each with another key and value.
fn converted<'e>(entries: &'e Entries, convert: &Convert<'_, 'e>) -> Result<Entries> {
    let mut converted = Entries::new();
    for (key, stored) in entries {
        let value = read(stored);
        let (key, bytes) = convert(key, value.bytes)?;
        converted.insert(key.as_ref().into(), stamped(&bytes, value.version).into());
    }
    Ok(converted)
}

/// A snapshot as an open store is restored to it: with the entry of this seal, and sealed by its current data key.
///
/// # Errors
///
/// [`ErrorKind::WrongKey`] if another seal is on it, [`ErrorKind::Corrupt`] if some of its secrets are older than others.
pub(super) fn restored(ring: &Ring, random: &dyn Entropy, snapshot: &Snapshot) -> Result<Snapshot> {
    let Some(entry) = snapshot.seal() else { return with_seal(ring, random, snapshot) };
    let words = "the snapshot is sealed by other keys";
    let its = ring.of_same_root(entry).map_err(|_| Error::new(ErrorKind::WrongKey).context(words))?;
    // Most often both have the same key, and all is as it is stored.
    if its.is_sealed_like(ring) {
        ring.compare_sum(&Numbered::new(snapshot.clone(), &Arrivals::default()))?;
        return Ok(with_entry(ring, BTreeMap::clone(&snapshot.0)));
    }
    with_seal(ring, random, &snapshot.opened(&its)?)
}

/// A snapshot in the clear, sealed.
pub(super) fn with_seal(ring: &Ring, random: &dyn Entropy, snapshot: &Snapshot) -> Result<Snapshot> {
    let (mut entries, mut sum) = (BTreeMap::clone(&snapshot.0), Sum::default());
    if let Some(everything) = ring.everything() {
        entries = converted(&snapshot.0, &|key, value| everything.seal(random, key, value))?;
        for (key, stored) in entries.iter().filter(|(key, _)| is_of_record(key)) {
            sum.add(ring.mark(key, generation(read(stored).bytes)));
        }
    } else {
        for (key, stored) in snapshot.0.iter().filter(|(key, _)| is_of_record(key)) {
            let value = read(stored);
            if let Some((sealed, generation)) = record::seal(ring, random, key, value.bytes)? {
                sum.add(ring.mark(key, &generation));
                entries.insert(Arc::clone(key), stamped(&sealed, value.version).into());
                entries.insert(generation_key(key).into(), stamped(&generation, value.version).into());
            }
        }
    }
    entries.insert(sum_key().bytes().into(), stamped(&ring.seal_sum(random, sum)?, 0).into());
    Ok(with_entry(ring, entries))
}

fn with_entry(ring: &Ring, mut entries: Entries) -> Snapshot {
    entries.insert(seal_key().bytes().into(), stamped(&ring.entry, 0).into());
    Snapshot(Arc::new(entries))
}

/// A snapshot as a locked store can be restored to it: it has the same seal, or no secrets.
///
/// # Errors
///
/// [`ErrorKind::Sealed`] if it is another one.
pub(super) fn locked(tx: &dyn ReadTx, snapshot: &Snapshot) -> Result<Snapshot> {
    let entry = tx.get(seal_key().bytes())?;
    if snapshot.seal() == entry.as_deref() {
        return Ok(snapshot.clone());
    }
    let mut records = snapshot.0.iter().filter(|(key, _)| is_of_record(key));
    if snapshot.is_sealed() || records.any(|(_, stored)| record::has_secrets(&read(stored)).unwrap_or(true)) {
        return Err(ErrorKind::Sealed.into());
    }
    // The sum could not be changed, so the generations stay.
    let mut entries = BTreeMap::clone(&snapshot.0);
    for all in tag::OF_SEALS.map(Key::of) {
        tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |key, value| {
            entries.insert(key.into(), stamped(value.bytes, value.version).into());
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(Snapshot(Arc::new(entries)))
}

impl Sealed {
    /// What `read` takes through the seal, sealed as the store is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sealed`] if it is locked, and those of `read`.
    pub(crate) fn sealed_snapshot(&self, read: impl FnOnce() -> Result<Snapshot>) -> Result<Snapshot> {
        // The state is that before, so that nothing is taken for unsealed that was opened meanwhile.
        match self.state(&*self.inner.read()?)? {
            State::Unsealed => read(),
            State::Locked | State::Hidden => Err(ErrorKind::Sealed.into()),
            State::Open(ring) => {
                let opened = Snapshot(Arc::new(read()?.without_seal()));
                with_seal(&ring, self.random()?, &opened)
            }
        }
    }

    /// Makes another data key and seals everything with it, step by step, while the store is used. If that is broken off, it goes on
    /// with the same key the next time. Gives the number of records that were sealed again.
    pub(crate) fn rotate_data_key(&self) -> Result<u64> {
        let is_of_everything = self.open(&*self.inner.read()?)?.is_of_everything;
        if is_of_everything && self.inner.capabilities().several_owners {
            let words = "the log of an engine with several owners cannot be sealed again";
            return Err(Error::new(ErrorKind::Unsupported).context(words));
        }
        if !self.open(&*self.inner.read()?)?.is_changing() {
            self.change(|ring| ring.with_fresh_key(self.random()?))?;
        }
        let (mut count, mut after) = (0, Vec::new());
        while let Some((last, sealed)) = self.step(&after)? {
            (count, after) = (count + sealed, last);
        }
        // What is restored meanwhile is sealed by the current key, too.
        self.change(Ring::with_one_key)?;
        Ok(count)
    }

    /// Seals the next records again: the last one's entry, and how many; nothing if there are no more.
    fn step(&self, after: &[u8]) -> Result<Option<(Vec<u8>, u64)>> {
        loop {
            match self.step_once(after) {
                Err(error) if *error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
    }

    fn step_once(&self, after: &[u8]) -> Result<Option<(Vec<u8>, u64)>> {
        let most = STEP.min(self.inner.capabilities().entries_at_a_time());
        // What is new since then has the current key. Looked for in the unit, all records would be what it rests on.
        let before = self.inner.read()?;
        let keys = sealed_keys(&*self.open(&*before)?, &*before, after, most)?;
        drop(before);
        let Some(last) = keys.last().cloned() else { return Ok(None) };
        let mut tx = self.inner.write()?;
        let ring = self.open(&*tx)?;
        let (mut count, mut sum) = (0, ring.open_sum(tx.get(sum_key().bytes())?.as_deref())?);
        for key in keys {
            let added = match ring.everything() {
                Some(everything) => self.reseal(everything, &mut *tx, &key)?,
                None => self.reseal_secrets(&ring, &mut *tx, &key)?,
            };
            sum.add(added);
            count += u64::from(!added.is_zero());
        }
        put_without_unit(&mut *tx, sum_key().bytes(), &ring.seal_sum(self.random()?, sum)?, 0)?;
        tx.commit(None)?;
        Ok(Some((last, count)))
    }

    /// Seals the secrets of the record again that has this generation. Gives what that adds to the sum.
    fn reseal_secrets(&self, ring: &Ring, tx: &mut dyn WriteTx, generation_key: &[u8]) -> Result<Sum> {
        let key = generation_key.get(1..).unwrap_or_default();
        let (Some(value), generation) = (tx.get(key)?, tx.get(generation_key)?) else {
            return Ok(Sum::default());
        };
        let generation = || Ok(generation.map(|generation| generation.bytes));
        let opened = record::open(ring, key, &value.bytes, generation)?;
        let sealed = opened.map(|opened| record::seal(ring, self.random()?, key, &opened)).transpose()?;
        let Some((sealed, generation)) = sealed.flatten() else { return Ok(Sum::default()) };
        let added = change(ring, tx, key, Some(&generation))?;
        put_without_unit(tx, key, &sealed, value.version)?;
        put_without_unit(tx, generation_key, &generation, value.version)?;
        Ok(added)
    }

    /// Seals an entry again, of a store in which everything is sealed. Gives what that adds to the sum, if it is a record's.
    fn reseal(&self, everything: Everything<'_>, tx: &mut dyn WriteTx, stored: &[u8]) -> Result<Sum> {
        let Some(value) = tx.get(stored)? else { return Ok(Sum::default()) };
        let (key, opened) = everything.open(stored, &value.bytes)?;
        let (_, sealed) = everything.seal(self.random()?, &key, &opened)?;
        let added = change_of_entry(everything, tx, stored, Some(generation(&sealed)))?;
        if sealed != value.bytes {
            put_without_unit(tx, stored, &sealed, value.version)?;
        }
        Ok(added)
    }
}

/// The next entries after one that are to be sealed again: all of them, or the generations of secrets.
fn sealed_keys(ring: &Ring, tx: &dyn ReadTx, after: &[u8], most: usize) -> Result<Vec<Vec<u8>>> {
    let generations = Key::of(tag::GENERATION);
    let (first, end) = match ring.everything() {
        Some(_) => (Vec::new(), END.to_vec()),
        None => (generations.bytes().to_vec(), generations.end()),
    };
    let from = if after.is_empty() { first } else { [after, &[0]].concat() };
    let mut keys = Vec::new();
    tx.scan(Scan::ascending(&from, &end).up_to(most), &mut |key, _| {
        keys.push(key.to_vec());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(keys)
}
