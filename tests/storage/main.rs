//! What lies in a file, or on whatever else holds bytes, outlives everything that can happen to the process and
//! is never read wrongly.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod damage;
mod disk;
mod failures;
mod forged;
mod kill;
mod opening;
mod reopening;

use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::service::ProviderQuery;
use idpstore::{IdpStore, Result};

/// Makes a provider; once this has answered, it must stay.
fn create(store: &IdpStore, name: &str) -> Result<()> {
    let protocol = || Protocol::Saml(Saml::default());
    let made = store
        .service()
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol())));
    made.map(|_| ())
}

/// The names of all providers, after a look at every record that there is.
fn names(store: &IdpStore) -> Vec<String> {
    let query = |needle: Option<&str>| ProviderQuery {
        name_contains: needle.map(str::to_owned),
        kind: None,
        after: None,
        limit: usize::MAX,
    };
    let names: Vec<_> =
        store.service().providers(&query(None)).unwrap().items.into_iter().map(|found| found.name).collect();
    let mut found_by_name: Vec<_> = store
        .service()
        .providers(&query(Some("")))
        .unwrap()
        .items
        .into_iter()
        .map(|found| found.name)
        .collect();
    found_by_name.sort_by_key(|name| names.iter().position(|known| known == name));
    assert_eq!(found_by_name, names, "the index leads to every record");
    let changes = store.service().changes(0, usize::MAX).unwrap();
    assert!(changes.iter().map(|change| change.sequence).eq(1..=names.len() as u64), "the log is whole");
    names
}
