//! SAML 2.0 metadata (saml-metadata-2.0-os): read what a partner publishes, and write what we publish; and requests to sign
//! in. Pure functions; knows nothing of providers or vendors. May import: `error`, `pki`.
//!
//! - `attributes`: those of one element
//! - `character_sets`: what turns a document that is not in UTF-8 into text
//! - `certificates`: certificates in metadata, in whatever form they are written
//! - `metadata`: what a partner's metadata says of one entity, and the same written again
//! - `aggregate`: documents of many entities
//! - `reader`: the walk through a partner's XML, with its bounds
//! - `request`: requests to sign in
//! - `values`: the types of attributes that are checked
//! - `writer`: all metadata that is written

mod aggregate;
mod attributes;
mod certificates;
mod character_sets;
mod metadata;
mod reader;
mod request;
mod values;
mod writer;

use crate::error::{Error, ErrorKind};

pub(crate) use aggregate::Listed;
pub use aggregate::each_entity;
pub use character_sets::{CharacterSets, EncodingStandard};
pub use metadata::{Endpoint, Metadata};
pub(crate) use request::AuthnRequest;
pub(crate) use writer::{
    Attributes, Consumer, Entity, KeyDescriptor, Organization, Role, Side, Spelling, in_ascii,
};

/// How the names of bindings begin (saml-bindings-2.0-os).
pub const BINDINGS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:";

/// The namespace of metadata.
pub const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:metadata";

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::Malformed).context(format!("the metadata cannot be used: {why}"))
}

fn broken(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    unreadable("it is not well-formed XML").caused_by(cause)
}
