//! What a partner publishes, taken into a provider. Nothing is dropped in silence, and an import trusts nothing but what the
//! document lists. May import what `service` may.
//!
//! - `saml`: SAML metadata of one entity
//! - `aggregate`: that of many
//! - `discovery`: OpenID Connect discovery
//! - `notes`: what is in a document and is not taken

mod aggregate;
mod discovery;
mod notes;
mod saml;

pub use aggregate::ImportedAggregate;
pub(crate) use saml::take_settings;

use super::found::trusted_key;
use super::keys::key_users;
use super::{Numbered, Unit};
use crate::engine::records;
use crate::error::Result;
use crate::model::{CertificateSummary, Id, IdentityProvider, Key, Protocol, Source};
use crate::oidc::PublishedKey;
use crate::pki::{Finding, Timestamp};
use crate::service::Service;

/// How many of those that also trust a certificate are named.
const NAMED: usize = 10;

/// What an import may do besides adding and changing what a document lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that an import may do")]
pub struct MetadataImport {
    /// Whether the partner may have another entity id or issuer than before, or an issuer that does not publish at the URL of
    /// the document.
    pub changes_entity_id: bool,
    /// Whether certificates that the metadata no longer lists are trusted no longer.
    pub drops_certificates: bool,
    /// Whether metadata is taken whose `validUntil` has passed.
    pub accepts_expired: bool,
    /// Whether certificates are trusted again that the provider has trusted, and trusts no longer.
    pub accepts_dropped: bool,
    /// Where the document was read, if it may be read there again. The time is that of the import. Without it the provider
    /// forgets where its settings came from.
    pub source: Option<Source>,
}

/// A provider after an import, and what became of the partner's certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedMetadata {
    /// The provider.
    pub provider: IdentityProvider,
    /// The certificates that are trusted or were: first those of the metadata in its order.
    pub certificates: Vec<ImportedCertificate>,
    /// The keys that are published at the `jwks_uri`, if they were read. They are not stored.
    pub keys: Vec<PublishedKey>,
    /// What of the document is not taken or not verified, and what is wrong with it.
    pub warnings: Vec<String>,
}

/// What became of a certificate of the partner.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedCertificate {
    /// The key.
    pub kid: String,
    /// What became of it.
    pub outcome: CertificateOutcome,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Whether it has ended by now.
    pub is_expired: bool,
    /// By what people compare it.
    pub certificate: Option<CertificateSummary>,
    /// What is wrong with it or with its key.
    pub findings: Vec<Finding>,
    /// The names of up to ten others that trust it, too.
    pub trusted_by: Vec<String>,
}

/// What an import makes of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateOutcome {
    /// The metadata lists it, and it was not trusted before.
    Added,
    /// The metadata lists it, and it was trusted before.
    Kept,
    /// The metadata does not list it. It stays trusted, because the import may not drop any.
    Left,
    /// The metadata does not list it, and it is trusted no longer.
    Dropped,
    /// The metadata lists it, and it is not trusted again: the provider has trusted it, and trusts it no longer.
    Withheld,
}

impl CertificateOutcome {
    /// The name for machines, such as `added`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Kept => "kept",
            Self::Left => "left",
            Self::Dropped => "dropped",
            Self::Withheld => "withheld",
        }
    }
}

impl Numbered for ImportedMetadata {
    fn sequence(&mut self) -> &mut u64 {
        &mut self.provider.sequence
    }
}

impl MetadataImport {
    /// Notes in a record where it was read from. If that is what it notes already, the time at which it was read is another
    /// only if anything else is.
    fn note_source(&self, old: Option<&IdentityProvider>, new: &mut IdentityProvider, now: Timestamp) {
        let same = |old: &&Source| {
            self.source.as_ref().is_some_and(|new| (&new.url, &new.etag) == (&old.url, &old.etag))
        };
        let known = old.and_then(|old| old.source.as_ref()).filter(same);
        new.source = known.or(self.source.as_ref()).cloned();
        if old.is_none_or(|old| old != new)
            && let Some(source) = &mut new.source
        {
            source.read = Some(now);
        }
    }
}

/// A provider that remembers where its settings came from.
#[derive(Clone, Debug)]
pub(crate) struct Sourced {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// The entity id of a SAML partner.
    pub(crate) entity_id: Option<String>,
    pub(crate) speaks_saml: bool,
    pub(crate) source: Source,
}

impl Service {
    /// The providers of the tenant that remember where their settings came from, in the order of the URLs.
    pub(crate) fn sourced(&self) -> Result<Vec<Sourced>> {
        let mut found = Vec::new();
        self.read(|tx| {
            records::each_provider_with_source(tx, self.tenant, &mut |provider| {
                let entity_id = match &provider.protocol {
                    Protocol::Saml(saml) => saml.entity_id.clone(),
                    _ => None,
                };
                let speaks_saml = matches!(provider.protocol, Protocol::Saml(_));
                let IdentityProvider { id, name, source, .. } = provider;
                found.extend(source.map(|source| Sourced { id, name, entity_id, speaks_saml, source }));
                Ok(())
            })
        })?;
        Ok(found)
    }
}

impl Unit<'_> {
    /// What became of the certificates that were trusted before and of those that the metadata lists.
    fn certificates(
        &self,
        before: &[String],
        provider: &IdentityProvider,
        listed: &[String],
    ) -> Result<Vec<ImportedCertificate>> {
        let others = before.iter().filter(|kid| !listed.contains(kid));
        let certificates = listed.iter().chain(others).map(|kid| {
            let outcome = match (listed.contains(kid), before.contains(kid)) {
                (true, true) => CertificateOutcome::Kept,
                (true, false) if !provider.trusted_keys.contains(kid) => CertificateOutcome::Withheld,
                (true, false) => CertificateOutcome::Added,
                (false, _) if provider.trusted_keys.contains(kid) => CertificateOutcome::Left,
                (false, _) => CertificateOutcome::Dropped,
            };
            let (tx, tenant) = (&*self.tx, self.tenant_id());
            let key = trusted_key(tx, tenant, kid)?;
            let expires = key.as_ref().and_then(|key| key.expires);
            let mut trusted_by = key_users(tx, tenant, kid, NAMED + 1)?;
            trusted_by.retain(|name| *name != provider.name);
            trusted_by.truncate(NAMED);
            let is_expired = expires.is_some_and(|expires| expires <= self.now);
            Ok(ImportedCertificate {
                kid: kid.clone(),
                outcome,
                expires,
                is_expired,
                certificate: key.as_ref().and_then(Key::certificate_summary),
                findings: key.map(|key| key.findings(self.now)).unwrap_or_default(),
                trusted_by,
            })
        });
        certificates.collect()
    }

    /// The result of an import, whose warnings are also those of a plan.
    fn imported(
        &mut self,
        provider: IdentityProvider,
        certificates: Vec<ImportedCertificate>,
        keys: &[PublishedKey],
        warnings: Vec<String>,
    ) -> ImportedMetadata {
        self.warnings.extend_from_slice(&warnings);
        ImportedMetadata { provider, certificates, keys: keys.to_vec(), warnings }
    }
}
