//! The `_links` of an identity provider.

use serde::{Serialize, Serializer};

use super::ids;
use super::wire::{Core, Kind};
use crate::dialects::document::Shown;
use crate::model::{IdentityProvider, State};

/// All links of a provider.
pub(super) fn of(record: &IdentityProvider, base_url: &str) -> Shown<'static> {
    let Some(kind) = Kind::of(&record.protocol) else { return Shown::Nothing };
    let id = ids::spell(record.id);
    let own = format!("{base_url}/api/v1/idps/{id}");
    let users = ("users", to(format!("{own}/users"), &["GET"]));
    // The one of the two lifecycle calls that would change something.
    let call = if record.state == State::Active { "deactivate" } else { "activate" };
    let lifecycle = |call| (call, to(format!("{own}/lifecycle/{call}"), &["POST"]));
    let links = match kind.core {
        Core::Saml => vec![
            ("metadata", xml(to(format!("{own}/metadata.xml"), &["GET"]))),
            ("acs", xml(to(format!("{base_url}/sso/saml2/{id}"), &["POST"]))),
            users,
            lifecycle(call),
        ],
        Core::MutualTls => {
            let key = |kid| ("keys", to(format!("{base_url}/api/v1/idps/credentials/keys/{kid}"), &["GET"]));
            [lifecycle(call), users].into_iter().chain(record.trusted_keys.first().map(key)).collect()
        }
        // Okta's samples show both lifecycle calls for this vendor, whatever the state.
        Core::Foreign if kind.name == "IDV_PERSONA" => {
            let own = ("self", to(own.clone(), &["GET", "DELETE"]));
            vec![own, lifecycle("activate"), lifecycle("deactivate")]
        }
        // In the samples the links of the others name no lifecycle call.
        Core::Foreign if kind.name == "IDV_CLEAR" => vec![users, lifecycle(call)],
        Core::Foreign if kind.protocol == "ID_PROOFING" => vec![users],
        _ => vec![
            ("authorize", authorize(&id, base_url)),
            ("clientRedirectUri", to(format!("{base_url}/oauth2/v1/authorize/callback"), &["POST"])),
        ],
    };
    Shown::written(&Links(links))
}

/// Links, each with its relation.
struct Links(Vec<(&'static str, Link)>);

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(relation, link)| (relation, link)))
    }
}

#[derive(Serialize)]
struct Link {
    href: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    templated: Option<bool>,
    hints: Hints,
}

#[derive(Serialize)]
struct Hints {
    allow: &'static [&'static str],
}

fn to(href: String, allow: &'static [&'static str]) -> Link {
    Link { href, media_type: None, templated: None, hints: Hints { allow } }
}

fn xml(link: Link) -> Link {
    Link { media_type: Some("application/xml"), ..link }
}

fn authorize(id: &str, base_url: &str) -> Link {
    let href = format!(
        "{base_url}/oauth2/v1/authorize?idp={id}&client_id={{clientId}}&response_type={{responseType}}\
         &response_mode={{responseMode}}&scope={{scopes}}&redirect_uri={{redirectUri}}&state={{state}}&nonce={{nonce}}"
    );
    Link { templated: Some(true), ..to(href, &["GET"]) }
}
