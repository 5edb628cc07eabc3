//! `idpstore show`: one record.

use idpstore::model::Id;
use idpstore::{IdpStore, read_id, spellings};
use serde_json::{Map, Value, json};

use super::store_file::{StoreFile, if_there, of_tenant};
use crate::failure::Failure;

/// Show a provider, application, user or key, its secrets left out.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore show 0oa0002GM1FU6deuf1ds --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The id as any vendor's API spells it, or the kid of a key
    id: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let store = file.open()?;
    for (tenant, store) in file.tenants(&store)? {
        let found = match read_id(&arguments.id) {
            Some(id) => with_id(tenant, &store, id),
            None => with_kid(tenant, &store, &arguments.id),
        };
        if let Some((what, id, record)) = found.map_err(|error| file.unread(&error))? {
            let ids: Map<_, _> = spellings(id).map(|(name, id)| (name.to_owned(), id.into())).collect();
            return file.print(
                || json!({"what": what, "ids": ids, "record": record}),
                || {
                    let ids = ids.iter().map(|(name, id)| format!("  {name}: {id}\n"));
                    format!("{what}\n{}{record:#}\n", ids.collect::<String>())
                },
            );
        }
    }
    let id: String = arguments.id.chars().take(200).collect();
    Err(Failure::of(format!("there is no record `{id}`")))
}

/// What a record is, its id, and the record.
type Found = Option<(&'static str, Id, Value)>;

fn with_id(tenant: Id, store: &IdpStore, id: Id) -> idpstore::Result<Found> {
    if let Some(provider) = if_there(store.providers().get(id))? {
        return Ok(Some(("provider", id, of_tenant(tenant, &provider))));
    }
    if let Some(application) = if_there(store.applications().get(id))? {
        return Ok(Some(("application", id, of_tenant(tenant, &application))));
    }
    if let Some(user) = if_there(store.users().get(id))? {
        return Ok(Some(("user", id, of_tenant(tenant, &user))));
    }
    if let Some(key) = if_there(store.service().signing_key(id))? {
        return Ok(Some(("signing key", id, of_tenant(tenant, &key))));
    }
    with_kid(tenant, store, &id.to_uuid())
}

fn with_kid(tenant: Id, store: &IdpStore, kid: &str) -> idpstore::Result<Found> {
    if let Some(key) = if_there(store.service().signing_key(kid))? {
        return Ok(Some(("signing key", key.id, of_tenant(tenant, &key))));
    }
    let key = if_there(store.trusted_keys().get(kid))?;
    Ok(key.map(|key| ("trusted key", key.id, of_tenant(tenant, &key))))
}
