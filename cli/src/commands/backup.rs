//! `idpstore backup`: a copy of a store file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::store_file::StoreFile;
use crate::failure::Failure;

/// Copy a store to a new file, which only its owner can read, and which is as small as it can be.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore backup idps-2026-11-29.redb --db idps.redb")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// The new file
    target: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (file, target) = (&arguments.file, &arguments.target);
    let bytes = file.open()?.snapshot().and_then(|snapshot| snapshot.to_bytes());
    let bytes = bytes.map_err(|error| file.unread(&error))?;
    write(target, &bytes)
        .map_err(|error| Failure::new(format!("cannot write `{}`", target.display()), &error))?;
    file.print(
        || json!({"file": target, "bytes": bytes.len()}),
        || format!("{} bytes are in `{}`\n", bytes.len(), target.display()),
    )
}

/// Writes a file that is not there yet.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
