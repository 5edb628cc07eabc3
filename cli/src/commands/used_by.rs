//! `idpstore used-by`: who uses a key.

use serde_json::Value;

use super::ask::{Ask, Problem};
use super::table::Table;
use super::target::{Open, Target, joined, text};
use crate::failure::Failure;

/// List the owners in all tenants that use a key, and how.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  idpstore used-by o2k1vGgn8tGR1Qj3rLkWW3aSqNVHJHfsKnkmGT4vXO8 --db idps.redb"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// The kid of the key
    #[arg(allow_hyphen_values = true)]
    kid: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    let found = references(&target.open()?, &arguments.kid);
    let found = found.map_err(|problem| target.failure("find who uses a key of", &problem))?;
    target.print(|| Value::Array(found.clone()), || table(&found))
}

/// The owners in all tenants; it fails if no tenant has the key.
fn references(store: &Open<'_>, kid: &str) -> Result<Vec<Value>, Problem> {
    let (mut found, mut missing, mut is_there) = (Vec::new(), None, false);
    for tenant in store.tenants()? {
        match store.all(|| Ask::get(&["keys", kid, "references"]).with("tenant", &tenant)) {
            Ok(references) => (found.extend(references), is_there = true).0,
            Err(problem) if problem.is_missing() => missing = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    match missing {
        Some(problem) if !is_there => Err(problem),
        _ => Ok(found),
    }
}

fn table(found: &[Value]) -> String {
    let mut table = Table::new(["tenant", "owner", "id", "name", "uses"]);
    for it in found {
        table.row([
            text(it, "tenant"),
            text(it, "owner"),
            text(it, "id"),
            text(it, "name"),
            joined(it, "uses", ", "),
        ]);
    }
    table.text()
}
