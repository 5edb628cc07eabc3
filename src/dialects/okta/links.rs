//! The `_links` of an identity provider.

use serde_json::{Value, json};

use super::ids;
use super::wire::{Core, Kind};
use crate::dialects::document::Shown;
use crate::dialects::lens::Members;
use crate::model::{IdentityProvider, State};

/// All links of a provider.
pub(super) fn of(record: &IdentityProvider, base_url: &str) -> Shown<'static> {
    let Some(kind) = Kind::of(&record.protocol) else { return Shown::Nothing };
    let id = &ids::spell(record.id);
    let own = format!("{base_url}/api/v1/idps/{id}");
    let mut links = Members::new();
    match kind.core {
        Core::Saml => {
            insert(&mut links, "metadata", xml(&format!("{own}/metadata.xml"), "GET"));
            insert(&mut links, "acs", xml(&format!("{base_url}/sso/saml2/{id}"), "POST"));
            insert(&mut links, "users", to(&format!("{own}/users"), "GET"));
            lifecycle(&mut links, record, &own);
        }
        Core::MutualTls => {
            lifecycle(&mut links, record, &own);
            insert(&mut links, "users", to(&format!("{own}/users"), "GET"));
            if let Some(kid) = record.trusted_keys.first() {
                insert(
                    &mut links,
                    "keys",
                    to(&format!("{base_url}/api/v1/idps/credentials/keys/{kid}"), "GET"),
                );
            }
        }
        // Okta's samples show both lifecycle calls for this vendor, whatever the state.
        Core::Foreign if kind.name == "IDV_PERSONA" => {
            insert(&mut links, "self", json!({"href": own, "hints": {"allow": ["GET", "DELETE"]}}));
            for call in ["activate", "deactivate"] {
                insert(&mut links, call, to(&format!("{own}/lifecycle/{call}"), "POST"));
            }
        }
        Core::Foreign if kind.protocol == "ID_PROOFING" => {
            insert(&mut links, "users", to(&format!("{own}/users"), "GET"));
            // In the samples the links of the others name no lifecycle call.
            if kind.name == "IDV_CLEAR" {
                lifecycle(&mut links, record, &own);
            }
        }
        _ => {
            insert(&mut links, "authorize", authorize(id, base_url));
            let callback = format!("{base_url}/oauth2/v1/authorize/callback");
            insert(&mut links, "clientRedirectUri", to(&callback, "POST"));
        }
    }
    Value::Object(links).into()
}

/// The one of the two lifecycle calls that would change something.
fn lifecycle(links: &mut Members, record: &IdentityProvider, own: &str) {
    let call = if record.state == State::Active { "deactivate" } else { "activate" };
    insert(links, call, to(&format!("{own}/lifecycle/{call}"), "POST"));
}

fn insert(links: &mut Members, relation: &str, link: Value) {
    links.insert(relation.to_owned(), link);
}

fn to(href: &str, method: &str) -> Value {
    json!({"href": href, "hints": {"allow": [method]}})
}

fn xml(href: &str, method: &str) -> Value {
    json!({"href": href, "type": "application/xml", "hints": {"allow": [method]}})
}

fn authorize(id: &str, base_url: &str) -> Value {
    let href = format!(
        "{base_url}/oauth2/v1/authorize?idp={id}&client_id={{clientId}}&response_type={{responseType}}\
         &response_mode={{responseMode}}&scope={{scopes}}&redirect_uri={{redirectUri}}&state={{state}}&nonce={{nonce}}"
    );
    json!({"href": href, "templated": true, "hints": {"allow": ["GET"]}})
}
