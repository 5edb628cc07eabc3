//! The change log: what was changed, when and by whom, in the order in which it happened.

use serde::{Deserialize, Serialize};

use super::{Service, Unit};
use crate::engine::records;
use crate::engine::records::check::{Report, check};
use crate::error::Result;
use crate::model::Id;
use crate::pki::Timestamp;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChangeKind {
    ApplicationCreated,
    ApplicationReplaced,
    ApplicationActivated,
    ApplicationDeactivated,
    ApplicationDeleted,
    ProviderCreated,
    ProviderReplaced,
    ProviderActivated,
    ProviderDeactivated,
    ProviderDeleted,
    TrustedKeyImported,
    TrustedKeyReplaced,
    TrustedKeyDeleted,
    SigningKeyGenerated,
    SigningKeyCloned,
    SigningKeyImported,
    SigningKeyReplaced,
    SigningKeyDeleted,
    RequestCreated,
    RequestRevoked,
    CertificateInstalled,
    TenantCreated,
    TenantDeleted,
    UserCreated,
    UserDeactivated,
    UserDeleted,
    UserLinked,
    UserUnlinked,
    Restored,
}

/// One entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number. Numbers ascend, and none is given twice; after the store went back to a snapshot they go on behind
    /// those of the changes that were undone, which are no longer listed.
    pub sequence: u64,
    /// When it happened.
    pub time: Timestamp,
    /// Whose record it was.
    pub tenant: Id,
    /// Who did it, if the host has named someone ([`IdpStore::as_actor`](../struct.IdpStore.html#method.as_actor)); else
    /// the dialect through which it was done, or `library`.
    pub actor: String,
    /// What was done.
    pub kind: ChangeKind,
    /// To which record, to which provider a user was linked, or for which owner a key or request was made; of a trusted key its own id, of a store that went back the default tenant.
    pub subject: Id,
    /// Which key, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
}

impl Service {
    /// Up to `limit` changes after the one with the number `sequence` (0: from the start), of all tenants.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    /// use idpstore::service::ChangeKind;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let provider = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// service.delete_provider(provider.id)?;
    /// let kinds: Vec<_> = service.changes(0, 10)?.iter().map(|change| change.kind).collect();
    /// assert_eq!(kinds, [ChangeKind::ProviderCreated, ChangeKind::ProviderDeleted]);
    /// assert_eq!(service.changes(1, 10)?.first().map(|change| change.sequence), Some(2));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) or
    /// [`ErrorKind::Corrupt`](crate::error::ErrorKind::Corrupt) if the log cannot be read.
    pub fn changes(&self, sequence: u64, limit: usize) -> Result<Vec<Change>> {
        self.read(|tx| records::changes(tx, sequence, limit, &|change: &Change| change.sequence))
    }

    /// The number of the last change; 0 if there was none.
    ///
    /// # Errors
    ///
    /// As [`Service::changes`].
    pub fn last_change(&self) -> Result<u64> {
        self.read(|tx| Ok(records::counters(tx)?.last_sequence))
    }

    /// Checks the whole store, of all tenants.
    pub(crate) fn check(&self) -> Result<Report> {
        self.read(|tx| check(tx, self.env.clock.now(), &|change: &Change| change.sequence))
    }
}

impl Unit<'_> {
    /// The sequence number of the next change.
    pub(super) fn next_sequence(&self) -> u64 {
        self.counters.last_sequence + 1
    }

    /// Appends to the change log, in the transaction of the change itself.
    pub(super) fn log(&mut self, kind: ChangeKind, subject: Id, kid: Option<&str>) -> Result<()> {
        self.append(kind, subject, kid).map(drop)
    }

    /// As [`Unit::log`]; gives the entry.
    pub(super) fn append(&mut self, kind: ChangeKind, subject: Id, kid: Option<&str>) -> Result<Change> {
        self.counters.last_sequence += 1;
        let change = Change {
            sequence: self.counters.last_sequence,
            time: self.now,
            // A new tenant is its own from the first change on.
            tenant: if kind == ChangeKind::TenantCreated { subject } else { self.tenant_id() },
            actor: self.service.actor().to_owned(),
            kind,
            subject,
            kid: kid.map(str::to_owned),
        };
        records::save_change(&mut *self.tx, change.sequence, &change)?;
        Ok(change)
    }
}
