//! Engines and stores on a cluster, and what tests do with them.

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::{ErrorKind, IdpStore, Result};
use idpstore_etcd::{EtcdEngine, Event, Observer, Options};

use crate::cluster::{Cluster, wait};

/// Options with which failures are noticed soon.
pub(crate) fn quick() -> Options {
    let mut options = Options::default();
    options.timeout = Duration::from_millis(700);
    options
}

pub(crate) fn engine(members: &[String], options: Options) -> EtcdEngine {
    EtcdEngine::connect(members, "idps", options).unwrap()
}

/// A store on all members.
pub(crate) fn on(cluster: &Cluster) -> IdpStore {
    open(engine(&cluster.endpoints(), quick()))
}

pub(crate) fn open(engine: EtcdEngine) -> IdpStore {
    IdpStore::builder().engine(engine).open().unwrap()
}

/// What an engine of these options will report.
pub(crate) fn reports(options: &mut Options) -> Receiver<Event> {
    let (sender, receiver) = mpsc::channel();
    options.observer = Some(Observer::new(move |event| drop(sender.send(event))));
    receiver
}

pub(crate) fn create(store: &IdpStore, name: &str) -> Result<IdentityProvider> {
    let saml = || Protocol::Saml(Saml::default());
    store.service().create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, saml())))
}

/// The names of all providers of a tenant, in the order in which they were made.
pub(crate) fn names(store: &IdpStore) -> Result<Vec<String>> {
    let found = store.providers().list_from(0, 10_000)?.items;
    Ok(found.into_iter().map(|provider| provider.name).collect())
}

/// Creates a provider as soon as that can be done.
pub(crate) fn create_soon(store: &IdpStore, name: &str) {
    wait(|| create(store, name).ok()).expect("writes go on");
}

/// Sees everything that was written, as soon as that can be done.
pub(crate) fn names_soon(store: &IdpStore) -> Vec<String> {
    wait(|| {
        store.catch_up(Duration::from_secs(1)).ok()?;
        names(store).ok()
    })
    .expect("reads go on")
}

/// After how many seconds a call may be tried again that has failed because etcd cannot be used.
pub(crate) fn unavailable<T>(outcome: Result<T>) -> Option<u32> {
    match outcome.err()?.kind() {
        ErrorKind::Unavailable { retry_after } => Some(*retry_after),
        kind => panic!("{kind:?}"),
    }
}

/// An engine below another prefix.
pub(crate) fn elsewhere(cluster: &Cluster, prefix: &str) -> EtcdEngine {
    EtcdEngine::connect(&cluster.endpoints(), prefix, quick()).unwrap()
}
