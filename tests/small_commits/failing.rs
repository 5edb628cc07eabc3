//! An engine as in a cluster, and one that fails after so many commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use idpstore::engine::{
    Capabilities, Direction, Engine, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx,
};
use idpstore::testing::OptimisticEngine;
use idpstore::{ErrorKind, Result};

/// An engine as in a cluster, whose commits are small.
pub(crate) fn cluster() -> OptimisticEngine {
    OptimisticEngine::new(Duration::ZERO).with_limits(126, 1 << 20, 1 << 20)
}

/// A cluster that fails after so many commits.
#[derive(Debug)]
pub(crate) struct Failing {
    engine: OptimisticEngine,
    left: Arc<AtomicUsize>,
}

struct Commit<'e> {
    tx: Box<dyn WriteTx + 'e>,
    left: Arc<AtomicUsize>,
}

impl Failing {
    pub(crate) fn after(commits: usize, engine: OptimisticEngine) -> Self {
        Self { engine, left: Arc::new(AtomicUsize::new(commits)) }
    }
}

impl Engine for Failing {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        self.engine.read()
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Commit { tx: self.engine.write()?, left: Arc::clone(&self.left) }))
    }

    fn capabilities(&self) -> Capabilities {
        self.engine.capabilities()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.engine.wait_for(number, timeout)
    }
}

impl ReadTx for Commit<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.tx.get(key)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut Visit<'_>) -> Result<()> {
        self.tx.scan(scan, visit)
    }

    fn log(&self, from: u64, direction: Direction, visit: &mut VisitLog<'_>) -> Result<()> {
        self.tx.log(from, direction, visit)
    }

    fn number(&self) -> Result<u64> {
        self.tx.number()
    }
}

impl WriteTx for Commit<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.tx.delete(key)
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(ErrorKind::Storage.into());
        }
        self.left.store(left - 1, Ordering::Relaxed);
        self.tx.commit(entry)
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.tx.restore(snapshot)
    }
}
