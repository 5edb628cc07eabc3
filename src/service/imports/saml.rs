//! SAML metadata of one entity, taken into a provider.

use super::{ImportedMetadata, MetadataImport, notes};
use crate::error::{Error, ErrorKind, Reason, Result, excerpt};
use crate::model::{Endpoint, Id, IdentityProvider, Protocol, Saml, place};
use crate::saml::{BINDINGS, Endpoint as Published, Metadata};
use crate::service::changes::ChangeKind;
use crate::service::drafts::Draft;
use crate::service::found::provider;
use crate::service::{Service, Unit};

impl Service {
    /// Stores a new SAML provider with what a partner publishes, in place of what the record says of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if the record is of a provider that does not speak SAML, [`ErrorKind::Invalid`] if the
    /// metadata is not that of an identity provider, has expired or has another entity id than the record, and the import may
    /// not take such metadata, or if the policy refuses it, and those of the storage.
    pub fn create_from_metadata(
        &self,
        new: &IdentityProvider,
        metadata: &Metadata,
        import: &MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| unit.create_from_metadata(new, metadata, import))
    }

    /// Takes what a partner publishes now into a provider that is there: entity id, endpoints and certificates. Requests are
    /// signed from now on if the partner wants them to be, and a name ID format is requested if there was none and the partner
    /// has only one.
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
    ///     store.service().update_from_metadata(partner.id, &metadata, &MetadataImport::default())
    /// };
    /// let plan = store.plan(import)?; // what it would change
    /// assert!(plan.changes[0].members.contains(&"/protocol/single_sign_on".to_owned()));
    /// assert_eq!(plan.warnings[0], "the metadata is not signed");
    /// store.apply(&plan, import)?;
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the provider is missing, [`ErrorKind::Unsupported`] if it does not speak SAML,
    /// [`ErrorKind::Invalid`] if the metadata is not that of an identity provider, has expired or has another entity id and the
    /// import may not take such metadata, and those of the storage.
    pub fn update_from_metadata(
        &self,
        id: Id,
        metadata: &Metadata,
        import: &MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
            unit.accept(&old, metadata, import)?;
            let forgotten = notes::of_source(&old, import);
            let (mut listed, before) = (Vec::new(), old.trusted_keys.clone());
            let made = unit.replace(ChangeKind::ProviderReplaced, old, |old, draft| {
                listed = trusted(draft, metadata)?;
                let mut new = old.clone();
                // Metadata without a readable certificate would take all trust away.
                let drops = import.drops_certificates && !listed.is_empty();
                new.trusted_keys.retain(|kid| !drops || listed.contains(kid));
                let is_taken = |kid: &&String| {
                    !old.trusted_keys.contains(kid) && (import.accepts_dropped || !old.has_dropped(kid))
                };
                new.trusted_keys.extend(listed.iter().filter(is_taken).cloned());
                take(&mut new, metadata);
                (draft.settle())(old, &mut new);
                import.note_source(Some(old), &mut new, draft.now());
                Ok((new != *old).then_some(new))
            })?;
            let certificates = unit.certificates(&before, &made, &listed)?;
            let mut warnings = notes::of_metadata(metadata, &made, import, unit.now);
            warnings.extend(forgotten);
            Ok(unit.imported(made, certificates, &[], warnings))
        })
    }
}

impl Unit<'_> {
    /// Stores a new provider with what a partner publishes.
    pub(super) fn create_from_metadata(
        &mut self,
        new: &IdentityProvider,
        metadata: &Metadata,
        import: &MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.accept(new, metadata, import)?;
        let mut listed = Vec::new();
        let made = self.create(ChangeKind::ProviderCreated, |draft| {
            listed = trusted(draft, metadata)?;
            let mut new = IdentityProvider { trusted_keys: listed.clone(), ..new.clone() };
            take(&mut new, metadata);
            import.note_source(None, &mut new, draft.now());
            Ok(new)
        })?;
        let certificates = self.certificates(&[], &made, &listed)?;
        let warnings = notes::of_metadata(metadata, &made, import, self.now);
        Ok(self.imported(made, certificates, &[], warnings))
    }

    /// Refuses metadata that the import may not take.
    fn accept(&self, old: &IdentityProvider, metadata: &Metadata, import: &MetadataImport) -> Result<()> {
        let Protocol::Saml(saml) = &old.protocol else {
            return Err(Error::new(ErrorKind::Unsupported).context("the provider does not speak SAML"));
        };
        if !metadata.is_identity_provider {
            let words = "is not that of an identity provider".to_owned();
            return Err(Error::invalid(place::ENTITY_ID, Reason::Other(words)));
        }
        let Some(entity_id) = &metadata.entity_id else {
            return Err(Error::invalid(place::ENTITY_ID, Reason::Missing));
        };
        if saml.entity_id.as_ref().is_some_and(|old| old != entity_id) && !import.changes_entity_id {
            let words = format!("the metadata is that of `{}`", excerpt(entity_id));
            return Err(Error::invalid(place::ENTITY_ID, Reason::Immutable).context(words));
        }
        match metadata.valid_until {
            Some(end) if end <= self.now && !import.accepts_expired => {
                Err(Error::invalid("/validUntil", Reason::Other(format!("has passed: {end}"))))
            }
            _ => Ok(()),
        }
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

/// Takes settings and warnings into a record.
fn take(record: &mut IdentityProvider, metadata: &Metadata) {
    record.warnings.clone_from(&metadata.warnings);
    let Protocol::Saml(saml) = &mut record.protocol else { return };
    take_settings(saml, metadata, None);
    if metadata.wants_signed_requests == Some(true) {
        saml.requests_signed = Some(true);
    }
    if let (None, [only]) = (&saml.name_id_format, metadata.name_id_formats.as_slice()) {
        saml.name_id_format = Some(only.clone());
    }
}

/// Takes entity id and endpoints into settings; of several endpoints to sign in, one that has the wanted binding comes first.
pub(crate) fn take_settings(saml: &mut Saml, metadata: &Metadata, wanted: Option<&str>) {
    saml.entity_id.clone_from(&metadata.entity_id);
    saml.single_sign_on = chosen(&metadata.single_sign_on, wanted);
    saml.single_logout = chosen(&metadata.single_logout, None);
}

/// The endpoint with the wanted binding, else by redirect, else by form, else the first; the others are its alternatives. One
/// whose binding is unknown has no location, and is left out.
fn chosen(published: &[Published], wanted: Option<&str>) -> Option<Endpoint> {
    let published: Vec<_> = published.iter().filter(|endpoint| !endpoint.location.is_empty()).collect();
    let with = |end: &str| {
        published.iter().position(|endpoint| endpoint.binding.strip_prefix(BINDINGS) == Some(end))
    };
    let position =
        wanted.and_then(with).or_else(|| with("HTTP-Redirect")).or_else(|| with("HTTP-POST")).unwrap_or(0);
    let mut endpoints: Vec<_> = published.into_iter().map(endpoint).collect();
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
