//! The rules of shared commits, on an engine whose commits wait.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;

use super::*;
use crate::engine::MemoryEngine;
use crate::engine::keyspace::tag;

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
        assert_eq!(kind(late.commit()), Some(ErrorKind::Conflict), "it runs again, without what it has read");
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
