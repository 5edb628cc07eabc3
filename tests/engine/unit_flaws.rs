//! The suite notices an engine whose numbers, versions, limits or conflicts are wrong.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use idpstore::Result;
use idpstore::engine::{
    Capabilities, Direction, Engine, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx,
};
use idpstore::testing::{OptimisticEngine, conformance};

/// What an engine can do wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    IgnoresLimitsOfScans,
    MixesUpValues,
    GivesAnotherNumber,
    ForgetsVersions,
    LogsBackwards,
    KeepsWhatIsNotInTheSnapshot,
    DoesNotWait,
    TakesEverything,
    ForgetsWhatItGot,
    ForgetsWhatItScanned,
}

/// Each flaw with the case that is there to notice it.
const FLAWS: [(Flaw, &str); 10] = [
    (Flaw::IgnoresLimitsOfScans, "scans end at their limits"),
    (Flaw::MixesUpValues, "several values are got at once"),
    (Flaw::GivesAnotherNumber, "units are numbered one after the other"),
    (Flaw::ForgetsVersions, "a value has the number of its unit for a version"),
    (Flaw::LogsBackwards, "units are numbered one after the other"),
    (Flaw::KeepsWhatIsNotInTheSnapshot, "a snapshot is gone back to under new numbers"),
    (Flaw::DoesNotWait, "who waits for a unit sees it"),
    (Flaw::TakesEverything, "what an engine cannot do is refused"),
    (Flaw::ForgetsWhatItGot, "two values do not change past each other"),
    (Flaw::ForgetsWhatItScanned, "what was scanned stays as it was"),
];

/// A good engine, spoilt.
#[derive(Debug)]
struct Flawed(OptimisticEngine, Flaw);

struct Transaction<'e> {
    flaw: Flaw,
    tx: Box<dyn WriteTx + 'e>,
    /// In which nothing is written, so that what is looked at here is not compared.
    other: Box<dyn ReadTx + 'e>,
    puts: Cell<usize>,
}

impl Flawed {
    fn begin(&self) -> Result<Transaction<'_>> {
        let (tx, other) = (self.0.write()?, self.0.read()?);
        Ok(Transaction { flaw: self.1, tx, other, puts: Cell::new(0) })
    }
}

impl Engine for Flawed {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(self.begin()?))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(self.begin()?))
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.0.capabilities();
        if self.1 == Flaw::TakesEverything {
            capabilities.commit_entries = 128;
        }
        capabilities
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.0.wait_for(number, if self.1 == Flaw::DoesNotWait { Duration::ZERO } else { timeout })
    }
}

impl ReadTx for Transaction<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        let reads_elsewhere = self.flaw == Flaw::ForgetsWhatItGot && self.puts.get() == 0;
        let value = if reads_elsewhere { self.other.get(key) } else { self.tx.get(key) }?;
        let version = |value: Value| if self.flaw == Flaw::ForgetsVersions { 0 } else { value.version };
        Ok(value.map(|value| Value { version: version(value.clone()), ..value }))
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Value>>> {
        let mut values = self.tx.get_many(keys)?;
        if self.flaw == Flaw::MixesUpValues {
            values.sort_by_key(|value| value.as_ref().map(|value| value.bytes.clone()));
        }
        Ok(values)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        let limit = if self.flaw == Flaw::IgnoresLimitsOfScans { usize::MAX } else { scan.limit };
        let reads_elsewhere = self.flaw == Flaw::ForgetsWhatItScanned && self.puts.get() == 0;
        let tx: &dyn ReadTx = if reads_elsewhere { &*self.other } else { &*self.tx };
        tx.scan(scan.up_to(limit), visit)
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        let direction = if self.flaw == Flaw::LogsBackwards { Direction::Descending } else { direction };
        self.tx.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        self.tx.number()
    }
}

impl WriteTx for Transaction<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.puts.set(self.puts.get() + 1);
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.tx.delete(key)
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        let number = self.tx.commit(entry)?;
        let is_other = self.flaw == Flaw::GivesAnotherNumber && entry.is_some();
        Ok(if is_other { number + 1 } else { number })
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        if self.flaw == Flaw::KeepsWhatIsNotInTheSnapshot {
            return Ok(());
        }
        self.tx.restore(snapshot)
    }
}

#[test]
fn the_suite_notices_every_flaw() {
    for (flaw, name) in FLAWS {
        let (_, case) = conformance::CASES.iter().find(|(known, _)| *known == name).unwrap();
        let engine = Flawed(OptimisticEngine::new(Duration::from_micros(50)), flaw);
        let outcome = catch_unwind(AssertUnwindSafe(|| case(&engine).unwrap()));
        assert!(outcome.is_err(), "{flaw:?} is not noticed");
    }
}
