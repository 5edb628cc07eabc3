//! What PingOne says of a provider that speaks OpenID Connect or OAuth 2.0.

use serde_json::Value;

use crate::dialects::derived;
use crate::dialects::lens::Field;
use crate::dialects::parts::{
    apple, apple_mut, client, client_mut, oidc, oidc_mut, put_secret, put_text, social, social_mut, text,
};
use crate::model::{IdentityProvider, Secret, SocialService};

pub(super) const OPEN_ID_CONNECT: &[Field] = &[
    Field {
        core: "open_id_connect.authorization_endpoint",
        path: &["authorizationEndpoint"],
        show: derived::authorization_endpoint,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.authorization_endpoint), said),
    },
    Field {
        core: "open_id_connect.token_endpoint",
        path: &["tokenEndpoint"],
        show: derived::token_endpoint,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.token_endpoint), said),
    },
    Field {
        core: "open_id_connect.userinfo_endpoint",
        path: &["userInfoEndpoint"],
        show: |p| text(oidc(p)?.userinfo_endpoint.as_deref()),
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.userinfo_endpoint), said),
    },
    Field {
        core: "open_id_connect.jwks_uri",
        path: &["jwksEndpoint"],
        show: derived::jwks_uri,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.jwks_uri), said),
    },
    // Behind the endpoints that decide whether it is derived, and before the issuer that it is derived from.
    Field {
        core: "open_id_connect.discovery_endpoint",
        path: &["discoveryEndpoint"],
        show: discovery_endpoint,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.discovery_endpoint), said),
    },
    Field {
        core: "open_id_connect.issuer",
        path: &["issuer"],
        show: |p| text(oidc(p)?.issuer.as_deref()),
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.issuer), said),
    },
    Field {
        core: "client.scopes",
        path: &["scopes"],
        show: derived::scopes,
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            match said {
                Some(Value::Array(scopes)) if scopes.iter().all(Value::is_string) => {
                    client.scopes =
                        Some(scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                    None
                }
                other => {
                    client.scopes = None;
                    other
                }
            }
        },
    },
    Field {
        core: "client.token_endpoint_auth_method",
        path: &["tokenEndpointAuthMethod"],
        show: |p| {
            let method = client(p)?.token_endpoint_auth_method.as_deref();
            let known = METHODS.iter().find(|(_, known)| Some(*known) == method).or(METHODS.first());
            known.map(|(name, _)| (*name).into())
        },
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            let name = said.as_ref().and_then(Value::as_str);
            let known = METHODS.iter().find(|(known, _)| Some(*known) == name);
            client.token_endpoint_auth_method = known.map(|(_, method)| (*method).to_owned());
            said.filter(|_| known.is_none())
        },
    },
    Field {
        core: "client.pkce",
        path: &["pkceMethod"],
        show: |p| Some(if client(p)?.pkce == Some(true) { "S256" } else { "NONE" }.into()),
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            client.pkce = match said.as_ref().and_then(Value::as_str) {
                Some("S256") => Some(true),
                Some("NONE") => Some(false),
                _ => None,
            };
            said.filter(|_| client.pkce.is_none())
        },
    },
];

/// The address of the metadata. It is derived only where some endpoint has to be found out (OIDC discovery, section 4).
fn discovery_endpoint(p: &IdentityProvider) -> Option<Value> {
    let oidc = oidc(p)?;
    match (&oidc.authorization_endpoint, &oidc.token_endpoint, &oidc.jwks_uri) {
        (Some(_), Some(_), Some(_)) => text(oidc.discovery_endpoint.as_deref()),
        _ => derived::endpoint(p, |oidc| &oidc.discovery_endpoint, ".well-known/openid-configuration"),
    }
}

/// PingOne's names of the ways in which a client proves itself, and those of OIDC registration; first the default.
const METHODS: [(&str, &str); 3] = [
    ("CLIENT_SECRET_BASIC", "client_secret_basic"),
    ("CLIENT_SECRET_POST", "client_secret_post"),
    ("NONE", "none"),
];

pub(super) const CLIENT: &[Field] =
    &[Field { path: &["clientId"], ..ID }, Field { path: &["clientSecret"], ..SECRET }];

pub(super) const FACEBOOK: &[Field] =
    &[Field { path: &["appId"], ..ID }, Field { path: &["appSecret"], ..SECRET }];

pub(super) const CLIENT_ID: &[Field] = &[Field { path: &["clientId"], ..ID }];

const ID: Field = Field {
    core: "client.id",
    path: &[],
    show: |p| text(client(p)?.id.as_deref()),
    put: |p, said| put_text(client_mut(p).map(|client| &mut client.id), said),
};

const SECRET: Field = Field {
    core: "client.secret",
    path: &[],
    show: |p| text(client(p)?.secret.as_ref().map(Secret::reveal)),
    put: |p, said| put_secret(client_mut(p).map(|client| &mut client.secret), said),
};

pub(super) const MICROSOFT: &[Field] = &[Field {
    core: "social.tenant",
    path: &["tenantId"],
    show: |p| text(social(p)?.tenant.as_deref()),
    put: |p, said| put_text(social_mut(p).map(|social| &mut social.tenant), said),
}];

/// The sandbox is a service of its own elsewhere.
pub(super) const PAYPAL: &[Field] = &[Field {
    core: "social.service",
    path: &["clientEnvironment"],
    show: |p| {
        Some(if social(p)?.service == SocialService::PayPalSandbox { "sandbox" } else { "live" }.into())
    },
    put: |p, said| {
        let Some(social) = social_mut(p) else { return said };
        let is_sandbox = said.as_ref().is_some_and(|said| said == "sandbox");
        social.service = if is_sandbox { SocialService::PayPalSandbox } else { SocialService::PayPal };
        None
    },
}];

pub(super) const APPLE: &[Field] = &[
    Field {
        core: "apple_key.team_id",
        path: &["teamId"],
        show: |p| text(apple(p)?.team_id.as_deref()),
        put: |p, said| put_text(apple_mut(p).map(|key| &mut key.team_id), said),
    },
    Field {
        core: "apple_key.key_id",
        path: &["keyId"],
        show: |p| text(apple(p)?.key_id.as_deref()),
        put: |p, said| put_text(apple_mut(p).map(|key| &mut key.key_id), said),
    },
    Field {
        core: "apple_key.private_key",
        path: &["clientSecretSigningKey"],
        show: |p| text(apple(p)?.private_key.as_ref().map(Secret::reveal)),
        put: |p, said| put_secret(apple_mut(p).map(|key| &mut key.private_key), said),
    },
];
