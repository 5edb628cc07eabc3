//! `idpstore history`: what a record was before each change.

use idpstore::model::Id;
use idpstore::{Revision, read_id};
use serde_json::{Value, json};

use super::store_file::StoreFile;
use super::table::Table;
use crate::failure::Failure;

/// List the changes of a provider, application, key or user, the last one first.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore history 0oa0002GM1FU6deuf1ds --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The id as any vendor's API spells it
    #[arg(value_parser = id)]
    id: Id,
    /// List no more changes than this
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

fn id(text: &str) -> Result<Id, String> {
    read_id(text).ok_or_else(|| "not an id in the form of any vendor's API".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let store = file.open()?;
    for (_, store) in file.tenants(&store)? {
        let history = store.history(arguments.id, arguments.limit).map_err(|error| file.unread(&error))?;
        if !history.is_empty() {
            return file.print(|| history.iter().map(json).collect(), || table(&history));
        }
    }
    Err(Failure::of(format!("no change of the record `{}` is kept", arguments.id)))
}

fn json(revision: &Revision) -> Value {
    json!({
        "number": revision.sequence,
        "time": revision.time.to_string(),
        "actor": revision.actor,
        "before": revision.before,
        "after": revision.after,
    })
}

fn table(history: &[Revision]) -> String {
    let mut table = Table::new(["number", "time", "actor", "change"]);
    for revision in history {
        table.row([
            revision.sequence.to_string(),
            revision.time.to_string(),
            revision.actor.clone(),
            change(revision),
        ]);
    }
    table.text()
}

/// What a change did: which members it set, but for the time of the change.
fn change(revision: &Revision) -> String {
    let (before, after) = match (&revision.before, &revision.after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => (before, after),
        (None, _) => return "created".to_owned(),
        _ => return "deleted".to_owned(),
    };
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let set = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name);
    let members = gone.chain(set).filter(|name| *name != "updated").cloned();
    members.collect::<Vec<_>>().join(", ")
}
