//! `idpstore seal`: the secrets of a store file, or everything in it, encrypted in its place.

use idpstore::env::SeededEntropy;
use serde_json::json;

use super::store_file::StoreFile;
use crate::failure::Failure;

/// Seal a store file: encrypt its private keys and secrets by `--seal-key-file` or `--seal-passphrase-file`.
///
/// The file is replaced at once by a new one, which has none of them in the clear. It must not be in use.
#[derive(clap::Args)]
#[command(after_help = "Example:
  head -c 32 /dev/urandom > seal.key
  idpstore seal --db idps.redb --seal-key-file seal.key")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Encrypt everything, names and entity ids included: without the key nothing of the store can then be read or served
    #[arg(long)]
    everything: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let by = file.needed_wrap("seal")?;
    let random = SeededEntropy::from_system().map_err(|error| file.failure("seal", &error))?;
    file.replace("seal", |store| {
        if arguments.everything { store.sealed_whole(&by, &random) } else { store.sealed(&by, &random) }
    })?;
    file.print(
        || json!({"sealed": true, "wraps": [by.name()]}),
        || format!("`{}` is sealed by the wrap `{}`\n", file.path().display(), by.name()),
    )
}
