//! An engine that makes every unit of work run twice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::CountedEntropy;
use crate::engine::one_owner::RawWrite;
use crate::engine::{Capabilities, Engine, ReadTx, Snapshot, WriteTx, reads_through};
use crate::error::{ErrorKind, Result};

/// An engine whose every other commit fails with [`ErrorKind::Conflict`], beginning with the first, so that
/// each unit of work that would be committed is run once in vain and once for good.
///
/// A commit that fails also takes the store's entropy back to where the transaction began. The second run then
/// draws the same numbers as the first. If answers differ from those without this engine, the first run has left something
/// else behind. For one writer at a time.
#[derive(Debug)]
pub struct RerunEngine<E> {
    engine: E,
    entropy: CountedEntropy,
    in_vain: AtomicBool,
}

impl<E: Engine> RerunEngine<E> {
    /// Makes the units of work on `engine` run twice; `entropy` is that of the store.
    pub fn new(engine: E, entropy: CountedEntropy) -> Self {
        Self { engine, entropy, in_vain: AtomicBool::new(true) }
    }
}

impl<E: Engine> Engine for RerunEngine<E> {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        self.engine.read()
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Writer {
            tx: self.engine.write()?,
            drawn: self.entropy.drawn(),
            entropy: &self.entropy,
            in_vain: &self.in_vain,
        }))
    }

    fn snapshot(&self) -> Result<Snapshot> {
        self.engine.snapshot()
    }

    fn capabilities(&self) -> Capabilities {
        self.engine.capabilities()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.engine.wait_for(number, timeout)
    }

    fn catch_up(&self, timeout: Duration) -> Result<()> {
        self.engine.catch_up(timeout)
    }

    fn lag(&self) -> Duration {
        self.engine.lag()
    }

    fn is_keeper(&self) -> bool {
        self.engine.is_keeper()
    }
}

struct Writer<'e> {
    tx: Box<dyn WriteTx + 'e>,
    /// How much entropy had been drawn when the transaction began.
    drawn: u64,
    entropy: &'e CountedEntropy,
    in_vain: &'e AtomicBool,
}

reads_through!(Writer<'_>);

impl WriteTx for Writer<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.tx.delete(key)
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        self.tx.forget(number)
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.tx.restore(snapshot)
    }

    fn raw(&mut self) -> Option<&mut dyn RawWrite> {
        self.tx.raw()
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        if self.in_vain.fetch_not(Ordering::Relaxed) {
            self.entropy.rewind(self.drawn);
            return Err(ErrorKind::Conflict.into());
        }
        self.tx.commit(entry)
    }
}
