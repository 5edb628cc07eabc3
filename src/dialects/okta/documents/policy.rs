//! Okta's document of an access policy.

use serde_json::{Value, json};

use super::Scene;
use super::group::NAME;
use super::hook::{STATUS, STATUSES};
use crate::dialects::document::{Document, Shown, any, choice, integer, server, text};
use crate::dialects::okta::{ids, time, wire};
use crate::dialects::template::filled;
use crate::model::VendorRecord;

/// The kind of the policy that every org has.
pub(in crate::dialects::okta) const DEFAULT: &str = "okta.default-policy";

pub(in crate::dialects::okta) const DESCRIPTION: &str = "description";

/// The one type that is kept.
pub(in crate::dialects::okta) const ACCESS: &str = "ACCESS_POLICY";

/// The document of a policy.
pub(in crate::dialects::okta) static POLICY: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |policy: &VendorRecord, _| ids::spell_as("rst", policy.id).into()),
        choice(STATUS, STATUSES).or(|_| "ACTIVE".into()),
        text("name").between(1, 255).required().core(NAME),
        any(DESCRIPTION),
        integer("priority", 1, i64::MAX).or(|_| json!(1).into()),
        server("system", |policy, _| (policy.kind == DEFAULT).into()),
        any("conditions").or(|_| Value::Null.into()),
        server("created", |policy, _| time(policy.created).into()),
        server("lastUpdated", |policy, _| time(policy.updated).into()),
        server("_links", links),
        server("_embedded", |_, _| json!({"resourceType": "APP"}).into()),
        choice("type", &[ACCESS]).required(),
    ],
);

fn links<'r>(policy: &'r VendorRecord, scene: &'r Scene) -> Shown<'r> {
    let own = format!("{}/api/v1/policies/{}", scene.base_url, ids::spell_as("rst", policy.id));
    let is_active =
        || POLICY.find(policy, STATUS).and_then(|(_, status)| status).is_none_or(|it| it == "ACTIVE");
    let template = match policy.kind == DEFAULT {
        true => LINKS_OF_DEFAULT,
        false if is_active() => LINKS_OF_ACTIVE,
        false => LINKS_OF_INACTIVE,
    };
    filled(template, &[("own", own.into())]).into()
}

const LINKS_OF_DEFAULT: &str = r#"{
    "self": {"href": "{own}", "hints": {"allow": ["GET", "PUT"]}},
    "rules": {"href": "{own}/rules", "hints": {"allow": ["GET", "POST"]}}
}"#;

const LINKS_OF_ACTIVE: &str = r#"{
    "mappings": {"href": "{own}/mappings", "hints": {"allow": ["GET", "POST"]}},
    "self": {"href": "{own}", "hints": {"allow": ["GET", "PUT", "DELETE"]}},
    "rules": {"href": "{own}/rules", "hints": {"allow": ["GET", "POST"]}},
    "deactivate": {"href": "{own}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}
}"#;

const LINKS_OF_INACTIVE: &str = r#"{
    "mappings": {"href": "{own}/mappings", "hints": {"allow": ["GET", "POST"]}},
    "self": {"href": "{own}", "hints": {"allow": ["GET", "PUT", "DELETE"]}},
    "rules": {"href": "{own}/rules", "hints": {"allow": ["GET", "POST"]}},
    "activate": {"href": "{own}/lifecycle/activate", "hints": {"allow": ["POST"]}}
}"#;
