//! The change log: what was changed, when and by whom, in the order in which it happened.

use serde::{Deserialize, Serialize};

use super::{Service, Unit};
use crate::engine::records;
use crate::error::Result;
use crate::model::Id;
use crate::pki::Timestamp;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChangeKind {
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
    RequestCreated,
    RequestRevoked,
    CertificateInstalled,
}

/// One entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number: the first change of a store is 1, and no number is left out.
    pub sequence: u64,
    /// When it happened.
    pub time: Timestamp,
    /// Whose record it was.
    pub tenant: Id,
    /// The dialect through which it was done, or `library`.
    pub actor: String,
    /// What was done.
    pub kind: ChangeKind,
    /// To which provider, or for which owner a key or request was made; of a trusted key its own id.
    pub subject: Id,
    /// Which key, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
}

impl Service {
    /// Up to `limit` changes after the one with the number `sequence` (0: from the start), of all tenants.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) or
    /// [`ErrorKind::Corrupt`](crate::error::ErrorKind::Corrupt) if the log cannot be read.
    pub fn changes(&self, sequence: u64, limit: usize) -> Result<Vec<Change>> {
        self.read(|tx| records::changes(tx, sequence, limit))
    }

    /// The number of the last change; 0 if there was none.
    ///
    /// # Errors
    ///
    /// As [`Service::changes`].
    pub fn last_change(&self) -> Result<u64> {
        self.read(|tx| Ok(records::counters(tx)?.last_sequence))
    }
}

impl Unit<'_> {
    /// Appends to the change log, in the transaction of the change itself.
    pub(super) fn log(&mut self, kind: ChangeKind, subject: Id, kid: Option<&str>) -> Result<()> {
        self.counters.last_sequence += 1;
        let change = Change {
            sequence: self.counters.last_sequence,
            time: self.now,
            tenant: self.tenant_id(),
            actor: self.service.actor.to_owned(),
            kind,
            subject,
            kid: kid.map(str::to_owned),
        };
        records::save_change(&mut *self.tx, change.sequence, &change)
    }
}
