//! `idpstore log`: the changes of a store.

use std::time::Duration;

use idpstore::IdpStore;
use serde_json::{Value, json};

use super::output;
use super::store_file::StoreFile;
use super::table::Table;
use crate::failure::Failure;
use crate::stop;

/// How often it is looked for new changes.
const PAUSE: Duration = Duration::from_millis(500);

const COLUMNS: [&str; 10] =
    ["number", "time", "tenant", "actor", "kind", "subject", "kid", "due", "days", "undoes"];

/// List the changes of a store, from the first that is kept.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore log --db idps.redb --after 120
  idpstore log --db idps.redb --follow --json | jq .kind")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Only changes after the one with this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Go on with the changes that the server makes which has the file open; JSON is one line for each
    #[arg(long)]
    follow: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    if arguments.follow {
        return follow(file, arguments.after);
    }
    let changes = changes(file, &file.open()?, arguments.after)?;
    file.print(|| json!(changes), || table(&changes))
}

fn follow(file: &StoreFile, mut after: u64) -> Result<(), Failure> {
    let store = file.open_beside()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let cannot = |error: &dyn std::error::Error| Failure::new("cannot wait for changes", error);
    runtime.map_err(|error| cannot(&error))?.block_on(async {
        let mut stop = std::pin::pin!(stop::requested().map_err(|error| cannot(&error))?);
        loop {
            let changes = changes(file, &store, after)?;
            if let Some(number) = changes.last().and_then(|last| last.get("number")?.as_u64()) {
                after = number;
                if file.is_json() {
                    changes.iter().try_for_each(|change| output::print(&format!("{change}\n")))?;
                } else {
                    output::print(&table(&changes))?;
                }
            }
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    })
}

fn changes(file: &StoreFile, store: &IdpStore, after: u64) -> Result<Vec<Value>, Failure> {
    let changes = store.service().changes(after, usize::MAX).map_err(|error| file.unread(&error))?;
    let shown = changes.iter().map(|change| {
        json!({
            "number": change.sequence,
            "time": change.time.to_string(),
            "tenant": change.tenant,
            "actor": change.actor,
            "kind": change.kind,
            "subject": change.subject,
            "kid": change.kid,
            "due": change.due.map(|due| due.to_string()),
            "days": change.days,
            "undoes": change.undoes,
        })
    });
    Ok(shown.collect())
}

fn table(changes: &[Value]) -> String {
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
