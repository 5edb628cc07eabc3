//! Who uses a key, and what ends when, without a vendor's documents.

use super::IdpStore;
use crate::error::Result;
use crate::model::Key;
use crate::pki::Timestamp;
use crate::service::{Expiring, Reference};

impl IdpStore {
    /// Every owner of this tenant that uses a key: see [`Service::references`](crate::Service::references). Its id as each
    /// vendor's API spells it: [`spellings`](crate::spellings).
    ///
    /// # Errors
    ///
    /// As [`Service::references`](crate::Service::references).
    pub fn references(&self, kid: &str) -> Result<Vec<Reference>> {
        self.service.references(kid)
    }

    /// The same of all tenants: see [`Service::references_everywhere`](crate::Service::references_everywhere).
    ///
    /// # Errors
    ///
    /// As [`Service::references_everywhere`](crate::Service::references_everywhere).
    pub fn references_everywhere(&self, kid: &str) -> Result<Vec<Reference>> {
        self.service.references_everywhere(kid)
    }

    /// The owners of this tenant that sign with no key though they speak SAML: see
    /// [`Service::owners_without_key`](crate::Service::owners_without_key).
    ///
    /// # Errors
    ///
    /// As [`Service::owners_without_key`](crate::Service::owners_without_key).
    pub fn owners_without_key(&self) -> Result<Vec<Reference>> {
        self.service.owners_without_key()
    }

    /// The keys of this tenant that none of its owners refers to: see [`Service::unused_keys`](crate::Service::unused_keys).
    ///
    /// # Errors
    ///
    /// As [`Service::unused_keys`](crate::Service::unused_keys).
    pub fn unused_keys(&self) -> Result<Vec<Key>> {
        self.service.unused_keys()
    }

    /// What ends before this time, in all tenants: see [`Service::expiring`](crate::Service::expiring).
    ///
    /// # Errors
    ///
    /// As [`Service::expiring`](crate::Service::expiring).
    pub fn expiring(&self, before: Timestamp) -> Result<Vec<Expiring>> {
        self.service.expiring(before)
    }

    /// Logs what the clock has brought, in all tenants: see [`Service::advance`](crate::Service::advance).
    ///
    /// # Errors
    ///
    /// As [`Service::advance`](crate::Service::advance).
    pub fn advance(&self) -> Result<usize> {
        self.service.advance()
    }
}
