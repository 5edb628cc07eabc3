//! `idpstore history`: what a record was before each change.

use serde_json::Value;

use super::ask::Ask;
use super::table::Table;
use super::target::{Target, items, text};
use crate::failure::Failure;

/// List the changes of a provider, application, key or user, the last one first.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore history 0oa0002GM1FU6deuf1ds --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// The id as any vendor's API spells it, or the alias of a provider
    id: String,
    /// List no more changes than this
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target = &arguments.target;
    let ask = Ask::get(&["records", &arguments.id, "history"]).with("limit", arguments.limit);
    let page = target
        .open()?
        .ask(ask)
        .map_err(|problem| target.failure("list the history of a record of", &problem))?;
    target.print(|| items(&page, "items").cloned().collect(), || table(&page))
}

fn table(page: &Value) -> String {
    let mut table = Table::new(["number", "time", "actor", "change"]);
    for revision in items(page, "items") {
        table.row([
            text(revision, "number"),
            text(revision, "time"),
            text(revision, "actor"),
            change(revision),
        ]);
    }
    table.text()
}

/// What a change did: which members it set, but for the time of the change.
fn change(revision: &Value) -> String {
    let is_there = |name| revision.get(name).is_some_and(Value::is_object);
    if !is_there("before") {
        return "created".to_owned();
    }
    if !is_there("after") {
        return "deleted".to_owned();
    }
    let pointers = items(revision, "members").filter_map(Value::as_str);
    let mut members: Vec<_> = pointers.filter_map(|pointer| pointer.split('/').nth(1)).collect();
    members.retain(|name| *name != "updated");
    members.dedup();
    members.join(", ")
}
