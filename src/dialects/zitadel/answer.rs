//! Providers in the shape that clients read.

use serde_json::{Map, Value};

use super::kinds::Kind;
use super::lens::{self, TYPE, kind_of};
use super::{ids, time};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::Service;

/// Which API a provider is shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// A provider as clients read it.
///
/// # Errors
///
/// [`NotFound`](crate::error::ErrorKind::NotFound) if ZITADEL has no such kind, and those of the storage.
pub(super) fn provider(service: &Service, record: &IdentityProvider, version: Version) -> Result<Value> {
    let kind = kind_of(record)?;
    let mut said = lens::said(kind, record);
    let certificates = if kind.is_saml() && !lens::has_metadata(record) {
        trusted_certificates(service, record)?
    } else {
        Vec::new()
    };
    lens::complete(kind, record, certificates, &mut said)?;
    let mut members = details(service.tenant_id(), record);
    let (prefix, owner) = match version {
        Version::V1 => (TYPE, Some(owner(service.tenant_id()))),
        Version::V2 => ("IDP_TYPE_", None),
    };
    put(&mut members, "id", ids::spell(record.id));
    put(&mut members, "state", lens::state(record));
    put(&mut members, "name", record.name.as_str());
    put(&mut members, "type", format!("{prefix}{}", kind.name));
    put(&mut members, "owner", owner.map_or(Value::Null, Value::from));
    put(&mut members, "config", config(kind, said));
    Ok(Value::Object(members))
}

/// The base64 of the certificates that a provider's partner signs with.
fn trusted_certificates(service: &Service, record: &IdentityProvider) -> Result<Vec<String>> {
    let mut certificates = Vec::new();
    for kid in &record.trusted_keys {
        certificates.extend(service.trusted_key(kid)?.chain.into_iter().next());
    }
    Ok(certificates)
}

fn owner(tenant: Id) -> &'static str {
    if tenant == Tenant::DEFAULT { "IDP_OWNER_TYPE_SYSTEM" } else { "IDP_OWNER_TYPE_ORG" }
}

/// The settings: options, and those of the kind.
fn config(kind: &Kind, mut said: Members) -> Value {
    let mut config = Members::new();
    let options = said.shift_remove("providerOptions");
    put(&mut config, "options", options.unwrap_or_else(|| Value::Object(Map::new())));
    match kind.config {
        "saml" => complete_saml(&mut said),
        "ldap" => {
            said.entry("attributes").or_insert_with(|| Value::Object(Map::new()));
        }
        _ => {}
    }
    // What is no setting, and what is secret, has no place in the message, and is left out when it is written.
    put(&mut config, kind.config, Value::Object(said));
    Value::Object(config)
}

/// What SAML settings always say.
fn complete_saml(said: &mut Members) {
    said.entry("nameIdFormat").or_insert_with(|| "SAML_NAME_ID_FORMAT_PERSISTENT".into());
    said.entry("transientMappingAttributeName").or_insert_with(|| "".into());
    said.entry("federatedLogoutEnabled").or_insert(Value::Bool(false));
    said.entry("signatureAlgorithm").or_insert_with(|| "SAML_SIGNATURE_UNSPECIFIED".into());
}

/// Sequence, dates and owner of a provider.
pub(super) fn details(tenant: Id, record: &IdentityProvider) -> Members {
    let mut details = Members::new();
    put(&mut details, "sequence", record.sequence.to_string());
    put(&mut details, "creationDate", time(record.created));
    put(&mut details, "changeDate", time(record.updated));
    put(&mut details, "resourceOwner", ids::spell(tenant));
    let mut members = Members::new();
    put(&mut members, "details", Value::Object(details));
    members
}

/// Sets a member.
pub(super) fn put(members: &mut Members, name: &str, value: impl Into<Value>) {
    members.insert(name.to_owned(), value.into());
}
