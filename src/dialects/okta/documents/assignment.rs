//! Okta's documents of a group and of a user as an application has them.

use serde_json::{Value, json};

use super::Scene;
use crate::dialects::document::{Document, any, integer, object, server, text};
use crate::dialects::okta::{ids, time, wire};
use crate::model::VendorRecord;

pub(in crate::dialects::okta) const PRIORITY: &str = "priority";

/// The document of a group that is assigned to an application.
pub(in crate::dialects::okta) static GROUP: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |record: &VendorRecord, _| assigned(record, "00g").into()),
        server("lastUpdated", |record, _| time(record.updated).into()),
        integer(PRIORITY, 0, 100_000_000),
        object("profile", &[]).open().or(|_| json!({}).into()),
        server("_links", |record, scene| {
            let [app, group] = urls(record, scene, "groups", "00g");
            let own = format!("{app}/groups/{}", assigned(record, "00g"));
            json!({"app": {"href": app}, "self": {"href": own}, "group": {"href": group}}).into()
        }),
    ],
);

pub(in crate::dialects::okta) const CREDENTIALS: &str = "credentials";
pub(in crate::dialects::okta) const USER_NAME: &str = "userName";

/// The document of a user who is assigned to an application. Passwords are not kept.
pub(in crate::dialects::okta) static USER: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |record: &VendorRecord, _| assigned(record, ids::USER).into()),
        any("externalId").or(|_| Value::Null.into()),
        server("created", |record, _| time(record.created).into()),
        server("lastUpdated", |record, _| time(record.updated).into()),
        server("scope", |_, _| "USER".into()),
        server("status", |_, _| "ACTIVE".into()),
        server("statusChanged", |record, _| time(record.created).into()),
        server("passwordChanged", |_, _| Value::Null.into()),
        server("syncState", |_, _| "DISABLED".into()),
        object(CREDENTIALS, &[text(USER_NAME)]),
        object("profile", &[]).open().or(|_| json!({}).into()),
        server("_links", |record, scene| {
            let [app, user] = urls(record, scene, "users", ids::USER);
            json!({"app": {"href": app}, "user": {"href": user}}).into()
        }),
    ],
);

/// The id of what is assigned; before it is that of the application.
fn assigned(record: &VendorRecord, prefix: &str) -> String {
    record.owners.get(1).map(|owner| ids::spell_as(prefix, *owner)).unwrap_or_default()
}

/// The URLs of the application and of what is assigned to it.
fn urls(record: &VendorRecord, scene: &Scene, path: &str, prefix: &str) -> [String; 2] {
    let app = record.owners.first().map(|owner| ids::spell(*owner)).unwrap_or_default();
    let api = format!("{}/api/v1", scene.base_url);
    [format!("{api}/apps/{app}"), format!("{api}/{path}/{}", assigned(record, prefix))]
}
