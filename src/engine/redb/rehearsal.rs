//! Opening a store without touching it until it is known to be sound.

use std::fmt;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

use ::redb::{BackendError, StorageBackend};

/// How the first page of a store begins once it is complete: redb writes these bytes last, and only then
/// anything else.
const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";
const MAGIC_LENGTH: u64 = MAGIC.len() as u64;

/// The part of a store that is written before its magic bytes.
const HEADER_LENGTH: u64 = 320;

/// How many bytes are looked at at a time.
const CHUNK: usize = 64 * 1024;

/// A backend whose changes are noted in memory until [`Rehearsal::perform`] carries them out, in the order in
/// which they were requested. From then on everything goes straight through.
#[derive(Clone)]
pub(super) struct Rehearsal(Arc<Inner>);

struct Inner {
    backend: Box<dyn StorageBackend>,
    /// `None` once they were carried out.
    steps: RwLock<Option<Vec<Step>>>,
}

enum Step {
    SetLength(u64),
    Write(u64, Vec<u8>),
    Sync,
}

impl Rehearsal {
    pub(super) fn of(backend: impl StorageBackend) -> Self {
        Self(Arc::new(Inner { backend: Box::new(backend), steps: RwLock::new(Some(Vec::new())) }))
    }

    /// Carries out what was noted. Where that fails the backend is as after a crash in the midst of it, and
    /// nothing more is written.
    pub(super) fn perform(&self) -> io::Result<()> {
        let mut steps = self.0.steps.write().unwrap_or_else(PoisonError::into_inner);
        for step in steps.iter().flatten() {
            match step {
                Step::SetLength(length) => self.0.backend.set_len(*length)?,
                Step::Write(offset, bytes) => self.0.backend.write(*offset, bytes)?,
                Step::Sync => self.0.backend.sync_data()?,
            }
        }
        *steps = None;
        Ok(())
    }

    /// Notes a step, or leaves it to the backend if the rehearsal is over.
    fn note(&self, step: impl FnOnce() -> Step) -> bool {
        // A writer is let in only while there are steps to note, so that readers do not wait for each other.
        if self.0.steps.read().unwrap_or_else(PoisonError::into_inner).is_none() {
            return false;
        }
        let mut steps = self.0.steps.write().unwrap_or_else(PoisonError::into_inner);
        steps.as_mut().is_some_and(|steps| {
            steps.push(step());
            true
        })
    }

    /// Whether the backend begins as a store does.
    pub(super) fn begins_like_a_store(&self) -> bool {
        let mut start = [0; MAGIC.len()];
        let read = self.0.backend.len().is_ok_and(|length| length >= MAGIC_LENGTH)
            && self.0.backend.read(0, &mut start).is_ok();
        read && start == MAGIC
    }

    /// Whether the backend holds nothing but a store whose making was broken off: zeros, and at most a header
    /// that still lacks the bytes by which it would be known.
    fn is_unfinished(&self, length: u64) -> io::Result<bool> {
        let holds_zeros = |from: u64, to: u64| -> io::Result<bool> {
            let mut chunk = Vec::new();
            for at in (from..to).step_by(CHUNK) {
                chunk.resize(distance(at, to).min(CHUNK), 0);
                self.0.backend.read(at, &mut chunk)?;
                if chunk.iter().any(|byte| *byte != 0) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        Ok(length > 0 && holds_zeros(0, length.min(MAGIC_LENGTH))? && holds_zeros(HEADER_LENGTH, length)?)
    }
}

/// How far `to` is behind `from`; nothing if it is before it.
fn distance(from: u64, to: u64) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)
}

impl fmt::Debug for Rehearsal {
    // Not the steps: they hold records.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.backend.fmt(out)
    }
}

