//! Who writes: a unit of work that begins inside of another would wait for itself for ever, and is refused. And who runs
//! again after a conflict: one unit at a time, so that each comes through.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// The threads that write to a store or wait until they can.
#[derive(Debug, Default)]
pub(super) struct Turns {
    writing: Mutex<Vec<ThreadId>>,
    again: Mutex<()>,
    /// Nothing ends a pause before its time.
    pauses: Condvar,
}

/// That this thread writes. Dropping it ends that.
pub(super) struct Turn<'t>(&'t Turns, ThreadId);

/// That a unit of this thread runs again, and of no other. Dropping it ends that.
pub(super) type Again<'t> = MutexGuard<'t, ()>;

impl Turns {
    /// Lets this thread write, unless it does so already.
    pub(super) fn take(&self) -> Result<Turn<'_>> {
        let this = thread::current().id();
        let mut writing = self.writing();
        if writing.contains(&this) {
            let words = "a unit of work is under way: use the draft, or write after it";
            return Err(Error::new(ErrorKind::WrongState).context(words));
        }
        writing.push(this);
        Ok(Turn(self, this))
    }

    /// Lets a unit of this thread run again once no other does, and after a pause in which others may.
    pub(super) fn again<'t>(&'t self, again: Option<Again<'t>>, pause: Duration) -> Again<'t> {
        let again = again.unwrap_or_else(|| self.again.lock().unwrap_or_else(PoisonError::into_inner));
        if pause.is_zero() {
            return again;
        }
        self.pauses.wait_timeout(again, pause).unwrap_or_else(PoisonError::into_inner).0
    }

    fn writing(&self) -> MutexGuard<'_, Vec<ThreadId>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.writing().retain(|thread| *thread != self.1);
    }
}
