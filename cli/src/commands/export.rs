//! `idpstore export`: everything that a store holds, as one document.

use std::io::{self, Write as _};

use idpstore::engine::KeyWrap;
use idpstore::{ErrorKind, Secrets};

use super::ask::Ask;
use super::document;
use super::output::{self, is_closed};
use super::progress::Progress;
use super::store_file::StoreFile;
use super::target::Target;
use crate::failure::Failure;
use crate::seal::DocumentSeal;

/// Print everything that a store holds as one document, to be kept, compared, or imported elsewhere.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore export --db idps.redb > idps.json
  idpstore export --db idps.redb --sealed --document-passphrase-file phrase.txt > idps.sealed")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print private keys and client secrets, too, in the clear; no server does
    #[arg(long, conflicts_with = "url")]
    secrets: bool,
    /// Print YAML instead of JSON
    #[arg(long, conflicts_with = "json")]
    yaml: bool,
    /// Print private keys and client secrets, too, and seal the document, by what opens the store or `--document-…`
    #[arg(long, conflicts_with_all = ["secrets", "url", "yaml"])]
    sealed: bool,
    #[command(flatten)]
    seal: DocumentSeal,
}

/// Why no document is sealed.
const NOTHING_SEALS: &str =
    "`--sealed` takes what opens the store, `--document-key-file` or `--document-passphrase-file`";

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
        let by = if self.sealed { Some(self.sealed_by()?) } else { None };
        let store = file.open()?;
        if (self.secrets || self.sealed) && store.is_locked().map_err(|error| file.unread(&error))? {
            // Before anything is printed.
            return Err(file.failure("export", &idpstore::Error::from(ErrorKind::Sealed)));
        }
        let progress = Progress::of("exporting");
        let progress = |records| progress.at(records);
        let secrets = if self.secrets { Secrets::InTheClear } else { Secrets::LeftOut };
        let exported = match by {
            Some(by) => store.export_sealed(&by, out, progress),
            None => store.export(secrets, out, progress),
        };
        match exported {
            Err(error) if !is_closed(&error) => Err(file.failure("export", &error)),
            _ => Ok(()),
        }
    }

    fn sealed_by(&self) -> Result<KeyWrap, Failure> {
        self.seal.or(self.target.wrap()?)?.ok_or_else(|| Failure::of(NOTHING_SEALS))
    }
}
