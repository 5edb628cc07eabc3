//! Okta's document of an access policy.

use serde_json::{Value, json};

use super::Scene;
use super::group::NAME;
use super::hook::{STATUS, STATUSES};
use crate::dialects::document::{Document, Shown, any, choice, integer, server, text};
use crate::dialects::okta::{ids, time, wire};
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
    let link =
        |path: &str, allow: &[&str]| json!({"href": format!("{own}{path}"), "hints": {"allow": allow}});
    let rules = link("/rules", &["GET", "POST"]);
    if policy.kind == DEFAULT {
        return json!({"self": link("", &["GET", "PUT"]), "rules": rules}).into();
    }
    let is_active =
        POLICY.find(policy, STATUS).and_then(|(_, status)| status).is_none_or(|it| it == "ACTIVE");
    let call = if is_active { "deactivate" } else { "activate" };
    json!({
        "mappings": link("/mappings", &["GET", "POST"]),
        "self": link("", &["GET", "PUT", "DELETE"]),
        "rules": rules,
        call: link(&format!("/lifecycle/{call}"), &["POST"]),
    })
    .into()
}
