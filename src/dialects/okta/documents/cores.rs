//! What Okta alone shows in its way of the core of a provider.

use serde_json::Value;

use super::defaults::tenants_endpoints;
use crate::dialects::document::{Core, Names, Shown, field, name_of, value_of};
use crate::dialects::parts::{
    client, client_mut, oidc, oidc_mut, put_choice, put_signature, put_text, saml, saml_mut, signature,
    social,
};
use crate::env::Entropy;
use crate::model::{Endpoint, IdentityProvider, State};

/// Whether it may be used.
pub(super) const STATUS: Core<IdentityProvider> = field(
    "state",
    |p| if p.state == State::Active { "ACTIVE" } else { "INACTIVE" }.into(),
    |p, received| {
        let is_active = received.is_some_and(|received| received == "ACTIVE");
        p.state = if is_active { State::Active } else { State::Inactive };
        None
    },
);

/// The certificate that verifies what the partner signs.
pub(super) const TRUSTED_KEY: Core<IdentityProvider> = field(
    "trusted_keys[0]",
    |p| p.trusted_keys.first().map(String::as_str).into(),
    |p, received| {
        let mut first = None;
        let left = put_text(Some(&mut first), received);
        p.trusted_keys = first.into_iter().collect();
        left
    },
);

/// The certificates that do so, too.
pub(super) const MORE_TRUSTED_KEYS: Core<IdentityProvider> = field(
    "trusted_keys[1..]",
    |p| match p.trusted_keys.get(1..) {
        None | Some([]) => Shown::Nothing,
        Some(more) => Value::from(more).into(),
    },
    |p, received| {
        p.trusted_keys.truncate(1);
        let kids = received.as_ref().and_then(Value::as_array).filter(|_| !p.trusted_keys.is_empty());
        p.trusted_keys.extend(kids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        received.filter(|_| p.trusted_keys.len() < 2)
    },
);

/// The issuer. Okta cannot name the metadata of a new one.
pub(super) const ISSUER: Core<IdentityProvider> = field(
    "open_id_connect.issuer",
    |p| oidc(p).and_then(|oidc| oidc.issuer.as_deref()).into(),
    |p, received| {
        let Some(oidc) = oidc_mut(p) else { return received };
        let old = oidc.issuer.clone();
        let left = put_text(Some(&mut oidc.issuer), received);
        if oidc.issuer != old {
            oidc.discovery_endpoint = None;
        }
        left
    },
);

/// Whether our client proves with PKCE that it is the one that began.
pub(super) const PKCE: Core<IdentityProvider> = field(
    "client.pkce",
    |p| client(p).and_then(|client| client.pkce).map_or(Shown::Nothing, Shown::from),
    |p, received| {
        let Some(client) = client_mut(p) else { return received };
        client.pkce = received.as_ref().and_then(Value::as_bool);
        received.filter(|_| client.pkce.is_none())
    },
);

/// The tenant at Microsoft, as the endpoints show it.
pub(super) const MICROSOFT_TENANT: Core<IdentityProvider> = field(
    "social.tenant",
    |p| {
        let tenant =
            social(p).and_then(|social| social.tenant.as_deref()).filter(|tenant| !tenant.is_empty());
        tenants_endpoints(tenant.unwrap_or("common")).into()
    },
    |_, _| None,
);

/// The binding of the endpoint at which people sign in.
pub(super) const SIGN_ON_BINDING: Core<IdentityProvider> = field(
    "saml.single_sign_on.binding",
    |p| binding(saml(p).and_then(|saml| saml.single_sign_on.as_ref())),
    |p, received| put_binding(saml_mut(p).and_then(|saml| saml.single_sign_on.as_mut()), received),
);

/// The binding of the endpoint at which people sign out.
pub(super) const LOGOUT_BINDING: Core<IdentityProvider> = field(
    "saml.single_logout.binding",
    |p| binding(saml(p).and_then(|saml| saml.single_logout.as_ref())),
    |p, received| put_binding(saml_mut(p).and_then(|saml| saml.single_logout.as_mut()), received),
);

/// Okta's names of bindings, and their URNs (SAML bindings, sections 3.4 and 3.5).
const BINDINGS: Names = &[
    ("HTTP-POST", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"),
    ("HTTP-REDIRECT", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"),
];

fn binding(endpoint: Option<&Endpoint>) -> Shown<'_> {
    name_of(BINDINGS, endpoint.and_then(|endpoint| endpoint.binding.as_deref())).into()
}

fn put_binding(endpoint: Option<&mut Endpoint>, received: Option<Value>) -> Option<Value> {
    let Some(endpoint) = endpoint else { return received };
    endpoint.binding = value_of(BINDINGS, received.as_ref()).map(str::to_owned);
    received.filter(|_| endpoint.binding.is_none())
}

/// With what we sign.
pub(super) const SIGNATURE_ALGORITHM: Core<IdentityProvider> = field(
    "saml.signature_algorithm",
    |p| saml(p).and_then(|saml| signature(SIGNATURES, saml.signature_algorithm.as_deref())).into(),
    |p, received| put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), SIGNATURES, received),
);

