//! `idpstore compact`: a store file made small.

use serde_json::json;

use super::store_file::StoreFile;
use crate::failure::Failure;

/// Make a store file as small as it can be.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore compact --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let (before, after) = file.compact()?;
    file.print(|| json!({"before": before, "after": after}), || format!("{before} bytes became {after}\n"))
}
