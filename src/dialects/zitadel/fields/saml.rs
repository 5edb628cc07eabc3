//! What ZITADEL says of a SAML 2.0 provider: most of it as the partner's metadata.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::put_switch;
use crate::dialects::lens::{Field, Members};
use crate::dialects::parts::{location, put_signature, saml, saml_mut, signature, text};
use crate::dialects::zitadel::protojson::bytes;
use crate::error::Result;
use crate::model::{Endpoint, IdentityProvider};
use crate::saml::{BINDINGS as BINDING_URNS, CharacterSets, Endpoint as Published, Metadata};

pub(super) const SAML: &[Field] = &[
    Field {
        core: "saml.requests_signed",
        path: &["withSignedRequest"],
        show: |p| saml(p)?.requests_signed.map(Value::Bool),
        put: |p, said| {
            let Some(saml) = saml_mut(p) else { return said };
            put_switch(&mut saml.requests_signed, said == Some(Value::Bool(true)));
            None
        },
    },
    Field {
        core: "saml.signature_algorithm",
        path: &["signatureAlgorithm"],
        show: |p| signature(SIGNATURES, saml(p)?.signature_algorithm.as_deref()),
        put: |p, said| {
            put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), SIGNATURES, said);
            // A number or a name that ZITADEL does not have counts as unspecified.
            None
        },
    },
    Field {
        core: "saml.logout_requests",
        path: &["federatedLogoutEnabled"],
        show: |p| Some(saml(p)?.logout_requests.unwrap_or(false).into()),
        put: |p, said| {
            let Some(saml) = saml_mut(p) else { return said };
            put_switch(&mut saml.logout_requests, said == Some(Value::Bool(true)));
            None
        },
    },
    Field {
        core: "saml.name_id_format",
        path: &["nameIdFormat"],
        show: |p| name_of(NAME_ID_FORMATS, saml(p)?.name_id_format.as_deref()?),
        put: |p, said| put_urn(saml_mut(p).map(|saml| &mut saml.name_id_format), NAME_ID_FORMATS, said),
    },
];

/// What the metadata and the choice of a binding say of the core. They stay in the remainder byte for byte; this
/// table is for noticing that the core no longer says the same.
pub(super) const REPEATED: &[Field] = &[
    repeated("saml.entity_id", METADATA, |p| text(saml(p)?.entity_id.as_deref())),
    repeated("saml.single_sign_on.location", METADATA, |p| location(saml(p)?.single_sign_on.as_ref())),
    repeated("saml.single_sign_on.binding", METADATA, |p| binding(saml(p)?.single_sign_on.as_ref())),
    repeated("saml.single_logout.location", METADATA, |p| location(saml(p)?.single_logout.as_ref())),
    repeated("saml.single_logout.response_location", METADATA, |p| {
        text(saml(p)?.single_logout.as_ref()?.response_location.as_deref())
    }),
    repeated("saml.single_logout.binding", METADATA, |p| binding(saml(p)?.single_logout.as_ref())),
    repeated("saml.single_sign_on.alternatives", METADATA, |p| {
        alternatives(saml(p)?.single_sign_on.as_ref())
    }),
    repeated("saml.single_logout.alternatives", METADATA, |p| alternatives(saml(p)?.single_logout.as_ref())),
    repeated("trusted_keys", METADATA, |p| Some(p.trusted_keys.clone().into())),
    repeated("saml.single_sign_on.binding", &["binding"], |p| binding(saml(p)?.single_sign_on.as_ref())),
];

const METADATA: &[&str] = &["metadataXml"];

const fn repeated(
    core: &'static str,
    path: &'static [&'static str],
    show: fn(&IdentityProvider) -> Option<Value>,
) -> Field {
    Field { core, path, show, put: |_, said| said }
}

fn alternatives(endpoint: Option<&Endpoint>) -> Option<Value> {
    serde_json::to_value(&endpoint?.alternatives).ok()
}

fn binding(endpoint: Option<&Endpoint>) -> Option<Value> {
    text(endpoint?.binding.as_deref())
}

/// ZITADEL's names of bindings, and the ends of their URNs.
const BINDINGS: &[(&str, &str)] = &[
    ("SAML_BINDING_POST", "HTTP-POST"),
    ("SAML_BINDING_REDIRECT", "HTTP-Redirect"),
    ("SAML_BINDING_ARTIFACT", "HTTP-Artifact"),
];

