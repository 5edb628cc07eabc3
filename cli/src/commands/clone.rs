//! `idpstore clone`: a copy of a provider.

use idpstore::IdpStore;
use idpstore::model::Id;
use serde_json::json;

use super::owner::{OfFile, provider};
use super::plan;
use crate::failure::Failure;

/// Copy a provider into a tenant under a new id, with the keys that it trusts and signs with.
///
/// Keys are found there by their certificates, or copied. Users who are linked to the provider are not copied, and an alias only
/// into another tenant.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore clone partner --to-tenant 1883204691309887489 --db idps.redb")]
pub(crate) struct Arguments {
    /// The id or the alias of the provider
    provider: String,
    /// The tenant that gets the copy
    #[arg(long, value_name = "ID")]
    to_tenant: u64,
    /// The name of the copy, if it is to have another
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    common: OfFile,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { provider: original, to_tenant, name, common, dry_run } = arguments;
    let (file, store) = (&common.file, common.open()?);
    let failure = |error: idpstore::Error| file.failure("copy a provider in", &error);
    let to = Id::from_number(*to_tenant);
    let call = |store: &IdpStore| {
        let id = provider(store, original)?;
        store.providers().clone_to(id, to, name.as_deref())
    };
    if *dry_run {
        let plan = store.plan(call).map_err(failure)?;
        return file.print(|| plan::json(&plan, &[]), || plan::lines_of(&plan));
    }
    let made = call(&store).map_err(failure)?;
    file.print(|| json!({"id": made.id, "tenant": to}), || format!("{}\n", made.id))
}
