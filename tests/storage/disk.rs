//! A disk that fails when it is told to, and shows what is left of it afterwards.

use std::io::{Error, Result};
use std::mem::take;
use std::sync::{Arc, Mutex};

use idpstore::engine::redb::{RedbEngine, StorageBackend};
use idpstore::{ErrorKind, IdpStore};

/// Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What a process sees.
    bytes: Vec<u8>,
    /// What is certain to be there after a loss of power.
    synced: Vec<u8>,
    /// What was done since then; each may survive or not, whatever becomes of the others.
    unsynced: Vec<Operation>,
    /// How many operations go well before one fails, and all after it.
    operations_left: usize,
}

#[derive(Clone, Debug)]
enum Operation {
    SetLength(usize),
    Write(usize, Vec<u8>),
}

impl Operation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::SetLength(length) => bytes.resize(*length, 0),
            Self::Write(offset, data) => {
                bytes.resize(bytes.len().max(offset + data.len()), 0);
                bytes[*offset..offset + data.len()].copy_from_slice(data);
            }
        }
    }
}

impl Disk {
    pub(crate) fn with(bytes: Vec<u8>) -> Self {
        Self::failing_after(usize::MAX, bytes)
    }

    pub(crate) fn failing_after(operations_left: usize, bytes: Vec<u8>) -> Self {
        let synced = bytes.clone();
        Self(Arc::new(Mutex::new(State { bytes, synced, unsynced: Vec::new(), operations_left })))
    }

    /// From now on so many operations go well.
    pub(crate) fn fail_after(&self, operations: usize) {
        self.0.lock().unwrap().operations_left = operations;
    }

    pub(crate) fn open(&self) -> idpstore::Result<IdpStore> {
        IdpStore::builder().engine(RedbEngine::backend(self.clone())?).open()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    /// What may be there after the process has died, or the power was lost.
    pub(crate) fn remains(&self) -> [(&'static str, Vec<u8>); 4] {
        let state = self.0.lock().unwrap();
        let surviving = |survives: fn(usize) -> bool| {
            let mut bytes = state.synced.clone();
            let operations = state.unsynced.iter().enumerate();
            operations.filter(|(at, _)| survives(*at)).for_each(|(_, operation)| operation.apply(&mut bytes));
            bytes
        };
        [
            ("all that was written", state.bytes.clone()),
            ("what was synced", surviving(|_| false)),
            ("half of what was not synced", surviving(|at| at % 2 == 0)),
            ("the other half", surviving(|at| at % 2 == 1)),
        ]
    }

    /// Whether the next operation goes well.
    fn operate(&self) -> Result<std::sync::MutexGuard<'_, State>> {
        let mut state = self.0.lock().unwrap();
        if state.operations_left == 0 {
            return Err(Error::other("the disk is broken"));
        }
        state.operations_left -= 1;
        Ok(state)
    }

    fn change(&self, operation: Operation) -> Result<()> {
        let mut state = match self.operate() {
            Ok(state) => state,
            Err(error) => {
                self.tear(operation);
                return Err(error);
            }
        };
        operation.apply(&mut state.bytes);
        state.unsynced.push(operation);
        Ok(())
    }

    /// Half of the write that fails may still reach the disk.
    fn tear(&self, operation: Operation) {
        if let Operation::Write(offset, mut data) = operation {
            data.truncate(data.len() / 2);
            let torn = Operation::Write(offset, data);
            let mut state = self.0.lock().unwrap();
            torn.apply(&mut state.bytes);
            state.unsynced.push(torn);
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.operate()?.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let state = self.operate()?;
        let from = usize::try_from(offset).unwrap();
        let there = state.bytes.get(from..from + out.len());
        out.copy_from_slice(there.ok_or(std::io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<()> {
        self.change(Operation::SetLength(usize::try_from(length).unwrap()))
    }

    fn sync_data(&self) -> Result<()> {
        let state = &mut *self.operate()?;
        for operation in take(&mut state.unsynced) {
            operation.apply(&mut state.synced);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.change(Operation::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}

/// The kind of error with which opening these bytes is refused; the bytes stay as they are.
pub(crate) fn refusal(bytes: &[u8]) -> ErrorKind {
    let disk = Disk::with(bytes.to_vec());
    let kind = disk.open().unwrap_err().kind().clone();
    assert!(disk.bytes() == bytes, "what is refused is left as it is");
    kind
}
