//! What ZITADEL says of providers that speak OpenID Connect or OAuth 2.0.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::dialects::apple_key;
use crate::dialects::lens::Field;
use crate::dialects::parts::{
    apple, apple_mut, client, client_mut, oidc, oidc_mut, put_secret, put_text, social, social_mut, text,
};
use crate::dialects::zitadel::protojson::bytes;
use crate::model::{AppleKey, IdentityProvider, OpenIdConnect, Secret};
use crate::pki::pkcs8;

pub(super) const CLIENT: &[Field] = &[
    Field {
        core: "client.id",
        path: &["clientId"],
        show: |p| text(client(p)?.id.as_deref()),
        put: |p, said| put_text(client_mut(p).map(|client| &mut client.id), said),
    },
    Field {
        core: "client.secret",
        path: &["clientSecret"],
        show: |p| text(client(p)?.secret.as_ref().map(Secret::reveal)),
        put: |p, said| put_secret(client_mut(p).map(|client| &mut client.secret), said),
    },
    Field {
        core: "client.scopes",
        path: &["scopes"],
        show: |p| Some(client(p)?.scopes.clone()?.into()),
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            client.scopes = said
                .as_ref()
                .and_then(Value::as_array)
                .map(|scopes| scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            None
        },
    },
];

pub(super) const OPEN_ID_CONNECT: &[Field] = &[
    Field {
        core: "open_id_connect.issuer",
        path: &["issuer"],
        show: |p| text(oidc(p)?.issuer.as_deref()),
        put: |p, said| {
            let Some(oidc) = oidc_mut(p) else { return said };
            let old = oidc.issuer.clone();
            let left = put_text(Some(&mut oidc.issuer), said);
            if oidc.issuer != old {
                // The endpoints belong to the old issuer; those of the new one are found out from it.
                let (issuer, client) = (oidc.issuer.take(), std::mem::take(&mut oidc.client));
                *oidc = OpenIdConnect { issuer, client, ..OpenIdConnect::default() };
            }
            left
        },
    },
    Field {
        core: "client.pkce",
        path: &["usePkce"],
        // To leave it out is to say no, as may have been said already.
        show: |p| client(p)?.pkce.filter(|pkce| *pkce).map(Value::from),
        put: |p, said| {
            let Some(client) = client_mut(p) else { return said };
            client.pkce = said.as_ref().and_then(Value::as_bool).or(client.pkce.filter(|pkce| !*pkce));
            said.filter(|said| !said.is_boolean())
        },
    },
];

pub(super) const APPLE: &[Field] = &[
    Field {
        core: "apple_key.team_id",
        path: &["teamId"],
        show: |p| text(apple(p)?.team_id.as_deref()),
        put: |p, said| put_apple_text(p, said, |key| &mut key.team_id),
    },
    Field {
        core: "apple_key.key_id",
        path: &["keyId"],
        show: |p| text(apple(p)?.key_id.as_deref()),
        put: |p, said| put_apple_text(p, said, |key| &mut key.key_id),
    },
    Field {
        core: "apple_key.private_key",
        path: &["privateKey"],
        show: |p| Some(BASE64_STANDARD.encode(apple(p)?.private_key.as_ref()?.reveal()).into()),
        put: |p, said| {
            if said.is_none() && apple(p).is_none() {
                return None;
            }
            // The core holds text; what is neither that nor a key in DER stays in the remainder.
            let given = said.as_ref().map(bytes).unwrap_or_default();
            let text = match pkcs8::to_pem(&given) {
                Some(pem) => Some(pem.to_string()),
                None => String::from_utf8(given).ok().filter(|_| said.is_some()),
            };
            let left = said.filter(|_| text.is_none());
            apple_key::put(p, text.map(Value::String)).or(left)
        },
    },
];

pub(super) const MICROSOFT: &[Field] = &[Field {
    core: "social.tenant",
    path: &["tenant"],
    show: |p| Some(tenant(social(p)?.tenant.as_deref())),
    put: |p, said| {
        let Some(social) = social_mut(p) else { return said };
        let text = |member: &str| said.as_ref()?.get(member)?.as_str();
        let word = TENANTS.iter().find(|(name, _)| text("tenantType") == Some(*name));
        let id = word.map(|(_, word)| *word).or_else(|| text("tenantId"));
        if tenant(id) != tenant(social.tenant.as_deref()) {
            social.tenant = id.filter(|id| tenant(Some(id)) != tenant(None)).map(str::to_owned);
        }
        None
    },
}];

/// ZITADEL's names of what Microsoft has words for; first what is meant if nothing is said.
const TENANTS: [(&str, &str); 3] = [
    ("AZURE_AD_TENANT_TYPE_COMMON", "common"),
    ("AZURE_AD_TENANT_TYPE_ORGANISATIONS", "organizations"),
    ("AZURE_AD_TENANT_TYPE_CONSUMERS", "consumers"),
];

fn tenant(id: Option<&str>) -> Value {
    let id = id.filter(|id| !id.is_empty()).unwrap_or("common");
    match TENANTS.iter().find(|(_, word)| *word == id) {
        Some((name, _)) => json!({"tenantType": name}),
        None => json!({"tenantId": id}),
    }
}

/// Sets a text of the key, which comes into being with the first of them.
fn put_apple_text(
    p: &mut IdentityProvider,
    said: Option<Value>,
    slot: fn(&mut AppleKey) -> &mut Option<String>,
) -> Option<Value> {
    if said.is_none() && apple(p).is_none() {
        return None;
    }
    put_text(apple_mut(p).map(slot), said)
}
