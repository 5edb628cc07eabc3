//! An engine as it would be across a network.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::one_owner::{RawRead, RawVisit, read, stamped};
use crate::engine::overlay::{Changes, Overlay};
use crate::engine::{
    Capabilities, Direction, Engine, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx,
};
use crate::error::{ErrorKind, Result};

/// How many entries a scan fetches in a round trip.
const PORTION: usize = 100;

/// An engine in memory that behaves as one across a network does: each call takes a round trip, several owners write to it,
/// writers do not wait for each other, and a commit fails with [`ErrorKind::Conflict`] if anything that the transaction read,
/// scanned or wrote has changed since it began. Clones are owners of the same store.
///
/// ```
/// use std::time::Duration;
/// use idpstore::IdpStore;
/// use idpstore::testing::OptimisticEngine;
///
/// let engine = OptimisticEngine::new(Duration::from_micros(10));
/// let [one, other] = [(); 2].map(|()| IdpStore::builder().engine(engine.clone()).open());
/// assert_eq!(one?.service().tenant()?, other?.service().tenant()?);
/// assert_eq!(engine.conflicts(), 0);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OptimisticEngine {
    shared: Arc<Shared>,
    round_trip: Duration,
    capabilities: Capabilities,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
    conflicts: AtomicU64,
}

/// What each commit made of a key, by the number of the commit; `None` where it was removed.
type Versions = BTreeMap<u64, Option<Arc<[u8]>>>;

/// All that there ever was.
#[derive(Debug, Default)]
struct State {
    /// The number of the last commit.
    number: u64,
    values: BTreeMap<Vec<u8>, Versions>,
    log: BTreeMap<u64, Vec<u8>>,
}

impl State {
    /// The value that a key had after the commit `at`, with its version.
    fn stored(versions: &Versions, at: u64) -> Option<Vec<u8>> {
        let (version, value) = versions.range(..=at).next_back()?;
        value.as_ref().map(|value| stamped(value, *version))
    }

    fn last_unit(&self, at: u64) -> u64 {
        self.log.range(..=at).next_back().map_or(0, |(number, _)| *number)
    }

    /// Whether anything that was seen or is written has changed after the commit `at`.
    fn has_changed(&self, at: u64, seen: &Seen, changes: &Changes) -> bool {
        let is_new = |versions: &Versions| versions.last_key_value().is_some_and(|last| *last.0 > at);
        let mut keys = seen.keys.iter().map(Vec::as_slice).chain(changes.keys().map(|key| &**key));
        keys.any(|key| self.values.get(key).is_some_and(is_new))
            || seen.ranges.iter().any(|(from, to)| {
                let range = (Bound::Included(from.as_slice()), Bound::Excluded(to.as_slice()));
                self.values.range::<[u8], _>(range).any(|(_, versions)| is_new(versions))
            })
    }
}

impl OptimisticEngine {
    /// An engine without any entry, so far away.
    #[must_use]
    pub fn new(round_trip: Duration) -> Self {
        let capabilities = Capabilities { several_owners: true, ..Capabilities::default() };
        Self { shared: Arc::default(), round_trip, capabilities }
    }

    /// The same engine with limits.
    #[must_use]
    pub fn with_limits(self, commit_entries: usize, commit_bytes: usize, value_bytes: usize) -> Self {
        let capabilities = Capabilities { commit_entries, commit_bytes, value_bytes, ..self.capabilities };
        Self { capabilities, ..self }
    }

    /// How many commits have failed because another writer was faster.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.shared.conflicts.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::disallowed_methods, reason = "it pretends to be far away")]
    fn travel(&self) {
        if !self.round_trip.is_zero() {
            std::thread::sleep(self.round_trip);
        }
    }

    fn begin(&self) -> Transaction<'_> {
        self.travel();
        let at = self.state().number;
        Transaction(Overlay::new(Reader { engine: self, at, seen: RefCell::default() }))
    }

    /// Refuses a commit that is too large.
    fn check(&self, changes: &Changes, entry: Option<&[u8]>) -> Result<()> {
        let length = |value: &Option<Arc<[u8]>>| value.as_ref().map_or(0, |stored| read(stored).len());
        let values = changes.iter().map(|(key, value)| (key.len(), length(value)));
        let values: Vec<_> = values.chain(entry.map(|entry| (0, entry.len()))).collect();
        let Capabilities { commit_entries, commit_bytes, value_bytes, .. } = self.capabilities;
        let is_within = values.len() <= commit_entries
            && values.iter().map(|(key, value)| key + value).sum::<usize>() <= commit_bytes
            && values.iter().all(|(_, value)| *value <= value_bytes);
        if is_within { Ok(()) } else { Err(ErrorKind::TooLarge.into()) }
    }
}

