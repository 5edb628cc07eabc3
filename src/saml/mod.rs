//! SAML 2.0 metadata (saml-metadata-2.0-os): read what a partner publishes, write what stands for it. Pure
//! functions; knows nothing of providers or vendors. May import: `error`, `pki`.
//!
//! - `character_sets`: what turns a document that is not in UTF-8 into text
//! - `certificates`: certificates in metadata, in whatever form they are written
//! - `metadata`: what a partner's metadata says, and the same written again
//! - `reader`: the walk through a partner's XML, with its bounds
//! - `values`: the types of attributes that are checked

mod certificates;
mod character_sets;
mod metadata;
mod reader;
mod values;

pub use character_sets::{CharacterSets, EncodingStandard};
pub use metadata::{Endpoint, Metadata};

/// How the names of bindings begin (saml-bindings-2.0-os).
pub const BINDINGS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:";

/// The namespace of metadata.
pub const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
