//! What the documents of vendor records have in common.

use serde_json::{Value, json};

use crate::dialects::document::{Core, Spell, field};
use crate::dialects::parts::put_string;
use crate::dialects::pingone::links;
use crate::model::VendorRecord;

/// With what a vendor record is shown.
#[derive(Default)]
pub(in crate::dialects::pingone) struct Within {
    /// The id of the record.
    pub(in crate::dialects::pingone) id: String,
    /// The id of the environment.
    pub(in crate::dialects::pingone) environment: String,
    /// The URL of the environment.
    pub(in crate::dialects::pingone) url: String,
    /// The URL of the record.
    pub(in crate::dialects::pingone) own: String,
    /// Whether it is the default one of its kind.
    pub(in crate::dialects::pingone) is_default: bool,
    /// The ids of its active key and of the next one.
    pub(in crate::dialects::pingone) keys: [Option<String>; 2],
}

impl Within {
    /// The reference to the environment.
    pub(in crate::dialects::pingone) fn reference(&self) -> Value {
        json!({"id": self.environment})
    }

    /// The links that each record has.
    pub(in crate::dialects::pingone) fn links(&self) -> Value {
        links::to(&[("self", &self.own), ("environment", &self.url)])
    }
}

impl Spell for Within {}

/// The name by which a record is found.
pub(super) const NAMED: Core<VendorRecord> = field(
    "name",
    |record| record.name.as_str().into(),
    |record, received| put_string(&mut record.name, received),
);
