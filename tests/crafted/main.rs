//! Stores that somebody has crafted: records under foreign keys, and index entries that lead to nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod check;
mod reading;
mod told;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;

use idpstore::IdpStore;
use idpstore::engine::{Direction, MemoryEngine, OneOwner as _, RedbEngine};

type Entry = (Vec<u8>, Vec<u8>);

/// The entries of a store that has something in every table.
fn entries() -> Vec<Entry> {
    static SOUND: LazyLock<Vec<Entry>> = LazyLock::new(read_vector);
    SOUND.clone()
}

fn read_vector() -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let vector = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/store-v3.redb");
    std::fs::copy(vector, &path).unwrap();
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.push((key.to_vec(), value.to_vec()));
        Ok(ControlFlow::Continue(()))
    };
    let engine = RedbEngine::file(&path).unwrap();
    engine.raw_read().unwrap().scan(&[], &[0xff], Direction::Ascending, visit).unwrap();
    found
}

fn store(entries: &[Entry]) -> IdpStore {
    let engine = MemoryEngine::default();
    let mut tx = engine.raw_write().unwrap();
    for (key, value) in entries {
        tx.put(key, value).unwrap();
    }
    tx.commit().unwrap();
    IdpStore::builder().engine(engine).open().unwrap()
}

/// The tables that lead to records.
const INDEXES: &[u8] = b"NnYskvxazRleoUuhiwq";
