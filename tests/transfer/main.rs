//! Portable documents: what is exported, what an import changes, and what it refuses.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod importing;
mod keys;
mod pruning;
mod refusals;
mod schema;
mod vendors;

use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{IdpStore, Secrets};
use serde_json::Value;

/// A small document, written by hand.
const SEED: &str = include_str!("seed.json");

/// What a store holds that was made of it.
const EXPORTED: &str = include_str!("exported.json");

/// The same with its secrets.
const IN_THE_CLEAR: &str = include_str!("in_the_clear.json");

/// An empty store, and its clock.
fn store() -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000));
    let builder = IdpStore::builder().clock(clock.clone()).entropy(CountedEntropy::default());
    (builder.keys(CannedKeys::default()).open().unwrap(), clock)
}

/// A store that was made of the small document.
fn seeded() -> (IdpStore, FixedClock) {
    let (store, clock) = store();
    import(&store, SEED, false);
    (store, clock)
}

fn export(store: &IdpStore, secrets: Secrets) -> String {
    let mut document = Vec::new();
    store.export(secrets, &mut document, |_| {}).unwrap();
    String::from_utf8(document).unwrap()
}

/// What an import would do, line by line.
fn plan(store: &IdpStore, document: &str, prune: bool) -> Vec<String> {
    let plan = store.plan_import(document, prune, |_| {}).unwrap();
    plan.planned().iter().map(ToString::to_string).collect()
}

fn import(store: &IdpStore, document: &str, prune: bool) -> u64 {
    let plan = store.plan_import(document, prune, |_| {}).unwrap();
    assert!(plan.is_possible(), "{:?}", plan.planned());
    let number = store.import(&plan, |_| {}).unwrap();
    let report = store.check().unwrap();
    assert!(report.is_sound(), "{:?}", report.problems);
    number
}

/// The document after a change.
fn edited(document: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut document = serde_json::from_str(document).unwrap();
    change(&mut document);
    document.to_string()
}
