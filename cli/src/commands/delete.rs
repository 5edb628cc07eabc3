//! `idpstore delete`: a provider or application deleted.

use idpstore::{Error, IdpStore, Owner, Resource};
use serde_json::json;

use super::owner::{OfTenant, owner};
use super::plan;
use crate::failure::Failure;

/// Delete a provider or an application, with the signing keys that only it owns.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore delete partner --db idps.redb --dry-run")]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: OfTenant,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The id or the alias of a provider, or the id of an application
    record: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { common, dry_run, record } = arguments;
    let store = common.open()?;
    let failure = |error: Error| common.file.failure("delete from", &error);
    let delete = |store: &IdpStore| match owner(store, record)? {
        Owner::Provider(id) => store.providers().delete(id),
        Owner::Application(id) => store.applications().delete(id),
        Owner::Tenant => Err(Error::not_found(Resource::IdentityProvider, &**record)),
    };
    if *dry_run {
        let plan = store.plan(delete).map_err(failure)?;
        return common.file.print(|| plan::json(&plan, &[]), || plan::text(&plan));
    }
    delete(&store).map_err(failure)?;
    common.file.print(|| json!({"deleted": record}), String::new)
}
