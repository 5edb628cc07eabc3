//! What every [`Engine`] must do, as cases that can be run on any.
//!
//! ```
//! use idpstore::engine::memory::MemoryEngine;
//! use idpstore::testing::conformance;
//!
//! conformance::check(|| Ok(MemoryEngine::default()))?;
//! # Ok::<(), idpstore::Error>(())
//! ```

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::engine::{Direction, Engine, ReadTx, Value, WriteTx};
use crate::error::{ErrorKind, Result};

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
    ("no update is lost", no_update_is_lost),
    ("readers see whole commits", readers_see_whole_commits),
    ("units are numbered in the order of their commits", units_are_numbered),
    ("a value has the number of its unit for a version", values_have_versions),
    ("a snapshot is gone back to under new numbers", snapshots_are_restored),
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
    let value: Vec<u8> = (0..1_u32 << 18).flat_map(u32::to_be_bytes).collect();
    write(engine, |tx| tx.put(&key, &value))?;
    assert!(engine.read()?.get(&key)?.as_deref() == Some(&value[..]), "a value of 1 MiB");
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
    write(engine, put_many)?;
    let (reader, writer) = (engine.read()?, engine.write()?);
    for wanted in [1, 63, 64, 65, 128, usize::from(MANY)] {
        for (tx, direction) in both_ways([&*reader, &*writer]) {
            let mut seen = 0;
            tx.scan(b"", b"\xff\xff", direction, &mut |_, _| {
                seen += 1;
                Ok(if seen == wanted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            assert_eq!(seen, wanted, "{direction:?}");
        }
    }
    Ok(())
}

fn visitors_may_read(engine: &dyn Engine) -> Result<()> {
    write(engine, put_many)?;
    let reader = engine.read()?;
    let mut writer = engine.write()?;
    writer.put(b"\0\0new", b"in the writer alone")?;
    for (tx, expected) in [(&*reader, MANY), (&*writer as &dyn ReadTx, MANY + 1)] {
        let mut seen = 0;
        tx.scan(b"", b"\xff\xff", Direction::Ascending, &mut |key, value| {
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
    write(engine, put_many)?;
    let (reader, writer) = (engine.read()?, engine.write()?);
    for (tx, direction) in both_ways([&*reader, &*writer]) {
        let mut seen = 0;
        let outcome = tx.scan(b"", b"\xff\xff", direction, &mut |_, _| {
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
    write(engine, put_many)?;
    let before = engine.read()?;
    let all = entries(&*before, b"", b"\xff\xff")?;
    let mut writer = engine.write()?;
    for number in 0..MANY {
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
    assert_eq!(entries(&*engine.read()?, b"", b"\xff\xff")?, [(b"new".to_vec(), b"1".to_vec())]);
    Ok(())
}

fn no_update_is_lost(engine: &dyn Engine) -> Result<()> {
    const THREADS: u64 = 4;
    const UPDATES: u64 = 25;
    in_threads(THREADS, || (0..UPDATES).try_for_each(|_| write(engine, |tx| increment(tx, b"counter"))))?;
    assert_eq!(number(engine.read()?.get(b"counter")?), THREADS * UPDATES);
    Ok(())
}

fn readers_see_whole_commits(engine: &dyn Engine) -> Result<()> {
    const COMMITS: u64 = 50;
    let readers = || {
        let mut last = 0;
        while last < COMMITS {
            let reader = engine.read()?;
            let (left, right) = (number(reader.get(b"left")?), number(reader.get(b"right")?));
            assert_eq!(left, right, "two values that are always written together");
            assert!(left >= last, "a later reader sees an earlier state");
            last = left;
        }
        Ok(())
    };
    let writer = || {
        (0..COMMITS).try_for_each(|_| {
            write(engine, |tx| {
                increment(tx, b"left")?;
                increment(tx, b"right")
            })
        })
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(writer);
        let outcome = in_threads(2, readers);
        writer.join().unwrap_or_else(|panic| resume_unwind(panic)).and(outcome)
    })
}

/// Commits a unit with this entry in the log, and gives its number.
fn unit(engine: &dyn Engine, key: &[u8], entry: &[u8]) -> Result<u64> {
    let mut tx = engine.write()?;
    tx.put(key, entry)?;
    tx.commit(Some(entry))
}

/// The log from a number on, seen from below and from above.
fn log(tx: &dyn ReadTx, from: u64) -> Result<Vec<(u64, Vec<u8>)>> {
    let mut seen = DIRECTIONS.map(|_| Vec::new());
    for (found, direction) in seen.iter_mut().zip(DIRECTIONS) {
        tx.log(from, direction, &mut |number, entry| {
            found.push((number, entry.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let [ascending, mut descending] = seen;
    descending.reverse();
    assert!(ascending == descending, "from {from}: the log is another one from above");
    Ok(ascending)
}

fn units_are_numbered(engine: &dyn Engine) -> Result<()> {
    assert_eq!((engine.read()?.number()?, log(&*engine.read()?, 0)?), (0, Vec::new()));
    let before = engine.read()?;
    let first = unit(engine, b"a", b"one")?;
    write(engine, |tx| tx.put(b"a", b"founded, and no unit"))?;
    drop(engine.write()?);
    let second = unit(engine, b"b", b"two")?;
    assert!(0 < first && first < second, "{first}, {second}");
    let now = engine.read()?;
    assert_eq!(now.number()?, second);
    let all = [(first, b"one".to_vec()), (second, b"two".to_vec())];
    assert_eq!(log(&*now, 0)?, all);
    assert_eq!((log(&*now, first)?, log(&*now, second)?), (all.to_vec(), vec![(second, b"two".to_vec())]));
    assert_eq!(log(&*now, second + 1)?, []);
    let mut seen = 0;
    now.log(0, Direction::Descending, &mut |number, _| {
        seen = number;
        Ok(ControlFlow::Break(()))
    })?;
    assert_eq!(seen, second, "it breaks off at the last one");
    assert_eq!((before.number()?, log(&*before, 0)?), (0, Vec::new()), "a reader keeps its log");
    assert_eq!(engine.write()?.number()?, second, "the unit itself has no number yet");
    Ok(())
}

fn values_have_versions(engine: &dyn Engine) -> Result<()> {
    let version = |tx: &dyn ReadTx, key| tx.get(key).map(|value| value.map(|value| value.version));
    let first = unit(engine, b"a", b"one")?;
    let second = unit(engine, b"b", b"two")?;
    for tx in [&*engine.read()?, &*engine.write()? as &dyn ReadTx] {
        assert_eq!((version(tx, b"a")?, version(tx, b"b")?), (Some(first), Some(second)));
        assert_eq!(version(tx, b"c")?, None);
        let mut seen = Vec::new();
        tx.scan(b"a", b"c", Direction::Ascending, &mut |_, value| {
            seen.push(value.version);
            Ok(ControlFlow::Continue(()))
        })?;
        assert_eq!(seen, [first, second]);
    }
    let third = unit(engine, b"a", b"one")?;
    assert_eq!(version(&*engine.read()?, b"a")?, Some(third), "the same bytes, written anew");
    Ok(())
}

fn snapshots_are_restored(engine: &dyn Engine) -> Result<()> {
    unit(engine, b"a", b"one")?;
    let before = engine.snapshot()?;
    unit(engine, b"a", b"two")?;
    let last = unit(engine, b"b", b"three")?;
    let mut tx = engine.write()?;
    tx.restore(&before)?;
    assert_eq!(tx.get(b"b")?, None);
    let number = tx.commit(Some(b"restored"))?;
    assert!(last < number, "{last}, {number}");
    let now = engine.read()?;
    assert_eq!(now.get(b"a")?.as_deref(), Some(&b"one"[..]));
    assert_eq!((now.get(b"b")?, now.number()?), (None, number));
    assert_eq!(log(&*now, number)?, [(number, b"restored".to_vec())]);
    assert!(number < unit(engine, b"c", b"four")?, "numbers go on");
    Ok(())
}

/// Runs the same in several threads.
fn in_threads(threads: u64, work: impl Fn() -> Result<()> + Sync) -> Result<()> {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
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

fn put_many(tx: &mut dyn WriteTx) -> Result<()> {
    (0..MANY).try_for_each(|number| tx.put(&number.to_be_bytes(), &[7; 40]))
}

fn increment(tx: &mut dyn WriteTx, key: &[u8]) -> Result<()> {
    let next = number(tx.get(key)?) + 1;
    // Others get their chance between reading and writing.
    std::thread::yield_now();
    tx.put(key, &next.to_be_bytes())
}

fn number(value: Option<Value>) -> u64 {
    value.and_then(|value| value.bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
}

/// Each transaction with each direction.
fn both_ways(txs: [&dyn ReadTx; 2]) -> impl Iterator<Item = (&dyn ReadTx, Direction)> {
    txs.into_iter().flat_map(|tx| DIRECTIONS.map(|direction| (tx, direction)))
}

/// What lies between two bounds, seen from below and from above.
fn entries(tx: &dyn ReadTx, from: &[u8], to: &[u8]) -> Result<Entries> {
    let mut seen = DIRECTIONS.map(|_| Entries::new());
    for (found, direction) in seen.iter_mut().zip(DIRECTIONS) {
        tx.scan(from, to, direction, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            Ok(ControlFlow::Continue(()))
        })?;
    }
    let [ascending, mut descending] = seen;
    descending.reverse();
    assert!(ascending == descending, "from {from:?} to {to:?}: a descending scan finds other entries");
    Ok(ascending)
}
