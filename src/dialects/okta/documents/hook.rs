//! Okta's document of an inline hook.

use serde_json::{Value, json};

use super::Scene;
use crate::dialects::document::{Document, Line, Shown, any, choice, hidden, object, server, text};
use crate::dialects::okta::{ids, time, wire};
use crate::dialects::template::filled;
use crate::model::VendorRecord;

pub(in crate::dialects::okta) const STATUS: &str = "status";

/// Whether something is in use, or out of it.
pub(in crate::dialects::okta) const STATUSES: &[&str] = &["ACTIVE", "INACTIVE"];

/// Where the secrets of a hook are kept, by their pointers: they are never shown.
pub(in crate::dialects::okta) const SECRETS: &str = "secrets";

/// The document of a hook.
pub(in crate::dialects::okta) static HOOK: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |hook: &VendorRecord, _| ids::spell_as("cal", hook.id).into()),
        choice(STATUS, STATUSES).or(|_| "ACTIVE".into()),
        text("name").between(1, 255).required(),
        text("type").required(),
        text("version").required(),
        object(
            "channel",
            &[text("type").required(), text("version").required(), object("config", CONFIG).open()],
        ),
        server("created", |hook, _| time(hook.created).into()),
        server("lastUpdated", |hook, _| time(hook.updated).into()),
        server("_links", links),
        hidden(SECRETS),
    ],
);

const CONFIG: &[Line<VendorRecord, Scene>] = &[
    text("uri").required(),
    any("headers").or(|_| json!([]).into()),
    text("method").or(|_| "POST".into()),
    any("authScheme").or(|_| Value::Null.into()),
];

/// Whether a hook is in use.
pub(in crate::dialects::okta) fn is_active(hook: &VendorRecord) -> bool {
    HOOK.find(hook, STATUS).and_then(|(_, status)| status).is_none_or(|status| status == "ACTIVE")
}

fn links<'r>(hook: &'r VendorRecord, scene: &'r Scene) -> Shown<'r> {
    let own = format!("{}/api/v1/inlineHooks/{}", scene.base_url, ids::spell_as("cal", hook.id));
    let template = if is_active(hook) { LINKS_OF_ACTIVE } else { LINKS_OF_INACTIVE };
    filled(template, &[("own", own.into())]).into()
}

const LINKS_OF_ACTIVE: &str = r#"{
    "self": {"href": "{own}"},
    "execute": {"href": "{own}/execute", "hints": {"allow": ["POST"]}},
    "deactivate": {"href": "{own}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}
}"#;

const LINKS_OF_INACTIVE: &str = r#"{
    "activate": {"href": "{own}/lifecycle/activate", "hints": {"allow": ["POST"]}},
    "self": {"href": "{own}"},
    "delete": {"href": "{own}", "hints": {"allow": ["DELETE"]}}
}"#;
