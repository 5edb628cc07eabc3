//! Keys: those that we hold and those that we trust.

use serde::{Deserialize, Serialize};

use super::{Id, Remainders, Secret};
use crate::error::Result;
use crate::pki::{Certificate, Finding, Jwk, Timestamp, findings, pem, thumbprint};

/// A public key with what belongs to it.
///
/// A *signing key* has a private part and is held for one or several owners; a *trusted key* is a partner's
/// certificate and has none. A signing key with a pending request has no certificate yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The identifier.
    pub id: Id,
    /// The key id by which others refer to it: of a signing key its JWK thumbprint (RFC 7638), of a trusted
    /// key the UUID spelling of its id.
    pub kid: String,
    /// When it was made, imported or certified.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// The public part.
    pub jwk: Jwk,
    /// The certificate and those that lead to its root, each in base64 of the DER, exactly as it was given if it was
    /// given so (RFC 7517, section 4.7, but for white space).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// When the certificate ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The private part: PKCS #8 in base64. `Serialize` leaves it out.
    #[serde(default, skip_serializing)]
    pub private: Option<Secret>,
    /// The request that waits for its certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<CertificationRequest>,
    /// What each dialect received that no other understands. Vendors put secrets anywhere, so `Serialize` leaves this out.
    #[serde(default, skip_serializing)]
    pub remainders: Remainders,
}

/// A certification request (RFC 2986) that has been made and not yet answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CertificationRequest {
    /// base64url of the SHA-256 of the DER.
    pub id: String,
    /// The DER in base64.
    pub der: String,
    /// Who requested it.
    pub owner: Id,
}

/// That an owner (a provider, an application, a tenant) may sign with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The owner.
    pub owner: Id,
    /// The key.
    pub kid: String,
    /// Since when, as the owner's API shows it.
    pub created: Timestamp,
}

impl Key {
    /// Whether we hold the private part.
    #[must_use]
    pub fn is_signing(&self) -> bool {
        self.private.is_some()
    }

    /// The DER of its own certificate; empty if it has none.
    pub(crate) fn certificate_der(&self) -> Result<Vec<u8>> {
        pem::base64_any(self.chain.first().map(String::as_str).unwrap_or_default())
    }

    /// The SHA-256 of the certificate in base64url, `x5t#S256` (RFC 7517, section 4.9).
    #[must_use]
    pub fn certificate_digest(&self) -> Option<String> {
        let der = pem::base64_any(self.chain.first()?).ok()?;
        Some(thumbprint::x5t_s256(&der))
    }

    /// What its owner should know of the key and of its certificates, of which the first ten are looked at. It takes a
    /// few milliseconds at most.
    #[must_use]
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let read = |text: &String| Certificate::from_stored_der(&pem::base64_any(text).ok()?).ok();
        let mut chain = self.chain.iter().take(LOOKED_AT).filter_map(read);
        let mut found = match chain.next() {
            Some(leaf) => findings::of_certificate(&leaf, now),
            None => findings::of_key(&self.jwk),
        };
        for issuer in chain {
            let subject: String = issuer.subject().to_string().chars().take(200).collect();
            found.extend(findings::of_certificate(&issuer, now).into_iter().map(|finding| {
                finding.weakness.because(format!("of its issuer `{subject}`, {}", finding.words))
            }));
        }
        found
    }
}

/// How many certificates of a chain are looked at.
const LOOKED_AT: usize = 10;
