//! The `_links` of an application.

use serde_json::{Value, json};

use super::application::Scene;
use crate::dialects::lens::Members;
use crate::dialects::okta::applications::modes::{Mode, is_saml};
use crate::dialects::okta::ids;
use crate::model::{Application, Id, State};

/// All links of an application that has a name.
pub(super) fn of(record: &Application, scene: &Scene) -> Value {
    let Scene { base_url, org, .. } = scene;
    let name = record.alias.as_deref().unwrap_or_default();
    let id = ids::spell(record.id);
    let own = format!("{base_url}/api/v1/apps/{id}");
    let mut links = Members::new();
    let mut set = |relation: &str, link: Value| links.insert(relation.to_owned(), link);
    if is_saml(record) {
        let help = format!("{base_url}/app/{name}/{id}/setup/help/SAML_2_0/instructions");
        set("help", json!({"href": help, "type": "text/html"}));
        set("metadata", json!({"href": format!("{own}/sso/saml/metadata"), "type": "application/xml"}));
    }
    set("uploadLogo", json!({"href": format!("{own}/logo"), "hints": {"allow": ["POST"]}}));
    let home = format!("{base_url}/home/{name}/{id}/{}", ids::spell_as("aln", record.id));
    set("appLinks", json!([{"name": home_link(record), "href": home, "type": "text/html"}]));
    let [access, enrollment] = policies(*org).map(|policy| format!("{base_url}/api/v1/policies/{policy}"));
    set("profileEnrollment", json!({"href": enrollment}));
    set("policies", json!({"href": format!("{own}/policies"), "hints": {"allow": ["PUT"]}}));
    if record.state == State::Inactive {
        set("activate", json!({"href": format!("{own}/lifecycle/activate")}));
    }
    set("groups", json!({"href": format!("{own}/groups")}));
    let logo = format!("{base_url}/assets/img/logos/default.6770228fb0dab49a1695ef440a5279bb.png");
    set("logo", json!([{"name": "medium", "href": logo, "type": "image/png"}]));
    set("accessPolicy", json!({"href": access}));
    set("users", json!({"href": format!("{own}/users")}));
    if record.state == State::Active {
        set("deactivate", json!({"href": format!("{own}/lifecycle/deactivate")}));
    }
    Value::Object(links)
}

/// The name of the link by which people reach the application.
pub(super) fn home_link(record: &Application) -> String {
    let name = record.alias.as_deref().unwrap_or_default();
    let is_custom = Mode::of(record).is_some_and(|mode| mode.is_custom);
    // Those made from a template of the password kind share one name.
    if is_custom || name == "oidc_client" { format!("{name}_link") } else { "login".to_owned() }
}

/// The ids of an org's own policies for access and for enrollment: one is even, one is odd.
fn policies(org: Id) -> [String; 2] {
    let number = org.number() << 1;
    [number, number | 1].map(|number| ids::spell_as("rst", Id::from_number(number)))
}
