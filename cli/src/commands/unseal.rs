//! `idpstore unseal`: the secrets of a store file decrypted in its place.

use serde_json::json;

use super::store_file::StoreFile;
use crate::failure::Failure;

/// Unseal a store file: from then on its private keys and secrets are in it in the clear. It must not be in use.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore unseal --db idps.redb --seal-key-file seal.key")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let by = file.needed_wrap("unseal")?;
    file.replace("unseal", |store| store.unsealed(&by))?;
    file.print(
        || json!({"sealed": false, "wraps": []}),
        || format!("`{}` is not sealed\n", file.path().display()),
    )
}
