//! A store is copied into another engine: from a file to a cluster, and back.

use std::sync::Arc;

use super::IdpStore;
use crate::engine::{Engine, copying};
use crate::error::Result;
use crate::service::Service;

impl IdpStore {
    /// Copies the store into an engine that has none, and compares the two at the end. `progress` is called with how many entries
    /// have been dealt with; how many there are is the answer. What is sealed stays so, and no key is needed.
    ///
    /// Into an engine with one owner, such as a file, it is put in one commit, with its log. Into one with several owners it is
    /// put in steps, without the log, which begins there with a change of the kind [`Restored`](crate::ChangeKind::Restored). A
    /// copy that was broken off goes on when it is repeated; until it is complete, there is no store to be opened. Of two copies at
    /// once, the one that has begun first fails. What is changed in this store meanwhile is not copied.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::engine::MemoryEngine;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let entries = store.copy_to(MemoryEngine::default(), |_| {})?;
    /// assert_eq!(entries, 2, "its form, and its first tenant");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`WrongState`](crate::ErrorKind::WrongState) if there is a store already or another copy has begun since,
    /// [`NotAStore`](crate::ErrorKind::NotAStore) if there is something else, [`TooLarge`](crate::ErrorKind::TooLarge) if the engine
    /// does not take an entry, [`Corrupt`](crate::ErrorKind::Corrupt) if the copy differs from this store, and those of the two
    /// storages.
    pub fn copy_to(&self, to: impl Engine + 'static, mut progress: impl FnMut(u64)) -> Result<u64> {
        let to: Arc<dyn Engine> = Arc::new(to);
        let mut lot = [0; 8];
        self.service.env().entropy.fill(&mut lot);
        let copied = copying::copy(self.seal.inner(), &*to, u64::from_be_bytes(lot), &mut progress)?;
        Service::new(to, self.service.env().clone()).log_copy(copied.last_id)?;
        Ok(copied.entries)
    }
}
