//! What the certificate of a new signing key says.

use crate::pki::{DistinguishedName, Hash, Issuance, KeySpec, Profile, SerialNumber, Timestamp};

/// The certificate that a new signing key issues to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificatePlan {
    /// Whom the key belongs to.
    pub subject: DistinguishedName,
    /// The issuer that it names: the subject, in a certificate that can be verified.
    pub issuer: DistinguishedName,
    /// The serial number.
    pub serial_number: SerialNumber,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Type and size of the key.
    pub spec: KeySpec,
    /// With what it is digested to be signed.
    pub hash: Hash,
    /// Which extensions it has.
    pub profile: Profile,
}

impl CertificatePlan {
    /// What the certificate says, apart from the key.
    pub(super) fn issuance(&self) -> Issuance<'_> {
        Issuance {
            serial_number: self.serial_number.clone(),
            not_before: self.not_before,
            not_after: self.not_after,
            issuer: &self.issuer,
            subject: &self.subject,
            hash: self.hash,
            profile: self.profile,
        }
    }

    /// The same plan without what depends on the moment at which it is made.
    pub(super) fn undated(&self) -> Self {
        Self {
            serial_number: SerialNumber::default(),
            not_before: Timestamp::default(),
            not_after: Timestamp::default(),
            ..self.clone()
        }
    }
}
