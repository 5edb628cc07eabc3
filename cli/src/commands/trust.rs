//! `idpstore trust`: the certificates that a partner signs with.

use std::path::PathBuf;

use serde_json::json;

use super::ask::Ask;
use super::target::joined;
use super::tenant::OfTenant;
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
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (Verb::Add { common, .. } | Verb::Drop { common, .. }) = &arguments.verb;
    let store = common.target.open()?;
    let ask = match &arguments.verb {
        Verb::Add { provider, certificate, .. } => {
            let bytes = std::fs::read(certificate)
                .map_err(|error| Failure::new(format!("cannot read `{}`", certificate.display()), &error))?;
            Ask::post(&["providers", provider, "trusted-keys"]).body("application/octet-stream", bytes)
        }
        Verb::Drop { provider, kid, .. } => Ask::delete(&["providers", provider, "trusted-keys", kid]),
    };
    let changed = store.ask(common.of(ask));
    let changed = changed.map_err(|problem| common.target.failure("change what is trusted in", &problem))?;
    let trusted = changed.get("trusted_keys").cloned().unwrap_or_else(|| json!([]));
    common
        .target
        .print(|| json!({"trusted": trusted}), || format!("{}\n", joined(&changed, "trusted_keys", "\n")))
}
