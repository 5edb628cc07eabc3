//! Okta's documents of a group, and of a group that is assigned to an application.

use serde_json::json;

use super::Scene;
use crate::dialects::document::{Core, Document, Shown, any, field, object, server, text};
use crate::dialects::okta::{ids, time, wire};
use crate::dialects::parts::put_string;
use crate::dialects::template::filled;
use crate::model::VendorRecord;

/// The kind of the group of all users.
pub(in crate::dialects::okta) const EVERYONE: &str = "okta.everyone";

pub(in crate::dialects::okta) const PROFILE: &str = "profile";

/// The document of a group.
pub(in crate::dialects::okta) static GROUP: Document<VendorRecord, Scene> = Document::of(
    wire::NAME,
    &[
        server("id", |group: &VendorRecord, _| ids::spell_as("00g", group.id).into()),
        server("created", |group, _| time(group.created).into()),
        server("lastUpdated", |group, _| time(group.updated).into()),
        // Who is in a group is not kept.
        server("lastMembershipUpdated", |group, _| time(group.created).into()),
        server("objectClass", |_, _| json!(["okta:user_group"]).into()),
        server("type", |group, _| if group.kind == EVERYONE { "BUILT_IN" } else { "OKTA_GROUP" }.into()),
        object(PROFILE, &[text("name").between(1, 255).required().core(NAME), any("description")]).open(),
        server("_links", links),
    ],
);

/// The name by which a record is found.
pub(super) const NAME: Core<VendorRecord> = field(
    "name",
    |record| record.name.as_str().into(),
    |record, received| put_string(&mut record.name, received),
);

fn links<'r>(group: &'r VendorRecord, scene: &'r Scene) -> Shown<'r> {
    let own = format!("{}/api/v1/groups/{}", scene.base_url, ids::spell_as("00g", group.id));
    filled(LINKS, &[("base", scene.base_url.as_str().into()), ("own", own.into())]).into()
}

const LINKS: &str = r#"{
    "logo": [
        {
            "name": "medium",
            "href": "{base}/assets/img/logos/groups/odyssey/okta-medium.30ce6d4085dff29412984e4c191bc874.png",
            "type": "image/png"
        },
        {
            "name": "large",
            "href": "{base}/assets/img/logos/groups/odyssey/okta-large.c3cb8cda8ae0add1b4fe928f5844dbe3.png",
            "type": "image/png"
        }
    ],
    "owners": {"href": "{own}/owners"},
    "users": {"href": "{own}/users"},
    "apps": {"href": "{own}/apps"}
}"#;
