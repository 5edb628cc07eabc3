//! `idpstore demo`: the store shown at work, from the first request to the reopened file.
//!
//! A chapter is one function that speaks as a client of one vendor, or of none. To add one, write it in a file of its own
//! and name it in [`CHAPTERS`].

mod client;
mod issuer;
mod okta;
mod okta_outbound;
mod rotation;
mod zitadel;

use std::path::{Path, PathBuf};

use idpstore::IdpStore;

use crate::failure::Failure;
use client::Client;
use issuer::Issuer;

/// Show what a store does: signing certificates are rotated, the file closed and opened again.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file to work in, made if it is not there, and kept; without it a temporary one
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

/// A part of the story. What it asks the client to keep must still be answered in the same way
/// after the store was opened again.
type Chapter = fn(&mut Client, &Issuer) -> Result<(), Failure>;

const CHAPTERS: [Chapter; 4] =
    [okta::inbound_saml, okta_outbound::outbound_saml, rotation::with_overlap, zitadel::three_doors];

/// Runs all chapters.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    // Dropping the folder removes it, whether the story ends well or not.
    let folder;
    let file = if let Some(file) = arguments.db {
        file
    } else {
        folder =
            tempfile::tempdir().map_err(|error| Failure::new("cannot make a temporary folder", &error))?;
        folder.path().join("demo.redb")
    };
    client::tell(&format!("The store is the file {}", file.display()))?;
    let authority = Issuer::new("Throw-away Certification Authority")?;
    let mut client = Client::new(open(&file)?);
    for chapter in CHAPTERS {
        chapter(&mut client, &authority)?;
    }
    let kept = client.close();
    client::tell("\nThe store is closed, opened again, and called once more")?;
    Client::new(open(&file)?).ask_again(&kept)?;
    client::tell("\nEverything went as it should.")
}

fn open(file: &Path) -> Result<IdpStore, Failure> {
    IdpStore::open(file).map_err(|error| Failure::new(format!("cannot open `{}`", file.display()), &error))
}
