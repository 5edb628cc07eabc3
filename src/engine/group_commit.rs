//! Writers at the same time share one commit.
//!
//! A commit to a disk costs the same whether it holds one change or a hundred. So writers follow one another in memory:
//! each works on what those before it have changed, although that is not yet on the disk, and joins the batch that waits
//! for the next commit. The first of a batch that finds no commit under way commits the batch for all. No writer returns
//! before everything that it has read or written is on the disk, and nothing waits for company: a single writer commits at
//! once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Snapshot;
use super::one_owner::{Arrivals, OneOwner, RawRead, RawWrite};
use super::overlay::{Changes, End, Gathering, Overlay};
use crate::error::{Error, ErrorKind, Result};

/// How many octets a batch may have before it takes no more writers.
const BATCH_OCTETS: usize = 4 << 20;

/// An engine with one owner whose writers share commits.
pub struct GroupCommit<E> {
    engine: E,
    /// Held by the one writer that may look at what waits and add to it.
    turn: Mutex<()>,
    line: Mutex<Line>,
    /// A batch has come to its end.
    arrived: Condvar,
    arrivals: Arrivals,
}

/// What has been written and is not yet on the disk: later batches lie over earlier ones.
#[derive(Default)]
struct Line {
    committing: Option<Batch>,
    waiting: Batch,
}

#[derive(Clone, Default)]
struct Batch {
    changes: Arc<Changes>,
    octets: usize,
    outcome: Arc<Outcome>,
}

/// What became of a batch, once it has come to its end.
type Outcome = OnceLock<Result<(), Arc<Error>>>;

impl Line {
    /// The last batch of which a writer sees changes.
    fn last(&self) -> Option<&Batch> {
        if self.waiting.changes.is_empty() { self.committing.as_ref() } else { Some(&self.waiting) }
    }

    fn add(&mut self, changes: Changes) -> Arc<Outcome> {
        let octets = |(key, value): (&Arc<[u8]>, &Option<Arc<[u8]>>)| {
            key.len() + value.as_ref().map_or(0, |value| value.len())
        };
        self.waiting.octets += changes.iter().map(octets).sum::<usize>();
        Arc::make_mut(&mut self.waiting.changes).extend(changes);
        Arc::clone(&self.waiting.outcome)
    }

    /// Ends the commit that is under way. If it has failed, so has what waits, which was made on top of it.
    fn arrive(&mut self, outcome: Result<()>) {
        let outcome = outcome.map_err(Arc::new);
        let failed = outcome.is_err().then(|| std::mem::take(&mut self.waiting));
        for batch in self.committing.take().into_iter().chain(failed) {
            batch.outcome.get_or_init(|| outcome.clone());
        }
    }
}