impl StorageBackend for Rehearsal {
    /// The first question that redb asks, after it has taken the lock: the moment at which a broken-off store
    /// is made empty again.
    fn len(&self) -> io::Result<u64> {
        let length = self.0.backend.len()?;
        let empty = self.0.steps.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(Vec::is_empty);
        if empty == Some(true) && self.is_unfinished(length)? {
            self.note(|| Step::SetLength(0));
        }
        let steps = self.0.steps.read().unwrap_or_else(PoisonError::into_inner);
        Ok(steps.iter().flatten().fold(length, |length, step| match step {
            Step::SetLength(length) => *length,
            Step::Write(offset, bytes) => length.max(offset + bytes.len() as u64),
            Step::Sync => length,
        }))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let steps = self.0.steps.read().unwrap_or_else(PoisonError::into_inner);
        let Some(steps) = steps.as_ref().filter(|steps| !steps.is_empty()) else {
            return self.0.backend.read(offset, out);
        };
        // What is there, then each step over it; what nothing has reached is zero.
        let mut end = self.0.backend.len()?;
        out.fill(0);
        let there = distance(offset, end).min(out.len());
        if let Some(part) = out.get_mut(..there).filter(|part| !part.is_empty()) {
            self.0.backend.read(offset, part)?;
        }
        for step in steps {
            match step {
                Step::SetLength(length) => {
                    out.iter_mut().skip(distance(offset, *length)).for_each(|byte| *byte = 0);
                    end = *length;
                }
                Step::Write(at, bytes) => {
                    let old = out.iter_mut().skip(distance(offset, *at));
                    let new = bytes.iter().skip(distance(*at, offset));
                    old.zip(new).for_each(|(old, new)| *old = *new);
                    end = end.max(at + bytes.len() as u64);
                }
                Step::Sync => {}
            }
        }
        if distance(offset, end) < out.len() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        if self.note(|| Step::SetLength(length)) { Ok(()) } else { self.0.backend.set_len(length) }
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.note(|| Step::Sync) { Ok(()) } else { self.0.backend.sync_data() }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if self.note(|| Step::Write(offset, data.to_vec())) {
            Ok(())
        } else {
            self.0.backend.write(offset, data)
        }
    }

    fn close(&self) -> io::Result<()> {
        self.0.backend.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.backend.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.backend.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.backend.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.backend.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.backend.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.backend.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    /// Bytes in memory; clones are the same.
    #[derive(Clone, Debug, Default)]
    struct Bytes(Arc<Mutex<Vec<u8>>>);

    impl StorageBackend for Bytes {
        fn len(&self) -> io::Result<u64> {
            Ok(self.0.lock().unwrap().len() as u64)
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let from = distance(0, offset);
            let bytes = self.0.lock().unwrap();
            out.copy_from_slice(bytes.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.0.lock().unwrap().resize(distance(0, length), 0);
            Ok(())
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            let mut bytes = self.0.lock().unwrap();
            let (from, length) = (distance(0, offset), bytes.len());
            bytes.resize(length.max(from + data.len()), 0);
            bytes[from..from + data.len()].copy_from_slice(data);
            Ok(())
        }
    }

    fn content(backend: &dyn StorageBackend) -> Vec<u8> {
        let mut content = vec![1; distance(0, backend.len().unwrap())];
        backend.read(0, &mut content).unwrap();
        content
    }

    proptest! {
        #[test]
        fn what_is_noted_looks_as_if_it_were_done(
            before in prop::collection::vec(1..=u8::MAX, 1..20),
            steps in prop::collection::vec((0..20_u64, prop::option::of(prop::collection::vec(any::<u8>(), 0..9))), 0..9),
            (from, length) in (0..20_u64, 1..20_usize),
        ) {
            let (done, untouched) = (Bytes::default(), Bytes::default());
            done.write(0, &before).unwrap();
            untouched.write(0, &before).unwrap();
            let rehearsal = Rehearsal::of(untouched.clone());
            for (at, data) in steps {
                for backend in [&done as &dyn StorageBackend, &rehearsal] {
                    match &data {
                        Some(data) => backend.write(at, data).unwrap(),
                        None => backend.set_len(at).unwrap(),
                    }
                }
                prop_assert_eq!(content(&rehearsal), content(&done));
            }
            let expected = content(&done);
            let mut part = vec![1; length];
            let outcome = rehearsal.read(from, &mut part);
            if let Some(expected) = expected.get(distance(0, from)..distance(0, from) + length) {
                prop_assert_eq!(&part[..], expected);
            } else {
                prop_assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
            }
            prop_assert_eq!(content(&untouched), before);
            rehearsal.perform().unwrap();
            prop_assert_eq!(content(&untouched), content(&done));
            rehearsal.write(0, b"straight through").unwrap();
            prop_assert!(content(&untouched).starts_with(b"straight through"));
        }
    }
}
