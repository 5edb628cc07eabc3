//! PingOne's document of an attribute mapping.

use serde_json::{Value, json};

use crate::dialects::document::{Core, Document, Record, Shown, Spell, choice, field, server, text};
use crate::dialects::lens::Members;
use crate::dialects::parts::put_string;
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::links;
use crate::dialects::pingone::mappings::{self, Mapping};
use crate::dialects::pingone::wire;
use crate::error::{Reason, Result};
use crate::model::{Id, IdentityProvider};

/// With what a mapping is shown.
pub(in crate::dialects::pingone) struct Within {
    /// The id of the environment.
    pub(in crate::dialects::pingone) environment: String,
    /// The provider.
    pub(in crate::dialects::pingone) provider: Id,
    /// The URL of the provider; a provider that embeds its mappings leaves out their links.
    pub(in crate::dialects::pingone) url: Option<String>,
}

impl Spell for Within {
    fn spell(&self, _name: &str) -> Option<String> {
        None
    }
}

impl Record for Mapping {}

/// The member that holds the name of a mapping.
pub(in crate::dialects::pingone) const NAME: &str = "name";

/// The document.
pub(in crate::dialects::pingone) static MAPPING: Document<Mapping, Within> = Document::of(
    wire::NAME,
    &[
        server("_links", links),
        text(NAME).required().check(name_fits).core(field(
            "mapping.name",
            |mapping| mapping.name.as_str().into(),
            |mapping, received| put_string(&mut mapping.name, received),
        )),
        text("value").required().core(field(
            "mapping.value",
            |mapping| mapping.value.as_str().into(),
            |mapping, received| put_string(&mut mapping.value, received),
        )),
        choice("update", &["EMPTY_ONLY", "ALWAYS"]).required().check(update_fits).core(UPDATE),
        server("id", |mapping, _| mapping.id.as_str().into()),
        server("mappingType", |mapping, _| mapping.origin.as_str().into()),
        server("environment", |_, within| json!({"id": within.environment}).into()),
        server("identityProvider", |_, within| json!({"id": within.provider.to_uuid()}).into()),
        server("createdAt", |mapping, _| mapping.created_at.as_str().into()),
        server("updatedAt", |mapping, _| mapping.updated_at.as_str().into()),
    ],
);

/// The mappings as a provider's document shows them on demand: without links.
pub(in crate::dialects::pingone) fn embedded(
    environment: &Environment,
    provider: &IdentityProvider,
) -> Result<Vec<Value>> {
    let within = Within { environment: environment.id.clone(), provider: provider.id, url: None };
    Ok(mappings::of(provider)?.iter().map(|mapping| MAPPING.members(mapping, &within).into()).collect())
}

const UPDATE: Core<Mapping> = field(
    "mapping.update",
    |mapping| mapping.update.as_str().into(),
    |mapping, received| put_string(&mut mapping.update, received),
);

fn links(mapping: &Mapping, within: &Within) -> Shown<'static> {
    let Some(provider) = &within.url else { return Shown::Nothing };
    let own = format!("{provider}/attributes/{}", mapping.id);
    links::to(&[("self", &own), ("identityProvider", provider)]).into()
}

/// Attributes that only the service itself writes.
const RESERVED: [&str; 7] = ["account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled"];

/// Attributes that have parts: only the parts are mapped.
const COMPLEX: [&str; 3] = ["name", "address", "photo"];

fn name_fits(mapping: &Mapping, name: &Value, _: &Members) -> Result<(), Reason> {
    let name = name.as_str().unwrap_or_default();
    let base = name.split('.').next().unwrap_or_default();
    if RESERVED.contains(&base) {
        Err(Reason::Other("is reserved".to_owned()))
    } else if COMPLEX.contains(&name) {
        Err(Reason::Other("has parts, of which one must be named".to_owned()))
    } else {
        is_kept(mapping, &mapping.name, name)
    }
}

fn update_fits(mapping: &Mapping, update: &Value, _: &Members) -> Result<(), Reason> {
    is_kept(mapping, &mapping.update, update.as_str().unwrap_or_default())
}

/// The mapping that each provider has from the start keeps its name and the time at which it is filled.
fn is_kept(mapping: &Mapping, before: &str, now: &str) -> Result<(), Reason> {
    if mapping.is_core() && before != now { Err(Reason::Immutable) } else { Ok(()) }
}
