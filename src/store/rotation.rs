//! Rotating signing keys with an overlap, without a vendor's documents.

use super::IdpStore;
use super::signing_keys::{NewSigningKey, planned};
use crate::error::Result;
use crate::model::Key;
use crate::service::{Owner, Rotation, Service};

/// The rotation of signing keys: [`IdpStore::rotation`].
///
/// A key is *prepared* (its certificate is published), *promoted* (its owners sign with it, and the certificate of the key before
/// stays published for a while) and finally *retired*. Partners that read our metadata in between never see a signature that
/// they cannot check.
#[derive(Clone, Debug)]
pub struct Rotations(Service);

impl IdpStore {
    /// The rotation of signing keys.
    #[must_use]
    pub fn rotation(&self) -> Rotations {
        Rotations(self.service.clone())
    }
}

impl Rotations {
    /// Makes a new key the next one of these owners.
    ///
    /// # Errors
    ///
    /// As [`Service::prepare_key`].
    pub fn prepare(&self, owners: &[Owner], new: &NewSigningKey) -> Result<Key> {
        self.0.prepare_key(owners, |draft| planned(draft, new))
    }

    /// Makes a key that is there the next one of these owners.
    ///
    /// # Errors
    ///
    /// As [`Service::prepare_existing_key`].
    pub fn prepare_existing(&self, kid: &str, owners: &[Owner]) -> Result<()> {
        self.0.prepare_existing_key(kid, owners)
    }

    /// Installs the certificate that was issued for a request ([`SigningKeys::request`](super::SigningKeys::request)), and makes
    /// its key the next one of its owner.
    ///
    /// # Errors
    ///
    /// As [`Service::publish_certificate`].
    pub fn publish(&self, owner: Owner, request: &str, file: impl AsRef<[u8]>) -> Result<Key> {
        self.0.publish_certificate(owner, request, file.as_ref())
    }

    /// Makes a key the active one of these owners, or of all whose next key it is if none is named. The certificates of the
    /// keys before stay published for `overlap` seconds.
    ///
    /// # Errors
    ///
    /// As [`Service::promote_key`].
    pub fn promote(&self, kid: &str, owners: &[Owner], overlap: u32) -> Result<()> {
        self.0.promote_key(kid, owners, overlap)
    }

    /// Makes the previous key of these owners the active one again.
    ///
    /// # Errors
    ///
    /// As [`Service::roll_back_key`].
    pub fn roll_back(&self, owners: &[Owner]) -> Result<()> {
        self.0.roll_back_key(owners)
    }

    /// Stops publishing the certificate of a key for these owners, or for all if none is named.
    ///
    /// # Errors
    ///
    /// As [`Service::retire_key`].
    pub fn retire(&self, kid: &str, owners: &[Owner]) -> Result<()> {
        self.0.retire_key(kid, owners)
    }

    /// Where the rotation of an owner's keys stands.
    ///
    /// # Errors
    ///
    /// As [`Service::rotation_of`].
    pub fn status(&self, owner: Owner) -> Result<Rotation> {
        self.0.rotation_of(owner)
    }
}
