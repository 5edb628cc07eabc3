//! The store for JavaScript. Only strings, bytes and numbers cross the boundary; everything that a program sees
//! is written in TypeScript around it, in `pkg/`.

#![allow(clippy::missing_errors_doc, reason = "all fail with a text that `error.rs` tells of")]

mod backend;
mod env;
mod error;
mod message;

use std::sync::Arc;

use bytes::Bytes;
use idpstore::dialects;
use idpstore::engine::memory::MemoryEngine;
use idpstore::engine::redb::RedbEngine;
use idpstore::env::{CertificateSettings, Environment, KeySource as _};
use idpstore::pki::{KeySpec, PrivateKey};
use idpstore::testing::CannedKeys;
use idpstore::{Builder, IdpStore};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use backend::{Backend, Storage};
use env::{Draws, Host};
use error::{Text, text};

/// The starts of the paths that belong to a vendor's API.
#[wasm_bindgen]
#[must_use]
pub fn prefixes() -> Vec<String> {
    let prefixes = dialects::ALL.iter().flat_map(|dialect| dialect.prefixes);
    prefixes.map(|prefix| (*prefix).to_owned()).collect()
}

/// The test key with this position in the order that all ports of the store share: PKCS#8 in DER.
#[wasm_bindgen]
pub fn fixture_key(spec: &str, position: usize) -> Result<Vec<u8>, Text> {
    let spec: KeySpec = spec.parse().map_err(text)?;
    let key = CannedKeys::from_position(position).generate(spec).map_err(error::key)?;
    Ok(key.to_pkcs8_der().map_err(text)?.to_vec())
}

/// An open store.
#[wasm_bindgen]
pub struct Store {
    host: Host,
    store: IdpStore,
}

/// What a store held, and how much it had drawn from its entropy.
#[wasm_bindgen]
pub struct Snapshot {
    records: idpstore::engine::Snapshot,
    drawn: u128,
}

#[wasm_bindgen]
impl Store {
    /// A new store in memory. Without a `seed` its entropy counts. `certificate_key` is the kind of key for service
    /// providers' certificates, where the vendor leaves that to the server's settings; `fetches` tells whether
    /// documents that partners publish can be had.
    pub fn memory(
        now: f64,
        seed: &[u8],
        base_url: Option<String>,
        certificate_key: &str,
        fetches: bool,
    ) -> Result<Store, Text> {
        let builder = IdpStore::builder().engine(MemoryEngine::default());
        Self::open(Host::new(now, Draws::new(seed)), base_url, certificate_key, fetches, builder)
    }

    /// The store whose bytes lie in `storage`, made if nothing lies there.
    pub fn lasting(
        now: f64,
        seed: &[u8],
        base_url: Option<String>,
        certificate_key: &str,
        fetches: bool,
        storage: Storage,
    ) -> Result<Store, Text> {
        let engine = RedbEngine::backend(Backend(storage)).map_err(text)?;
        let builder = IdpStore::builder().engine(engine);
        Self::open(Host::new(now, Draws::new(seed)), base_url, certificate_key, fetches, builder)
    }

    fn open(
        host: Host,
        base_url: Option<String>,
        key: &str,
        fetches: bool,
        builder: Builder,
    ) -> Result<Store, Text> {
        let spec: KeySpec = key.parse().map_err(|cause| error::option("certificateKey", &cause))?;
        let environment = Environment {
            clock: Arc::new(host.clone()),
            entropy: Arc::new(host.clone()),
            keys: Arc::new(host.clone()),
            fetcher: fetches.then(|| Arc::new(host.clone()) as _),
            character_sets: Arc::new(host.clone()),
            certificates: CertificateSettings { spec, ..CertificateSettings::default() },
        };
        let builder = match base_url {
            Some(url) => builder.base_url(url),
            None => builder,
        };
        Ok(Self { host, store: builder.open_in(environment).map_err(text)? })
    }

    /// Answers a request, both in the form of [`message`].
    /// Fails with `ERR_KEY_PENDING` or `ERR_DOCUMENT_PENDING` if a key of that kind or the document at that URL must
    /// be supplied first, and then the whole call be repeated.
    pub fn handle(&self, now: f64, head: &str, body: Vec<u8>) -> Result<Vec<u8>, Text> {
        self.host.set_time(now);
        let request = message::request(head, Bytes::from(body))?;
        let drawn = self.host.drawn();
        let outcome = self.store.try_handle(request);
        // A call whose document is missing is refused before it changes anything.
        let outcome = match (self.host.clear_shelf(), outcome) {
            (Some(url), _) => Err(format!("ERR_DOCUMENT_PENDING {url}")),
            (None, outcome) => outcome.map_err(text),
        };
        // As if the call had not been: what it drew is drawn again when it is repeated.
        let answer = outcome.inspect_err(|_| self.host.draw_again_from(drawn))?;
        Ok(message::response(&answer))
    }

    /// Puts a private key (PKCS#8 in DER) on the shelf, for the next call of [`Store::handle`] only.
    pub fn supply_key(&self, pkcs8: &[u8]) -> Result<(), Text> {
        let key = PrivateKey::from_pkcs8_der(pkcs8).inspect_err(|_| _ = self.host.clear_shelf());
        self.host.shelve(key.map_err(text)?);
        Ok(())
    }

    /// Puts the document at a URL on the shelf, for the next call of [`Store::handle`] only; without a document, that
    /// it could not be fetched.
    pub fn supply_document(&self, url: String, document: Option<Vec<u8>>) {
        self.host.shelve_document(url, document);
    }

    /// Up to `limit` changes after the one with this number, as a JSON array. Ids are texts in it: they are
    /// larger than the numbers that JavaScript can tell apart.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, exact up to 2^53")]
    pub fn changes(&self, after: f64, limit: u32) -> Result<String, Text> {
        let changes = self.store.service().changes(after as u64, limit as usize).map_err(text)?;
        let shown = changes.into_iter().map(|change| {
            json!({
                "sequence": change.sequence,
                "time": change.time,
                "tenant": change.tenant.to_string(),
                "actor": change.actor,
                "kind": change.kind,
                "subject": change.subject.to_string(),
                "kid": change.kid,
            })
        });
        Ok(Value::Array(shown.collect()).to_string())
    }

    /// The number of the last change.
    #[expect(clippy::cast_precision_loss, reason = "a count, exact up to 2^53")]
    pub fn last_change(&self) -> Result<f64, Text> {
        Ok(self.store.service().last_change().map_err(text)? as f64)
    }

    /// What the store holds now.
    pub fn snapshot(&self) -> Result<Snapshot, Text> {
        Ok(Snapshot { records: self.store.snapshot().map_err(text)?, drawn: self.host.drawn() })
    }

    /// Goes back to a snapshot.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), Text> {
        self.store.restore(&snapshot.records).map_err(text)?;
        self.host.draw_again_from(snapshot.drawn);
        Ok(())
    }

    /// Goes back to a new store.
    pub fn reset(&self, now: f64) -> Result<(), Text> {
        self.host.set_time(now);
        self.store.reset().map_err(text)?;
        self.host.draw_again_from(0);
        Ok(())
    }
}
