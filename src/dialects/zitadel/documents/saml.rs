//! The metadata of a SAML 2.0 provider: it is carried into the core, and written for providers that were made through another
//! API.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::NAME;
use super::cores::BINDINGS;
pub(crate) use super::cores::POST;
use crate::dialects::document::{is_kept, name_of, value_of};
use crate::dialects::lens::Members;
use crate::dialects::parts::{saml, saml_mut};
use crate::dialects::protojson::{Field, bytes, choice};
use crate::model::{Endpoint, IdentityProvider};
use crate::saml::{BINDINGS as BINDING_URNS, Endpoint as Published, Metadata};
use crate::service::take_settings;

/// The partner's metadata.
pub(crate) const METADATA_XML: Field = bytes("metadataXml", 0, 500_000).required_oneof("metadata");

/// With which binding requests are sent.
pub(crate) const BINDING: Field = choice("binding", BINDINGS);

/// The metadata that was received for this provider, byte for byte.
pub(crate) fn received(provider: &IdentityProvider) -> Option<&Value> {
    provider.remainders.get(NAME)?.get(METADATA_XML.name)
}

/// Whether metadata was received for this provider.
pub(crate) fn has_metadata(provider: &IdentityProvider) -> bool {
    provider.remainders.get(NAME).is_some_and(|kept| is_kept(kept, METADATA_XML.name))
}

/// Whether the metadata in a request is what we write for a provider that was made through another API, with these
/// certificates. The core has all of it already, so it is not kept.
pub(crate) fn repeats(provider: &IdentityProvider, certificates: &[String], members: &Members) -> bool {
    !has_metadata(provider) && derived(provider, certificates).as_ref() == members.get(METADATA_XML.name)
}

/// Carries metadata into the core; of several endpoints for the same purpose, one that has the chosen binding comes first.
pub(crate) fn take(record: &mut IdentityProvider, metadata: &Metadata, binding: Option<&Value>) {
    if let Some(saml) = saml_mut(record) {
        take_settings(saml, metadata, value_of(BINDINGS, binding));
    }
}

/// An endpoint and its alternatives as metadata lists them.
fn published(endpoint: Option<&Endpoint>) -> Vec<Published> {
    let all = endpoint.into_iter().flat_map(|endpoint| [endpoint].into_iter().chain(&endpoint.alternatives));
    all.map(|endpoint| Published {
        location: endpoint.location.clone(),
        binding: endpoint.binding.clone().unwrap_or_else(|| format!("{BINDING_URNS}HTTP-POST")),
        response_location: endpoint.response_location.clone(),
    })
    .collect()
}

/// What metadata says of a provider, with these trusted certificates.
pub(crate) fn metadata(record: &IdentityProvider, certificates: Vec<String>) -> Option<Metadata> {
    let saml = saml(record)?;
    Some(Metadata {
        entity_id: saml.entity_id.clone(),
        is_identity_provider: true,
        single_sign_on: published(saml.single_sign_on.as_ref()),
        single_logout: published(saml.single_logout.as_ref()),
        certificates,
        ..Metadata::default()
    })
}

/// The metadata of a provider for which none was received, with these trusted certificates.
pub(crate) fn derived(record: &IdentityProvider, certificates: &[String]) -> Option<Value> {
    let metadata = metadata(record, certificates.to_vec())?;
    Some(BASE64_STANDARD.encode(metadata.write().ok()?).into())
}

/// The binding of such a provider, if none was received either.
pub(crate) fn binding(record: &IdentityProvider) -> Option<&'static str> {
    let is_received = record.remainders.get(NAME).is_some_and(|kept| is_kept(kept, BINDING.name));
    let urn = saml(record).filter(|_| !is_received)?.single_sign_on.as_ref()?.binding.as_deref()?;
    name_of(BINDINGS, Some(urn.strip_prefix(BINDING_URNS)?))
}
