//! What a SAML partner publishes, taken into a provider. Nothing is dropped in silence, and an import trusts nothing but what the
//! metadata lists.

use super::changes::ChangeKind;
use super::drafts::Draft;
use super::found::{provider, trusted_key};
use super::keys::key_users;
use super::{Numbered, Service, Unit};
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::model::{Endpoint, Id, IdentityProvider, Protocol, Saml, place};
use crate::pki::Timestamp;
use crate::saml::{BINDINGS, Endpoint as Published, Metadata};

/// How many of those that also trust a certificate are named.
const NAMED: usize = 10;

/// What an import may do besides adding and changing what the metadata lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetadataImport {
    /// Whether the partner may have another entity id than before.
    pub changes_entity_id: bool,
    /// Whether certificates that the metadata no longer lists are trusted no longer.
    pub drops_certificates: bool,
}

/// A provider after an import, and what became of the partner's certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedMetadata {
    /// The provider.
    pub provider: IdentityProvider,
    /// The certificates that are trusted or were: first those of the metadata in its order.
    pub certificates: Vec<ImportedCertificate>,
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
        }
    }
}

impl Service {
    /// Stores a new provider with what a partner publishes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the metadata is not that of an identity provider or the policy refuses it, and those of the
    /// storage.
    pub fn create_from_metadata(
        &self,
        new: &IdentityProvider,
        metadata: &Metadata,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| {
            let mut listed = Vec::new();
            let made = unit.create(ChangeKind::ProviderCreated, |draft| {
                listed = trusted(draft, metadata)?;
                let protocol = Protocol::Saml(Saml::default());
                let mut new = IdentityProvider { protocol, trusted_keys: listed.clone(), ..new.clone() };
                take(&mut new, metadata)?;
                Ok(new)
            })?;
            unit.imported(&[], made, &listed)
        })
    }

    /// Takes what a partner publishes now into a provider that is there: entity id, endpoints and certificates.
    ///
    /// ```
    /// use idpstore::{IdpStore, MetadataImport};
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::saml::{Endpoint, Metadata};
    ///
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let sso = Endpoint { location: "https://idp.example.com/sso".to_owned(), ..Endpoint::default() };
    /// let metadata = Metadata {
    ///     entity_id: Some("urn:partner".to_owned()),
    ///     is_identity_provider: true,
    ///     single_sign_on: vec![sso],
    ///     ..Metadata::default()
    /// };
    /// let import = |store: &IdpStore| {
    ///     store.service().update_from_metadata(partner.id, &metadata, MetadataImport::default())
    /// };
    /// let plan = store.plan(import)?; // what it would change
    /// assert!(plan.changes[0].members.contains(&"/protocol/single_sign_on".to_owned()));
    /// store.apply(&plan, import)?;
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the provider is missing, [`ErrorKind::Unsupported`] if it does not speak SAML,
    /// [`ErrorKind::Invalid`] if the metadata is not that of an identity provider or has another entity id and that may not
    /// change, and those of the storage.
    pub fn update_from_metadata(
        &self,
        id: Id,
        metadata: &Metadata,
        import: MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
            unit.look_at(&old, metadata, import)?;
            let (mut listed, before) = (Vec::new(), old.trusted_keys.clone());
            let made = unit.replace(ChangeKind::ProviderReplaced, old, |old, draft| {
                listed = trusted(draft, metadata)?;
                let mut new = old.clone();
                // Metadata without a readable certificate would take all trust away.
                let drops = import.drops_certificates && !listed.is_empty();
                new.trusted_keys.retain(|kid| !drops || listed.contains(kid));
                new.trusted_keys.extend(listed.iter().filter(|kid| !old.trusted_keys.contains(kid)).cloned());
                take(&mut new, metadata)?;
                (draft.settle())(old, &mut new);
                Ok((new != *old).then_some(new))
            })?;
            unit.imported(&before, made, &listed)
        })
    }
}

impl Numbered for ImportedMetadata {
    fn sequence(&mut self) -> &mut u64 {
        &mut self.provider.sequence
    }
}

