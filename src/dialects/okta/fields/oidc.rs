//! What Okta says of a provider that speaks OpenID Connect or OAuth 2.0.

use serde_json::Value;

use crate::dialects::apple_key;
use crate::dialects::derived;
use crate::dialects::lens::Field;
use crate::dialects::okta::defaults;
use crate::dialects::parts::{
    apple, apple_mut, client, client_mut, oidc, oidc_mut, put_secret, put_text, social, text,
};
use crate::model::Secret;

pub(super) const OPEN_ID_CONNECT: &[Field] = &[
    Field {
        core: "open_id_connect.authorization_endpoint",
        path: &["protocol", "endpoints", "authorization", "url"],
        show: derived::authorization_endpoint,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.authorization_endpoint), said),
    },
    Field {
        core: "open_id_connect.token_endpoint",
        path: &["protocol", "endpoints", "token", "url"],
        show: derived::token_endpoint,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.token_endpoint), said),
    },
    Field {
        core: "open_id_connect.userinfo_endpoint",
        path: &["protocol", "endpoints", "userInfo", "url"],
        show: |p| text(oidc(p)?.userinfo_endpoint.as_deref()),
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.userinfo_endpoint), said),
    },
    Field {
        core: "open_id_connect.jwks_uri",
        path: &["protocol", "endpoints", "jwks", "url"],
        show: derived::jwks_uri,
        put: |p, said| put_text(oidc_mut(p).map(|oidc| &mut oidc.jwks_uri), said),
    },
    // Behind the endpoints, so that those that repeat what is derived are compared with what the old issuer implies.
    Field {
        core: "open_id_connect.issuer",
        path: &["protocol", "issuer", "url"],
        show: |p| text(oidc(p)?.issuer.as_deref()),
        put: |p, said| {
            let Some(oidc) = oidc_mut(p) else { return said };
            let old = oidc.issuer.clone();
            let left = put_text(Some(&mut oidc.issuer), said);
            if oidc.issuer != old {
                // Okta cannot name the one of the new issuer.
                oidc.discovery_endpoint = None;
            }
            left
        },
    },
];

pub(super) const CLIENT: &[Field] = &[
    Field {
        core: "client.id",
        path: &["protocol", "credentials", "client", "client_id"],
        show: |p| text(client(p)?.id.as_deref()),
        put: |p, said| put_text(client_mut(p).map(|client| &mut client.id), said),
    },
    Field {
        core: "client.secret",
        path: &["protocol", "credentials", "client", "client_secret"],
        show: |p| text(client(p)?.secret.as_ref().map(Secret::reveal)),
        put: |p, said| put_secret(client_mut(p).map(|client| &mut client.secret), said),
    },
    Field {
        core: "client.pkce",
        path: &["protocol", "credentials", "client", "pkce_required"],
        show: |p| client(p)?.pkce.map(Value::from),
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            client.pkce = match &said {
                Some(Value::Bool(required)) => Some(*required),
                Some(Value::String(word)) => word.parse().ok(),
                _ => None,
            };
            said.filter(|_| client.pkce.is_none())
        },
    },
    Field {
        core: "client.token_endpoint_auth_method",
        path: &["protocol", "credentials", "client", "token_endpoint_auth_method"],
        show: |p| text(client(p)?.token_endpoint_auth_method.as_deref()),
        put: |p, said| put_text(client_mut(p).map(|client| &mut client.token_endpoint_auth_method), said),
    },
    Field {
        core: "client.scopes",
        path: &["protocol", "scopes"],
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
];

pub(super) const APPLE: &[Field] = &[
    Field {
        core: "apple_key.team_id",
        path: &["protocol", "credentials", "signing", "teamId"],
        show: |p| text(apple(p)?.team_id.as_deref()),
        put: |p, said| put_text(apple_mut(p).map(|key| &mut key.team_id), said),
    },
    Field {
        core: "apple_key.key_id",
        path: &["protocol", "credentials", "signing", "kid"],
        show: |p| text(apple(p)?.key_id.as_deref()),
        put: |p, said| put_text(apple_mut(p).map(|key| &mut key.key_id), said),
    },
    Field {
        core: "apple_key.private_key",
        path: &["protocol", "credentials", "signing", "privateKey"],
        // It is required, but never told again.
        show: |_| None,
        put: apple_key::put,
    },
];

pub(super) const MICROSOFT: &[Field] = &[Field {
    core: "social.tenant",
    path: &["protocol", "endpoints"],
    // Okta's own have no tenant: they are those of `common`.
    show: |p| {
        Some(defaults::microsoft_endpoints(social(p)?.tenant.as_deref().filter(|tenant| !tenant.is_empty())?))
    },
    put: |_, said| said,
}];
