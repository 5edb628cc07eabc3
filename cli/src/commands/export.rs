//! `idpstore export`: everything that a store holds, as one document.

use std::io::{self, Write as _};

use idpstore::Secrets;

use super::document;
use super::output::{self, is_closed};
use super::progress::Progress;
use super::store_file::StoreFile;
use crate::failure::Failure;

/// Print everything that a store holds as one document, to be kept, compared, or imported elsewhere.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore export --db idps.redb > idps.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Print private keys and client secrets, too, in the clear
    #[arg(long)]
    secrets: bool,
    /// Print YAML instead of JSON
    #[arg(long, conflicts_with = "json")]
    yaml: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.yaml {
        let mut json = Vec::new();
        arguments.write(&mut json)?;
        return output::print(&document::yaml(&json)?);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    arguments.write(&mut out)?;
    match out.flush() {
        Err(error) if !is_closed(&error) => Err(Failure::new("cannot print the document", &error)),
        _ => Ok(()),
    }
}

impl Arguments {
    /// Writes the document as JSON, as far as its reader wants it.
    fn write(&self, out: impl io::Write) -> Result<(), Failure> {
        let store = self.file.open()?;
        let secrets = if self.secrets { Secrets::InTheClear } else { Secrets::LeftOut };
        let progress = Progress::of("exporting");
        match store.export(secrets, out, |records| progress.at(records)) {
            Err(error) if !is_closed(&error) => Err(self.file.failure("export", &error)),
            _ => Ok(()),
        }
    }
}
