//! Units: their numbers, the log, versions, and what across a network costs a round trip.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::time::Duration;

use super::{DIRECTIONS, FEW, MANY, all, both_ways, put_many, write};
use crate::engine::{Capabilities, Direction, Engine, ReadTx, Scan};
use crate::error::{ErrorKind, Result};

pub(super) fn scans_end_at_their_limits(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let (reader, mut writer) = (engine.read()?, engine.write()?);
    writer.delete(&7_u16.to_be_bytes())?;
    writer.put(&[0, 8, 1], b"new")?;
    for limit in [0, 1, 7, 8, 9, 64, 65, usize::from(MANY), usize::MAX] {
        for (tx, direction) in both_ways([&*reader, &*writer]) {
            let mut seen = Vec::new();
            tx.scan(all(direction).up_to(limit), &mut |key, _| {
                seen.push(key.to_vec());
                Ok(ControlFlow::Continue(()))
            })?;
            let mut expected = Vec::new();
            tx.scan(all(direction), &mut |key, _| {
                expected.push(key.to_vec());
                Ok(ControlFlow::Continue(()))
            })?;
            expected.truncate(limit);
            assert!(seen == expected, "{direction:?}, up to {limit}");
        }
    }
    Ok(())
}

pub(super) fn several_values_are_got(engine: &dyn Engine) -> Result<()> {
    put_many(engine)?;
    let mut writer = engine.write()?;
    writer.put(b"new", b"1")?;
    writer.delete(&[0, 3])?;
    let keys: [&[u8]; 6] = [b"new", &[0, 3], &[0, 2], b"never there", &[0, 2], b""];
    for tx in [&*engine.read()?, &*writer as &dyn ReadTx] {
        let each: Vec<_> = keys.iter().map(|key| tx.get(key)).collect::<Result<_>>()?;
        assert_eq!(tx.get_many(&keys)?, each);
        assert_eq!(tx.get_many(&[])?, []);
    }
    Ok(())
}

pub(super) fn are_waited_for(engine: &dyn Engine) -> Result<()> {
    const ROUNDS: usize = 20;
    let (at_once, long) = (Duration::ZERO, Duration::from_secs(120));
    assert_eq!(engine.wait_for(1, at_once)?, 0);
    let first = unit(engine, b"a", b"one")?;
    assert_eq!(engine.wait_for(first, long)?, first, "it is there");
    assert_eq!(engine.wait_for(first + 1, at_once)?, first);
    assert_eq!(engine.wait_for(first + 1, Duration::from_millis(1))?, first, "it waits no longer than that");
    // Two writers in turn, each of which waits for the other.
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            (0..ROUNDS).try_fold(first, |seen, round| {
                let number = engine.wait_for(seen + 1, long)?;
                assert!(
                    number > seen,
                    "round {round}: it has waited for the unit after {seen}, not {number}"
                );
                unit(engine, b"b", b"other")
            })
        });
        for round in 0..ROUNDS {
            let number = unit(engine, b"a", b"one")?;
            let later = engine.wait_for(number + 1, long)?;
            assert!(later > number, "round {round}: it has waited for the unit after {number}, not {later}");
            let version = engine.read()?.get(b"b")?.map(|value| value.version);
            assert_eq!(version, Some(later), "a reader sees the unit");
        }
        other.join().unwrap_or_else(|panic| resume_unwind(panic)).map(drop)
    })
}

/// Of an engine that has limits: what is beyond them is refused, and what is within them is not.
pub(super) fn limits_are_kept(engine: &dyn Engine) -> Result<()> {
    let Capabilities { commit_entries, commit_bytes, value_bytes, .. } = engine.capabilities();
    assert!(
        commit_entries > usize::from(FEW),
        "a commit of {commit_entries} entries is too small for a store"
    );
    let key = |table: u8, number: usize| [&[table][..], &number.to_be_bytes()].concat();
    let outcome = |table: u8, entries: usize, bytes: usize| {
        let mut tx = engine.write()?;
        (0..entries).try_for_each(|number| tx.put(&key(table, number), &vec![7; bytes]))?;
        tx.commit(None).map(drop)
    };
    // A key has 9 octets.
    let at_the_limits = [
        (b'e', commit_entries, 0, commit_entries),
        (b'v', 1, value_bytes, value_bytes),
        (b'c', 1, commit_bytes.saturating_sub(9), commit_bytes),
    ];
    for (table, entries, bytes, limit) in at_the_limits {
        // What an engine can hardly reach is not tried.
        if limit < 1 << 20 && entries * (bytes + 9) <= commit_bytes && bytes <= value_bytes {
            outcome(table, entries, bytes)?;
            let (more, longer) = if entries > 1 { (entries + 1, bytes) } else { (entries, bytes + 1) };
            let beyond = outcome(table + 1, more, longer);
            assert_eq!(beyond.map_err(|error| error.kind().clone()), Err(ErrorKind::TooLarge));
            assert!(engine.read()?.get(&key(table + 1, 0))?.is_none(), "nothing of it happens");
        }
    }
    Ok(())
}

/// Commits a unit with this entry in the log, and gives its number.
fn unit(engine: &dyn Engine, key: &[u8], entry: &[u8]) -> Result<u64> {
    let mut tx = engine.write()?;
    tx.put(key, entry)?;
    tx.commit(Some(entry))
}

/// The log from a number on, seen from below and from above.
pub(super) fn log(tx: &dyn ReadTx, from: u64) -> Result<Vec<(u64, Vec<u8>)>> {
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

pub(super) fn are_numbered(engine: &dyn Engine) -> Result<()> {
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

pub(super) fn values_have_versions(engine: &dyn Engine) -> Result<()> {
    let version = |tx: &dyn ReadTx, key| tx.get(key).map(|value| value.map(|value| value.version));
    let first = unit(engine, b"a", b"one")?;
    let second = unit(engine, b"b", b"two")?;
    for tx in [&*engine.read()?, &*engine.write()? as &dyn ReadTx] {
        assert_eq!((version(tx, b"a")?, version(tx, b"b")?), (Some(first), Some(second)));
        assert_eq!(version(tx, b"c")?, None);
        let mut seen = Vec::new();
        tx.scan(Scan::ascending(b"a", b"c"), &mut |_, value| {
            seen.push(value.version);
            Ok(ControlFlow::Continue(()))
        })?;
        assert_eq!(seen, [first, second]);
    }
    let third = unit(engine, b"a", b"one")?;
    assert_eq!(version(&*engine.read()?, b"a")?, Some(third), "the same bytes, written anew");
    Ok(())
}

pub(super) fn snapshots_are_restored(engine: &dyn Engine) -> Result<()> {
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
