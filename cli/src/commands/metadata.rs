//! `idpstore metadata`: our own SAML metadata.

use idpstore::IdpStore;
use idpstore::model::Id;
use serde_json::json;

use super::owner::owner;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Print our SAML metadata for a partner, with the certificates of the active, the next and the previous keys.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  idpstore metadata partner --base-url https://sp.example.com --db idps.redb"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The tenant whose records they are
    #[arg(long, value_name = "ID", default_value_t = 1)]
    tenant: u64,
    /// With what our URLs begin
    #[arg(long, default_value = "http://localhost")]
    base_url: String,
    /// The id or the alias of a provider, or the id of an application
    owner: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let store = file.open_with(|builder| builder.base_url(&arguments.base_url))?;
    let store: IdpStore = store.for_tenant(Id::from_number(arguments.tenant));
    let metadata = owner(&store, &arguments.owner).and_then(|owner| store.saml_metadata(owner));
    let metadata = metadata.map_err(|error| file.unread(&error))?;
    file.print(|| json!({"metadata": metadata}), || format!("{metadata}\n"))
}
