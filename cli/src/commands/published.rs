//! The documents of partners that a command line names: files, or URLs that are fetched.

use std::ops::ControlFlow;

use idpstore::Error;
use idpstore::env::Fetcher as _;
use idpstore::model::Source;
use idpstore::oidc::ProviderMetadata;
use idpstore::saml::{EncodingStandard, Metadata, each_entity};

use crate::failure::Failure;
use crate::fetch::MetadataFetcher;

/// A document, and where it can be read again.
pub(super) struct Document {
    name: String,
    bytes: Vec<u8>,
    pub(super) source: Option<Source>,
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

    /// The SAML metadata of the entity with this id, or of the only identity provider.
    pub(super) fn metadata(&self, entity_id: Option<&str>) -> Result<Metadata, Failure> {
        if let Some(id) = entity_id {
            return Metadata::of_entity(&self.bytes, &EncodingStandard, id)
                .map_err(|error| self.unread(&error));
        }
        let (mut first, mut providers) = (None, 0);
        self.each_entity(&mut |entity| {
            providers += usize::from(entity.is_identity_provider);
            if first.is_none() || entity.is_identity_provider {
                first = Some(entity);
            }
        })?;
        match first {
            Some(entity) if providers < 2 => Ok(entity),
            Some(_) => Err(Failure::of(format!(
                "`{}` describes {providers} identity providers, and `--entity-id` chooses one",
                self.name
            ))),
            None => Err(Failure::of(format!("`{}` describes no entity", self.name))),
        }
    }

    /// The SAML metadata of all entities.
    pub(super) fn entities(&self) -> Result<Vec<Metadata>, Failure> {
        let mut entities = Vec::new();
        self.each_entity(&mut |entity| entities.push(entity))?;
        Ok(entities)
    }

    fn each_entity(&self, visit: &mut dyn FnMut(Metadata)) -> Result<(), Failure> {
        let read = each_entity(&self.bytes, &EncodingStandard, &mut |entity| {
            visit(entity);
            Ok(ControlFlow::Continue(()))
        });
        read.map_err(|error| self.unread(&error))
    }

    /// OpenID Connect discovery. What was fetched leads to its keys, which are fetched, too.
    pub(super) fn discovery(&self) -> Result<ProviderMetadata, Failure> {
        let read = match &self.source {
            Some(source) => ProviderMetadata::discover(&source.url, &self.bytes, |url| self.fetcher.get(url)),
            None => ProviderMetadata::read(&self.bytes),
        };
        read.map_err(|error| self.unread(&error))
    }

    fn unread(&self, error: &Error) -> Failure {
        unread(&self.name, error)
    }
}

fn unread(name: &str, error: &dyn std::error::Error) -> Failure {
    Failure::new(format!("cannot read `{name}`"), error)
}
