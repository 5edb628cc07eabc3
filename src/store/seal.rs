//! The seal of a store: opened, locked, wrapped anew, and its data key changed.

use super::IdpStore;
use crate::engine::KeyWrap;
use crate::error::Result;

impl IdpStore {
    /// Whether the private keys and secrets of the store are sealed where they are kept.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails.
    pub fn is_sealed(&self) -> Result<bool> {
        Ok(self.seal.is_open()?.is_some())
    }

    /// Whether the store is sealed and locked: it can be used, but for what needs a secret, and answers leave secrets out.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails.
    pub fn is_locked(&self) -> Result<bool> {
        Ok(self.seal.is_open()? == Some(false))
    }

    /// Locks a sealed store, for all of its clones: its keys are zeroed as soon as the calls that are under way have ended. A store
    /// that is not sealed stays as it is.
    pub fn lock(&self) {
        self.seal.lock();
        self.service.forget_names();
    }

    /// Unlocks a sealed store.
    ///
    /// # Errors
    ///
    /// [`WrongKey`](crate::ErrorKind::WrongKey) if no wrap of the store is like this one,
    /// [`WrongState`](crate::ErrorKind::WrongState) if the store is not sealed, and those of the storage and of the host.
    pub fn unlock(&self, by: &KeyWrap) -> Result<()> {
        self.seal.unlock(by)
    }

    /// The names of the wraps that open the store; none if it is not sealed.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails.
    pub fn wraps(&self) -> Result<Vec<String>> {
        self.seal.wraps()
    }

    /// Adds another wrap that opens the store, such as a recovery key. No record is written.
    ///
    /// # Errors
    ///
    /// [`Sealed`](crate::ErrorKind::Sealed) while the store is locked, [`WrongState`](crate::ErrorKind::WrongState) if it is not
    /// sealed, has a wrap of this name or eight wraps, and those of the storage and of the host.
    pub fn add_wrap(&self, by: &KeyWrap) -> Result<()> {
        self.seal.add_wrap(by)
    }

    /// Removes a wrap, but not the last one. No record is written. Until the file is compacted, pages of it that are no longer used may
    /// still hold the wrap.
    ///
    /// The key of that wrap still opens older copies of the file, and with these gives away the root key of the store, which stays the
    /// same: with it, later copies can be opened, too. A store that is sealed anew has another one.
    ///
    /// # Errors
    ///
    /// [`Sealed`](crate::ErrorKind::Sealed) while the store is locked, [`WrongState`](crate::ErrorKind::WrongState) if it is not
    /// sealed or has no such wrap, or no other, and those of the storage.
    pub fn remove_wrap(&self, name: &str) -> Result<()> {
        self.seal.remove_wrap(name)
    }

    /// Makes another data key and seals all secrets with it, in steps of a hundred records, while the store is used. If it is broken off, the
    /// next call goes on. Returns the number of records that were sealed again.
    ///
    /// # Errors
    ///
    /// [`Sealed`](crate::ErrorKind::Sealed) while the store is locked, [`WrongState`](crate::ErrorKind::WrongState) if it is not
    /// sealed, and those of the storage.
    pub fn rotate_data_key(&self) -> Result<u64> {
        self.seal.rotate_data_key()
    }
}
