//! Who writes: a unit of work that begins inside of another would wait for itself for ever, and is refused.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use crate::error::{Error, ErrorKind, Result};

/// The threads that write to a store or wait until they can.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Vec<ThreadId>>);

/// That this thread writes. Dropping it ends that.
pub(super) struct Turn<'t>(&'t Turns, ThreadId);

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

    fn writing(&self) -> MutexGuard<'_, Vec<ThreadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.writing().retain(|thread| *thread != self.1);
    }
}
