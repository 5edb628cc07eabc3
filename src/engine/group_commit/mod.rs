//! Writers at the same time share one commit. May import what `engine` may.
//!
//! A commit to a disk costs the same whether it holds one change or a hundred. So writers follow one another in memory:
//! each works on what those before it have changed, although that is not yet on the disk, and joins the batch that waits
//! for the next commit. The first of a batch that finds no commit under way commits the batch for all. No writer returns
//! before everything that it has read or written is on the disk, and nothing waits for company: a single writer commits at
//! once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Snapshot;
use super::one_owner::{Arrivals, OneOwner, RawRead, RawWrite};
use super::overlay::{Changes, End, Gathering, Overlay};
use crate::error::{Error, ErrorKind, Result};

/// How many octets a batch may have before it takes no more writers.
const BATCH_OCTETS: usize = 4 << 20;

/// An engine with one owner whose writers share commits.
pub struct GroupCommit<E> {
    engine: E,
    /// Held by the one writer that may look at what waits and add to it.
    turn: Mutex<()>,
    line: Mutex<Line>,
    /// A batch has come to its end.
    arrived: Condvar,
    arrivals: Arrivals,
}

/// What has been written and is not yet on the disk: later batches cover earlier ones.
#[derive(Default)]
struct Line {
    committing: Option<Batch>,
    waiting: Batch,
}

#[derive(Clone, Default)]
struct Batch {
    changes: Arc<Changes>,
    octets: usize,
    outcome: Arc<Outcome>,
}

/// What became of a batch, once it has come to its end.
type Outcome = OnceLock<Result<(), Arc<Error>>>;

impl Line {
    /// The last batch of which a writer sees changes.
    fn last(&self) -> Option<&Batch> {
        if self.waiting.changes.is_empty() { self.committing.as_ref() } else { Some(&self.waiting) }
    }

    fn add(&mut self, changes: Changes) -> Arc<Outcome> {
        let octets = |(key, value): (&Arc<[u8]>, &Option<Arc<[u8]>>)| {
            key.len() + value.as_ref().map_or(0, |value| value.len())
        };
        self.waiting.octets += changes.iter().map(octets).sum::<usize>();
        Arc::make_mut(&mut self.waiting.changes).extend(changes);
        Arc::clone(&self.waiting.outcome)
    }

    /// Ends the commit that is under way. If it has failed, so has what waits, which was made on top of it.
    fn arrive(&mut self, outcome: Result<()>) {
        let outcome = outcome.map_err(Arc::new);
        let failed = outcome.is_err().then(|| std::mem::take(&mut self.waiting));
        for batch in self.committing.take().into_iter().chain(failed) {
            batch.outcome.get_or_init(|| outcome.clone());
        }
    }
}

impl<E: OneOwner> GroupCommit<E> {
    /// Groups the commits of this engine, to which nothing else in this process may write. If
    /// [other processes](OneOwner::others_write) may, each writer commits for itself: what it rests on is known only while it keeps them out.
    #[must_use]
    pub fn new(engine: E) -> Self {
        Self {
            engine,
            turn: Mutex::default(),
            line: Mutex::default(),
            arrived: Condvar::new(),
            arrivals: Arrivals::default(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(&self, line: MutexGuard<'l, Line>) -> MutexGuard<'l, Line> {
        self.arrived.wait(line).unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the batch with this outcome has come to its end. If no commit is under way, this is the batch that
    /// waits, and is committed here.
    fn settle(&self, outcome: &Outcome) -> Result<()> {
        let mut line = self.line();
        loop {
            if let Some(outcome) = outcome.get() {
                return outcome.clone().map_err(|cause| Error::new(cause.kind().clone()).caused_by(cause));
            }
            line = if line.committing.is_some() { self.wait(line) } else { self.commit_waiting(line) };
        }
    }

    fn commit_waiting<'l>(&'l self, mut line: MutexGuard<'l, Line>) -> MutexGuard<'l, Line> {
        let batch = std::mem::take(&mut line.waiting);
        line.committing = Some(batch.clone());
        drop(line);
        // Whatever happens, those who wait for the batch must hear of it.
        let committed = catch_unwind(AssertUnwindSafe(|| self.commit(&batch.changes)));
        let mut line = self.line();
        line.arrive(committed.unwrap_or_else(|_| Err(ErrorKind::Storage.into())));
        self.arrived.notify_all();
        line
    }

    fn commit(&self, changes: &Changes) -> Result<()> {
        let mut tx = self.engine.raw_write()?;
        for (key, change) in changes {
            match change {
                Some(value) => tx.put(key, value)?,
                None => tx.delete(key)?,
            }
        }
        tx.commit()
    }
}

impl<E: OneOwner> OneOwner for GroupCommit<E> {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        self.engine.raw_read()
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        if self.engine.others_write() {
            return self.engine.raw_write();
        }
        let held = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = self.line();
        while line.waiting.octets > BATCH_OCTETS {
            line = self.wait(line);
        }
        let committing = line.committing.as_ref().map(|batch| Arc::clone(&batch.changes)).unwrap_or_default();
        let waiting = Arc::clone(&line.waiting.changes);
        // Begun while no batch can end: what is committed besides is in `committing`, too, and the same.
        let committed = self.engine.raw_read()?;
        let before = Overlay::over(Overlay::over(committed, committing), waiting);
        let seen = line.last().map(|batch| Arc::clone(&batch.outcome));
        Ok(Box::new(Gathering::new(before, Turn { group: self, seen, held })))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn others_write(&self) -> bool {
        self.engine.others_write()
    }

    fn raw_snapshot(&self) -> Result<Snapshot> {
        self.engine.raw_snapshot()
    }
}

impl<E: fmt::Debug> fmt::Debug for GroupCommit<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("GroupCommit").field(&self.engine).finish()
    }
}

/// That one writer at a time works.
struct Turn<'e, E> {
    group: &'e GroupCommit<E>,
    /// The outcome of the last batch whose changes the writer may have read.
    seen: Option<Arc<Outcome>>,
    held: MutexGuard<'e, ()>,
}

impl<E: OneOwner> End for Turn<'_, E> {
    fn commit(self, changes: Changes) -> Result<()> {
        let Self { group, seen, held } = self;
        let mut line = group.line();
        let has_failed = |outcome: &Arc<Outcome>| outcome.get().is_some_and(Result::is_err);
        if seen.as_ref().is_some_and(has_failed) {
            return Err(ErrorKind::Conflict.into());
        }
        let outcome = line.add(changes);
        drop(line);
        drop(held); // the next writer works while this one waits
        group.settle(&outcome)
    }

    fn release(self) -> Result<()> {
        let Self { group, seen, held } = self;
        drop(held);
        seen.map_or(Ok(()), |seen| group.settle(&seen))
    }
}

#[cfg(test)]
mod tests;
