//! What partners publish: SAML metadata of one entity and of many, and OpenID Connect discovery; how it is read, taken into
//! providers, and read anew.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test ends where it fails")]

mod aggregates;
mod discovery;
mod importing;
mod reading;
mod refreshing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use idpstore::env::{Fetched, Fetcher};
use idpstore::pki::{EcCurve, KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Error, ErrorKind, IdpStore, MetadataImport, NewSigningKey, Owner};

/// Metadata with something of everything. Its certificates are to be put in.
const ENTITY: &str = include_str!("entity.xml");

/// Three identity providers, one in a group of its own, and a service provider.
const AGGREGATE: &str = include_str!("aggregate.xml");

/// When all tests begin: 2027-01-15T08:00:00Z.
const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

fn store_with(partners: &Partners) -> (IdpStore, FixedClock) {
    let clock = FixedClock::at(NOW);
    let builder = IdpStore::builder().clock(clock.clone()).entropy(CountedEntropy::default());
    (builder.keys(CannedKeys::default()).fetcher(partners.clone()).open().unwrap(), clock)
}

fn store() -> IdpStore {
    store_with(&Partners::default()).0
}

/// Another certificate than those of [`entity`], in base64.
fn certificate() -> String {
    let spec = KeySpec::Ec { curve: EcCurve::P256 };
    let new = NewSigningKey { spec, years: 3, ..NewSigningKey::default() };
    store().signing_keys(Owner::Tenant).generate(&new).unwrap().chain.remove(0)
}

/// Three certificates, and the metadata that lists them: one to sign, one for both purposes, one to encrypt.
fn entity() -> ([String; 3], String) {
    let keys = CannedKeys::default();
    let store = IdpStore::builder().clock(FixedClock::at(NOW)).keys(keys).open().unwrap();
    let new = NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() };
    let certificates =
        [(); 3].map(|()| store.signing_keys(Owner::Tenant).generate(&new).unwrap().chain.remove(0));
    let named = ["{signing}", "{both}", "{encryption}"].iter().zip(&certificates);
    let xml = named.fold(ENTITY.to_owned(), |xml, (name, certificate)| xml.replace(name, certificate));
    (certificates, xml)
}

fn cautious() -> MetadataImport {
    MetadataImport::default()
}

/// Partners that publish documents, and what was requested of them: the URL and the version that was known.
#[derive(Clone, Debug, Default)]
struct Partners {
    documents: Arc<Mutex<BTreeMap<String, Fetched>>>,
    requested: Arc<Mutex<Vec<Requested>>>,
}

type Requested = (String, Option<String>);

impl Partners {
    fn publish(&self, url: &str, body: &str, etag: Option<&str>) {
        let fetched = Fetched { body: body.into(), etag: etag.map(str::to_owned) };
        self.documents.lock().unwrap().insert(url.to_owned(), fetched);
    }

    /// What was requested since this was called last.
    fn requested(&self) -> Vec<Requested> {
        std::mem::take(&mut self.requested.lock().unwrap())
    }
}

impl Fetcher for Partners {
    fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
        Ok(self.get_changed(url, None)?.unwrap().body)
    }

    fn get_changed(&self, url: &str, known: Option<&str>) -> idpstore::Result<Option<Fetched>> {
        self.requested.lock().unwrap().push((url.to_owned(), known.map(str::to_owned)));
        let missing = || Error::new(ErrorKind::Unsupported).context(format!("nothing is at `{url}`"));
        let document = self.documents.lock().unwrap().get(url).cloned().ok_or_else(missing)?;
        Ok(Some(document).filter(|document| known.is_none() || document.etag.as_deref() != known))
    }
}
