//! What PingOne says of a SAML 2.0 provider.

use serde_json::{Value, json};

use crate::dialects::endpoints::put_location;
use crate::dialects::lens::Field;
use crate::dialects::parts::{location, put_signature, put_text, saml, saml_mut, signature, text};
use crate::dialects::pingone::wire::{BINDINGS, SIGNATURES};
use crate::model::Endpoint;

pub(super) const SAML: &[Field] = &[
    Field {
        core: "saml.entity_id",
        path: &["idpEntityId"],
        show: |p| text(saml(p)?.entity_id.as_deref()),
        put: |p, said| put_text(saml_mut(p).map(|saml| &mut saml.entity_id), said),
    },
    Field {
        core: "saml.service_provider_entity_id",
        path: &["spEntityId"],
        show: |p| text(saml(p)?.service_provider_entity_id.as_deref()),
        put: |p, said| put_text(saml_mut(p).map(|saml| &mut saml.service_provider_entity_id), said),
    },
    Field {
        core: "saml.single_sign_on.location",
        path: &["ssoEndpoint"],
        show: |p| location(saml(p)?.single_sign_on.as_ref()),
        put: |p, said| put_location(saml_mut(p).map(|saml| &mut saml.single_sign_on), said),
    },
    Field {
        core: "saml.single_sign_on.binding",
        path: &["ssoBinding"],
        show: |p| binding(saml(p)?.single_sign_on.as_ref()),
        put: |p, said| put_binding(saml_mut(p).and_then(|saml| saml.single_sign_on.as_mut()), said),
    },
    Field {
        core: "saml.single_logout.location",
        path: &["sloEndpoint"],
        show: |p| location(saml(p)?.single_logout.as_ref()),
        put: |p, said| put_location(saml_mut(p).map(|saml| &mut saml.single_logout), said),
    },
    Field {
        core: "saml.single_logout.binding",
        path: &["sloBinding"],
        show: |p| binding(saml(p)?.single_logout.as_ref()),
        put: |p, said| {
            let Some(endpoint) = saml_mut(p).and_then(|saml| saml.single_logout.as_mut()) else {
                return said;
            };
            let said = said.or_else(|| Some(BINDINGS.first()?.0.into()));
            put_binding(Some(endpoint), said)
        },
    },
    Field {
        core: "saml.single_logout.response_location",
        path: &["sloResponseEndpoint"],
        show: |p| text(saml(p)?.single_logout.as_ref()?.response_location.as_deref()),
        put: |p, said| {
            let endpoint = saml_mut(p).and_then(|saml| saml.single_logout.as_mut());
            put_text(endpoint.map(|endpoint| &mut endpoint.response_location), said)
        },
    },
    Field {
        core: "saml.requests_signed",
        path: &["authnRequestSigned"],
        show: |p| Some(saml(p)?.requests_signed.unwrap_or(false).into()),
        put: |p, said| {
            let Some(saml) = saml_mut(p) else { return said };
            // What is not said is false.
            saml.requests_signed = Some(said == Some(Value::Bool(true)));
            said.filter(|said| !said.is_boolean())
        },
    },
    Field {
        core: "signing_key",
        path: &["spSigning", "key", "id"],
        show: |p| text(p.signing_key.as_deref()),
        put: |p, said| put_text(Some(&mut p.signing_key), said),
    },
    Field {
        core: "saml.signature_algorithm",
        path: &["spSigning", "algorithm"],
        show: |p| signature(&SIGNATURES, saml(p)?.signature_algorithm.as_deref()),
        put: |p, said| {
            put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), &SIGNATURES, said)
        },
    },
    Field {
        core: "trusted_keys",
        path: &["idpVerification", "certificates"],
        show: |p| match p.trusted_keys.as_slice() {
            [] => None,
            kids => Some(kids.iter().map(|kid| json!({"id": kid})).collect()),
        },
        put: |p, said| {
            let references = said.as_ref().and_then(Value::as_array).into_iter().flatten();
            let kids = references.filter_map(|reference| Some(reference.get("id")?.as_str()?.to_owned()));
            p.trusted_keys = kids.collect();
            said.filter(|_| p.trusted_keys.is_empty())
        },
    },
];

/// The binding of an endpoint; where another door has said none, or one that has no word here, the default.
fn binding(endpoint: Option<&Endpoint>) -> Option<Value> {
    let urn = endpoint?.binding.as_deref();
    let known = BINDINGS.iter().find(|(_, known)| Some(*known) == urn).or(BINDINGS.first());
    known.map(|(name, _)| (*name).into())
}

fn put_binding(endpoint: Option<&mut Endpoint>, said: Option<Value>) -> Option<Value> {
    let name = said.as_ref().and_then(Value::as_str);
    let known = BINDINGS.iter().find(|(known, _)| Some(*known) == name);
    let (Some(endpoint), Some((_, urn))) = (endpoint, known) else { return said };
    endpoint.binding = Some((*urn).to_owned());
    None
}
