//! Engines with one owner: bytes in order, and over them the numbers of units, the versions of values, and the log.
//!
//! Writers follow one another here, so that a unit's number is known when it begins: it is one more than that of the last
//! entry in the log, whose keys end in it. Every value ends in the number of the unit that wrote it; a value without any
//! bytes, as most index entries have, stays without. So numbers are gapless, and do not depend on which units the engine
//! makes lasting together.

use std::cell::Cell;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::keyspace::{self, Key, tag};
use super::tables::Place;
use super::{Direction, Engine, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx};
use crate::error::{Error, ErrorKind, Result};

/// An ordered map from bytes to bytes, in which one writer at a time works.
///
/// What [`Engine`] requires of transactions holds here, too.
pub trait OneOwner: Debug + Send + Sync {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>>;

    /// Begins to write, once the writer before has ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>>;

    /// Where units arrive, of which there is one for the engine: that of an engine below it is not used.
    fn arrivals(&self) -> &Arrivals;

    /// Whether other processes may write to the same bytes, one after the other, so that units come which do not arrive here.
    fn others_write(&self) -> bool {
        false
    }

    /// Everything that the engine holds now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn raw_snapshot(&self) -> Result<Snapshot> {
        Snapshot::of(&*self.raw_read()?)
    }
}

/// How often it is looked for units of other processes.
const LOOK: Duration = Duration::from_millis(10);

/// Wakes those who wait for a unit once it is there.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// The number of the last unit of this process.
    last: Mutex<u64>,
    arrived: Condvar,
}

impl Arrivals {
    fn arrive(&self, number: u64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = number.max(*last);
        self.arrived.notify_all();
    }

    fn wait_for(&self, number: u64, timeout: Duration) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.arrived.wait_timeout_while(last, timeout, |last| *last < number));
    }
}

/// Called with each key and value of a scan; breaks off the scan when it has seen enough.
pub type RawVisit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>> + 'a;

/// A reading transaction.
pub trait RawRead {
    /// As [`ReadTx::get`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// As [`ReadTx::scan`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails, and whatever `visit` fails with.
    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()>;
}

/// A writing transaction; it reads what it has written.
pub trait RawWrite: RawRead {
    /// As [`WriteTx::put`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()>;

    /// As [`WriteTx::delete`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    fn delete(&mut self, key: &[u8]) -> Result<()>;

    /// Makes everything that was written lasting and visible, at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if it rests on what another writer could not commit, [`ErrorKind::Storage`] if the storage
    /// fails.
    fn commit(self: Box<Self>) -> Result<()>;

    /// As [`WriteTx::release`].
    ///
    /// # Errors
    ///
    /// As [`RawWrite::commit`] of what was read.
    fn release(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

impl<R: RawRead + ?Sized> RawRead for Box<R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        (**self).scan(from, to, direction, visit)
    }
}

impl<R: RawRead + ?Sized> RawRead for &R {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        (**self).get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        (**self).scan(from, to, direction, visit)
    }
}

/// A shared engine is an engine.
impl<E: OneOwner + ?Sized> OneOwner for &E {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        (**self).raw_read()
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        (**self).raw_write()
    }

    fn arrivals(&self) -> &Arrivals {
        (**self).arrivals()
    }

    fn others_write(&self) -> bool {
        (**self).others_write()
    }

    fn raw_snapshot(&self) -> Result<Snapshot> {
        (**self).raw_snapshot()
    }
}

impl<E: OneOwner> Engine for E {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(Numbered::new(self.raw_read()?, self.arrivals())))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Numbered::new(self.raw_write()?, self.arrivals())))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        self.raw_snapshot()
    }

    fn read_raw(&self) -> Result<Option<Box<dyn RawRead + '_>>> {
        self.raw_read().map(Some)
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        let mut last = self.read()?.number()?;
        let mut left = timeout;
        // Where there are no threads, waiting would never end.
        while last < number && !left.is_zero() {
            let part = if self.others_write() { left.min(LOOK) } else { left };
            self.arrivals().wait_for(number, part);
            left = left.saturating_sub(part);
            last = self.read()?.number()?;
        }
        Ok(last)
    }
}

