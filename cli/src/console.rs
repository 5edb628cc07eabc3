//! `idpstore console`: the admin console of a store file, in the browser.

use std::path::PathBuf;

use crate::engine::Engine;
use crate::failure::Failure;
use crate::seal::Seal;
use crate::serve;
use crate::serve::console::{IS_HERE, MISSING};
use crate::share::Share;

/// Show a store in the browser: serve it on a free port, to those alone who have the link, until Ctrl-C.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore console --db idps.redb")]
pub(crate) struct Arguments {
    /// The file to show, made if it is not there; without it all is gone on exit
    #[arg(long, value_name = "FILE", value_parser = serve::file, env = "IDPSTORE_DB")]
    db: Option<PathBuf>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    engine: Engine,
    #[command(flatten)]
    seal: Seal,
    /// The port to listen on; 0 takes any free one
    #[arg(long, default_value_t, env = "IDPSTORE_PORT")]
    port: u16,
    /// Fetch the metadata documents that are named by URL, from public and loopback addresses
    #[arg(long)]
    allow_metadata_fetch: bool,
    /// Print the link, and open no browser
    #[arg(long)]
    no_open: bool,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    if !IS_HERE {
        return Err(Failure::of(MISSING.trim_end()));
    }
    let Arguments { db, share, engine, seal, port, allow_metadata_fetch, no_open } = arguments;
    serve::run(serve::Arguments::of_console(db, share, engine, seal, port, allow_metadata_fetch, !no_open))
}
