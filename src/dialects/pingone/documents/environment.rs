//! PingOne's document of an environment: its tenant.

use serde_json::json;

use crate::dialects::document::{Core, Document, Spell, any, choice, field, hidden, server, text};
use crate::dialects::parts::put_string;
use crate::dialects::pingone::{default_keys, ids, links, wire};
use crate::model::Tenant;

/// The URL of an environment.
pub(in crate::dialects::pingone) struct Url(pub(in crate::dialects::pingone) String);

impl Spell for Url {}

/// The document.
pub(in crate::dialects::pingone) static ENVIRONMENT: Document<Tenant, Url> = Document::of(
    wire::NAME,
    &[
        server("_links", |_, Url(url)| links::to(&[("self", url)]).into()),
        server("id", |tenant, _| tenant.id.to_uuid().into()),
        text("name").required().core(NAME),
        any("description"),
        choice("type", &["PRODUCTION", "SANDBOX"]).or(|_| "SANDBOX".into()),
        choice("region", &["NA", "CA", "EU", "AU", "SG", "AP"]).or(|_| "NA".into()),
        any("license"),
        any("icon"),
        server("organization", |_, _| json!({"id": ids::organization()}).into()),
        server("createdAt", |tenant, _| tenant.created.to_string().into()),
        server("updatedAt", |tenant, _| tenant.updated.to_string().into()),
        hidden(default_keys::KEPT),
    ],
);

const NAME: Core<Tenant> = field(
    "name",
    |tenant| tenant.name.as_str().into(),
    |tenant, received| put_string(&mut tenant.name, received),
);
