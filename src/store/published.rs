//! A provider created from what a partner publishes at a URL.

use super::IdpStore;
use crate::env::Fetched;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Saml, Source};
use crate::oidc::ProviderMetadata;
use crate::saml::Metadata;
use crate::service::{ImportedMetadata, MetadataImport};

/// Where an issuer publishes (OpenID Connect Discovery 1.0, section 4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What a provider is to be besides what its partner publishes: [`IdpStore::create_published`].
#[derive(Clone, Debug, Default)]
pub struct NewPublished {
    /// The URL of SAML metadata or of OpenID Connect discovery, or an issuer.
    pub url: String,
    /// The name for people; without it the entity id or the issuer of the partner.
    pub name: Option<String>,
    /// A name for programs, which no other provider of the tenant has.
    pub alias: Option<String>,
    /// Which entity of SAML metadata to take; without it the only identity provider.
    pub entity_id: Option<String>,
    /// What we are at an issuer.
    pub client: Client,
}

/// What a document publishes, and where it was read.
enum Published {
    Entity(Box<Metadata>, Source),
    Issuer(Box<ProviderMetadata>, Source),
}

impl IdpStore {
    /// Creates a provider from what its partner publishes at a URL, which is fetched with the [`Fetcher`](crate::env::Fetcher) of
    /// the store: SAML metadata or OpenID Connect discovery, whichever it is. If neither is there, the URL is taken for an issuer.
    /// [`IdpStore::refresh`] reads the document again. The source of `import` is not used.
    ///
    /// ```
    /// use idpstore::env::Fetcher;
    /// use idpstore::{Error, ErrorKind, IdpStore, MetadataImport, NewPublished};
    ///
    /// #[derive(Debug)]
    /// struct Issuer;
    ///
    /// impl Fetcher for Issuer {
    ///     fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
    ///         match url {
    ///             "https://op.example/.well-known/openid-configuration" => Ok(br#"{
    ///                 "issuer": "https://op.example",
    ///                 "authorization_endpoint": "https://op.example/authorize",
    ///                 "jwks_uri": "https://op.example/keys"
    ///             }"#.to_vec()),
    ///             "https://op.example/keys" => Ok(br#"{"keys": []}"#.to_vec()),
    ///             _ => Err(Error::new(ErrorKind::WrongState).context("there is no document")),
    ///         }
    ///     }
    /// }
    ///
    /// let store = IdpStore::builder().fetcher(Issuer).open()?;
    /// let new = NewPublished { url: "https://op.example".to_owned(), ..NewPublished::default() };
    /// let made = store.create_published(&new, &MetadataImport::default())?;
    /// assert_eq!(made.provider.name, "https://op.example");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if the store fetches no documents, whatever the fetcher fails with, and as
    /// [`Service::create_from_metadata`](crate::Service::create_from_metadata) and
    /// [`Service::create_from_discovery`](crate::Service::create_from_discovery).
    pub fn create_published(&self, new: &NewPublished, import: &MetadataImport) -> Result<ImportedMetadata> {
        let import = |source| MetadataImport { source: Some(source), ..import.clone() };
        match self.published(new)? {
            Published::Entity(metadata, source) => {
                let provider = new.provider(metadata.entity_id.as_deref(), Saml::default());
                self.service.create_from_metadata(&provider, &metadata, &import(source))
            }
            Published::Issuer(metadata, source) => {
                let oidc = OpenIdConnect { client: new.client.clone(), ..OpenIdConnect::default() };
                let provider = new.provider(Some(&metadata.issuer), oidc);
                self.service.create_from_discovery(&provider, &metadata, &import(source))
            }
        }
    }

    /// What is published at the URL, or else at that of the issuer with this name.
    fn published(&self, new: &NewPublished) -> Result<Published> {
        let first = match self.published_at(&new.url, new) {
            Err(error) if self.service.env().fetcher.is_some() && may_be_elsewhere(&error) => error,
            found => return found,
        };
        match self.published_at(&format!("{}{WELL_KNOWN}", new.url.trim_end_matches('/')), new) {
            Err(error) if may_be_elsewhere(&error) => Err(first),
            found => found,
        }
    }

    fn published_at(&self, url: &str, new: &NewPublished) -> Result<Published> {
        let env = self.service.env();
        let nothing = || Error::new(ErrorKind::WrongState).context("there is no document at this URL");
        let Fetched { body, etag } = env.fetch_changed(url, None)?.ok_or_else(nothing)?;
        let source = Source::at(url).version(etag);
        if is_json(&body) {
            let metadata = ProviderMetadata::discover(url, &body, |url| env.fetch(url))?;
            return Ok(Published::Issuer(Box::new(metadata), source));
        }
        let metadata = match &new.entity_id {
            Some(id) => Metadata::of_entity(&body, &*env.character_sets, id),
            None => Metadata::of_only_provider(&body, &*env.character_sets),
        };
        Ok(Published::Entity(Box::new(metadata?), source))
    }
}

impl NewPublished {
    fn provider(&self, partner: Option<&str>, protocol: impl Into<Protocol>) -> IdentityProvider {
        let name = self.name.as_deref().or(partner).unwrap_or_default();
        IdentityProvider { alias: self.alias.clone(), ..IdentityProvider::named(name, protocol) }
    }
}

/// Whether a document may be at another URL: it was not fetched, or is none that can be read.
fn may_be_elsewhere(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::Pending(_) | ErrorKind::Invalid { .. })
}

/// Whether a document is a JSON object and not XML, by its first character.
fn is_json(document: &[u8]) -> bool {
    let text = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
    text.trim_ascii_start().starts_with(b"{")
}
