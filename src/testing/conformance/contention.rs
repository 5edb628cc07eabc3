//! Several writers at the same time. Where they conflict, they run again.

use std::panic::resume_unwind;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{log, write};
use crate::engine::{Engine, Scan, Value, WriteTx};
use crate::error::{ErrorKind, Result};

const THREADS: u64 = 4;

pub(super) fn no_update_is_lost(engine: &dyn Engine) -> Result<()> {
    const UPDATES: u64 = 25;
    in_threads(|_| (0..UPDATES).try_for_each(|_| write(engine, |tx| increment(tx, b"counter"))))?;
    assert_eq!(number(engine.read()?.get(b"counter")?), THREADS * UPDATES);
    Ok(())
}

pub(super) fn readers_see_whole_commits(engine: &dyn Engine) -> Result<()> {
    const COMMITS: u64 = 50;
    let read = || {
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
    let write = || {
        (0..COMMITS).try_for_each(|_| {
            write(engine, |tx| {
                increment(tx, b"left")?;
                increment(tx, b"right")
            })
        })
    };
    in_threads(|thread| if thread == 0 { write() } else { read() })
}

pub(super) fn what_is_absent_is_put_once(engine: &dyn Engine) -> Result<()> {
    for round in 0..20_u8 {
        let key = [b'k', round];
        let winners = winners(engine, |tx, thread| {
            let is_absent = tx.get(&key)?.is_none();
            give_way();
            if is_absent {
                tx.put(&key, &[thread])?;
            }
            Ok(is_absent)
        })?;
        assert_eq!(winners, 1, "writers that found nothing under a key");
    }
    Ok(())
}

pub(super) fn what_was_scanned_stays(engine: &dyn Engine) -> Result<()> {
    for round in 0..20_u8 {
        let (from, to) = ([b'n', round], [b'n', round, 0xff]);
        let winners = winners(engine, |tx, thread| {
            let mut is_empty = true;
            tx.scan(Scan::ascending(&from, &to), &mut |_, _| {
                is_empty = false;
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
            give_way();
            if is_empty {
                tx.put(&[b'n', round, thread], b"mine")?;
            }
            Ok(is_empty)
        })?;
        assert_eq!(winners, 1, "writers that found a range empty");
    }
    Ok(())
}

pub(super) fn two_values_do_not_change_past_each_other(engine: &dyn Engine) -> Result<()> {
    for round in 0..20_u8 {
        let (one, other) = ([b'x', round], [b'y', round]);
        // Each may give up its own as long as the other is still there.
        let winners = winners(engine, |tx, thread| {
            let is_given_up = |key: &[u8]| Ok::<_, crate::Error>(tx.get(key)?.is_some());
            let may = !is_given_up(&one)? && !is_given_up(&other)?;
            give_way();
            if may {
                tx.put(if thread % 2 == 0 { &one } else { &other }, b"given up")?;
            }
            Ok(may)
        })?;
        assert_eq!(winners, 1, "writers that saw that nothing was given up");
    }
    Ok(())
}

pub(super) fn the_log_is_in_order(engine: &dyn Engine) -> Result<()> {
    const UNITS: u64 = 10;
    in_threads(|_| {
        (0..UNITS).try_for_each(|_| {
            loop {
                let mut tx = engine.write()?;
                increment(&mut *tx, b"counter")?;
                let count = number(tx.get(b"counter")?);
                match tx.commit(Some(&count.to_be_bytes())) {
                    Err(error) if *error.kind() == ErrorKind::Conflict => {}
                    done => return done.map(drop),
                }
            }
        })
    })?;
    let log = log(&*engine.read()?, 0)?;
    let counts: Vec<_> = log.iter().map(|(_, entry)| entry.clone()).collect();
    let expected: Vec<_> = (1..=THREADS * UNITS).map(|count| count.to_be_bytes().to_vec()).collect();
    assert_eq!(counts, expected, "entries in the order of their numbers");
    assert!(log.is_sorted_by(|one, other| one.0 < other.0), "numbers that ascend");
    Ok(())
}

/// In how many threads a unit of work answers that it has won, once it is committed.
fn winners(engine: &dyn Engine, work: impl Fn(&mut dyn WriteTx, u8) -> Result<bool> + Sync) -> Result<u64> {
    let winners = AtomicU64::new(0);
    in_threads(|thread| {
        let has_won = AtomicU64::new(0);
        write(engine, |tx| {
            has_won.store(work(tx, thread)?.into(), Ordering::Relaxed);
            Ok(())
        })?;
        winners.fetch_add(has_won.into_inner(), Ordering::Relaxed);
        Ok(())
    })?;
    Ok(winners.into_inner())
}

/// Runs the same in several threads, which begin together.
fn in_threads(work: impl Fn(u8) -> Result<()> + Sync) -> Result<()> {
    let (work, begin) = (&work, &Barrier::new(4));
    std::thread::scope(|scope| {
        let run = |thread| {
            scope.spawn(move || {
                begin.wait();
                work(thread)
            })
        };
        let running: Vec<_> = (0..4).map(run).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn increment(tx: &mut dyn WriteTx, key: &[u8]) -> Result<()> {
    let next = number(tx.get(key)?) + 1;
    give_way();
    tx.put(key, &next.to_be_bytes())
}

/// Others get their chance between reading and writing.
fn give_way() {
    (0..10).for_each(|_| std::thread::yield_now());
}

fn number(value: Option<Value>) -> u64 {
    value.and_then(|value| value.bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
}
