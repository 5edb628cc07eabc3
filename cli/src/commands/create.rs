//! `idpstore create`: new records.

use std::path::PathBuf;

use idpstore::model::{Id, IdentityProvider, Saml};
use serde_json::json;

use super::metadata;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Create a provider from the metadata of the partner. The store file is made if it is not there.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  idpstore create saml \"Partner\" --alias partner --metadata partner.xml --db idps.redb"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(clap::Subcommand)]
enum Kind {
    /// Create a SAML provider
    Saml {
        #[command(flatten)]
        file: StoreFile,
        /// The tenant whose record it will be
        #[arg(long, value_name = "ID", default_value_t = 1)]
        tenant: u64,
        /// A name for programs, which no other provider has
        #[arg(long)]
        alias: Option<String>,
        /// The metadata of the partner
        #[arg(long)]
        metadata: PathBuf,
        /// The name for people
        name: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Kind::Saml { file, tenant, alias, metadata, name } = &arguments.kind;
    let metadata = metadata::read(metadata)?;
    let store = file.make()?.as_actor("command line").for_tenant(Id::from_number(*tenant));
    let mut new = IdentityProvider::named(name, Saml::default());
    new.alias.clone_from(alias);
    let made = store.service().create_from_metadata(&new, &metadata);
    let made = made.map_err(|error| file.failure("create a provider in", &error))?;
    file.print(|| json!({"id": made.provider.id}), || format!("{}\n", made.provider.id))
}
