//! What lies in a file, or on whatever else holds bytes, outlives everything that can happen to the process and
//! is never read wrongly.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod bytes;
mod batches;
mod beside;
mod damage;
mod disk;
mod failures;
mod forged;
mod kill;
mod opening;
mod power;
mod reopening;
mod sealing;
mod sharing;
mod work;

use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::testing::inside::{Policy, with_policy};
use idpstore::{IdpStore, ProviderQuery, Result};

/// Names that fill pages.
static LONG_NAMES: Policy = Policy { name_length: 0..=usize::MAX, ..Policy::NEUTRAL };

/// Makes a provider; once this has answered, it must stay.
fn create(store: &IdpStore, name: &str) -> Result<()> {
    let protocol = || Protocol::Saml(Saml::default());
    let made = with_policy(&store.service(), &LONG_NAMES)
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol())));
    made.map(|_| ())
}

/// What a store holds.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    /// The names of all providers, from the oldest to the newest.
    names: Vec<String>,
    /// How many changes there were.
    changes: usize,
}

/// Reads every record and every entry of the index.
fn look(store: &IdpStore) -> State {
    let found = |needle: Option<&str>| -> Vec<String> {
        let query = ProviderQuery {
            name_contains: needle.map(str::to_owned),
            limit: usize::MAX,
            ..ProviderQuery::default()
        };
        store.service().providers(&query).unwrap().items.into_iter().map(|found| found.name).collect()
    };
    let (names, mut by_name) = (found(None), found(Some("")));
    by_name.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(by_name, names, "the index leads to every record");
    let changes = store.service().changes(0, usize::MAX).unwrap();
    assert!(changes.iter().map(|change| change.sequence).eq(1..=changes.len() as u64), "the log is whole");
    State { names, changes: changes.len() }
}

/// The names of all providers of a store in which providers were made and nothing else.
fn names(store: &IdpStore) -> Vec<String> {
    let State { names, changes } = look(store);
    assert_eq!(changes, names.len());
    names
}

/// How many times as much is done as in an ordinary run: `cargo xtask soak` sets it.
fn times() -> usize {
    std::env::var("IDPSTORE_TEST_TIMES").map_or(1, |times| times.parse().unwrap())
}

/// Prints what has been done, for the summary of `cargo xtask soak`.
#[expect(clippy::print_stdout, reason = "a soak reads it from there")]
fn figures(words: &str) {
    println!("figures: {words}");
}
