//! `idpstore rewrap`: what opens a sealed store file, changed.

use std::path::PathBuf;

use idpstore::engine::{Engine as _, KeyWrap, MemoryEngine, Snapshot};
use idpstore::{Error, ErrorKind, IdpStore};
use serde_json::json;

use super::output;
use super::store_file::StoreFile;
use crate::failure::Failure;
use crate::{seal, secret};

/// Change the wraps of a sealed store file, which are the keys and passphrases that open it, or the key that seals its records.
///
/// A file is replaced at once by a new one, so that wraps which were removed are gone from it. It must not be in use. A store in etcd
/// is changed while it is used.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  idpstore rewrap --db idps.redb --list
  idpstore rewrap --db idps.redb --seal-passphrase-file old.txt --add-passphrase-file new.txt --remove passphrase")]
#[group(id = "change", multiple = true, required = true, args = ["add_key_file", "add_passphrase_file", "remove", "rotate", "list"])]
pub(crate) struct Arguments {
    #[command(flatten)]
    file: StoreFile,
    /// Let the key in this file open the store, too
    #[arg(long, value_name = "FILE", group = "added")]
    add_key_file: Option<PathBuf>,
    /// Let the passphrase in this file open the store, too
    #[arg(long, value_name = "FILE", group = "added")]
    add_passphrase_file: Option<PathBuf>,
    /// The name of the added wrap; by default `key` or `passphrase`, with a number if there is one
    #[arg(long, requires = "added")]
    name: Option<String>,
    /// Remove the wrap of this name
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Seal all records by another data key
    #[arg(long)]
    rotate: bool,
    /// Print the names of the wraps
    #[arg(long)]
    list: bool,
}

/// What became of a store.
struct Rewrapped {
    wraps: Vec<String>,
    /// How many records were sealed by another data key, if they were.
    resealed: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let done = if arguments.is_change() { arguments.change()? } else { arguments.look()? };
    file.print(
        || match done.resealed {
            Some(count) => json!({"wraps": done.wraps, "resealed": count}),
            None => json!({"wraps": done.wraps}),
        },
        || {
            let names = done.wraps.iter().map(|name| output::escaped(name) + "\n");
            let count =
                done.resealed.map(|count| format!("{count} records are sealed by another data key\n"));
            count.into_iter().chain(names).collect()
        },
    )
}

impl Arguments {
    fn is_change(&self) -> bool {
        let is_added = self.add_key_file.is_some() || self.add_passphrase_file.is_some();
        is_added || !self.remove.is_empty() || self.rotate
    }

    /// The wraps, which are not secret.
    fn look(&self) -> Result<Rewrapped, Failure> {
        let file = &self.file;
        let wraps = file.open()?.wraps().map_err(|error| file.unread(&error))?;
        if wraps.is_empty() {
            return Err(file.unread(&not_sealed()));
        }
        Ok(Rewrapped { wraps, resealed: None })
    }

    fn change(&self) -> Result<Rewrapped, Failure> {
        let (by, added) = (self.file.needed_wrap("rewrap")?, self.added()?);
        if self.file.is_in_engine() {
            return self
                .rewrap(&self.file.open()?, added)
                .map_err(|error| self.file.failure("rewrap", &error));
        }
        let mut done = None;
        self.file.replace("rewrap", |before| {
            let store = in_memory(before, by)?;
            done = Some(self.rewrap(&store, added)?);
            store.snapshot()
        })?;
        done.ok_or_else(|| self.file.unread(&not_sealed()))
    }

    /// Changes the wraps of an open store.
    fn rewrap(&self, store: &IdpStore, added: Option<KeyWrap>) -> idpstore::Result<Rewrapped> {
        if !store.is_sealed()? {
            return Err(not_sealed());
        }
        if let Some(wrap) = added {
            let name = match &self.name {
                Some(name) => name.clone(),
                None => free_name(wrap.name(), &store.wraps()?),
            };
            store.add_wrap(&wrap.named(&name))?;
        }
        self.remove.iter().try_for_each(|name| store.remove_wrap(name))?;
        let resealed = self.rotate.then(|| store.rotate_data_key()).transpose()?;
        Ok(Rewrapped { wraps: store.wraps()?, resealed })
    }

    /// What is to open the store, too.
    fn added(&self) -> Result<Option<KeyWrap>, Failure> {
        let files = [self.add_key_file.as_deref(), self.add_passphrase_file.as_deref()];
        secret::warn_of_readers(files.into_iter().flatten())?;
        seal::of_files(files, "--add-key-file", "--add-passphrase-file")
    }
}

/// A sealed store in memory, which is opened.
fn in_memory(before: &Snapshot, by: KeyWrap) -> idpstore::Result<IdpStore> {
    if !before.is_sealed() {
        return Err(not_sealed());
    }
    let engine = MemoryEngine::default();
    let mut tx = engine.write()?;
    tx.restore(before)?;
    tx.commit(None)?;
    IdpStore::builder().engine(engine).seal(by).open()
}

fn not_sealed() -> Error {
    Error::new(ErrorKind::WrongState).context("the store is not sealed")
}

/// The name, or the first one with a number behind it that no wrap has.
fn free_name(name: &str, taken: &[String]) -> String {
    let mut free = name.to_owned();
    let mut number = 1;
    while taken.contains(&free) {
        number += 1;
        free = format!("{name}-{number}");
    }
    free
}
