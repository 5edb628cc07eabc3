//! A store to which several processes write.

use std::time::Duration;

use super::IdpStore;
use crate::error::{Error, ErrorKind, Result};

/// In how many seconds a call may be tried again if a change was not there in time.
const RETRY_AFTER: u32 = 1;

impl IdpStore {
    /// Whether other processes may write to the same store at the same time. Answers of [`IdpStore::handle`] then have the header
    /// [`REVISION_HEADER`](crate::REVISION_HEADER).
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.service.engine().capabilities().several_owners
    }

    /// How old what a call sees may be: zero, unless the engine reads from a copy of what other processes write.
    ///
    /// ```
    /// assert!(idpstore::IdpStore::in_memory()?.lag().is_zero());
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn lag(&self) -> Duration {
        self.service.engine().lag()
    }

    /// Whether this process does what is to be done once for a store, such as [`Service::advance`](crate::Service::advance). Of
    /// several processes, one does; another takes over if it ends.
    #[must_use]
    pub fn is_keeper(&self) -> bool {
        self.service.engine().is_keeper()
    }

    /// Waits until calls see all that any process had committed before this one, but no longer than `timeout`. A call that follows is
    /// linearizable. A store that is not shared shows all at once.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](ErrorKind::Unavailable) if that takes longer, and [`Storage`](ErrorKind::Storage) if the storage fails.
    pub fn catch_up(&self, timeout: Duration) -> Result<()> {
        self.service.engine().catch_up(timeout)
    }

    /// Waits until calls see the change with this number, but no longer than `timeout`: one of another process, or of another thread. On
    /// hosts without threads, a timeout of zero waits for nothing.
    ///
    /// ```
    /// use std::time::Duration;
    /// use idpstore::{ErrorKind, IdpStore};
    ///
    /// let store = IdpStore::in_memory()?;
    /// store.reset()?;
    /// store.wait_for(1, Duration::ZERO)?;
    /// let early = store.wait_for(2, Duration::ZERO).expect_err("it has not happened");
    /// assert!(matches!(early.kind(), ErrorKind::Unavailable { .. }));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Unavailable`](ErrorKind::Unavailable) if that takes longer, and [`Storage`](ErrorKind::Storage) if the storage fails.
    pub fn wait_for(&self, sequence: u64, timeout: Duration) -> Result<()> {
        let last = self.service.engine().wait_for(sequence, timeout)?;
        if last < sequence {
            let words = format!("the last change here is {last}, not yet {sequence}");
            return Err(Error::new(ErrorKind::Unavailable { retry_after: RETRY_AFTER }).context(words));
        }
        Ok(())
    }
}
