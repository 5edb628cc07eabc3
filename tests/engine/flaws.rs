//! The suite notices an engine whose bytes or transactions are wrong.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use idpstore::Result;
use idpstore::engine::{Arrivals, Direction, MemoryEngine, OneOwner, RawRead, RawVisit, RawWrite};
use idpstore::testing::conformance;

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
const FLAWS: [(Flaw, &str); 14] = [
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
    (Flaw::LosesUpdates, "what is absent is put once"),
    (Flaw::LosesUpdates, "the log is in the order of the commits"),
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
    fn arrivals(&self) -> &Arrivals {
        self.0.arrivals()
    }

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
        assert!(outcome.is_err(), "{flaw:?} is not noticed");
    }
}
