//! `idpstore export`: everything that a store holds, as one document.

use std::io::{self, Write as _};

use idpstore::Secrets;

use super::ask::Ask;
use super::document;
use super::output::{self, is_closed};
use super::progress::Progress;
use super::store_file::StoreFile;
use super::target::Target;
use crate::failure::Failure;

/// Print everything that a store holds as one document, to be kept, compared, or imported elsewhere.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore export --db idps.redb > idps.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print private keys and client secrets, too, in the clear; no server does
    #[arg(long, conflicts_with = "url")]
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
    fn write(&self, mut out: impl io::Write) -> Result<(), Failure> {
        let written = match self.target.file() {
            // Of a file no more than a record is in memory at a time.
            Some(file) => return self.of_file(&file, out),
            None => self.target.open()?.text(Ask::get(&["export"])),
        };
        let document = written.map_err(|problem| self.target.failure("export", &problem))?;
        match out.write_all(&document) {
            Err(error) if !is_closed(&error) => Err(Failure::new("cannot print the document", &error)),
            _ => Ok(()),
        }
    }

    fn of_file(&self, file: &StoreFile, out: impl io::Write) -> Result<(), Failure> {
        let store = file.open()?;
        let secrets = if self.secrets { Secrets::InTheClear } else { Secrets::LeftOut };
        let progress = Progress::of("exporting");
        match store.export(secrets, out, |records| progress.at(records)) {
            Err(error) if !is_closed(&error) => Err(file.failure("export", &error)),
            _ => Ok(()),
        }
    }
}
