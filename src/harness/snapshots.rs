//! Snapshots by name.

use std::collections::BTreeMap;

use crate::engine::Snapshot;
use crate::error::{Error, Reason, Result};

/// How many are kept at most.
const MOST: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Snapshots(BTreeMap<String, Snapshot>);

impl Snapshots {
    /// Keeps a snapshot under a name, in place of one that has it.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if there are a hundred others.
    pub(crate) fn keep(&mut self, name: &str, snapshot: Snapshot) -> Result<()> {
        if self.0.len() == MOST && !self.0.contains_key(name) {
            return Err(Error::invalid("", Reason::Other(format!("is one snapshot more than {MOST}"))));
        }
        self.0.insert(name.to_owned(), snapshot);
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<Snapshot> {
        self.0.get(name).cloned()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }
}
