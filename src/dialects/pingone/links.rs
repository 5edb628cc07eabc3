//! `_links`, and what else an environment adds to its documents.

use serde_json::{Value, json};

use super::environment::Environment;
use crate::dialects::lens::Members;

/// Relations and where they lead.
pub(super) fn to(links: &[(&str, &str)]) -> Value {
    let links = links.iter().map(|(relation, href)| ((*relation).to_owned(), json!({"href": href})));
    Value::Object(links.collect::<Members>())
}

/// The reference to the environment that a thing is in.
pub(super) fn environment(environment: &Environment) -> Value {
    json!({"id": environment.id})
}
