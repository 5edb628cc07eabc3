//! The `_links` of an identity provider.

use super::Scene;
use crate::dialects::document::Shown;
use crate::dialects::kinds::{Canonical, ProviderKind as _};
use crate::dialects::okta::ids;
use crate::dialects::okta::links::{Link, Links};
use crate::dialects::okta::wire::Kind;
use crate::model::{IdentityProvider, State};

const USERS: &str = "users";
const XML: &str = "application/xml";

/// All links of a provider.
pub(super) fn of<'r>(record: &'r IdentityProvider, scene: &'r Scene) -> Shown<'r> {
    let Some(kind) = Kind::of(&record.protocol) else { return Shown::Nothing };
    let (base_url, id) = (scene.base_url.as_str(), ids::spell(record.id));
    // Joined and not formatted, which takes several times as long for each of the links.
    let own = [base_url, "/api/v1/idps/", &id].concat();
    let users = || Link::to([&own, "/", USERS].concat()).allow(&["GET"]);
    let lifecycle = |call| Link::to([&own, "/lifecycle/", call].concat()).allow(&["POST"]);
    // The one of the two lifecycle calls that would change something.
    let call = if record.state == State::Active { "deactivate" } else { "activate" };
    let mut links = Links::default();
    match kind.canonical {
        Canonical::Saml => {
            links.add("metadata", Link::to([&own, "/metadata.xml"].concat()).of_type(XML).allow(&["GET"]));
            links.add("acs", Link::to([base_url, "/sso/saml2/", &id].concat()).of_type(XML).allow(&["POST"]));
            links.add(USERS, users());
            links.add(call, lifecycle(call));
        }
        Canonical::MutualTls => {
            links.add(call, lifecycle(call));
            links.add(USERS, users());
            if let Some(kid) = record.trusted_keys.first() {
                let key = format!("{base_url}/api/v1/idps/credentials/keys/{kid}");
                links.add("keys", Link::to(key).allow(&["GET"]));
            }
        }
        // Okta's samples show both lifecycle calls for this vendor, whatever the state.
        Canonical::Foreign if kind.name == "IDV_PERSONA" => {
            links.add("self", Link::to(own.clone()).allow(&["GET", "DELETE"]));
            for call in ["activate", "deactivate"] {
                links.add(call, lifecycle(call));
            }
        }
        Canonical::Foreign if kind.protocol == "ID_PROOFING" => {
            links.add(USERS, users());
            // In the samples the links of the others name no lifecycle call.
            if kind.name == "IDV_CLEAR" {
                links.add(call, lifecycle(call));
            }
        }
        _ => {
            links.add("authorize", authorize(&id, base_url));
            let callback = format!("{base_url}/oauth2/v1/authorize/callback");
            links.add("clientRedirectUri", Link::to(callback).allow(&["POST"]));
        }
    }
    links.shown()
}

fn authorize(id: &str, base_url: &str) -> Link {
    let href = format!(
        "{base_url}/oauth2/v1/authorize?idp={id}&client_id={{clientId}}&response_type={{responseType}}\
         &response_mode={{responseMode}}&scope={{scopes}}&redirect_uri={{redirectUri}}&state={{state}}&nonce={{nonce}}"
    );
    Link::to(href).templated().allow(&["GET"])
}
