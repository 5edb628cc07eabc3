//! `idpstore diff`: what differs between two documents, as an import would change it.

use std::path::PathBuf;

use idpstore::IdpStore;
use serde_json::json;

use super::document::{self, cannot};
use super::import::{apply, lines, plan};
use super::output;
use crate::failure::Failure;
use crate::seal::{DocumentSeal, Seal};

/// Print what differs between two documents of JSON or YAML, as an import would change it. Ends with 1 if anything does.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore diff monday.json tuesday.json")]
pub(crate) struct Arguments {
    /// The first document
    before: PathBuf,
    /// The second document
    after: PathBuf,
    #[command(flatten)]
    seal: DocumentSeal,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let store = IdpStore::in_memory().map_err(|error| Failure::new("cannot compare", &error))?;
    let by = || arguments.seal.or(Seal::default().wrap()?);
    let (before, after) = (document::read(&arguments.before, by)?, document::read(&arguments.after, by)?);
    apply(&store, &before, false).map_err(|error| cannot("import", &arguments.before, &error))?;
    let plan = plan(&store, &arguments.after, &after, true)?;
    output::print(&lines(&json!(plan)))?;
    if plan.planned().is_empty() { Ok(()) } else { Err(Failure::of("the documents differ")) }
}
