//! `idpstore create`: new records.

use std::path::PathBuf;

use idpstore::model::{IdentityProvider, Saml};
use serde_json::json;

use super::metadata;
use super::owner::OfTenant;
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
        common: OfTenant,
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
    let Kind::Saml { common, alias, metadata, name } = &arguments.kind;
    let metadata = metadata::read(metadata)?;
    let store = common.make()?;
    let mut new = IdentityProvider::named(name, Saml::default());
    new.alias.clone_from(alias);
    let made = store.service().create_from_metadata(&new, &metadata);
    let made = made.map_err(|error| common.file.failure("create a provider in", &error))?;
    common.file.print(|| json!({"id": made.provider.id}), || format!("{}\n", made.provider.id))
}