/// A value with the number of the unit that writes it.
pub(crate) fn stamped(bytes: &[u8], number: u64) -> Vec<u8> {
    if bytes.is_empty() { Vec::new() } else { [bytes, &number.to_be_bytes()].concat() }
}

/// A value without its number, and the number. One that is too short for a number is damaged: what reads it will see.
pub(crate) fn read(stored: &[u8]) -> Value<&[u8]> {
    match stored.split_last_chunk() {
        Some((bytes, number)) => Value { bytes, version: u64::from_be_bytes(*number) },
        None => Value { bytes: stored, version: 0 },
    }
}

/// The key of the log's entry with this number.
pub(crate) fn log_key(number: u64) -> Key {
    Key::of(tag::CHANGE).number(number)
}

fn misplaced(key: &[u8]) -> Error {
    Error::new(ErrorKind::Corrupt).context(format!("the record at {} belongs elsewhere", Place(key)))
}

/// A transaction with numbers.
pub(super) struct Numbered<'e, R> {
    raw: R,
    arrivals: &'e Arrivals,
    /// A unit that is written here has this number or a higher one.
    at_least: u64,
    /// The number of that unit, once it is known.
    next: Cell<Option<u64>>,
}

impl<'e, R: RawRead> Numbered<'e, R> {
    pub(super) fn new(raw: R, arrivals: &'e Arrivals) -> Self {
        Self { raw, arrivals, at_least: 1, next: Cell::new(None) }
    }

    /// The number of the unit that is written here.
    fn next(&self) -> Result<u64> {
        if let Some(next) = self.next.get() {
            return Ok(next);
        }
        let next = self.number()?.saturating_add(1).max(self.at_least);
        self.next.set(Some(next));
        Ok(next)
    }
}

impl<R: RawRead> ReadTx for Numbered<'_, R> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        Ok(self.raw.get(key)?.map(|mut stored| {
            let Value { bytes, version } = read(&stored);
            let length = bytes.len();
            stored.truncate(length);
            Value { bytes: stored, version }
        }))
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let Scan { from, to, direction, mut limit } = scan;
        if limit == 0 {
            return Ok(());
        }
        self.raw.scan(from, to, direction, &mut |key, stored| {
            limit -= 1;
            let flow = visit(key, read(stored))?;
            Ok(if limit == 0 { ControlFlow::Break(()) } else { flow })
        })
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        let (from, end) = (log_key(from), Key::of(tag::CHANGE).end());
        self.raw.scan(from.bytes(), &end, direction, &mut |key, stored| {
            let Value { bytes, version } = read(stored);
            if log_key(version).bytes() == key { visit(version, bytes) } else { Err(misplaced(key)) }
        })
    }

    fn number(&self) -> Result<u64> {
        let (log, mut last) = (Key::of(tag::CHANGE), 0);
        self.raw.scan(log.bytes(), &log.end(), Direction::Descending, &mut |key, _| {
            last = keyspace::last_id(key)
                .filter(|id| log_key(id.number()).bytes() == key)
                .ok_or_else(|| misplaced(key))?
                .number();
            Ok(ControlFlow::Break(()))
        })?;
        Ok(last)
    }
}

impl WriteTx for Numbered<'_, Box<dyn RawWrite + '_>> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let number = self.next()?;
        self.raw.put(key, &stamped(value, number))
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.raw.delete(key)
    }

    fn commit(mut self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        let Some(entry) = entry else {
            let last = self.number()?;
            return self.raw.commit().map(|()| last);
        };
        let number = self.next()?;
        self.raw.put(log_key(number).bytes(), &stamped(entry, number))?;
        self.raw.commit()?;
        self.arrivals.arrive(number);
        Ok(number)
    }

    fn release(self: Box<Self>) -> Result<()> {
        self.raw.release()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        // The log is that of the snapshot from now on.
        self.at_least = self.next()?;
        self.next.set(None);
        snapshot.put(&mut *self.raw)
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        if number < self.number()? { self.raw.delete(log_key(number).bytes()) } else { Ok(()) }
    }

    fn raw(&mut self) -> Option<&mut dyn RawWrite> {
        Some(&mut *self.raw)
    }
}
