//! Every engine does what engines must do, and the suite that says so notices one that does not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use idpstore::Result;
use idpstore::engine::group_commit::GroupCommit;
use idpstore::engine::memory::MemoryEngine;
use idpstore::engine::one_owner::{OneOwner, RawRead, RawVisit, RawWrite};
use idpstore::engine::redb::RedbEngine;
use idpstore::engine::{Direction, Engine, ReadTx};
use idpstore::testing::conformance;
use proptest::prelude::*;

#[test]
fn memory_conforms() {
    conformance::check(|| Ok(MemoryEngine::default())).unwrap();
}

#[test]
fn redb_in_memory_conforms() {
    conformance::check(RedbEngine::in_memory).unwrap();
}

#[test]
fn redb_in_a_file_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = std::cell::Cell::new(0);
    conformance::check(|| {
        numbers.set(numbers.get() + 1);
        RedbEngine::file(folder.path().join(format!("{}.redb", numbers.get())))
    })
    .unwrap();
}

#[test]
fn grouped_commits_conform() {
    conformance::check(|| Ok(GroupCommit::new(MemoryEngine::default()))).unwrap();
    conformance::check(|| RedbEngine::in_memory().map(GroupCommit::new)).unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<u8>, Vec<u8>),
    Delete(Vec<u8>),
    Scan(Vec<u8>, Vec<u8>),
    Commit,
    Forget,
    Look,
}

/// Few different keys, so that they meet; enough entries at once to make an engine fetch several times.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(vec![0, 1, b'a', 0xff]), 0..4)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (key(), prop::collection::vec(any::<u8>(), 0..9)).prop_map(|(key, value)| Step::Put(key, value)),
        4 => key().prop_map(Step::Delete),
        3 => (key(), key()).prop_map(|(from, to)| Step::Scan(from, to)),
        1 => Just(Step::Commit),
        1 => Just(Step::Forget),
        1 => Just(Step::Look),
    ]
}

/// All that an engine lets one see while it does these steps.
fn seen(engine: &dyn Engine, steps: &[Step]) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut seen = Vec::new();
    let mut tx = engine.write()?;
    for step in steps {
        match step {
            Step::Put(key, value) => tx.put(key, value)?,
            Step::Delete(key) => {
                seen.extend(tx.get(key)?.map(|value| (key.clone(), value.bytes)));
                tx.delete(key)?;
            }
            Step::Scan(from, to) => scan(&*tx, from, to, &mut seen)?,
            Step::Look => scan(&*engine.read()?, b"", &[0xff; 5], &mut seen)?,
            Step::Commit => {
                tx.commit(None)?;
                tx = engine.write()?;
            }
            Step::Forget => {
                drop(tx);
                tx = engine.write()?;
            }
        }
    }
    scan(&*tx, b"", &[0xff; 5], &mut seen)?;
    Ok(seen)
}

