//! An engine that is opened again after its storage has failed, such as a disk that was full.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, TryLockError};

use super::one_owner::{Arrivals, OneOwner, RawRead, RawVisit, RawWrite};
use super::redb::{RedbEngine, Writer};
use super::{Direction, KeyWrap, sealed};
use crate::error::{Error, ErrorKind, Result};

type Open = Box<dyn Fn() -> Result<RedbEngine> + Send + Sync>;
type Listener = Box<dyn Fn(Event<'_>) + Send + Sync>;

/// A [`RedbEngine`] that goes on after a failure of its storage.
///
/// The call that meets the failure gets [`ErrorKind::Storage`]. Each call after it first opens the bytes again, and is
/// answered if that succeeds: everything that was committed is there.
pub struct Reopening {
    /// `None` while it cannot be opened. Closed before `open` is dropped, which may hold the file's lock.
    current: RwLock<Option<RedbEngine>>,
    failed: AtomicBool,
    arrivals: Arrivals,
    others_write: bool,
    open: Open,
    listener: Option<Listener>,
}

/// What happens to the storage while it is in use.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// It failed with this error.
    Failed(&'a Error),
    /// It was opened again.
    Reopened,
}

impl Reopening {
    /// An engine that is open already, and how its bytes are opened again. By then the first one is closed.
    #[must_use]
    pub fn new(engine: RedbEngine, open: impl Fn() -> Result<RedbEngine> + Send + Sync + 'static) -> Self {
        Self {
            others_write: engine.others_write(),
            current: RwLock::new(Some(engine)),
            failed: AtomicBool::new(false),
            arrivals: Arrivals::default(),
            open: Box::new(open),
            listener: None,
        }
    }

    /// Opens the store in the file at `path`, or makes it, as [`RedbEngine::file`] does. Whatever happens to the path
    /// meanwhile, it is the same file that is opened again, and its lock is held all the time.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`].
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        Self::file_if(path.as_ref(), |_| Ok(()))
    }

    /// The same for a store that is sealed or will be. The file is left as it is, byte for byte, if this wrap does not open the seal.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`], and [`ErrorKind::WrongKey`].
    pub fn sealed_file(path: impl AsRef<Path>, by: &KeyWrap) -> Result<Self> {
        Self::file_if(path.as_ref(), |engine| sealed::check(engine, by))
    }

    /// Opens the store in the file at `path`, or makes it, as [`RedbEngine::share`] does: other processes may write it meanwhile. One that
    /// is sealed is refused as by [`sealed_file`](Self::sealed_file) if there is a wrap, and it does not open the seal.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::share`], and [`ErrorKind::WrongKey`].
    pub fn share(path: impl AsRef<Path>, by: Option<&KeyWrap>) -> Result<Self> {
        let check = |engine: &RedbEngine| by.map_or(Ok(()), |by| sealed::check(engine, by));
        let (lock, file) = RedbEngine::lock_shared(path.as_ref(), check)?;
        let engine = RedbEngine::of_shared_file(&file)?;
        check(&engine)?;
        Ok(Self::again(engine, lock, file, RedbEngine::of_shared_file))
    }

    fn file_if(path: &Path, check: impl FnOnce(&RedbEngine) -> Result<()>) -> Result<Self> {
        let (lock, file) = RedbEngine::locked(path)?;
        let engine = RedbEngine::of_file(&file, check)?;
        Ok(Self::again(engine, lock, file, |file| RedbEngine::of_file(file, |_| Ok(()))))
    }

    /// An engine whose file is opened again so, with its lock held.
    fn again(
        engine: RedbEngine,
        lock: File,
        file: File,
        open: impl Fn(&File) -> Result<RedbEngine> + Send + Sync + 'static,
    ) -> Self {
        Self::new(engine, move || {
            let _held = &lock;
            // Opening an empty file would make a new store of it.
            match file.metadata() {
                Ok(metadata) if metadata.len() == 0 => {
                    Err(Error::new(ErrorKind::Corrupt).context("the file was emptied"))
                }
                _ => open(&file),
            }
        })
    }

    /// Calls this listener when the storage fails and when it is opened again. It must not use the store.
    #[must_use]
    pub fn on_event(mut self, listener: impl Fn(Event<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Begins a transaction on the open engine.
    fn begin<T>(&self, begin: impl FnOnce(&RedbEngine) -> Result<T>) -> Result<Watched<'_, T>> {
        if self.failed.load(Ordering::Acquire) {
            self.reopen()?;
        }
        let open = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let engine = open.as_ref().ok_or(ErrorKind::Storage)?;
        let transaction = self.watch(begin(engine))?;
        Ok(Watched { transaction, engine: self, _open: open })
    }

    /// Closes what has failed and opens it again. While transactions are under way this is left to a later call.
    fn reopen(&self) -> Result<()> {
        let mut current = match self.current.try_write() {
            Ok(current) => current,
            Err(TryLockError::Poisoned(current)) => current.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        // Another call may have been faster.
        if self.failed.load(Ordering::Acquire) {
            *current = None;
            *current = Some((self.open)()?);
            self.failed.store(false, Ordering::Release);
            self.tell(Event::Reopened);
        }
        Ok(())
    }

    /// Notes whether the storage has failed.
    fn watch<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome
            && *error.kind() == ErrorKind::Storage
            && !self.failed.swap(true, Ordering::AcqRel)
        {
            self.tell(Event::Failed(error));
        }
        outcome
    }

    fn tell(&self, event: Event<'_>) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }
}

impl fmt::Debug for Reopening {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Reopening").field(&self.current).finish()
    }
}

impl OneOwner for Reopening {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        Ok(Box::new(self.begin(RedbEngine::reader)?))
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        Ok(Box::new(self.begin(RedbEngine::writer)?))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn others_write(&self) -> bool {
        self.others_write
    }
}

/// A transaction; while it lives, nothing is closed or opened.
struct Watched<'a, T> {
    transaction: T,
    engine: &'a Reopening,
    _open: RwLockReadGuard<'a, Option<RedbEngine>>,
}

impl<T: RawRead> RawRead for Watched<'_, T> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.engine.watch(self.transaction.get(key))
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        self.engine.watch(self.transaction.scan(from, to, direction, visit))
    }
}

impl RawWrite for Watched<'_, Writer> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.transaction.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.transaction.delete(key)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { transaction, engine, _open } = *self;
        engine.watch(Box::new(transaction).commit())
    }
}
