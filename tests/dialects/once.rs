//! A request that changes a record reads it once, in the unit of work that changes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use idpstore::Result;
use idpstore::engine::{
    Capabilities, Direction, Engine, MemoryEngine, ReadTx, Scan, Snapshot, Value, Visit, VisitLog, WriteTx,
};
use idpstore::testing::inside::DIALECTS;
use idpstore::testing::inside::keyspace::tag;

use super::{Surroundings, scenarios};

/// What became of each key.
type Keys = Arc<Mutex<BTreeMap<Vec<u8>, Uses>>>;

#[derive(Debug, Default)]
struct Uses {
    /// How often a reading transaction read it.
    read: usize,
    /// How often a writing one did before it changed it.
    read_in_unit: usize,
    is_written: bool,
}

/// An engine that notes which keys are read and written.
#[derive(Debug)]
struct Noting(MemoryEngine, Keys);

struct Noted<T> {
    tx: T,
    keys: Keys,
    is_unit: bool,
}

impl<T> Noted<T> {
    fn note(&self, key: &[u8], note: impl FnOnce(&mut Uses)) {
        note(self.keys.lock().unwrap().entry(key.to_vec()).or_default());
    }
}

impl Engine for Noting {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(Noted { tx: self.0.read()?, keys: self.1.clone(), is_unit: false }))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Noted { tx: self.0.write()?, keys: self.1.clone(), is_unit: true }))
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.0.wait_for(number, timeout)
    }
}

impl<T: std::ops::Deref<Target: ReadTx>> ReadTx for Noted<T> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        self.note(key, |uses| match self.is_unit {
            false => uses.read += 1,
            true if !uses.is_written => uses.read_in_unit += 1,
            true => {}
        });
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

impl WriteTx for Noted<Box<dyn WriteTx + '_>> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.note(key, |uses| uses.is_written = true);
        self.tx.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.note(key, |uses| uses.is_written = true);
        self.tx.delete(key)
    }

    fn commit(self: Box<Self>, entry: Option<&[u8]>) -> Result<u64> {
        self.tx.commit(entry)
    }

    fn release(self: Box<Self>) -> Result<()> {
        self.tx.release()
    }

    fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.tx.restore(snapshot)
    }

    fn forget(&mut self, number: u64) -> Result<()> {
        self.tx.forget(number)
    }
}

/// Whether a record is one of those that a request names. Keys are looked for in several ways, unless they are deleted.
fn is_named(method: &str, key: &[u8]) -> bool {
    match key.first() {
        Some(&(tag::PROVIDER | tag::APPLICATION | tag::USER)) => true,
        Some(&(tag::SIGNING_KEY | tag::TRUSTED_KEY)) => method == "DELETE",
        _ => false,
    }
}

/// The commands that take a key from a provider, which look for all records that use the key.
const DETACHING: [&str; 2] = ["_generate_certificate", "RegenerateSAMLProviderCertificate"];

#[test]
fn a_record_is_read_once_where_it_is_changed() {
    let mut changed = 0;
    for dialect in DIALECTS {
        for (file, scenario) in scenarios(dialect) {
            let (surroundings, keys) = (Surroundings::new(), Keys::default());
            let store = surroundings.open(Noting(MemoryEngine::default(), keys.clone()));
            for step in &scenario.steps {
                let (method, path) = (&step.request.method, &step.request.path);
                surroundings.clock.advance(step.advance);
                keys.lock().unwrap().clear();
                drop(store.handle(step.request.to_request()));
                // The unit reads the record, and what records changes reads its bytes.
                let most = if DETACHING.iter().any(|command| path.ends_with(command)) { 3 } else { 2 };
                for (key, uses) in keys.lock().unwrap().iter() {
                    if uses.is_written && is_named(method, key) {
                        changed += 1;
                        let is_once = uses.read == 0 && uses.read_in_unit <= most;
                        assert!(is_once, "{}: {method} {path}: {uses:?}", file.display());
                    }
                }
            }
        }
    }
    assert!(changed > 100, "{changed}");
}
