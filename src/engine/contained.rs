//! Panics of the storage engine, kept from its callers.
//!
//! redb trusts a page whose checksum is right, and panics where a page of a forged file contradicts itself. Such a panic
//! closes the store: from then on every call ends in `Corrupt`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// A part of the storage engine. Everything that it does, and also its end, happens inside.
#[derive(Debug)]
pub(super) struct Contained<T> {
    /// `None` once it has come to its end.
    part: Option<T>,
    is_closed: Arc<AtomicBool>,
}

impl<T> Contained<T> {
    /// The first part, which `make` makes.
    pub(super) fn make(make: impl FnOnce() -> Result<T>) -> Result<Self> {
        let is_closed = Arc::default();
        let part = Some(caught(&is_closed, make)?);
        Ok(Self { part, is_closed })
    }

    /// Another part, which this one makes.
    pub(super) fn part<'a, U>(&'a self, make: impl FnOnce(&'a T) -> Result<U>) -> Result<Contained<U>> {
        let part = Some(self.run(make)?);
        Ok(Contained { part, is_closed: Arc::clone(&self.is_closed) })
    }

    /// What `work` does with the part.
    pub(super) fn run<'a, R>(&'a self, work: impl FnOnce(&'a T) -> Result<R>) -> Result<R> {
        caught(&self.is_closed, || work(self.part.as_ref().ok_or_else(closed)?))
    }

    /// What `work` does with the part at its end.
    pub(super) fn finish<R>(mut self, work: impl FnOnce(T) -> Result<R>) -> Result<R> {
        let part = self.part.take();
        caught(&self.is_closed, || work(part.ok_or_else(closed)?))
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let part = self.part.take();
        // What is dropped while the store is closed may panic again; no caller is left to receive the error.
        if catch_unwind(AssertUnwindSafe(|| drop(part))).is_err() {
            self.is_closed.store(true, Ordering::Relaxed);
        }
    }
}

/// What `work` comes to, unless the store is closed or `work` panics, which closes it. What a panic leaves half done is
/// not used any more.
fn caught<R>(is_closed: &AtomicBool, work: impl FnOnce() -> Result<R>) -> Result<R> {
    if is_closed.load(Ordering::Relaxed) {
        return Err(closed());
    }
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        is_closed.store(true, Ordering::Relaxed);
        Err(closed())
    })
}

fn closed() -> Error {
    Error::new(ErrorKind::Corrupt).context("its pages contradict each other, and it was closed")
}