impl<E: OneOwner> GroupCommit<E> {
    /// Groups the commits of this engine, to which nothing else may write.
    #[must_use]
    pub fn new(engine: E) -> Self {
        Self {
            engine,
            turn: Mutex::default(),
            line: Mutex::default(),
            arrived: Condvar::new(),
            arrivals: Arrivals::default(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(&self, line: MutexGuard<'l, Line>) -> MutexGuard<'l, Line> {
        self.arrived.wait(line).unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the batch with this outcome has come to its end. If no commit is under way, this is the batch that
    /// waits, and is committed here.
    fn settle(&self, outcome: &Outcome) -> Result<()> {
        let mut line = self.line();
        loop {
            if let Some(outcome) = outcome.get() {
                return outcome.clone().map_err(|cause| Error::new(cause.kind().clone()).caused_by(cause));
            }
            line = if line.committing.is_some() { self.wait(line) } else { self.commit_waiting(line) };
        }
    }

    fn commit_waiting<'l>(&'l self, mut line: MutexGuard<'l, Line>) -> MutexGuard<'l, Line> {
        let batch = std::mem::take(&mut line.waiting);
        line.committing = Some(batch.clone());
        drop(line);
        // Whatever happens, those who wait for the batch must hear of it.
        let committed = catch_unwind(AssertUnwindSafe(|| self.commit(&batch.changes)));
        let mut line = self.line();
        line.arrive(committed.unwrap_or_else(|_| Err(ErrorKind::Storage.into())));
        self.arrived.notify_all();
        line
    }

    fn commit(&self, changes: &Changes) -> Result<()> {
        let mut tx = self.engine.raw_write()?;
        for (key, change) in changes {
            match change {
                Some(value) => tx.put(key, value)?,
                None => tx.delete(key)?,
            }
        }
        tx.commit()
    }
}

impl<E: OneOwner> OneOwner for GroupCommit<E> {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        self.engine.raw_read()
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        let held = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = self.line();
        while line.waiting.octets > BATCH_OCTETS {
            line = self.wait(line);
        }
        let committing = line.committing.as_ref().map(|batch| Arc::clone(&batch.changes)).unwrap_or_default();
        let waiting = Arc::clone(&line.waiting.changes);
        // Begun while no batch can end: what is committed besides is in `committing`, too, and the same.
        let committed = self.engine.raw_read()?;
        let before = Overlay::over(Overlay::over(committed, committing), waiting);
        let seen = line.last().map(|batch| Arc::clone(&batch.outcome));
        Ok(Box::new(Gathering::new(before, Turn { group: self, seen, held })))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn raw_snapshot(&self) -> Result<Snapshot> {
        self.engine.raw_snapshot()
    }
}

impl<E: fmt::Debug> fmt::Debug for GroupCommit<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("GroupCommit").field(&self.engine).finish()
    }
}

/// That one writer at a time works.
struct Turn<'e, E> {
    group: &'e GroupCommit<E>,
    /// The outcome of the last batch whose changes the writer may have read.
    seen: Option<Arc<Outcome>>,
    held: MutexGuard<'e, ()>,
}

impl<E: OneOwner> End for Turn<'_, E> {
    fn commit(self, changes: Changes) -> Result<()> {
        let Self { group, seen, held } = self;
        let mut line = group.line();
        let has_failed = |outcome: &Arc<Outcome>| outcome.get().is_some_and(Result::is_err);
        if seen.as_ref().is_some_and(has_failed) {
            return Err(ErrorKind::Conflict.into());
        }
        let outcome = line.add(changes);
        drop(line);
        drop(held); // the next writer works while this one waits
        group.settle(&outcome)
    }

    fn release(self) -> Result<()> {
        let Self { group, seen, held } = self;
        drop(held);
        seen.map_or(Ok(()), |seen| group.settle(&seen))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;

    use proptest::prelude::*;

    use super::*;
    use crate::engine::keyspace::tag;
    use crate::engine::memory::MemoryEngine;

    /// An engine whose commits wait until the gate is open, and fail if they are to.
    #[derive(Debug, Default)]
    struct Gated {
        memory: MemoryEngine,
        is_open: Mutex<bool>,
        opened: Condvar,
        fails: AtomicBool,
        commits: AtomicUsize,
    }

    impl Gated {
        fn open(&self) {
            *self.is_open.lock().unwrap() = true;
            self.opened.notify_all();
        }
    }

    impl OneOwner for Gated {
        fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
            self.memory.raw_read()
        }

        fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
            let mut is_open = self.is_open.lock().unwrap();
            self.commits.fetch_add(1, Ordering::SeqCst);
            while !*is_open {
                is_open = self.opened.wait(is_open).unwrap();
            }
            if self.fails.load(Ordering::SeqCst) {
                Err(ErrorKind::Storage.into())
            } else {
                self.memory.raw_write()
            }
        }

        fn arrivals(&self) -> &Arrivals {
            self.memory.arrivals()
        }
    }

    type Group = GroupCommit<Gated>;

    /// Puts a value; gives what it has read before.
    fn put(group: &Group, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut tx = group.raw_write()?;
        let before = tx.get(b"a")?;
        tx.put(key, value)?;
        tx.commit().map(|()| before)
    }

    fn wait_until(reached: impl Fn() -> bool) {
        while !reached() {
            thread::yield_now();
        }
    }

    fn is_committing(group: &Group) -> bool {
        group.engine.commits.load(Ordering::SeqCst) > 0
    }

    fn waiting(group: &Group) -> usize {
        group.line().waiting.changes.len()
    }

    fn kind<T>(outcome: Result<T>) -> Option<ErrorKind> {
        outcome.err().map(|error| error.kind().clone())
    }

    #[test]
    fn writers_that_come_during_a_commit_share_the_next_and_see_each_other() {
        let group = &Group::new(Gated::default());
        thread::scope(|scope| {
            let first = scope.spawn(|| put(group, b"a", b"1"));
            wait_until(|| is_committing(group));
            let others = [b"b", b"c", b"d"].map(|key| scope.spawn(move || put(group, key, b"2")));
            wait_until(|| waiting(group) == 3);
            assert!(group.raw_read().unwrap().get(b"a").unwrap().is_none(), "readers see what is committed");
            group.engine.open();
            assert_eq!(first.join().unwrap().unwrap(), None);
            for other in others {
                assert_eq!(other.join().unwrap().unwrap().as_deref(), Some(&b"1"[..]));
            }
        });
        assert_eq!(group.engine.commits.load(Ordering::SeqCst), 2);
        assert_eq!(group.raw_snapshot().unwrap().0.len(), 4);
    }

