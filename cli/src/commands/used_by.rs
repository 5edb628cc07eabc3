//! `idpstore used-by`: who uses a key.

use idpstore::model::Id;
use idpstore::{Owner, Reference, spellings};
use serde_json::{Map, Value, json};

use super::store_file::{StoreFile, if_there};
use super::table::Table;
use crate::failure::Failure;

/// List the owners in all tenants that use a key, and how.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  idpstore used-by o2k1vGgn8tGR1Qj3rLkWW3aSqNVHJHfsKnkmGT4vXO8 --db idps.redb"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The kid of the key
    kid: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (file, kid) = (&arguments.file, &*arguments.kid);
    let store = file.open()?;
    let found = store.references_everywhere(kid).map_err(|error| file.unread(&error))?;
    if found.is_empty() {
        let mut is_there = false;
        for (_, store) in file.tenants(&store)? {
            let signing = if_there(store.service().signing_key(kid)).map_err(|error| file.unread(&error))?;
            let trusted = if_there(store.trusted_keys().get(kid)).map_err(|error| file.unread(&error))?;
            is_there |= signing.or(trusted).is_some();
        }
        if !is_there {
            let kid: String = kid.chars().take(200).collect();
            return Err(Failure::of(format!("there is no key `{kid}`")));
        }
    }
    file.print(|| found.iter().map(json).collect(), || table(&found))
}

/// What the owner is, and its id.
fn owner(reference: &Reference) -> (&'static str, Id) {
    match reference.owner {
        Owner::Tenant => ("tenant", reference.tenant),
        Owner::Provider(id) => ("provider", id),
        Owner::Application(id) => ("application", id),
    }
}

fn uses(reference: &Reference) -> Vec<&'static str> {
    reference.uses.iter().map(|used| used.name()).collect()
}

fn json(reference: &Reference) -> Value {
    let (owner, id) = owner(reference);
    let ids: Map<_, _> = spellings(id).map(|(name, id)| (name.to_owned(), id.into())).collect();
    json!({
        "tenant": reference.tenant,
        "owner": owner,
        "ids": ids,
        "name": reference.name,
        "uses": uses(reference),
    })
}

fn table(found: &[Reference]) -> String {
    let mut table = Table::new(["tenant", "owner", "id", "name", "uses"]);
    for reference in found {
        let (owner, id) = owner(reference);
        table.row([
            reference.tenant.to_string(),
            owner.to_owned(),
            id.to_string(),
            reference.name.clone(),
            uses(reference).join(", "),
        ]);
    }
    table.text()
}
