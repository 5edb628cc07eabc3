//! Where the rotation of an owner's keys stands.

use super::super::keys::attached_key;
use super::super::owners::Owner;
use super::super::{Service, sorted_by};
use super::owned::Signer;
use crate::engine::records;
use crate::error::Result;
use crate::model::{Key, Role};

/// The keys of an owner, by their roles.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotation {
    /// The owner.
    pub owner: Owner,
    /// Its name.
    pub name: String,
    /// The keys that it may sign with: the active one, the next, the previous ones, those without a role, and those that are
    /// retired.
    pub keys: Vec<OwnedKey>,
    /// The keys whose requests are pending.
    pub requested: Vec<Key>,
}

/// A key, and what it is to its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedKey {
    /// What it is.
    pub role: Role,
    /// The key. To its owner it is as old as the permission to sign with it.
    pub key: Key,
}

impl Rotation {
    /// The keys whose certificates are published, the active one first.
    pub fn published(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(|owned| owned.role.is_published()).map(|owned| &owned.key)
    }
}

impl Service {
    /// Where the rotation of an owner's keys stands.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the owner is not there, and those of the storage.
    pub fn rotation_of(&self, owner: Owner) -> Result<Rotation> {
        let now = self.env.clock.now();
        self.read(|tx| {
            let signer = Signer::find(tx, self, owner)?;
            let mut keys = Vec::new();
            for attachment in records::attachments(tx, self.tenant, signer.id)? {
                let role = attachment.role(signer.active.as_deref(), now);
                let key = attached_key(tx, self.tenant, &attachment)?;
                keys.extend(key.map(|key| OwnedKey { role, key }));
            }
            let place = |owned: &OwnedKey| (owned.role, owned.key.id);
            let keys = sorted_by(keys, |one, other| place(one).cmp(&place(other)));
            let requested = records::requests(tx, self.tenant, signer.id, None)?;
            Ok(Rotation { owner, name: signer.name().to_owned(), keys, requested })
        })
    }
}
