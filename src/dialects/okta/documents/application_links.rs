//! The `_links` of an application.

use super::application::Scene;
use crate::dialects::document::Shown;
use crate::dialects::okta::applications::modes::{Mode, is_saml};
use crate::dialects::okta::ids;
use crate::dialects::okta::links::{Link, Links};
use crate::model::{Application, State};

/// All links of an application that has a name.
pub(super) fn of<'r>(record: &'r Application, scene: &'r Scene) -> Shown<'r> {
    let Scene { base_url, org, beside, .. } = scene;
    let name = record.alias.as_deref().unwrap_or_default();
    let id = ids::spell(record.id);
    let own = format!("{base_url}/api/v1/apps/{id}");
    let mut links = Links::default();
    if is_saml(record) {
        let help = format!("{base_url}/app/{name}/{id}/setup/help/SAML_2_0/instructions");
        links.add("help", Link::to(help).of_type(HTML));
        links.add("metadata", Link::to(format!("{own}/sso/saml/metadata")).of_type("application/xml"));
    }
    links.add("uploadLogo", Link::to(format!("{own}/logo")).allow(&["POST"]));
    let home = format!("{base_url}/home/{name}/{id}/{}", ids::spell_as("aln", record.id));
    links.add_named("appLinks", home_link(record), Link::to(home).of_type(HTML));
    let [access, enrollment] = ids::policies(*org);
    let [access, enrollment] = [beside.policy.unwrap_or(access), enrollment]
        .map(|policy| format!("{base_url}/api/v1/policies/{}", ids::spell_as("rst", policy)));
    links.add("profileEnrollment", Link::to(enrollment));
    links.add("policies", Link::to(format!("{own}/policies")).allow(&["PUT"]));
    if record.state == State::Inactive {
        links.add("activate", Link::to(format!("{own}/lifecycle/activate")));
    }
    links.add("groups", Link::to(format!("{own}/groups")));
    let logo = match beside.logo {
        Some(logo) => format!("{base_url}/fs/bco/4/{}", ids::spell_as("fs0", logo)),
        None => format!("{base_url}/assets/img/logos/default.6770228fb0dab49a1695ef440a5279bb.png"),
    };
    links.add_named("logo", "medium".to_owned(), Link::to(logo).of_type("image/png"));
    links.add("accessPolicy", Link::to(access));
    links.add("users", Link::to(format!("{own}/users")));
    if record.state == State::Active {
        links.add("deactivate", Link::to(format!("{own}/lifecycle/deactivate")));
    }
    links.shown()
}

const HTML: &str = "text/html";

/// The name of the link by which people reach the application.
pub(super) fn home_link(record: &Application) -> String {
    let name = record.alias.as_deref().unwrap_or_default();
    let is_custom = Mode::of(record).is_some_and(|mode| mode.is_custom);
    // Those made from a template of the password kind share one name.
    if is_custom || name == "oidc_client" { format!("{name}_link") } else { "login".to_owned() }
}
