//! Providers that remember where their settings came from, read there anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{IdpStore, Plan};
use crate::env::Fetched;
use crate::error::{Error, Result};
use crate::model::{Id, Source};
use crate::oidc::ProviderMetadata;
use crate::saml::Listed;
use crate::service::{ImportedMetadata, MetadataImport, Sourced, sorted_by};

/// What became of a provider that was read anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refreshed {
    /// The provider.
    pub provider: Id,
    /// Its name.
    pub name: String,
    /// Where its settings came from.
    pub url: String,
    /// What became of it.
    pub outcome: RefreshOutcome,
}

/// What became of a provider that was read anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RefreshOutcome {
    /// The document says of it what it did before.
    Unchanged,
    /// It has other settings now, or would have.
    Changed {
        /// What changes.
        plan: Box<Plan>,
        /// The provider, and what became of the partner's certificates.
        imported: Box<ImportedMetadata>,
    },
    /// It stays as it is, because the document was not fetched or cannot be used. If the host fetches in its own time, the kind
    /// is [`Pending`](crate::ErrorKind::Pending): it brings the document and repeats the call.
    Failed(Arc<Error>),
}

impl RefreshOutcome {
    /// The name for machines, such as `changed`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed { .. } => "changed",
            Self::Failed(_) => "failed",
        }
    }
}

/// What a document publishes.
enum Published {
    Entities(Listed),
    Issuer(Box<ProviderMetadata>),
}

