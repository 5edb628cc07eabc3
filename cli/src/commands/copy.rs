//! `idpstore copy`: a store from a file into etcd, and back.

use idpstore::engine::RedbEngine;

use super::output;
use super::progress::Progress;
use super::store_file::StoreFile;
use crate::engine::{Engine, Reached, is_url};
use crate::failure::Failure;
use crate::seal::Seal;
use crate::share::Share;

/// Copy a store from a file into etcd, or back, and compare the two at the end. What is sealed stays so. A copy into etcd that
/// was broken off goes on when it is repeated; it is without the history.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The store: a file, or `etcd://HOST,HOST/PREFIX`
    #[arg(long, value_name = "FILE|URL")]
    from: String,
    /// Where no store is yet: a file, or `etcd://HOST,HOST/PREFIX`
    #[arg(long, value_name = "FILE|URL")]
    to: String,
    #[command(flatten)]
    reached: Reached,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { from, to, reached } = arguments;
    let failure = |error: &idpstore::Error| Failure::new(format!("cannot copy `{from}` to `{to}`"), error);
    let (path, engine) =
        if is_url(from) { (None, Engine::at(from, reached)) } else { (Some(from.into()), Engine::default()) };
    let source = StoreFile::at(path, Share::default(), engine, Seal::default(), false);
    let store = source.open()?;
    let progress = Progress::of("copying");
    let progress = |entries| progress.at(entries);
    let copied = if is_url(to) {
        store.copy_to(reached.connect(to, |_| {})?, progress)
    } else {
        RedbEngine::file(to).and_then(|file| store.copy_to(file, progress))
    };
    let entries = copied.map_err(|error| failure(&error))?;
    output::print(&format!("{entries} entries copied to {to}\n"))
}