impl Unit<'_> {
    /// What became of the certificates that were trusted before and of those that the metadata lists.
    fn imported(
        &self,
        before: &[String],
        provider: IdentityProvider,
        listed: &[String],
    ) -> Result<ImportedMetadata> {
        let others = before.iter().filter(|kid| !listed.contains(kid));
        let certificates = listed.iter().chain(others).map(|kid| {
            let outcome = match (listed.contains(kid), before.contains(kid)) {
                (true, true) => CertificateOutcome::Kept,
                (true, false) => CertificateOutcome::Added,
                (false, _) if provider.trusted_keys.contains(kid) => CertificateOutcome::Left,
                (false, _) => CertificateOutcome::Dropped,
            };
            let (tx, tenant) = (&*self.tx, self.tenant_id());
            let expires = trusted_key(tx, tenant, kid)?.and_then(|key| key.expires);
            let mut trusted_by = key_users(tx, tenant, kid, NAMED + 1)?;
            trusted_by.retain(|name| *name != provider.name);
            trusted_by.truncate(NAMED);
            let is_expired = expires.is_some_and(|expires| expires <= self.now);
            Ok(ImportedCertificate { kid: kid.clone(), outcome, expires, is_expired, trusted_by })
        });
        let certificates = certificates.collect::<Result<_>>()?;
        Ok(ImportedMetadata { provider, certificates })
    }

    /// Refuses metadata of another partner, and adds to the plan what cannot be known of it.
    fn look_at(&mut self, old: &IdentityProvider, metadata: &Metadata, import: MetadataImport) -> Result<()> {
        let Protocol::Saml(saml) = &old.protocol else {
            return Err(Error::new(ErrorKind::Unsupported).context("the provider does not speak SAML"));
        };
        if saml.entity_id.is_some() && saml.entity_id != metadata.entity_id && !import.changes_entity_id {
            return Err(Error::invalid(place::ENTITY_ID, Reason::Immutable));
        }
        self.warnings.push("the signature of the metadata is not verified".to_owned());
        self.warnings.extend_from_slice(&metadata.warnings);
        Ok(())
    }
}

/// The `kid`s of the certificates that metadata lists, which are imported if they are not there.
fn trusted(draft: &mut Draft<'_, '_>, metadata: &Metadata) -> Result<Vec<String>> {
    let mut kids = Vec::new();
    for certificate in &metadata.certificates {
        let kid = draft.trust(certificate)?;
        if !kids.contains(&kid) {
            kids.push(kid);
        }
    }
    Ok(kids)
}

/// Takes entity id, endpoints and warnings into a record.
fn take(record: &mut IdentityProvider, metadata: &Metadata) -> Result<()> {
    if !metadata.is_identity_provider {
        let words = "is not the metadata of an identity provider".to_owned();
        return Err(Error::invalid(place::ENTITY_ID, Reason::Other(words)));
    }
    record.warnings.clone_from(&metadata.warnings);
    if let Protocol::Saml(saml) = &mut record.protocol {
        take_settings(saml, metadata, None);
    }
    Ok(())
}

/// Takes entity id and endpoints into settings; of several endpoints to sign in, one that has the wanted binding comes first.
pub(crate) fn take_settings(saml: &mut Saml, metadata: &Metadata, wanted: Option<&str>) {
    saml.entity_id.clone_from(&metadata.entity_id);
    saml.single_sign_on = chosen(&metadata.single_sign_on, wanted);
    saml.single_logout = chosen(&metadata.single_logout, None);
}

/// The endpoint with the wanted binding, else by redirect, else by form, else the first; the others are its alternatives.
fn chosen(published: &[Published], wanted: Option<&str>) -> Option<Endpoint> {
    let with = |end: &str| {
        published.iter().position(|endpoint| endpoint.binding.strip_prefix(BINDINGS) == Some(end))
    };
    let position =
        wanted.and_then(with).or_else(|| with("HTTP-Redirect")).or_else(|| with("HTTP-POST")).unwrap_or(0);
    let mut endpoints: Vec<_> = published.iter().map(endpoint).collect();
    let mut chosen = (position < endpoints.len()).then(|| endpoints.remove(position))?;
    chosen.alternatives = endpoints;
    Some(chosen)
}

fn endpoint(published: &Published) -> Endpoint {
    Endpoint {
        location: published.location.clone(),
        binding: Some(published.binding.clone()),
        response_location: published.response_location.clone(),
        alternatives: Vec::new(),
    }
}
