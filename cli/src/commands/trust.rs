//! `idpstore trust`: the certificates that a partner signs with.

use std::path::PathBuf;

use idpstore::model::{Id, IdentityProvider};
use idpstore::{Owner, Result};
use serde_json::json;

use super::owner::owner;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Trust a certificate of a partner beside the present ones, or trust one no longer.
#[derive(clap::Args)]
#[command(after_help = "Example:
  idpstore trust add partner next.pem --db idps.redb
  idpstore trust drop partner 0192f0c1-5d2e-7000-8000-69647073746f --db idps.redb")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

/// What both of them take.
#[derive(clap::Args)]
struct Common {
    #[command(flatten)]
    file: StoreFile,
    /// The tenant whose records they are
    #[arg(long, value_name = "ID", default_value_t = 1)]
    tenant: u64,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Trust a certificate, too
    Add {
        #[command(flatten)]
        common: Common,
        provider: String,
        certificate: PathBuf,
    },
    /// Trust a certificate no longer
    Drop {
        #[command(flatten)]
        common: Common,
        provider: String,
        kid: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> std::result::Result<(), Failure> {
    let (Verb::Add { common, .. } | Verb::Drop { common, .. }) = &arguments.verb;
    let Common { file, tenant } = common;
    let store = file.open()?.as_actor("command line").for_tenant(Id::from_number(*tenant));
    let provider = |name: &str| match owner(&store, name)? {
        Owner::Provider(id) => Ok(id),
        _ => Err(idpstore::Error::not_found(idpstore::Resource::IdentityProvider, name)),
    };
    let changed: Result<IdentityProvider> = match &arguments.verb {
        Verb::Add { provider: name, certificate, .. } => {
            let bytes = std::fs::read(certificate)
                .map_err(|error| Failure::new(format!("cannot read `{}`", certificate.display()), &error))?;
            provider(name).and_then(|id| store.providers().trust(id, bytes))
        }
        Verb::Drop { provider: name, kid, .. } => {
            provider(name).and_then(|id| store.providers().distrust(id, kid))
        }
    };
    let trusted = changed.map_err(|error| file.failure("change what is trusted in", &error))?.trusted_keys;
    file.print(|| json!({"trusted": trusted}), || format!("{}\n", trusted.join("\n")))
}
