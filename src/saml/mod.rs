//! SAML 2.0 metadata (saml-metadata-2.0-os): read what a partner publishes, and write what we publish. Pure
//! functions; knows nothing of providers or vendors. May import: `error`, `pki`.
//!
//! - `character_sets`: what turns a document that is not in UTF-8 into text
//! - `certificates`: certificates in metadata, in whatever form they are written
//! - `metadata`: what a partner's metadata says, and the same written again
//! - `reader`: the walk through a partner's XML, with its bounds
//! - `values`: the types of attributes that are checked
//! - `writer`: all metadata that is written

mod certificates;
mod character_sets;
mod metadata;
mod reader;
mod values;
mod writer;

pub use character_sets::{CharacterSets, EncodingStandard};
pub use metadata::{Endpoint, Metadata};
pub(crate) use writer::{
    Attributes, Consumer, Entity, KeyDescriptor, Organization, Role, Side, Spelling, in_ascii,
};

/// How the names of bindings begin (saml-bindings-2.0-os).
pub const BINDINGS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:";

/// The namespace of metadata.
pub const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
