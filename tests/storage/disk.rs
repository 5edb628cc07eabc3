//! A disk in memory that fails on demand, and remembers every call, so that what a loss of power would have
//! left of it at any moment can be seen afterwards.

use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard};

use idpstore::IdpStore;
use idpstore::engine::{RedbEngine, StorageBackend};

/// Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What a process sees.
    bytes: Vec<u8>,
    events: Vec<Event>,
    calls: usize,
    fault: Option<Fault>,
    syncs_slowly: bool,
}

/// What became of the disk, in order.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Changed(Operation),
    /// All changes before are certain to outlive a loss of power.
    Synced,
    /// The store has answered the write of this name ([`Disk::note_answer`]).
    Answered(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    SetLength(usize),
    Write(usize, Vec<u8>),
}

/// How a disk fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// How many calls succeed before it.
    pub(crate) after: usize,
    /// Whether all calls after it fail, too, or only the one.
    pub(crate) lasting: bool,
    /// How much of a failed write reaches the disk all the same, in percent.
    pub(crate) arriving: usize,
}

impl Operation {
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>) {
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
        Self(Arc::new(Mutex::new(State {
            bytes,
            events: Vec::new(),
            calls: 0,
            fault: None,
            syncs_slowly: false,
        })))
    }

    /// An empty disk that fails.
    pub(crate) fn failing(fault: Fault) -> Self {
        let disk = Self::with(Vec::new());
        disk.state().fault = Some(fault);
        disk
    }

    /// From now on so many calls succeed, and none after them.
    pub(crate) fn fail_after(&self, calls: usize) {
        let mut state = self.state();
        let after = state.calls + calls;
        state.fault = Some(Fault { after, lasting: true, arriving: 0 });
    }

    /// From now on each sync takes as long as that of a real disk, so that writers come together.
    pub(crate) fn take_time_to_sync(&self) {
        self.state().syncs_slowly = true;
    }

    /// From now on all calls succeed.
    pub(crate) fn repair(&self) {
        self.state().fault = None;
    }

    pub(crate) fn open(&self) -> idpstore::Result<IdpStore> {
        IdpStore::builder().engine(RedbEngine::backend(self.clone())?).open()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.state().bytes.clone()
    }

    /// What has become of the disk, which was empty at first.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.state().events.clone()
    }

    /// Notes that the write of this name has been answered.
    pub(crate) fn note_answer(&self, name: String) {
        self.state().events.push(Event::Answered(name));
    }

    /// Whether a call has failed.
    pub(crate) fn has_failed(&self) -> bool {
        let state = self.state();
        state.fault.is_some_and(|fault| state.calls > fault.after)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The disk, if this call succeeds; otherwise how it fails.
    fn call(&self) -> std::result::Result<MutexGuard<'_, State>, Fault> {
        let mut state = self.state();
        let number = state.calls;
        state.calls += 1;
        match state.fault {
            Some(fault) if number == fault.after || (fault.lasting && number > fault.after) => Err(fault),
            _ => Ok(state),
        }
    }

    fn change(&self, mut operation: Operation) -> Result<()> {
        let outcome = self.call().map(drop);
        if let Err(fault) = outcome {
            match &mut operation {
                Operation::Write(_, data) => data.truncate(data.len() * fault.arriving / 100),
                Operation::SetLength(_) => return Err(broken(fault)),
            }
        }
        let mut state = self.state();
        operation.apply(&mut state.bytes);
        state.events.push(Event::Changed(operation));
        outcome.map_err(broken)
    }
}

fn broken(_: Fault) -> Error {
    Error::other("the disk is broken")
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.call().map_err(broken)?.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let state = self.call().map_err(broken)?;
        let from = usize::try_from(offset).unwrap();
        let there = state.bytes.get(from..from + out.len());
        out.copy_from_slice(there.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<()> {
        self.change(Operation::SetLength(usize::try_from(length).unwrap()))
    }

    #[expect(clippy::disallowed_methods, reason = "a sync takes time")]
    fn sync_data(&self) -> Result<()> {
        if self.state().syncs_slowly {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        self.call().map_err(broken)?.events.push(Event::Synced);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.change(Operation::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}

/// The kind of error with which opening these bytes is refused; the bytes stay as they are.
pub(crate) fn refusal(bytes: &[u8]) -> idpstore::ErrorKind {
    let disk = Disk::with(bytes.to_vec());
    let kind = disk.open().unwrap_err().kind().clone();
    assert!(disk.bytes() == bytes, "what is refused is left as it is");
    kind
}