    #[test]
    fn a_batch_that_fails_takes_with_it_what_was_made_on_top_of_it() {
        let group = &Group::new(Gated::default());
        group.engine.fails.store(true, Ordering::SeqCst);
        thread::scope(|scope| {
            let first = scope.spawn(|| put(group, b"a", b"1"));
            wait_until(|| is_committing(group));
            let second = scope.spawn(|| put(group, b"b", b"2"));
            wait_until(|| waiting(group) == 1);
            let mut late = group.raw_write().unwrap();
            late.put(b"c", b"3").unwrap();
            group.engine.open();
            assert_eq!(kind(first.join().unwrap()), Some(ErrorKind::Storage));
            assert_eq!(kind(second.join().unwrap()), Some(ErrorKind::Storage));
            assert_eq!(
                kind(late.commit()),
                Some(ErrorKind::Conflict),
                "it runs again, without what it has read"
            );
        });
        group.engine.fails.store(false, Ordering::SeqCst);
        assert_eq!(put(group, b"a", b"1").unwrap(), None);
        assert_eq!(group.raw_snapshot().unwrap().0.len(), 1);
    }

    #[test]
    fn who_has_only_read_waits_for_what_it_has_read() {
        for fails in [false, true] {
            let group = &Group::new(Gated::default());
            group.engine.fails.store(fails, Ordering::SeqCst);
            let has_read = AtomicBool::new(false);
            thread::scope(|scope| {
                let first = scope.spawn(|| put(group, b"a", b"1"));
                wait_until(|| is_committing(group));
                let reader = scope.spawn(|| {
                    let tx = group.raw_write()?;
                    has_read.store(tx.get(b"a")?.is_some(), Ordering::SeqCst);
                    tx.release()
                });
                wait_until(|| has_read.load(Ordering::SeqCst));
                group.engine.open();
                assert_eq!(first.join().unwrap().is_err(), fails);
                assert_eq!(reader.join().unwrap().is_err(), fails);
            });
        }
    }

    #[test]
    fn a_full_batch_takes_no_more_writers() {
        let group = &Group::new(Gated::default());
        thread::scope(|scope| {
            scope.spawn(|| put(group, b"a", b"1").unwrap());
            wait_until(|| is_committing(group));
            scope.spawn(|| put(group, b"b", &vec![7; BATCH_OCTETS]).unwrap());
            wait_until(|| waiting(group) == 1);
            scope.spawn(|| put(group, b"c", b"2").unwrap());
            group.engine.open();
        });
        assert_eq!(group.engine.commits.load(Ordering::SeqCst), 3);
    }
    /// A unit of work: keys with their values, `None` to remove one.
    type Unit = Vec<(u8, Option<u8>)>;

    fn perform(engine: &dyn crate::engine::Engine, unit: &Unit) -> Result<u64> {
        let mut tx = engine.write()?;
        for (key, value) in unit {
            match value {
                Some(value) => tx.put(&[b'a' + key % 4], &[*value])?,
                None => tx.delete(&[b'a' + key % 4])?,
            }
        }
        tx.commit(Some(&[unit.len().to_le_bytes()[0]]))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn numbers_and_bytes_do_not_depend_on_what_shares_a_commit(
            units in prop::collection::vec(prop::collection::vec(any::<(u8, Option<u8>)>(), 0..4), 1..12),
            sizes in prop::collection::vec(1..6_usize, 12),
        ) {
            let alone = MemoryEngine::default();
            let expected: Vec<_> = units.iter().map(|unit| perform(&alone, unit).unwrap()).collect();
            let group = &Group::new(Gated::default());
            let (mut left, mut numbers) = (units.as_slice(), Vec::new());
            for size in sizes {
                let (units, rest) = left.split_at(size.min(left.len()));
                left = rest;
                *group.engine.is_open.lock().unwrap() = false;
                let commits = group.engine.commits.load(Ordering::SeqCst);
                numbers.extend(thread::scope(|scope| {
                    let mut running = Vec::new();
                    for (before, unit) in units.iter().enumerate() {
                        running.push(scope.spawn(move || perform(group, unit).unwrap()));
                        // The first is committing, the others wait in their order.
                        wait_until(|| group.engine.commits.load(Ordering::SeqCst) > commits);
                        wait_until(|| waiting_units(group) == before);
                    }
                    group.engine.open();
                    running.into_iter().map(|unit| unit.join().unwrap()).collect::<Vec<_>>()
                }));
            }
            prop_assert_eq!(numbers, expected);
            prop_assert_eq!(group.raw_snapshot().unwrap().0, alone.raw_snapshot().unwrap().0);
        }
    }

    fn waiting_units(group: &Group) -> usize {
        group.line().waiting.changes.keys().filter(|key| key.first() == Some(&tag::CHANGE)).count()
    }
}
