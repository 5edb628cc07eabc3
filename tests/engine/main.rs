//! Every engine does what engines must do, and the suite that says so notices one that does not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod flaws;
mod owners;
mod unit_flaws;

use std::ops::ControlFlow;
use std::time::Duration;

use idpstore::Result;
use idpstore::engine::{Direction, Engine, GroupCommit, MemoryEngine, ReadTx, RedbEngine, Scan};
use idpstore::testing::{OptimisticEngine, conformance};
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

#[test]
fn an_engine_with_several_owners_conforms() {
    conformance::check(|| Ok(OptimisticEngine::new(Duration::ZERO))).unwrap();
    let far = || OptimisticEngine::new(Duration::from_micros(20));
    conformance::check(|| Ok(far().with_limits(128, 100_000, 50_000))).unwrap();
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
        tx.scan(Scan { from, to, direction, limit: usize::MAX }, &mut |key, value| {
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
        prop_assert_eq!(seen(&RedbEngine::in_memory().unwrap(), &steps).unwrap(), &expected[..]);
        prop_assert_eq!(seen(&OptimisticEngine::new(Duration::ZERO), &steps).unwrap(), expected);
    }
}
