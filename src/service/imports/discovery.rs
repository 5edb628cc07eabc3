//! OpenID Connect discovery, taken into a provider.

use super::{ImportedMetadata, MetadataImport, notes};
use crate::error::{Error, ErrorKind, Reason, Result, excerpt};
use crate::model::{Id, IdentityProvider, OpenIdConnect, Protocol, place};
use crate::oidc::ProviderMetadata;
use crate::service::changes::ChangeKind;
use crate::service::found::provider;
use crate::service::{Service, Unit};

impl Service {
    /// Stores a new provider that speaks OpenID Connect with what the partner publishes: issuer and endpoints, in place of what
    /// the record says of them.
    ///
    /// ```
    /// use idpstore::{IdpStore, MetadataImport};
    /// use idpstore::model::{Client, IdentityProvider, OpenIdConnect};
    /// use idpstore::oidc::ProviderMetadata;
    ///
    /// let document = br#"{
    ///     "issuer": "https://op.example.com",
    ///     "authorization_endpoint": "https://op.example.com/authorize",
    ///     "token_endpoint": "https://op.example.com/token",
    ///     "jwks_uri": "https://op.example.com/jwks",
    ///     "claims_supported": ["sub"]
    /// }"#;
    /// let oidc = OpenIdConnect { client: Client::new("us", "secret"), ..OpenIdConnect::default() };
    /// let new = IdentityProvider::named("Partner", oidc);
    /// let metadata = ProviderMetadata::read(document)?;
    /// let service = IdpStore::in_memory()?.service();
    /// let made = service.create_from_discovery(&new, &metadata, &MetadataImport::default())?;
    /// assert_eq!(made.warnings[0], "these members of the document are not kept: `claims_supported`");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if the record is of a provider that does not speak OpenID Connect, [`ErrorKind::Invalid`] if
    /// the document lacks what every provider publishes, its issuer is another than that of the record or does not publish at the
    /// URL of the import, or the policy refuses it, and those of the storage.
    pub fn create_from_discovery(
        &self,
        new: &IdentityProvider,
        metadata: &ProviderMetadata,
        import: &MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| {
            let settings = taken(new, metadata, import)?;
            let made = unit.create(ChangeKind::ProviderCreated, |draft| {
                let mut new = IdentityProvider { protocol: settings.into(), ..new.clone() };
                import.note_source(None, &mut new, draft.now());
                Ok(new)
            })?;
            Ok(unit.discovered(made, metadata, import, None))
        })
    }

    /// Takes what a partner publishes now into a provider that is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the provider is missing, [`ErrorKind::Invalid`] if it has another issuer and that may not
    /// change, and as [`Service::create_from_discovery`].
    pub fn update_from_discovery(
        &self,
        id: Id,
        metadata: &ProviderMetadata,
        import: &MetadataImport,
    ) -> Result<ImportedMetadata> {
        self.write_numbered(|unit| {
            let old = provider(&*unit.tx, unit.service, id)?;
            let settings = taken(&old, metadata, import)?;
            let forgotten = notes::of_source(&old, import);
            let made = unit.replace(ChangeKind::ProviderReplaced, old, |old, draft| {
                let mut new = IdentityProvider { protocol: settings.into(), ..old.clone() };
                (draft.settle())(old, &mut new);
                import.note_source(Some(old), &mut new, draft.now());
                Ok((new != *old).then_some(new))
            })?;
            Ok(unit.discovered(made, metadata, import, forgotten))
        })
    }
}

impl Unit<'_> {
    fn discovered(
        &mut self,
        made: IdentityProvider,
        metadata: &ProviderMetadata,
        import: &MetadataImport,
        forgotten: Option<String>,
    ) -> ImportedMetadata {
        let mut warnings = notes::of_discovery(metadata, import);
        warnings.extend(forgotten);
        let keys = metadata.keys.as_ref().map(|set| set.keys.as_slice()).unwrap_or_default();
        self.imported(made, Vec::new(), keys, warnings)
    }
}

/// The settings of a provider with what a document says of them.
fn taken(
    old: &IdentityProvider,
    metadata: &ProviderMetadata,
    import: &MetadataImport,
) -> Result<OpenIdConnect> {
    let Protocol::OpenIdConnect(old) = &old.protocol else {
        return Err(Error::new(ErrorKind::Unsupported).context("the provider does not speak OpenID Connect"));
    };
    let issuer = &metadata.issuer;
    let is_changed = old.issuer.as_ref().is_some_and(|old| old != issuer);
    let is_elsewhere = import.source.as_ref().is_some_and(|source| !metadata.is_found_at(&source.url));
    if is_changed && !import.changes_entity_id {
        let words = format!("the document is that of `{}`", excerpt(issuer));
        return Err(Error::invalid(place::ISSUER, Reason::Immutable).context(words));
    }
    let url = import.source.as_ref().map(|source| &source.url);
    if is_elsewhere && old.discovery_endpoint.as_ref() != url && !import.changes_entity_id {
        let words = format!("does not publish at this URL: `{}`", excerpt(issuer));
        return Err(Error::invalid(place::ISSUER, Reason::Other(words)));
    }
    for (place, url) in [
        (place::AUTHORIZATION_ENDPOINT, &metadata.authorization_endpoint),
        (place::JWKS_URI, &metadata.jwks_uri),
    ] {
        if url.is_none() {
            return Err(Error::invalid(place, Reason::Missing));
        }
    }
    Ok(OpenIdConnect {
        issuer: Some(issuer.clone()),
        discovery_endpoint: url.filter(|_| is_elsewhere).or(old.discovery_endpoint.as_ref()).cloned(),
        authorization_endpoint: metadata.authorization_endpoint.clone(),
        token_endpoint: metadata.token_endpoint.clone(),
        userinfo_endpoint: metadata.userinfo_endpoint.clone(),
        jwks_uri: metadata.jwks_uri.clone(),
        client: old.client.clone(),
    })
}