impl Engine for OptimisticEngine {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(self.begin()))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(self.begin()))
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.travel();
        let is_missing = |state: &mut State| state.last_unit(u64::MAX) < number;
        let waited = self.shared.arrived.wait_timeout_while(self.state(), timeout, is_missing);
        Ok(waited.unwrap_or_else(PoisonError::into_inner).0.last_unit(u64::MAX))
    }
}

/// What a transaction sees of the store.
struct Reader<'e> {
    engine: &'e OptimisticEngine,
    /// The number of the last commit when it began.
    at: u64,
    seen: RefCell<Seen>,
}

/// What a transaction has looked at.
#[derive(Default)]
struct Seen {
    keys: BTreeSet<Vec<u8>>,
    ranges: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Reader<'_> {
    /// The next entries of a range, and notes that they were seen; no other key is between them.
    fn portion(&self, from: &[u8], to: &[u8], direction: Direction) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.engine.travel();
        let state = self.engine.state();
        let range = state.values.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let stored = |(key, versions): (&Vec<u8>, &Versions)| {
            State::stored(versions, self.at).map(|value| (key.clone(), value))
        };
        let found: Vec<_> = match direction {
            Direction::Ascending => range.filter_map(stored).take(PORTION).collect(),
            Direction::Descending => range.rev().filter_map(stored).take(PORTION).collect(),
        };
        let (mut from, mut to) = (from.to_vec(), to.to_vec());
        if let Some((last, _)) = found.last().filter(|_| found.len() == PORTION) {
            match direction {
                Direction::Ascending => to = after(last),
                Direction::Descending => from.clone_from(last),
            }
        }
        self.seen.borrow_mut().ranges.push((from, to));
        found
    }
}

/// The first key after this one.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

impl RawRead for Reader<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.seen.borrow_mut().keys.insert(key.to_vec());
        let state = self.engine.state();
        Ok(state.values.get(key).and_then(|versions| State::stored(versions, self.at)))
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        let (mut from, mut to) = (from.to_vec(), to.to_vec());
        while from < to {
            let portion = self.portion(&from, &to, direction);
            for (key, value) in &portion {
                if visit(key, value)?.is_break() {
                    return Ok(());
                }
            }
            match (portion.last(), direction) {
                (Some((last, _)), Direction::Ascending) if portion.len() == PORTION => from = after(last),
                (Some((last, _)), Direction::Descending) if portion.len() == PORTION => to.clone_from(last),
                _ => return Ok(()),
            }
        }
        Ok(())
    }
}

struct Transaction<'e>(Overlay<Reader<'e>>);

impl Transaction<'_> {
    fn engine(&self) -> &OptimisticEngine {
        self.0.before().engine
    }

    fn value(&self, key: &[u8]) -> Result<Option<Value>> {
        Ok(self.0.get(key)?.map(|stored| read(&stored).to_owned()))
    }
}

impl ReadTx for Transaction<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.engine().travel();
        self.value(key)
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Value>>> {
        self.engine().travel();
        keys.iter().map(|key| self.value(key)).collect()
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, limit } = scan;
        if limit == 0 {
            return Ok(());
        }
        let mut left = limit;
        self.0.scan(from, to, direction, &mut |key, stored| {
            left -= 1;
            let flow = visit(key, read(stored))?;
            Ok(if left == 0 { ControlFlow::Break(()) } else { flow })
        })
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.engine().travel();
        let at = self.0.before().at;
        if from > at {
            return Ok(());
        }
        let mut entries: Vec<_> = self
            .engine()
            .state()
            .log
            .range(from..=at)
            .map(|(number, entry)| (*number, entry.clone()))
            .collect();
        if direction == Direction::Descending {
            entries.reverse();
        }
        for (number, entry) in entries {
            if visit(number, &entry)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn number(&self) -> Result<u64> {
        self.engine().travel();
        Ok(self.engine().state().last_unit(self.0.before().at))
    }
}

impl WriteTx for Transaction<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.0.put(key, &stamped(value, 0));
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.0.delete(key);
        Ok(())
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        let (Reader { engine, at, seen }, changes) = self.0.into_parts();
        engine.check(&changes, entry)?;
        engine.travel();
        let mut state = engine.state();
        if state.has_changed(at, &seen.into_inner(), &changes) {
            engine.shared.conflicts.fetch_add(1, Ordering::Relaxed);
            return Err(ErrorKind::Conflict.into());
        }
        // Something else in the same cluster has the number between.
        state.number += 2;
        let number = state.number;
        for (key, value) in changes {
            let value = value.map(|stored| read(&stored).bytes.into());
            state.values.entry(key.to_vec()).or_default().insert(number, value);
        }
        if let Some(entry) = entry {
            state.log.insert(number, entry.to_vec());
            engine.shared.arrived.notify_all();
        }
        Ok(state.last_unit(number))
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        snapshot.put_values(self)
    }
}
