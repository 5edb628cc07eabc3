//! PingOne's document of a population. Who is in one is not kept.

use super::record::{NAMED, Within};
use crate::dialects::document::{Document, object, server, text, texts, words};
use crate::dialects::pingone::wire;
use crate::model::VendorRecord;

/// The document.
pub(in crate::dialects::pingone) static POPULATION: Document<VendorRecord, Within> = Document::of(
    wire::NAME,
    &[
        server("_links", |_, within: &Within| within.links().into()),
        server("id", |_, within| within.id.as_str().into()),
        text(NAME).required().core(NAMED),
        words("description"),
        server(DEFAULT, |_, within| within.is_default.into()),
        server("environment", |_, within| within.reference().into()),
        server("userCount", |_, _| serde_json::Value::from(0).into()),
        texts("alternativeIdentifiers"),
        text("preferredLanguage"),
        object("passwordPolicy", &[text("id")]),
        object("theme", &[text("id")]),
        server("createdAt", |population: &VendorRecord, _| population.created.to_string().into()),
        server("updatedAt", |population, _| population.updated.to_string().into()),
    ],
);

/// The member with the name.
pub(in crate::dialects::pingone) const NAME: &str = "name";

/// The member that says whether it is the default one.
pub(in crate::dialects::pingone) const DEFAULT: &str = "default";