impl IdpStore {
    /// What [`IdpStore::refresh`] would do. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn plan_refresh(&self, import: &MetadataImport) -> Result<Vec<Refreshed>> {
        Ok(self.refresh_part(import, false, None, usize::MAX)?.0)
    }

    /// Reads anew what the partners of this tenant publish: takes into each provider with a
    /// [`source`](crate::model::IdentityProvider::source) what its document says now. The documents are fetched with the
    /// [`Fetcher`](crate::env::Fetcher) of the store, one for all providers that came from it, and only if they have changed
    /// since. Each provider is a transaction of its own: if one fails, the others are changed all the same.
    ///
    /// ```
    /// use idpstore::env::Fetcher;
    /// use idpstore::model::{IdentityProvider, Saml, Source};
    /// use idpstore::{IdpStore, MetadataImport};
    ///
    /// #[derive(Debug)]
    /// struct Partner;
    ///
    /// impl Fetcher for Partner {
    ///     fn get(&self, _: &str) -> idpstore::Result<Vec<u8>> {
    ///         let role = r#"<IDPSSODescriptor><SingleSignOnService
    ///             Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/></IDPSSODescriptor>"#;
    ///         let namespace = "urn:oasis:names:tc:SAML:2.0:metadata";
    ///         Ok(format!("<EntityDescriptor xmlns='{namespace}' entityID='urn:p'>{role}</EntityDescriptor>").into())
    ///     }
    /// }
    ///
    /// let store = IdpStore::builder().fetcher(Partner).open()?;
    /// let source = Some(Source::at("https://idp.example/metadata"));
    /// let new = IdentityProvider { source, ..IdentityProvider::named("Partner", Saml::new("urn:p")) };
    /// store.providers().create(new)?;
    /// let refreshed = store.refresh(&MetadataImport::default())?;
    /// assert_eq!(refreshed[0].outcome.name(), "changed");
    /// assert_eq!(store.refresh(&MetadataImport::default())?[0].outcome.name(), "unchanged");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the storage. Why a provider could not be read anew is its [`outcome`](Refreshed::outcome).
    pub fn refresh(&self, import: &MetadataImport) -> Result<Vec<Refreshed>> {
        Ok(self.refresh_part(import, true, None, usize::MAX)?.0)
    }

    /// Refreshes the providers of up to `most` documents whose URLs come after `after`, or with `keeps` unset only plans it. With
    /// them comes the last URL, if there are more.
    pub(crate) fn refresh_part(
        &self,
        import: &MetadataImport,
        keeps: bool,
        after: Option<&str>,
        most: usize,
    ) -> Result<(Vec<Refreshed>, Option<String>)> {
        if keeps {
            // What is due would otherwise change the providers between their plans and what is done.
            self.service.end_as_planned()?;
        }
        // The index has long URLs in another order.
        let mut providers =
            sorted_by(self.service.sourced()?, |one, other| one.source.url.cmp(&other.source.url));
        providers.retain(|it| after.is_none_or(|after| it.source.url.as_str() > after));
        let mut groups = providers.chunk_by(|one, other| one.source.url == other.source.url);
        let part: Vec<_> = groups.by_ref().take(most).collect();
        let last = part.last().and_then(|group| group.first()).filter(|_| groups.next().is_some());
        let next = last.map(|it| it.source.url.clone());
        Ok((part.into_iter().flat_map(|group| self.refresh_group(group, import, keeps)).collect(), next))
    }

    /// Reads the providers anew that came from one document.
    fn refresh_group(&self, group: &[Sourced], import: &MetadataImport, keeps: bool) -> Vec<Refreshed> {
        let outcomes = match self.document(group, import) {
            Ok(None) => group.iter().map(|_| RefreshOutcome::Unchanged).collect(),
            Ok(Some(fetched)) => self.take(group, &fetched, import, keeps),
            Err(error) => failed(group, error),
        };
        let refreshed = |(it, outcome): (&Sourced, _)| Refreshed {
            provider: it.id,
            name: it.name.clone(),
            url: it.source.url.clone(),
            outcome,
        };
        group.iter().zip(outcomes).map(refreshed).collect()
    }

    /// Fetches the document that they came from, unless all of them have it in the version that it still has.
    fn document(&self, group: &[Sourced], import: &MetadataImport) -> Result<Option<Fetched>> {
        let Some(Sourced { source, .. }) = group.first() else { return Ok(None) };
        let is_shared = group.iter().all(|other| other.source.etag == source.etag);
        // Certificates that were left are to be dropped, though the document is the same.
        let known = source.etag.as_deref().filter(|_| is_shared && !import.drops_certificates);
        self.service.env().fetch_changed(&source.url, known)
    }

    /// Takes a document into the providers that came from it.
    fn take(
        &self,
        group: &[Sourced],
        fetched: &Fetched,
        import: &MetadataImport,
        keeps: bool,
    ) -> Vec<RefreshOutcome> {
        let published = match self.read(group, fetched) {
            Ok(published) => published,
            Err(error) => return failed(group, error),
        };
        let outcomes = group.iter().map(|it| {
            let source = Some(Source::at(&it.source.url).version(fetched.etag.clone()));
            let import = MetadataImport { source, ..import.clone() };
            match &published {
                Published::Entities(listed) => {
                    let entity = listed.entity(it.entity_id.as_deref().unwrap_or_default())?;
                    self.refresh_one(keeps, |store| {
                        store.service.update_from_metadata(it.id, entity, &import)
                    })
                }
                Published::Issuer(issuer) => self
                    .refresh_one(keeps, |store| store.service.update_from_discovery(it.id, issuer, &import)),
            }
        });
        let outcome =
            |outcome: Result<_>| outcome.unwrap_or_else(|error| RefreshOutcome::Failed(Arc::new(error)));
        outcomes.map(outcome).collect()
    }

    /// Reads a document once for all providers that came from it: as the protocol of the first implies.
    fn read(&self, group: &[Sourced], fetched: &Fetched) -> Result<Published> {
        let env = self.service.env();
        if let Some(Sourced { speaks_saml: false, source, .. }) = group.first() {
            let fetch = |url: &str| env.fetch(url);
            let issuer = ProviderMetadata::discover(&source.url, &fetched.body, fetch)?;
            return Ok(Published::Issuer(Box::new(issuer)));
        }
        let wanted: BTreeSet<_> = group.iter().filter_map(|it| it.entity_id.as_deref()).collect();
        Listed::read(&fetched.body, &*env.character_sets, &|id| wanted.contains(id)).map(Published::Entities)
    }

    /// Makes one call: plans it, and makes it if it changes anything.
    fn refresh_one(
        &self,
        keeps: bool,
        call: impl Fn(&Self) -> Result<ImportedMetadata>,
    ) -> Result<RefreshOutcome> {
        let mut planned = None;
        let plan = self.plan(|store| {
            planned = Some(call(store)?);
            Ok(())
        })?;
        let Some(mut imported) = planned.filter(|_| !plan.changes.is_empty()) else {
            return Ok(RefreshOutcome::Unchanged);
        };
        if keeps {
            imported = self.apply(&plan, call)?;
        }
        let mut members = plan.changes.iter().flat_map(|change| &change.members);
        if members.all(|member| member == "/updated" || member.starts_with("/source")) {
            return Ok(RefreshOutcome::Unchanged);
        }
        Ok(RefreshOutcome::Changed { plan: Box::new(plan), imported: Box::new(imported) })
    }
}

fn failed(group: &[Sourced], error: Error) -> Vec<RefreshOutcome> {
    let error = Arc::new(error);
    group.iter().map(|_| RefreshOutcome::Failed(Arc::clone(&error))).collect()
}
