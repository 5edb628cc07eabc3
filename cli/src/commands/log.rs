//! `idpstore log`: the changes of a store.

use serde_json::{Value, json};

use super::store_file::StoreFile;
use super::table::Table;
use crate::failure::Failure;

/// List the changes of a store, from the first that is kept.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore log --db idps.redb --after 120")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Only changes after the one with this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let changes = file.open()?.service().changes(arguments.after, usize::MAX);
    let changes: Vec<_> = changes
        .map_err(|error| file.unread(&error))?
        .iter()
        .map(|change| {
            json!({
                "number": change.sequence,
                "time": change.time.to_string(),
                "tenant": change.tenant,
                "actor": change.actor,
                "kind": change.kind,
                "subject": change.subject,
                "kid": change.kid,
                "undoes": change.undoes,
            })
        })
        .collect();
    file.print(|| json!(changes), || table(&changes))
}

fn table(changes: &[Value]) -> String {
    const COLUMNS: [&str; 8] = ["number", "time", "tenant", "actor", "kind", "subject", "kid", "undoes"];
    let mut table = Table::new(COLUMNS);
    for change in changes {
        table.row(COLUMNS.map(|column| match change.get(column) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }));
    }
    table.text()
}