/// Okta's names of signature algorithms, and their URIs (XML Signature).
const SIGNATURES: Names = &[
    ("SHA-1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("SHA-256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
];

/// What is signed of what we send.
pub(super) const REQUESTS_SIGNED: Core<IdentityProvider> = field(
    "saml.requests_signed",
    |p| {
        let is_signed = saml(p).and_then(|saml| saml.requests_signed);
        is_signed.map(|is_signed| if is_signed { "REQUEST" } else { "NONE" }).into()
    },
    |p, received| {
        let Some(saml) = saml_mut(p) else { return received };
        put_choice(&mut saml.requests_signed, ("REQUEST", "NONE"), received)
    },
);

/// Our entity id towards the partner. A provider that came through another API, which gave it none, has one that follows
/// from its id.
pub(super) const AUDIENCE: Core<IdentityProvider> = field(
    "saml.service_provider_entity_id",
    |p| saml(p).and_then(|saml| saml.service_provider_entity_id.as_deref()).into(),
    |p, received| {
        let derived = derived_audience(p);
        let received = received.filter(|received| *received != derived);
        put_text(saml_mut(p).map(|saml| &mut saml.service_provider_entity_id), received)
    },
);

/// How audiences begin.
const AUDIENCE_START: &str = "https://www.okta.com/saml2/service-provider/sp";

/// How many lower-case letters follow.
const AUDIENCE_LETTERS: usize = 18;

/// Our entity id towards this partner.
pub(in crate::dialects::okta) fn audience(p: &IdentityProvider) -> String {
    let given = saml(p).and_then(|saml| saml.service_provider_entity_id.clone());
    given.unwrap_or_else(|| derived_audience(p))
}

pub(super) fn derived_audience(p: &IdentityProvider) -> String {
    /// An odd number that spreads neighbouring ids over all letters (the golden ratio, in 128 bits).
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    spelled_audience(u128::from(p.id.number()).wrapping_mul(SPREAD))
}

/// What is read in place of an audience that is missing, also in a replacement: one is drawn once nothing is found wrong.
pub(super) const TO_BE_DRAWN: &str = "";

/// Draws an audience where none was received.
pub(in crate::dialects::okta) fn draw_audience(p: &mut IdentityProvider, entropy: &dyn Entropy) {
    let audience = saml_mut(p).and_then(|saml| saml.service_provider_entity_id.as_mut());
    if let Some(audience) = audience.filter(|audience| *audience == TO_BE_DRAWN) {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        *audience = spelled_audience(u128::from_le_bytes(bytes));
    }
}

fn spelled_audience(mut number: u128) -> String {
    let mut audience = AUDIENCE_START.to_owned();
    for _ in 0..AUDIENCE_LETTERS {
        audience.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
    }
    audience
}
