//! The typed API loses nothing: the rules decide keys, a write inside of a write is refused, and change numbers ascend.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod actors;
mod clock;
mod clones;
mod drafts;
mod expiry;
mod first_use;
mod history;
mod imports;
mod nesting;
mod references;
mod plans;
mod restoring;
mod rotation;
mod subscribing;
mod trust_ends;
mod units;
mod validation;

use idpstore::engine::{MemoryEngine, RedbEngine};
use idpstore::model::{IdentityProvider, OpenIdConnect, Protocol};
use idpstore::testing::CannedKeys;
use idpstore::{IdpStore, ProviderQuery, Service};

fn stores() -> Vec<IdpStore> {
    let builders = [
        IdpStore::builder().engine(MemoryEngine::default()),
        IdpStore::builder().engine(RedbEngine::in_memory().unwrap()),
    ];
    builders.map(|builder| builder.keys(CannedKeys::default()).open().unwrap()).into()
}

fn protocol() -> Protocol {
    Protocol::OpenIdConnect(OpenIdConnect::default())
}

fn provider(service: &Service, name: &str) -> IdentityProvider {
    let make =
        service.create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol())));
    make.unwrap()
}

fn provider_names(service: &Service, name_contains: Option<&str>) -> Vec<String> {
    let query = ProviderQuery { name_contains: name_contains.map(str::to_owned), ..ProviderQuery::default() };
    service.providers(&query).unwrap().items.into_iter().map(|provider| provider.name).collect()
}
