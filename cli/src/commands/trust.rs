//! `idpstore trust`: the certificates that a partner signs with.

use std::path::PathBuf;

use idpstore::Result;
use idpstore::model::IdentityProvider;
use serde_json::json;

use super::owner::{OfTenant, provider};
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

#[derive(clap::Subcommand)]
enum Verb {
    /// Trust a certificate, too
    Add {
        #[command(flatten)]
        common: OfTenant,
        provider: String,
        certificate: PathBuf,
    },
    /// Trust a certificate no longer
    Drop {
        #[command(flatten)]
        common: OfTenant,
        provider: String,
        kid: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> std::result::Result<(), Failure> {
    let (Verb::Add { common, .. } | Verb::Drop { common, .. }) = &arguments.verb;
    let store = common.open()?;
    let changed: Result<IdentityProvider> = match &arguments.verb {
        Verb::Add { provider: name, certificate, .. } => {
            let bytes = std::fs::read(certificate)
                .map_err(|error| Failure::new(format!("cannot read `{}`", certificate.display()), &error))?;
            provider(&store, name).and_then(|id| store.providers().trust(id, bytes))
        }
        Verb::Drop { provider: name, kid, .. } => {
            provider(&store, name).and_then(|id| store.providers().distrust(id, kid))
        }
    };
    let trusted =
        changed.map_err(|error| common.file.failure("change what is trusted in", &error))?.trusted_keys;
    common.file.print(|| json!({"trusted": trusted}), || format!("{}\n", trusted.join("\n")))
}
