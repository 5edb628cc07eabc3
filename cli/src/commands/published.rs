//! The documents of partners that a command line names: files, or URLs that are fetched here, and sent to the store.

use idpstore::Error;
use idpstore::env::Fetcher as _;
use idpstore::model::Source;
use idpstore::oidc::ProviderMetadata;
use serde_json::{Map, Value};

use super::ask::Ask;
use crate::failure::{Cause, Failure};
use crate::fetch::MetadataFetcher;

/// A document, and where it can be read again.
pub(super) struct Document {
    name: String,
    bytes: Vec<u8>,
    source: Option<Source>,
    fetcher: MetadataFetcher,
}

impl Document {
    /// Reads the file with this name, or fetches what is at this URL.
    pub(super) fn read(name: &str) -> Result<Self, Failure> {
        let fetcher = MetadataFetcher::for_commands();
        let scheme = name.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let (bytes, source) = if let Some("http" | "https") = scheme.as_deref() {
            let fetched = fetcher.get_changed(name, None).map_err(|error| unread(name, &error))?;
            let fetched = fetched.ok_or_else(|| Failure::of(format!("cannot read `{name}`")))?;
            (fetched.body, Some(Source::at(name).version(fetched.etag)))
        } else {
            (std::fs::read(name).map_err(|error| unread(name, &error))?, None)
        };
        Ok(Self { name: name.to_owned(), bytes, source, fetcher })
    }

    /// The same request with this document as SAML metadata.
    pub(super) fn metadata_in(self, ask: Ask) -> Ask {
        let source = self.source.as_ref();
        ask.with_any("source", source.map(|source| &source.url))
            .with_any("source_etag", source.and_then(|source| source.etag.as_ref()))
            .body("application/samlmetadata+xml", self.bytes)
    }

    /// The same request with this document as OpenID Connect discovery, beside other members. What was fetched leads to its
    /// keys, which are fetched, too.
    pub(super) fn discovery_in(self, ask: Ask, others: Value) -> Result<Ask, Failure> {
        let unread = |error: &Error| unread(&self.name, error);
        let mut keys = None;
        if let Some(source) = &self.source {
            let fetch = |url: &str| self.fetcher.get(url).inspect(|set| keys = Some(set.clone()));
            ProviderMetadata::discover(&source.url, &self.bytes, fetch).map_err(|error| unread(&error))?;
        } else {
            ProviderMetadata::read(&self.bytes).map_err(|error| unread(&error))?;
        }
        let source = self.source.as_ref();
        let mut members = Map::new();
        members.insert("discovery".to_owned(), json_of(&self.bytes));
        members.extend(keys.map(|keys| ("keys".to_owned(), json_of(&keys))));
        members.extend(source.map(|source| ("source".to_owned(), source.url.clone().into())));
        let etag = source.and_then(|source| source.etag.clone());
        members.extend(etag.map(|etag| ("source_etag".to_owned(), etag.into())));
        if let Value::Object(others) = others {
            members.extend(others);
        }
        Ok(ask.json(&members.into()))
    }
}

/// A document that was found to be JSON.
fn json_of(document: &[u8]) -> Value {
    serde_json::from_slice(document).unwrap_or_default()
}

fn unread(name: &str, error: &Cause) -> Failure {
    Failure::new(format!("cannot read `{name}`"), error)
}
