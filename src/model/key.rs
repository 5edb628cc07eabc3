//! Keys: those that we hold and those that we trust.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Id, Remainders, Secret};
use crate::error::Result;
use crate::pki::{Certificate, Finding, Jwk, Timestamp, findings, pem, thumbprint};

/// By what people compare a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateSummary {
    /// Whom it names.
    pub subject: String,
    /// Its SHA-256 digest as OpenSSL prints it.
    pub fingerprint: String,
    /// When it begins to be valid.
    pub valid_from: Timestamp,
}

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
    /// The private part: PKCS #8 in base64. It is empty if the key was imported without it: then it is kept, and cannot
    /// sign. `Serialize` leaves it out.
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
    /// What a rotation has planned for the key; absent if none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
}

/// What a rotation has planned for a key of an owner that does not sign with it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Planned {
    /// It is the next key: its certificate is published, and it does not sign yet.
    Next,
    /// It was the active key: its certificate stays published until this time.
    Previous(Timestamp),
    /// Its certificate has been published until this time.
    Ended(Timestamp),
}

/// What a key is to one of its owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// The owner signs with it.
    Active,
    /// Its certificate is published, so that partners can trust it before the owner signs with it.
    Next,
    /// The owner signed with it. Its certificate stays published until this time.
    Previous(Timestamp),
    /// The owner may sign with it, and does not.
    Spare,
    /// The owner signed with it, and its certificate is no longer published.
    Retired,
}

impl Attachment {
    /// What the key is to this owner, who signs with the key `active`. It depends on the time alone: nothing has to be
    /// written when an overlap ends.
    #[must_use]
    pub fn role(&self, active: Option<&str>, now: Timestamp) -> Role {
        match self.planned {
            _ if active == Some(&self.kid) => Role::Active,
            Some(Planned::Next) => Role::Next,
            Some(Planned::Previous(until)) if now < until => Role::Previous(until),
            Some(Planned::Previous(_) | Planned::Ended(_)) => Role::Retired,
            None => Role::Spare,
        }
    }
}

impl Role {
    /// Whether the certificate is published.
    #[must_use]
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Active | Self::Next | Self::Previous(_))
    }

    /// The name for machines, such as `next`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Next => "next",
            Self::Previous(_) => "previous",
            Self::Spare => "spare",
            Self::Retired => "retired",
        }
    }
}

/// What happens to a key at one of its [dates](Key::dates).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyDate {
    /// Its certificate ends.
    Certificate,
    /// A certificate ends that leads from its own to a root.
    Issuer,
    /// A certificate was requested for it, and has not been installed yet.
    Request,
}

impl Key {
    /// When its certificate ends, when those end that lead from it to a root, of which the first nine are looked at, and since
    /// when it waits for a certificate.
    #[must_use]
    pub fn dates(&self) -> BTreeSet<(Timestamp, KeyDate)> {
        let issuers = self.chain.iter().take(LOOKED_AT).skip(1).filter_map(|text| certificate(text));
        let issuers = issuers.map(|issuer| (issuer.not_after(), KeyDate::Issuer));
        let own = self.expires.map(|end| (end, KeyDate::Certificate));
        let request = self.request.as_ref().map(|_| (self.created, KeyDate::Request));
        let mut dates = BTreeSet::new();
        dates.extend(issuers.chain(own).chain(request));
        dates
    }

    /// Whether it is one of our own keys, and not a partner's.
    #[must_use]
    pub fn is_signing(&self) -> bool {
        self.private.is_some()
    }

    /// Whether we hold the private part. A signing key that was imported without it is kept, and cannot sign.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.private.as_ref().is_some_and(|private| !private.stored().is_empty())
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

    /// By what people compare its certificate; absent if it has none that can be read.
    #[must_use]
    pub fn certificate_summary(&self) -> Option<CertificateSummary> {
        let certificate = certificate(self.chain.first()?)?;
        Some(CertificateSummary {
            subject: certificate.subject().to_string(),
            fingerprint: thumbprint::fingerprint(certificate.der()),
            valid_from: certificate.not_before(),
        })
    }

    /// What its owner should know of the key and of its certificates, of which the first ten are looked at. It takes a
    /// few milliseconds at most.
    #[must_use]
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let mut chain = self.chain.iter().take(LOOKED_AT).filter_map(|text| certificate(text));
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

/// The certificate of a chain that this text is, if it can be read.
fn certificate(text: &str) -> Option<Certificate> {
    Certificate::from_stored_der(&pem::base64_any(text).ok()?).ok()
}

/// How many certificates of a chain are looked at.
const LOOKED_AT: usize = 10;
