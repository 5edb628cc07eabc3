//! The change log, as it is shown.

use serde::{Deserialize, Serialize};

use super::Id;
use crate::pki::Timestamp;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
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
    ProviderTrustEnded,
    TrustedKeyImported,
    TrustedKeyReplaced,
    TrustedKeyDeleted,
    TrustedKeyExpiring,
    TrustedKeyExpired,
    SigningKeyGenerated,
    SigningKeyCloned,
    SigningKeyImported,
    SigningKeyReplaced,
    SigningKeyDeleted,
    SigningKeyPrepared,
    SigningKeyPromoted,
    SigningKeyRolledBack,
    SigningKeyRetired,
    SigningKeyExpiring,
    SigningKeyExpired,
    RequestCreated,
    RequestRevoked,
    CertificateInstalled,
    TenantCreated,
    TenantReplaced,
    TenantDeleted,
    UserCreated,
    UserDeactivated,
    UserDeleted,
    UserLinked,
    UserUnlinked,
    VendorRecordCreated,
    VendorRecordReplaced,
    VendorRecordDeleted,
    Imported,
    Restored,
    Undone,
}

/// One entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The number of the unit of work of which it is a part: what one call does has one number. Numbers ascend, and none
    /// is given twice; after the store went back to a snapshot they go on behind those of the changes that were undone,
    /// which are no longer listed.
    pub sequence: u64,
    /// When it happened.
    pub time: Timestamp,
    /// Whose record it was.
    pub tenant: Id,
    /// Who did it, if the host has named someone ([`IdpStore::as_actor`](../struct.IdpStore.html#method.as_actor)); else
    /// the dialect through which it was done, or `library`. Of what the clock alone has brought it is `clock`.
    pub actor: String,
    /// What was done.
    pub kind: ChangeKind,
    /// To which record, to which provider a user was linked, or for which owner a key or request was made; of a trusted key,
    /// and of a key whose certificate ends, its own id, of a store that went back the default tenant.
    pub subject: Id,
    /// Which key, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// When it was due, if the clock alone has brought it: the end of an overlap or of the trust in a partner's
    /// certificate, that a certificate ends soon, and its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// In how many days from then the certificate ends, if it ends soon: 60, 30, 7 or 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Which change it undoes, if it undoes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
}
