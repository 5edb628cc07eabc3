//! Transactions: they see one revision, note what they have looked at, and gather their changes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use idpstore::engine::{Direction, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx};
use idpstore::{Error, ErrorKind, Result};
use itertools::{EitherOrBoth, Itertools as _};

use crate::EtcdEngine;
use crate::commit::CAPABILITIES;
use crate::layout::{Owner, WHOLE_STORE, owner_of, owner_of_range};
use crate::state::{State, visit_each};

/// What a transaction sees: one revision, and of it the tenants that are held, and those that it needs.
pub(crate) struct View {
    engine: EtcdEngine,
    state: RefCell<State>,
    /// The tenant that was used last.
    used: Cell<Owner>,
}

impl View {
    pub(crate) fn new(engine: EtcdEngine, state: State) -> Self {
        Self { engine, state: RefCell::new(state), used: Cell::new(WHOLE_STORE) }
    }

    /// The state, with the values of an owner; without one, with those of all.
    fn with(&self, owner: Option<Owner>) -> Result<State> {
        let state = self.state.borrow().clone();
        if state.is_whole() || owner == Some(WHOLE_STORE) {
            return Ok(state);
        }
        let Some(owner) = owner else {
            let words =
                "this process holds some of the tenants: what needs all of them needs one that holds all";
            return Err(Error::new(ErrorKind::Unsupported).context(words));
        };
        if state.has(owner) {
            if self.used.replace(owner) != owner {
                self.engine.touch(owner);
            }
            return Ok(state);
        }
        let values = self.engine.read_owner(owner, state.revision)?;
        self.state.borrow_mut().add(owner, values);
        Ok(self.state.borrow().clone())
    }

    /// The state with all that was needed of it.
    fn into_state(self) -> (EtcdEngine, State) {
        (self.engine, self.state.into_inner())
    }
}

impl ReadTx for View {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        let state = self.with(Some(owner_of(key)))?;
        Ok(state.get(key).map(|stored| stored.value().to_owned()))
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let state = self.with(owner_of_range(scan.from, scan.to))?;
        let range = state.range(scan.from, scan.to, scan.direction);
        visit_each(range.map(|(key, stored)| (key, stored.value())), scan, visit)
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        let state = self.state.borrow().clone();
        state.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        Ok(self.state.borrow().last_unit())
    }
}

/// What a transaction has looked at: its outcome depends on that.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) keys: BTreeSet<Vec<u8>>,
    /// From one key to another, and how many values there were.
    pub(crate) ranges: Vec<(Vec<u8>, Vec<u8>, usize)>,
    /// Whether the outcome depends on all that there is.
    pub(crate) is_everything: bool,
}

/// Keys with their new values, `None` for a removed key.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A transaction that writes.
pub(crate) struct Writing {
    view: View,
    seen: RefCell<Seen>,
    changes: Changes,
    /// Whether it goes back to a snapshot.
    is_restored: bool,
}

impl Writing {
    pub(crate) fn new(view: View) -> Self {
        Self { view, seen: RefCell::default(), changes: Changes::new(), is_restored: false }
    }

    /// The values between two keys, those that were changed here among them.
    fn range<'t>(
        &'t self,
        state: &'t State,
        from: &'t [u8],
        to: &'t [u8],
        direction: Direction,
    ) -> impl Iterator<Item = (&'t [u8], Value<&'t [u8]>)> {
        let before = state.range(from, to, direction);
        let bounds = if from < to { (Bound::Included(from), Bound::Excluded(to)) } else { EMPTY };
        let changes = self.changes.range::<[u8], _>(bounds);
        let changes: Box<dyn Iterator<Item = _>> = match direction {
            Direction::Ascending => Box::new(changes),
            Direction::Descending => Box::new(changes.rev()),
        };
        let in_order = move |(one, _): &(&[u8], _), (other, _): &(&Vec<u8>, _)| match direction {
            Direction::Ascending => (*one).cmp(other.as_slice()),
            Direction::Descending => other.as_slice().cmp(one),
        };
        before.merge_join_by(changes, in_order).filter_map(|entry| match entry {
            EitherOrBoth::Left((key, stored)) => Some((key, stored.value())),
            EitherOrBoth::Right((key, change)) | EitherOrBoth::Both(_, (key, change)) => {
                Some((key.as_slice(), own(change.as_ref()?)))
            }
        })
    }

    /// Notes that all between two keys was looked at, up to where the scan has ended.
    fn note(&self, scan: Scan<'_>, last: Option<&[u8]>, count: usize) {
        let (mut from, mut to) = (scan.from.to_vec(), scan.to.to_vec());
        if let Some(last) = last {
            match scan.direction {
                Direction::Ascending => to = [last, &[0]].concat(),
                Direction::Descending => from = last.to_vec(),
            }
        }
        self.seen.borrow_mut().ranges.push((from, to, count));
    }
}

