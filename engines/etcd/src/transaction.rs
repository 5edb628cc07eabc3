//! Transactions: they see one revision, note what they have looked at, and gather their changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};

use idpstore::Result;
use idpstore::engine::{Direction, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx};
use itertools::{EitherOrBoth, Itertools as _};

use crate::EtcdEngine;
use crate::state::{State, visit_each};

/// A transaction that only reads.
pub(crate) struct Reading(pub(crate) State);

impl ReadTx for Reading {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        Ok(self.0.get(key).map(|stored| stored.value().to_owned()))
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let range = self.0.range(scan.from, scan.to, scan.direction);
        visit_each(range.map(|(key, stored)| (key, stored.value())), scan, visit)
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.0.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        Ok(self.0.last_unit())
    }
}

/// What a transaction has looked at: its outcome depends on that.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) keys: BTreeSet<Vec<u8>>,
    /// From one key to another, and how many values there were.
    pub(crate) ranges: Vec<(Vec<u8>, Vec<u8>, usize)>,
}

/// Keys with their new values, `None` for a removed key.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A transaction that writes.
pub(crate) struct Writing {
    engine: EtcdEngine,
    state: State,
    seen: RefCell<Seen>,
    changes: Changes,
}

impl Writing {
    pub(crate) fn new(engine: EtcdEngine, state: State) -> Self {
        Self { engine, state, seen: RefCell::default(), changes: Changes::new() }
    }

    /// The values between two keys, those that were changed here among them.
    fn range<'t>(
        &'t self,
        from: &'t [u8],
        to: &'t [u8],
        direction: Direction,
    ) -> impl Iterator<Item = (&'t [u8], Value<&'t [u8]>)> {
        let before = self.state.range(from, to, direction);
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
        Ok(self.state.get(key).map(|stored| stored.value().to_owned()))
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, limit } = scan;
        if limit == 0 || from >= to {
            return Ok(());
        }
        let (mut count, mut last) = (0, None);
        let outcome = visit_each(self.range(from, to, direction), scan, &mut |key, value| {
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
        self.state.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        Ok(self.state.last_unit())
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
        let Self { engine, state, seen, changes } = *self;
        engine.commit(&state, &seen.into_inner(), changes, entry)
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        snapshot.put_values(self)
    }
}
