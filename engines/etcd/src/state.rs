//! What etcd held at one revision, in maps that share what they have in common with those of other revisions: a copy of a state
//! costs nothing, and stays as it is.

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use idpstore::Result;
use idpstore::engine::{Direction, Scan, Value, Visit, VisitLog};
use itertools::Itertools as _;
use rpds::RedBlackTreeMapSync as Map;

use crate::layout::{Layout, Owner, Place, WHOLE_STORE, owner_of, owner_of_range};

/// Octets that are shared.
pub(crate) type Bytes = Arc<[u8]>;

/// A value, and the revision of the transaction that wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) bytes: Bytes,
    pub(crate) revision: i64,
}

impl Stored {
    pub(crate) fn value(&self) -> Value<&[u8]> {
        Value { bytes: &self.bytes, version: number(self.revision) }
    }
}

/// The values of one owner.
pub(crate) type Values = Map<Bytes, Stored>;

/// An entry of the log, and its key in etcd. An entry without octets is a fence: the unit whose entry it stands in place of never
/// happened.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Bytes,
    pub(crate) bytes: Bytes,
}

/// A change of a key in etcd.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) key: Vec<u8>,
    /// `None` if it was deleted.
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) revision: i64,
}

/// What is below the prefix at one revision: all of it, or without the values of some tenants.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) revision: i64,
    /// Whether the values of all owners are here.
    is_whole: bool,
    owners: Map<Owner, Values>,
    log: Map<i64, Entry>,
    /// The revisions of the log's entries by their keys.
    entries: Map<Bytes, i64>,
}

impl State {
    /// What is there before anything is known.
    pub(crate) fn new(is_whole: bool) -> Self {
        let mut owners = Map::new_sync();
        owners.insert_mut(WHOLE_STORE, Values::new_sync());
        Self { revision: 0, is_whole, owners, log: Map::new_sync(), entries: Map::new_sync() }
    }

    /// Whether the values of an owner are here.
    pub(crate) fn has(&self, owner: Owner) -> bool {
        self.is_whole || self.owners.contains_key(&owner)
    }

    /// Whether the values of all owners are here.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Adds the values of an owner as they were at the revision of this state.
    pub(crate) fn add(&mut self, owner: Owner, values: Values) {
        self.owners.insert_mut(owner, values);
    }

    /// Removes the values of an owner, as if they had never been read.
    pub(crate) fn remove(&mut self, owner: Owner) {
        self.owners.remove_mut(&owner);
    }

    /// Makes a change that etcd has reported.
    pub(crate) fn apply(&mut self, layout: &Layout, change: Change) {
        let Change { key, value, revision } = change;
        self.revision = self.revision.max(revision);
        match (layout.read(&key), value) {
            (Place::Value(owner, key), value) => {
                let value = value.map(|bytes| Stored { bytes: bytes.into(), revision });
                self.set(owner, key, value);
            }
            (Place::Entry, Some(bytes)) => {
                let key = Bytes::from(key);
                self.entries.insert_mut(Arc::clone(&key), revision);
                self.log.insert_mut(revision, Entry { key, bytes: bytes.into() });
            }
            (Place::Entry, None) => {
                if let Some(revision) = self.entries.get(key.as_slice()).copied() {
                    self.log.remove_mut(&revision);
                    self.entries.remove_mut(key.as_slice());
                }
            }
            (Place::Other, _) => {}
        }
    }

    fn set(&mut self, owner: Owner, key: &[u8], value: Option<Stored>) {
        if self.is_whole && !self.owners.contains_key(&owner) {
            self.owners.insert_mut(owner, Values::new_sync());
        }
        if let Some(values) = self.owners.get_mut(&owner) {
            set(values, key, value);
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Stored> {
        self.owners.get(&owner_of(key))?.get(key)
    }

    /// The values between two keys, in their order.
    pub(crate) fn range<'s>(
        &'s self,
        from: &'s [u8],
        to: &'s [u8],
        direction: Direction,
    ) -> Box<dyn Iterator<Item = (&'s [u8], &'s Stored)> + 's> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let of = move |values: &'s Values| in_order(values, from, to, direction);
        match owner_of_range(from, to) {
            Some(owner) => Box::new(self.owners.get(&owner).into_iter().flat_map(of)),
            None => Box::new(self.owners.values().map(of).kmerge_by(move |one, other| match direction {
                Direction::Ascending => one.0 < other.0,
                Direction::Descending => one.0 > other.0,
            })),
        }
    }

    /// As [`ReadTx::log`](idpstore::engine::ReadTx::log).
    pub(crate) fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        let Ok(from) = i64::try_from(from) else { return Ok(()) };
        let mut range = self.log.range(from..).filter(|(_, entry)| !entry.bytes.is_empty());
        let mut next = || match direction {
            Direction::Ascending => range.next(),
            Direction::Descending => range.next_back(),
        };
        while let Some((revision, entry)) = next() {
            if visit(number(*revision), &entry.bytes)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The number of the last unit.
    pub(crate) fn last_unit(&self) -> u64 {
        let last = self.log.iter().rfind(|(_, entry)| !entry.bytes.is_empty());
        last.map_or(0, |(revision, _)| number(*revision))
    }

    /// The keys of the entries up to a revision that the log has beyond so many, from the oldest on; fences among them.
    pub(crate) fn log_beyond(&self, most: usize, until: i64) -> impl Iterator<Item = &Bytes> {
        let surplus = self.log.size().saturating_sub(most.max(1));
        let last = self.last_unit();
        let is_old = move |revision: i64| revision <= until && number(revision) < last;
        let oldest = self.log.iter().take(surplus).take_while(move |(revision, _)| is_old(**revision));
        oldest.map(|(_, entry)| &entry.key)
    }
}

/// As [`ReadTx::scan`](idpstore::engine::ReadTx::scan), of values in the order of the scan.
pub(crate) fn visit_each<'s>(
    values: impl Iterator<Item = (&'s [u8], Value<&'s [u8]>)>,
    scan: Scan<'_>,
    visit: &mut Visit<'_>,
) -> Result<()> {
    for (key, value) in values.take(scan.limit) {
        if visit(key, value)? == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

/// The values between two keys, of one owner.
fn in_order<'s>(
    values: &'s Values,
    from: &'s [u8],
    to: &'s [u8],
    direction: Direction,
) -> Box<dyn Iterator<Item = (&'s [u8], &'s Stored)> + 's> {
    let range = values.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
    let range = range.map(|(key, stored)| (&**key, stored));
    match direction {
        Direction::Ascending => Box::new(range),
        Direction::Descending => Box::new(range.rev()),
    }
}

/// Sets or removes a value.
pub(crate) fn set(values: &mut Values, key: &[u8], value: Option<Stored>) {
    match value {
        Some(value) => values.insert_mut(key.into(), value),
        None => {
            values.remove_mut(key);
        }
    }
}

/// A revision as the number of a unit.
pub(crate) fn number(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_log_only_old_entries_are_surplus() {
        let (layout, mut state) = (Layout::new("p/"), State::new(true));
        for revision in 1..=9 {
            // The last two are fences.
            let value = Some(if revision < 8 { vec![1] } else { Vec::new() });
            state.apply(&layout, Change { key: layout.entry(revision, [0; 8]), value, revision });
        }
        let surplus = |most, until| state.log_beyond(most, until).count();
        assert_eq!([surplus(9, 9), surplus(4, 9), surplus(4, 3), surplus(4, 0)], [0, 5, 3, 0]);
        assert_eq!(surplus(0, 9), 6, "the last entry stays, and what is after it");
    }
}