fn scan(tx: &dyn ReadTx, from: &[u8], to: &[u8], seen: &mut Vec<(Vec<u8>, Vec<u8>)>) -> Result<()> {
    for direction in [Direction::Ascending, Direction::Descending] {
        seen.push((b"scan".to_vec(), Vec::new()));
        tx.scan(from, to, direction, &mut |key, value| {
            seen.push((key.to_vec(), value.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn all_engines_show_the_same(steps in prop::collection::vec(step(), 0..250)) {
        let expected = seen(&MemoryEngine::default(), &steps).unwrap();
        prop_assert_eq!(seen(&RedbEngine::in_memory().unwrap(), &steps).unwrap(), expected);
    }
}

/// What an engine can do wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    ForgetsDeletions,
    IncludesTheEnd,
    MissesTheStart,
    IgnoresDirections,
    IgnoresBreaks,
    SwallowsErrors,
    ScansOnlyWhatWasCommitted,
    CommitsWhatIsDropped,
    ReadsWhatIsNew,
    LosesUpdates,
    CommitsInHalves,
    CutsValues,
}

/// Each flaw with the case that is there to notice it.
const FLAWS: [(Flaw, &str); 12] = [
    (Flaw::ForgetsDeletions, "values are put, got and deleted"),
    (Flaw::CutsValues, "large values come back whole"),
    (Flaw::IncludesTheEnd, "scans go both ways between their bounds"),
    (Flaw::MissesTheStart, "scans go both ways between their bounds"),
    (Flaw::IgnoresDirections, "scans go both ways between their bounds"),
    (Flaw::IgnoresBreaks, "scans break off"),
    (Flaw::SwallowsErrors, "errors of visitors are passed on"),
    (Flaw::ScansOnlyWhatWasCommitted, "writers see their own writes"),
    (Flaw::CommitsWhatIsDropped, "what is not committed is forgotten"),
    (Flaw::ReadsWhatIsNew, "readers keep the state in which they began"),
    (Flaw::LosesUpdates, "no update is lost"),
    (Flaw::CommitsInHalves, "readers see whole commits"),
];

/// A good engine, spoilt.
#[derive(Debug)]
struct Flawed(MemoryEngine, Flaw);

struct FlawedReader<'e>(&'e Flawed, Box<dyn RawRead + 'e>);

struct FlawedWriter<'e> {
    engine: &'e Flawed,
    inner: Option<Box<dyn RawWrite + 'e>>,
    /// Puts and, without a value, deletions.
    changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    before: Box<dyn RawRead + 'e>,
}

impl OneOwner for Flawed {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        Ok(Box::new(FlawedReader(self, self.0.raw_read()?)))
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        let waits = !matches!(self.1, Flaw::LosesUpdates | Flaw::CommitsInHalves);
        let inner = if waits { Some(self.0.raw_write()?) } else { None };
        Ok(Box::new(FlawedWriter { engine: self, inner, changes: Vec::new(), before: self.0.raw_read()? }))
    }
}

impl Flawed {
    fn spoilt_scan(
        &self,
        tx: &dyn RawRead,
        (from, to): (&[u8], &[u8]),
        direction: Direction,
        visit: &mut RawVisit<'_>,
    ) -> Result<()> {
        let direction = if self.1 == Flaw::IgnoresDirections { Direction::Ascending } else { direction };
        let from = if self.1 == Flaw::MissesTheStart { [from, &[0]].concat() } else { from.to_vec() };
        let to = if self.1 == Flaw::IncludesTheEnd { [to, &[0]].concat() } else { to.to_vec() };
        tx.scan(&from, &to, direction, &mut |key, value| match visit(key, value) {
            Ok(_) if self.1 == Flaw::IgnoresBreaks => Ok(ControlFlow::Continue(())),
            Err(_) if self.1 == Flaw::SwallowsErrors => Ok(ControlFlow::Break(())),
            outcome => outcome,
        })
    }
}

impl RawRead for FlawedReader<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.0.1 == Flaw::ReadsWhatIsNew { self.0.0.raw_read()?.get(key) } else { self.1.get(key) }
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        self.0.spoilt_scan(&*self.1, (from, to), direction, visit)
    }
}

impl FlawedWriter<'_> {
    /// Writes everything in a transaction that begins only now, or in one for each change.
    fn write_late(&self) -> Result<()> {
        let portion = if self.engine.1 == Flaw::CommitsInHalves { 1 } else { usize::MAX };
        for changes in self.changes.chunks(portion) {
            let mut tx = self.engine.0.raw_write()?;
            for (key, value) in changes {
                match value {
                    Some(value) => tx.put(key, value)?,
                    None => tx.delete(key)?,
                }
            }
            tx.commit()?;
            // Long enough for a reader to come in between, also on a busy machine.
            (0..100).for_each(|_| std::thread::yield_now());
        }
        Ok(())
    }

    /// The last change of a key, if there is one.
    fn own(&self, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.changes.iter().rev().find(|(changed, _)| changed == key).map(|(_, value)| value)
    }
}

impl RawRead for FlawedWriter<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match (&self.inner, self.own(key)) {
            (Some(inner), _) => inner.get(key),
            (None, Some(own)) => Ok(own.clone()),
            (None, None) => self.before.get(key),
        }
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        match &self.inner {
            Some(inner) if self.engine.1 != Flaw::ScansOnlyWhatWasCommitted => {
                self.engine.spoilt_scan(&**inner, (from, to), direction, visit)
            }
            _ => self.before.scan(from, to, direction, visit),
        }
    }
}

impl RawWrite for FlawedWriter<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let value = if self.engine.1 == Flaw::CutsValues { &value[..value.len().min(65_536)] } else { value };
        self.changes.push((key.to_vec(), Some(value.to_vec())));
        self.inner.as_mut().map_or(Ok(()), |inner| inner.put(key, value))
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        if self.engine.1 == Flaw::ForgetsDeletions {
            return Ok(());
        }
        self.changes.push((key.to_vec(), None));
        self.inner.as_mut().map_or(Ok(()), |inner| inner.delete(key))
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        match self.inner.take() {
            Some(inner) => inner.commit(),
            None => self.write_late(),
        }
    }
}

impl Drop for FlawedWriter<'_> {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take()
            && self.engine.1 == Flaw::CommitsWhatIsDropped
        {
            inner.commit().unwrap();
        }
    }
}

#[test]
fn the_suite_notices_every_flaw() {
    for (flaw, name) in FLAWS {
        let (_, case) = conformance::CASES.iter().find(|(known, _)| *known == name).unwrap();
        let engine = Flawed(MemoryEngine::default(), flaw);
        let outcome = catch_unwind(AssertUnwindSafe(|| case(&engine).unwrap()));
        assert!(outcome.is_err(), "nobody notices {flaw:?}");
    }
}