/// ZITADEL's names of signature algorithms, and their URIs (XML Signature).
const SIGNATURES: &[(&str, &str)] = &[
    ("SAML_SIGNATURE_RSA_SHA1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("SAML_SIGNATURE_RSA_SHA256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    ("SAML_SIGNATURE_RSA_SHA512", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),
];

/// ZITADEL's names of name-id formats, and their URNs.
const NAME_ID_FORMATS: &[(&str, &str)] = &[
    ("SAML_NAME_ID_FORMAT_UNSPECIFIED", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
    ("SAML_NAME_ID_FORMAT_EMAIL_ADDRESS", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    ("SAML_NAME_ID_FORMAT_PERSISTENT", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
    ("SAML_NAME_ID_FORMAT_TRANSIENT", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
];

fn name_of(names: &[(&str, &str)], urn: &str) -> Option<Value> {
    names.iter().find(|(_, known)| *known == urn).map(|(name, _)| (*name).into())
}

/// Sets a URN of the core; a number without a name counts as unspecified. A URN for which ZITADEL has no name is not
/// shown, so saying nothing leaves it as it is.
fn put_urn(slot: Option<&mut Option<String>>, names: &[(&str, &str)], said: Option<Value>) -> Option<Value> {
    let Some(slot) = slot else { return said };
    if said.is_none() && slot.as_deref().is_some_and(|urn| name_of(names, urn).is_none()) {
        return None;
    }
    let name = match &said {
        Some(Value::Number(_)) => "SAML_NAME_ID_FORMAT_UNSPECIFIED",
        said => said.as_ref().and_then(Value::as_str).unwrap_or_default(),
    };
    *slot = names.iter().find(|(known, _)| *known == name).map(|(_, urn)| (*urn).to_owned());
    None
}

/// The binding by which the core says that requests are sent.
pub(in crate::dialects::zitadel) fn said_binding(record: &IdentityProvider) -> Option<Value> {
    let urn = saml(record)?.single_sign_on.as_ref()?.binding.as_deref()?;
    name_of(BINDINGS, urn.strip_prefix(BINDING_URNS)?)
}

/// The metadata in a document.
///
/// # Errors
///
/// [`ErrorKind::Malformed`](crate::error::ErrorKind::Malformed) if it cannot be used.
pub(in crate::dialects::zitadel) fn said_metadata(
    document: &Members,
    sets: &dyn CharacterSets,
) -> Result<Metadata> {
    Metadata::read(&document.get("metadataXml").map(bytes).unwrap_or_default(), sets)
}

/// Carries what the metadata says into the core; of several endpoints for the same purpose, one that has the chosen
/// binding comes first.
pub(in crate::dialects::zitadel) fn take_metadata(
    record: &mut IdentityProvider,
    metadata: &Metadata,
    binding: Option<&Value>,
) {
    let name = binding.and_then(Value::as_str).unwrap_or_default();
    let wanted = BINDINGS.iter().find(|(known, _)| *known == name).map(|(_, urn)| *urn);
    if let Some(saml) = saml_mut(record) {
        saml.entity_id.clone_from(&metadata.entity_id);
        saml.single_sign_on = chosen(&metadata.single_sign_on, wanted);
        saml.single_logout = chosen(&metadata.single_logout, None);
    }
}

/// The endpoint with the wanted binding, else by redirect, else by form, else the first; the others are its alternatives.
fn chosen(published: &[Published], wanted: Option<&str>) -> Option<Endpoint> {
    let with = |end: &str| {
        published.iter().position(|endpoint| endpoint.binding.strip_prefix(BINDING_URNS) == Some(end))
    };
    let position =
        wanted.and_then(with).or_else(|| with("HTTP-Redirect")).or_else(|| with("HTTP-POST")).unwrap_or(0);
    let mut endpoints: Vec<_> = published.iter().map(endpoint).collect();
    let mut chosen = (position < endpoints.len()).then(|| endpoints.remove(position))?;
    chosen.alternatives = endpoints;
    Some(chosen)
}

fn endpoint(published: &Published) -> Endpoint {
    Endpoint {
        location: published.location.clone(),
        binding: Some(published.binding.clone()),
        response_location: published.response_location.clone(),
        alternatives: Vec::new(),
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

/// The metadata of a provider that was made through another door, with these trusted certificates.
pub(in crate::dialects::zitadel) fn derived_metadata(
    record: &IdentityProvider,
    certificates: Vec<String>,
) -> Result<Value> {
    let saml = saml(record);
    let metadata = Metadata {
        entity_id: saml.and_then(|saml| saml.entity_id.clone()),
        is_identity_provider: true,
        single_sign_on: published(saml.and_then(|saml| saml.single_sign_on.as_ref())),
        single_logout: published(saml.and_then(|saml| saml.single_logout.as_ref())),
        certificates,
        warnings: Vec::new(),
    };
    Ok(BASE64_STANDARD.encode(metadata.write()?).into())
}
