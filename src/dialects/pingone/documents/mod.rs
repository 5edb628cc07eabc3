//! PingOne's documents, a table each. May import what the folder above may.

pub(super) mod application;
pub(super) mod bill_of_materials;
mod cores;
pub(super) mod environment;
pub(super) mod mapping;
pub(super) mod population;
pub(super) mod provider;
pub(super) mod record;
pub(super) mod rotation_policy;
#[cfg(test)]
pub(super) mod tests;

use serde_json::{Value, json};

use crate::dialects::document::Spell;

/// What a record is shown with.
#[derive(Default)]
pub(super) struct Scene {
    /// The id of the environment.
    pub(super) environment: String,
    /// The URL of the environment.
    pub(super) url: String,
    /// PingOne's id of the key with which the record signs.
    pub(super) signing_key: Option<String>,
    /// The attribute mappings, if the caller wants them.
    pub(super) attributes: Option<Vec<Value>>,
}

impl Scene {
    /// The reference to the environment that a record is in.
    fn reference(&self) -> Value {
        json!({"id": self.environment})
    }
}

impl Spell for Scene {
    fn spell(&self, _kid: &str) -> Option<String> {
        self.signing_key.clone()
    }
}
