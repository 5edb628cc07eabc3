//! What Okta says of a SAML 2.0 provider.

use serde_json::Value;

use crate::dialects::endpoints::put_location;
use crate::dialects::lens::Field;
use crate::dialects::parts::{location, put_signature, put_text, saml, saml_mut, signature, text};
use crate::env::Entropy;
use crate::model::{Endpoint, IdentityProvider};

pub(super) const SAML: &[Field] = &[
    Field {
        core: "saml.entity_id",
        path: &["protocol", "credentials", "trust", "issuer"],
        show: |p| text(saml(p)?.entity_id.as_deref()),
        put: |p, said| put_text(saml_mut(p).map(|saml| &mut saml.entity_id), said),
    },
    Field {
        core: "saml.service_provider_entity_id",
        path: &["protocol", "credentials", "trust", "audience"],
        show: |p| text(Some(&audience(p))),
        put: |p, said| {
            let derived = derived_audience(p);
            let said = said.filter(|said| said.as_str() != Some(&derived));
            put_text(saml_mut(p).map(|saml| &mut saml.service_provider_entity_id), said)
        },
    },
    Field {
        core: "saml.single_sign_on.location",
        path: &["protocol", "endpoints", "sso", "url"],
        show: |p| location(saml(p)?.single_sign_on.as_ref()),
        put: |p, said| put_location(saml_mut(p).map(|saml| &mut saml.single_sign_on), said),
    },
    Field {
        core: "saml.single_sign_on.binding",
        path: &["protocol", "endpoints", "sso", "binding"],
        show: |p| binding(saml(p)?.single_sign_on.as_ref()),
        put: |p, said| put_binding(saml_mut(p).and_then(|saml| saml.single_sign_on.as_mut()), said),
    },
    Field {
        core: "saml.single_logout.location",
        path: &["protocol", "endpoints", "slo", "url"],
        show: |p| location(saml(p)?.single_logout.as_ref()),
        put: |p, said| put_location(saml_mut(p).map(|saml| &mut saml.single_logout), said),
    },
    Field {
        core: "saml.single_logout.binding",
        path: &["protocol", "endpoints", "slo", "binding"],
        show: |p| binding(saml(p)?.single_logout.as_ref()),
        put: |p, said| put_binding(saml_mut(p).and_then(|saml| saml.single_logout.as_mut()), said),
    },
    Field {
        core: "saml.signature_algorithm",
        path: &["protocol", "algorithms", "request", "signature", "algorithm"],
        show: |p| signature(&SIGNATURES, saml(p)?.signature_algorithm.as_deref()),
        put: |p, said| {
            put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), &SIGNATURES, said)
        },
    },
    Field {
        core: "saml.requests_signed",
        path: &["protocol", "algorithms", "request", "signature", "scope"],
        show: |p| Some(if saml(p)?.requests_signed? { "REQUEST" } else { "NONE" }.into()),
        put: |p, said| {
            let signed = match said.as_ref().and_then(Value::as_str) {
                Some("REQUEST") => Some(true),
                Some("NONE") => Some(false),
                _ => None,
            };
            let Some(saml) = saml_mut(p) else { return said };
            saml.requests_signed = signed;
            said.filter(|_| signed.is_none())
        },
    },
    Field {
        core: "saml.logout_requests",
        path: &["protocol", "settings", "participateSlo"],
        show: |p| saml(p)?.logout_requests.map(Value::from),
        put: |p, said| {
            let Some(saml) = saml_mut(p) else { return said };
            saml.logout_requests = said.as_ref().and_then(Value::as_bool);
            said.filter(|_| saml.logout_requests.is_none())
        },
    },
    Field {
        core: "saml.name_id_format",
        path: &["protocol", "settings", "nameFormat"],
        show: |p| text(saml(p)?.name_id_format.as_deref()),
        put: |p, said| put_text(saml_mut(p).map(|saml| &mut saml.name_id_format), said),
    },
];

/// Okta's names of signature algorithms, and their URIs (XML Signature).
const SIGNATURES: [(&str, &str); 2] = [
    ("SHA-1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("SHA-256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
];

/// How the names of bindings begin, which Okta leaves out and writes in capitals.
const BINDINGS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:";

/// Okta's names of bindings, and the ends of their URNs.
const BINDING_NAMES: [(&str, &str); 2] = [("HTTP-POST", "HTTP-POST"), ("HTTP-REDIRECT", "HTTP-Redirect")];

/// How audiences begin.
const AUDIENCE: &str = "https://www.okta.com/saml2/service-provider/sp";

/// How many lower-case letters follow.
const AUDIENCE_LETTERS: usize = 18;

/// Our entity id towards this partner.
pub(in crate::dialects::okta) fn audience(p: &IdentityProvider) -> String {
    match saml(p).and_then(|saml| saml.service_provider_entity_id.as_ref()) {
        Some(audience) => audience.clone(),
        None => derived_audience(p),
    }
}

/// The audience of a provider that was made through another door and has none of its own.
fn derived_audience(p: &IdentityProvider) -> String {
    /// An odd number that spreads neighbouring ids over all letters (the golden ratio, in 128 bits).
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    spelled_audience(u128::from(p.id.number()).wrapping_mul(SPREAD))
}

/// A new audience.
pub(in crate::dialects::okta) fn drawn_audience(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    spelled_audience(u128::from_le_bytes(bytes))
}

fn spelled_audience(mut number: u128) -> String {
    let mut audience = AUDIENCE.to_owned();
    for _ in 0..AUDIENCE_LETTERS {
        audience.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
    }
    audience
}

fn binding(endpoint: Option<&Endpoint>) -> Option<Value> {
    let end = endpoint?.binding.as_deref()?.strip_prefix(BINDINGS)?;
    BINDING_NAMES.iter().find(|(_, known)| *known == end).map(|(name, _)| (*name).into())
}

fn put_binding(endpoint: Option<&mut Endpoint>, said: Option<Value>) -> Option<Value> {
    let name = said.as_ref().and_then(Value::as_str).unwrap_or_default();
    let known = BINDING_NAMES.iter().find(|(known, _)| *known == name);
    let Some(endpoint) = endpoint else { return said };
    endpoint.binding = known.map(|(_, end)| format!("{BINDINGS}{end}"));
    said.filter(|_| known.is_none())
}
