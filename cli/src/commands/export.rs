//! `idpstore export`: everything that a store holds, as one JSON document.

use std::io::{self, Write as _};

use idpstore::Secrets;

use super::output::is_closed;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Print everything that a store holds as one JSON document, to be kept, compared, or imported elsewhere.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore export --db idps.redb > idps.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Print private keys and client secrets, too, in the clear
    #[arg(long)]
    secrets: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let store = arguments.file.open()?;
    let secrets = if arguments.secrets { Secrets::InTheClear } else { Secrets::LeftOut };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if let Err(error) = store.export(secrets, &mut out, |_| {})
        && !is_closed(&error)
    {
        return Err(arguments.file.failure("export", &error));
    }
    match out.flush() {
        Err(error) if !is_closed(&error) => Err(Failure::new("cannot print the document", &error)),
        _ => Ok(()),
    }
}
