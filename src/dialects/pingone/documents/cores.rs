//! What PingOne alone shows in its way of the core of a provider.

use serde_json::{Value, json};

use crate::dialects::derived;
use crate::dialects::document::{Core, Names, Shown, field, name_of, value_of};
use crate::dialects::parts::{
    client, client_mut, is_at, oidc, oidc_mut, put_choice, put_signature, put_text, saml, saml_mut,
    signature, social, social_mut, text,
};
use crate::dialects::pingone::wire::{NAME, SIGNATURES};
use crate::model::social::{PAY_PAL, PAY_PAL_SANDBOX};
use crate::model::{Endpoint, IdentityProvider, Permission};

/// PingOne's names of bindings, and their URNs (SAML bindings, sections 3.4 and 3.5); first the default.
pub(super) const BINDINGS: Names = &[
    ("HTTP_POST", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"),
    ("HTTP_REDIRECT", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"),
];

/// PingOne's names of the ways in which a client proves itself, and those of OIDC registration; first the default.
pub(super) const METHODS: Names = &[
    ("CLIENT_SECRET_BASIC", "client_secret_basic"),
    ("CLIENT_SECRET_POST", "client_secret_post"),
    ("NONE", "none"),
];

/// The member that says in which population users are created.
pub(super) const REGISTRATION_MEMBER: &str = "registration";

/// The population in which users are created. No other dialect has populations, so it stays in the remainder while users
/// are created. A document turns creation on by naming one, and off by no longer naming it.
pub(super) const REGISTRATION: Core<IdentityProvider> = field(
    "linking.creation",
    |p| p.linking.creation.is_some_and(Permission::is_automatic).into(),
    |p, received| {
        let before = p.remainders.get(NAME).and_then(|kept| kept.get(REGISTRATION_MEMBER));
        if received.is_some() || before.is_some() {
            p.linking.creation = received.is_some().then_some(Permission::AUTOMATIC);
        }
        received
    },
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
    |p, received| {
        let Some(endpoint) = saml_mut(p).and_then(|saml| saml.single_logout.as_mut()) else {
            return received;
        };
        put_binding(Some(endpoint), received.or_else(|| default(BINDINGS).map(Value::from)))
    },
);

/// The binding of an endpoint; where another dialect has set none, or one without a name here, the default.
fn binding(endpoint: Option<&Endpoint>) -> Shown<'_> {
    let Some(endpoint) = endpoint else { return Shown::Nothing };
    name_of(BINDINGS, endpoint.binding.as_deref()).or(default(BINDINGS)).into()
}

fn put_binding(endpoint: Option<&mut Endpoint>, received: Option<Value>) -> Option<Value> {
    let (Some(endpoint), Some(urn)) = (endpoint, value_of(BINDINGS, received.as_ref())) else {
        return received;
    };
    endpoint.binding = Some(urn.to_owned());
    None
}

fn default(names: Names) -> Option<&'static str> {
    names.first().map(|(name, _)| *name)
}

/// With what we sign.
pub(super) const SIGNATURE_ALGORITHM: Core<IdentityProvider> = field(
    "saml.signature_algorithm",
    |p| saml(p).and_then(|saml| signature(SIGNATURES, saml.signature_algorithm.as_deref())).into(),
    |p, received| put_signature(saml_mut(p).map(|saml| &mut saml.signature_algorithm), SIGNATURES, received),
);

/// The certificates that verify what the partner signs.
pub(super) const TRUSTED_KEYS: Core<IdentityProvider> = field(
    "trusted_keys",
    |p| match p.trusted_keys.as_slice() {
        [] => Shown::Nothing,
        kids => kids.iter().map(|kid| json!({"id": kid})).collect::<Value>().into(),
    },
    |p, received| {
        let references = received.as_ref().and_then(Value::as_array).into_iter().flatten();
        let kids = references.filter_map(|reference| Some(reference.get("id")?.as_str()?.to_owned()));
        p.trusted_keys = kids.collect();
        received.filter(|_| p.trusted_keys.is_empty())
    },
);

/// The address of the metadata. It is derived only where some endpoint has to be found out (OIDC discovery, section 4).
pub(super) const DISCOVERY_ENDPOINT: Core<IdentityProvider> = field(
    "open_id_connect.discovery_endpoint",
    |p| {
        let Some(oidc) = oidc(p) else { return Shown::Nothing };
        match (&oidc.authorization_endpoint, &oidc.token_endpoint, &oidc.jwks_uri) {
            (Some(_), Some(_), Some(_)) => text(oidc.discovery_endpoint.as_deref()),
            _ => derived::endpoint(p, |oidc| &oidc.discovery_endpoint, ".well-known/openid-configuration"),
        }
        .into()
    },
    |p, received| put_text(oidc_mut(p).map(|oidc| &mut oidc.discovery_endpoint), received),
);

/// How our client proves itself.
pub(super) const AUTH_METHOD: Core<IdentityProvider> = field(
    "client.token_endpoint_auth_method",
    |p| {
        let Some(client) = client(p) else { return Shown::Nothing };
        name_of(METHODS, client.token_endpoint_auth_method.as_deref()).or(default(METHODS)).into()
    },
    |p, received| {
        let Some(client) = client_mut(p) else { return received };
        let method = value_of(METHODS, received.as_ref());
        client.token_endpoint_auth_method = method.map(str::to_owned);
        received.filter(|_| method.is_none())
    },
);

/// Whether our client proves with PKCE that it is the one that began.
pub(super) const PKCE: Core<IdentityProvider> = field(
    "client.pkce",
    |p| client(p).map(|client| if client.pkce == Some(true) { "S256" } else { "NONE" }).into(),
    |p, received| {
        let Some(client) = client_mut(p) else { return received };
        put_choice(&mut client.pkce, ("S256", "NONE"), received)
    },
);

/// The sandbox is a service of its own elsewhere.
pub(super) const PAYPAL: Core<IdentityProvider> = field(
    "social.service",
    |p| {
        let sandbox = is_at(p, PAY_PAL_SANDBOX);
        social(p).map(|_| if sandbox { "sandbox" } else { "live" }).into()
    },
    |p, received| {
        let Some(social) = social_mut(p) else { return received };
        let is_sandbox = received.as_ref().is_some_and(|received| received == "sandbox");
        if is_sandbox { PAY_PAL_SANDBOX } else { PAY_PAL }.clone_into(&mut social.service);
        None
    },
);
