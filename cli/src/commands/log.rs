//! `idpstore log`: the changes of a store.

use std::time::Duration;

use serde_json::Value;

use super::ask::Ask;
use super::output;
use super::table::Table;
use super::target::{Open, Target, items, text};
use crate::failure::{Cause, Failure};
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
    target: Target,
    /// Only changes after the one with this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Go on with the changes that the server makes which has the file open; JSON is one line for each
    #[arg(long)]
    follow: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    if arguments.follow {
        return follow(target, arguments.after);
    }
    let changes = changes(&target.open()?, target, arguments.after)?;
    target.print(|| Value::Array(changes.clone()), || table(&changes))
}

fn follow(target: &Target, mut after: u64) -> Result<(), Failure> {
    let store = target.open_beside()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let cannot = |error: &Cause| Failure::new("cannot wait for changes", error);
    runtime.map_err(|error| cannot(&error))?.block_on(async {
        let mut stop = std::pin::pin!(stop::requested().map_err(|error| cannot(&error))?);
        loop {
            let changes = changes(&store, target, after)?;
            if let Some(number) = changes.last().and_then(number) {
                after = number;
                if target.is_json() {
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

/// All changes after this one.
fn changes(store: &Open<'_>, target: &Target, mut after: u64) -> Result<Vec<Value>, Failure> {
    let mut changes = Vec::new();
    loop {
        let page = store.ask(Ask::get(&["changes"]).with("after", after).with("limit", 1000));
        let page = page.map_err(|problem| target.unread(&problem))?;
        match items(&page, "items").last().and_then(number) {
            Some(last) => after = last,
            None => return Ok(changes),
        }
        changes.extend(items(&page, "items").cloned());
    }
}

fn number(change: &Value) -> Option<u64> {
    change.get("number")?.as_u64()
}

fn table(changes: &[Value]) -> String {
    let mut table = Table::new(COLUMNS);
    for change in changes {
        table.row(COLUMNS.map(|column| text(change, column)));
    }
    table.text()
}
