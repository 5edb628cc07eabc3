//! What every [`Engine`] must do, as cases that can be run on any. May import what `testing` may.
//!
//! ```
//! use idpstore::engine::MemoryEngine;
//! use idpstore::testing::conformance;
//!
//! conformance::check(|| Ok(MemoryEngine::default()))?;
//! # Ok::<(), idpstore::Error>(())
//! ```

mod contention;
mod units;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::engine::{Capabilities, Direction, Engine, ReadTx, Scan, WriteTx};
use crate::error::{ErrorKind, Result};
use units::log;

/// A name that says what holds, and a check that panics where it does not.
pub type Case = (&'static str, fn(&dyn Engine) -> Result<()>);

/// Every case. Each wants an engine without any entry.
pub const CASES: &[Case] = &[
    ("values are put, got and deleted", values_are_put_got_and_deleted),
    ("large values come back whole", large_values_come_back_whole),
    ("scans go both ways between their bounds", scans_go_both_ways),
    ("scans break off", scans_break_off),
    ("visitors may read", visitors_may_read),
    ("errors of visitors are passed on", errors_of_visitors_are_passed_on),
    ("writers see their own writes", writers_see_their_own_writes),
    ("what is not committed is forgotten", what_is_not_committed_is_forgotten),
    ("readers keep the state in which they began", readers_keep_their_state),
    ("scans end at their limits", units::scans_end_at_their_limits),
    ("several values are got at once", units::several_values_are_got),
    ("units are numbered one after the other", units::are_numbered),
    ("a value has the number of its unit for a version", units::values_have_versions),
    ("a snapshot is gone back to under new numbers", units::snapshots_are_restored),
    ("who waits for a unit sees it", units::are_waited_for),
    ("what an engine cannot do is refused", units::limits_are_kept),
    ("no update is lost", contention::no_update_is_lost),
    ("readers see whole commits", contention::readers_see_whole_commits),
    ("what is absent is put once", contention::what_is_absent_is_put_once),
    ("what was scanned stays as it was", contention::what_was_scanned_stays),
    ("two values do not change past each other", contention::two_values_do_not_change_past_each_other),
    ("the log is in the order of the commits", contention::the_log_is_in_order),
];

/// Runs every case, each on an engine that `empty` makes.
///
/// # Errors
///
/// Those of the engine.
///
/// # Panics
///
/// If the engine does not do what it must; the message says in which case.
pub fn check<E: Engine>(empty: impl Fn() -> Result<E>) -> Result<()> {
    for (name, case) in CASES {
        let engine = empty()?;
        let outcome = catch_unwind(AssertUnwindSafe(|| case(&engine)));
        assert!(outcome.is_ok(), "the engine fails the case `{name}`");
        outcome.unwrap_or(Ok(()))?;
    }
    Ok(())
}

/// Keys and values, as a scan finds them.
type Entries = Vec<(Vec<u8>, Vec<u8>)>;

const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

/// More entries than any engine is likely to fetch at a time.
const MANY: u16 = 300;

/// Fewer entries than any engine takes in a commit.
const FEW: u16 = 50;

fn values_are_put_got_and_deleted(engine: &dyn Engine) -> Result<()> {
    assert_eq!(engine.read()?.get(b"a")?, None);
    write(engine, |tx| {
        tx.put(b"a", b"1")?;
        tx.put(b"b", b"")?;
        tx.put(b"", b"the empty key")
    })?;
    let reader = engine.read()?;
    assert_eq!(reader.get(b"a")?.as_deref(), Some(&b"1"[..]));
    assert_eq!(reader.get(b"b")?.as_deref(), Some(&b""[..]));
    assert_eq!(reader.get(b"")?.as_deref(), Some(&b"the empty key"[..]));
    assert_eq!(reader.get(b"aa")?, None);
    drop(reader);
    write(engine, |tx| {
        tx.put(b"a", b"2")?;
        tx.delete(b"b")?;
        tx.delete(b"never there")
    })?;
    let reader = engine.read()?;
    assert_eq!(reader.get(b"a")?.as_deref(), Some(&b"2"[..]));
    assert_eq!(reader.get(b"b")?, None);
    Ok(())
}

fn large_values_come_back_whole(engine: &dyn Engine) -> Result<()> {
    let key = vec![b'k'; 4000];
    let mut value: Vec<u8> = (0..1_u32 << 18).flat_map(u32::to_be_bytes).collect();
    let Capabilities { value_bytes, commit_bytes, .. } = engine.capabilities();
    value.truncate(value_bytes.min(commit_bytes.saturating_sub(key.len())));
    write(engine, |tx| tx.put(&key, &value))?;
    assert!(
        engine.read()?.get(&key)?.as_deref() == Some(&value[..]),
        "a value of 1 MiB, or the largest that the engine takes"
    );
    write(engine, |tx| tx.put(&key, b"small again"))?;
    assert_eq!(entries(&*engine.read()?, b"", b"\xff")?, [(key, b"small again".to_vec())]);
    Ok(())
}

fn scans_go_both_ways(engine: &dyn Engine) -> Result<()> {
    let keys: [&[u8]; 8] = [b"", b"\0", b"\0\0", b"a", b"a\0", b"a\xff", b"b", b"\xff\xff"];
    write(engine, |tx| keys.iter().rev().try_for_each(|key| tx.put(key, key)))?;
    let bounds: [&[u8]; 10] =
        [b"", b"\0", b"\0\0", b"\x01", b"a", b"a\0", b"b", b"c", b"\xff\xff", b"\xff\xff\xff"];
    let (reader, writer) = (engine.read()?, engine.write()?);
    for from in bounds {
        for to in bounds {
            let expected: Vec<_> = keys.iter().filter(|key| from <= **key && **key < to).collect();
            let in_reader = entries(&*reader, from, to)?;
            let found: Vec<_> = in_reader.iter().map(|(key, _)| key).collect();
            assert_eq!(found, expected, "from {from:?} to {to:?}");
            assert_eq!(entries(&*writer, from, to)?, in_reader, "from {from:?} to {to:?} in a writer");
        }
    }
    Ok(())
}

fn scans_break_off(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let (reader, writer) = (engine.read()?, engine.write()?);
    for wanted in [1, 63, 64, 65, 128, usize::from(MANY)] {
        for (tx, direction) in both_ways([&*reader, &*writer]) {
            let mut seen = 0;
            tx.scan(all(direction), &mut |_, _| {
                seen += 1;
                Ok(if seen == wanted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            assert_eq!(seen, wanted, "{direction:?}");
        }
    }
    Ok(())
}

fn visitors_may_read(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let reader = engine.read()?;
    let mut writer = engine.write()?;
    writer.put(b"\0\0new", b"in the writer alone")?;
    for (tx, expected) in [(&*reader, MANY), (&*writer as &dyn ReadTx, MANY + 1)] {
        let mut seen = 0;
        tx.scan(all(Direction::Ascending), &mut |key, value| {
            assert_eq!(tx.get(key)?.as_deref(), Some(value.bytes), "got while scanned");
            assert_eq!(entries(tx, key, &[key, &[0]].concat())?.len(), 1, "scanned while scanned");
            seen += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        assert_eq!(seen, expected);
    }
    Ok(())
}

fn errors_of_visitors_are_passed_on(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let (reader, writer) = (engine.read()?, engine.write()?);
    for (tx, direction) in both_ways([&*reader, &*writer]) {
        let mut seen = 0;
        let outcome = tx.scan(all(direction), &mut |_, _| {
            seen += 1;
            if seen == 100 { Err(ErrorKind::BadCursor.into()) } else { Ok(ControlFlow::Continue(())) }
        });
        assert_eq!(outcome.map_err(|error| error.kind().clone()), Err(ErrorKind::BadCursor));
        assert_eq!(seen, 100, "visits until the error");
    }
    Ok(())
}

fn writers_see_their_own_writes(engine: &dyn Engine) -> Result<()> {
    write(engine, |tx| [b"a", b"c", b"e", b"g"].iter().try_for_each(|key| tx.put(*key, b"old")))?;
    let mut writer = engine.write()?;
    for key in [b"b", b"c", b"h"] {
        writer.put(key, b"new")?;
    }
    writer.delete(b"e")?;
    writer.delete(b"h")?;
    writer.put(b"g", b"on its way out")?;
    writer.delete(b"g")?;
    writer.put(b"g", b"back")?;
    assert_eq!(writer.get(b"c")?.as_deref(), Some(&b"new"[..]));
    assert_eq!(writer.get(b"e")?, None);
    let expected: Entries = [("a", "old"), ("b", "new"), ("c", "new"), ("g", "back")]
        .map(|(key, value)| (key.into(), value.into()))
        .into();
    assert_eq!(entries(&*writer, b"", b"z")?, expected);
    writer.commit(None)?;
    assert_eq!(entries(&*engine.read()?, b"", b"z")?, expected);
    Ok(())
}

fn what_is_not_committed_is_forgotten(engine: &dyn Engine) -> Result<()> {
    write(engine, |tx| tx.put(b"a", b"1"))?;
    let mut dropped = engine.write()?;
    dropped.put(b"a", b"2")?;
    dropped.put(b"b", b"2")?;
    drop(dropped);
    let panic = catch_unwind(AssertUnwindSafe(|| panic_while_writing(engine)));
    assert!(panic.is_err());
    assert_eq!(entries(&*engine.write()?, b"", b"z")?, [(b"a".to_vec(), b"1".to_vec())]);
    assert_eq!(entries(&*engine.read()?, b"", b"z")?, [(b"a".to_vec(), b"1".to_vec())]);
    write(engine, |tx| tx.put(b"c", b"still writable"))
}

/// Panics in the midst of a transaction, without the words of a panic.
fn panic_while_writing(engine: &dyn Engine) -> Result<()> {
    let mut abandoned = engine.write()?;
    abandoned.delete(b"a")?;
    resume_unwind(Box::new(()))
}

fn readers_keep_their_state(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let before = engine.read()?;
    let all = entries(&*before, b"", b"\xff\xff")?;
    let mut writer = engine.write()?;
    for number in 0..FEW {
        writer.delete(&number.to_be_bytes())?;
    }
    writer.put(b"new", b"1")?;
    let during = engine.read()?;
    writer.commit(None)?;
    for reader in [before, during] {
        assert!(entries(&*reader, b"", b"\xff\xff")? == all, "a reader from before the commit");
        assert_eq!(reader.get(b"new")?, None);
        assert!(reader.get(&7_u16.to_be_bytes())?.is_some());
    }
    let after = entries(&*engine.read()?, b"", b"\xff\xff")?;
    assert_eq!(after.len(), all.len() - usize::from(FEW) + 1);
    assert!(after.contains(&(b"new".to_vec(), b"1".to_vec())));
    Ok(())
}

/// Runs `work` until it could be committed.
fn write(engine: &dyn Engine, work: impl Fn(&mut dyn WriteTx) -> Result<()>) -> Result<()> {
    loop {
        let mut tx = engine.write()?;
        match work(&mut *tx).and_then(|()| tx.commit(None).map(drop)) {
            Err(error) if *error.kind() == ErrorKind::Conflict => {}
            done => return done,
        }
    }
}

/// Puts many entries, as many at a time as the engine takes.
fn put_many(engine: &dyn Engine) -> Result<()> {
    let numbers: Vec<_> = (0..MANY).collect();
    numbers.chunks(engine.capabilities().commit_entries).try_for_each(|numbers| {
        write(engine, |tx| numbers.iter().try_for_each(|number| tx.put(&number.to_be_bytes(), &[7; 40])))
    })
}

/// A scan over everything.
fn all(direction: Direction) -> Scan<'static> {
    Scan { direction, ..Scan::ascending(b"", b"\xff\xff") }
}

/// Each transaction with each direction.
fn both_ways(txs: [&dyn ReadTx; 2]) -> impl Iterator<Item = (&dyn ReadTx, Direction)> {
    txs.into_iter().flat_map(|tx| DIRECTIONS.map(|direction| (tx, direction)))
}

/// What is between two bounds, seen from below and from above.
fn entries(tx: &dyn ReadTx, from: &[u8], to: &[u8]) -> Result<Entries> {
    let mut seen = DIRECTIONS.map(|_| Entries::new());
    for (found, direction) in seen.iter_mut().zip(DIRECTIONS) {
        tx.scan(Scan { from, to, direction, limit: usize::MAX }, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let [ascending, mut descending] = seen;
    descending.reverse();
    assert!(ascending == descending, "from {from:?} to {to:?}: a descending scan finds other entries");
    Ok(ascending)
}
