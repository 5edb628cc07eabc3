//! ZITADEL's documents and messages, as tables. May import what the folder above may.
//!
//! - `kinds`: the kinds of providers, with their messages and commands
//! - `fields`: the members of providers, one line each
//! - `provider`: the document of a provider
//! - `cores`: what ZITADEL alone shows in its way of the core
//! - `saml`: what metadata and the core have in common
//! - `commands`: what is checked besides the rules of fields, and the ids of errors
//! - `requests`: the messages that are the same for all kinds
//! - `queries`: those with which clients search
//! - `older`: the messages of the older API
//! - `logins`, `users`: those about logins and those about users

pub(super) mod commands;
mod cores;
pub(super) mod fields;
pub(super) mod kinds;
pub(super) mod logins;
pub(super) mod older;
pub(super) mod provider;
pub(super) mod queries;
pub(super) mod requests;
pub(super) mod saml;
#[cfg(test)]
pub(super) mod tests;
pub(super) mod users;

pub(super) use cores::{UNSPECIFIED, has_name_id_format};

use serde_json::Value;

use super::{ids, time};
use crate::dialects::document::Spell;
use crate::dialects::lens::Members;
use crate::model::{Id, IdentityProvider, Tenant};
use crate::pki::Timestamp;

/// Under which name remainders of this dialect are kept.
pub(super) const NAME: &str = "zitadel";

/// Which version of the API shows a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// What a provider is shown with.
pub(super) struct Scene {
    /// Whose provider it is.
    pub(super) tenant: Id,
    pub(super) version: Version,
    /// Whether its metadata was received through this API. If not, metadata is written, with these certificates.
    pub(super) has_metadata: bool,
    /// The certificates that the partner signs with: the DER of each in base64.
    pub(super) certificates: Vec<String>,
}

impl Scene {
    /// What a provider of the instance is shown with whose certificates are not known.
    pub(super) fn of(provider: &IdentityProvider) -> Self {
        let has_metadata = saml::has_metadata(provider);
        Self { tenant: Tenant::DEFAULT, version: Version::V1, has_metadata, certificates: Vec::new() }
    }
}

impl Spell for Scene {}

/// The owner of a provider, its sequence number, and when it was made and changed: the times that an answer has.
pub(super) fn details(
    tenant: Id,
    sequence: u64,
    created: Option<Timestamp>,
    changed: Option<Timestamp>,
    version: Version,
) -> Value {
    let created_in = |place| ("creationDate", created.filter(|_| version == place).map(time));
    let members = [
        ("sequence", Some(sequence.to_string())),
        created_in(Version::V1),
        ("changeDate", changed.map(time)),
        ("resourceOwner", Some(ids::spell(tenant))),
        created_in(Version::V2),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    members.collect::<Members>().into()
}