/// Bounds without anything between them.
const EMPTY: (Bound<&[u8]>, Bound<&[u8]>) = (Bound::Included(&[]), Bound::Excluded(&[]));

/// A value that was written in the transaction itself, which has no version yet.
fn own(bytes: &[u8]) -> Value<&[u8]> {
    Value { bytes, version: 0 }
}

impl ReadTx for Writing {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        if let Some(change) = self.changes.get(key) {
            return Ok(change.as_deref().map(|bytes| own(bytes).to_owned()));
        }
        self.seen.borrow_mut().keys.insert(key.to_vec());
        self.view.get(key)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, limit } = scan;
        if limit == 0 || from >= to {
            return Ok(());
        }
        let state = self.view.with(owner_of_range(from, to))?;
        let (mut count, mut last) = (0, None);
        let outcome = visit_each(self.range(&state, from, to, direction), scan, &mut |key, value| {
            count += 1;
            let flow = visit(key, value)?;
            if count == limit || flow == ControlFlow::Break(()) {
                last = Some(key.to_vec());
            }
            Ok(flow)
        });
        self.note(scan, last.as_deref(), count);
        outcome
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.view.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        self.view.number()
    }
}

impl WriteTx for Writing {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.changes.insert(key.to_vec(), Some(value.to_vec()));
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.changes.insert(key.to_vec(), None);
        Ok(())
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        let Self { view, seen, mut changes, is_restored } = *self;
        let ((engine, mut state), mut seen) = (view.into_state(), seen.into_inner());
        if is_restored {
            seen.is_everything = true;
            while let Some(portion) = take_portion(&mut changes, entry.map_or(0, <[u8]>::len)) {
                // The next portion is refused if others have written after this one.
                state.revision = engine.send(&state, &seen, portion, None)?;
            }
        }
        engine.commit(&state, &seen, changes, entry)
    }

    /// What does not fit into one commit is put in several. If others write meanwhile, the unit conflicts, and goes on when it runs again;
    /// so does one that was broken off.
    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.is_restored = true;
        snapshot.put_values(self)
    }
}

/// Takes as many changes as fit into a commit, unless the rest fits into one with an entry of so many octets.
fn take_portion(changes: &mut Changes, entry: usize) -> Option<Changes> {
    let fits = |count: usize, octets: usize| {
        count <= CAPABILITIES.commit_entries && octets <= CAPABILITIES.commit_bytes
    };
    let length = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| key.len() + value.as_ref().map_or(0, Vec::len);
    if fits(changes.len() + 1, changes.iter().map(length).sum::<usize>() + entry) {
        return None;
    }
    let (mut count, mut octets) = (0, 0);
    let first_left = changes.iter().find(|change| {
        (count, octets) = (count + 1, octets + length(*change));
        count > 1 && !fits(count, octets)
    });
    let rest = first_left.map(|(key, _)| key.clone()).map(|key| changes.split_off(&key));
    Some(std::mem::replace(changes, rest.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_restoration_is_put_in_portions_that_fit() {
        for (count, octets) in [(0, 0), (125, 10), (126, 10), (1000, 10), (10, 1 << 19), (3, 1 << 20)] {
            let all: Changes =
                (0..count).map(|key: u32| (key.to_be_bytes().to_vec(), Some(vec![0; octets]))).collect();
            let (mut left, mut put) = (all.clone(), Changes::new());
            let mut portions = 0;
            while let Some(portion) = take_portion(&mut left, 100) {
                assert!(!portion.is_empty() && portion.len() <= CAPABILITIES.commit_entries);
                put.extend(portion);
                portions += 1;
            }
            assert!(left.len() < CAPABILITIES.commit_entries);
            put.extend(left);
            assert!(put == all, "{count} of {octets}: nothing is left out");
            assert_eq!(portions == 0, count < 126 && octets < 1 << 19, "{count} of {octets}");
        }
    }
}
