//! The store for JavaScript. Only strings, bytes and numbers cross the boundary; everything that a program sees
//! is written in TypeScript around it, in `pkg/`.

#![allow(clippy::missing_errors_doc, reason = "all fail with a text that `error.rs` describes")]

mod backend;
mod derivation;
mod env;
mod error;
mod harness;
mod message;
mod signing;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use idpstore::engine::{MemoryEngine, RedbEngine};
use idpstore::env::{CertificateSettings, Environment};
use idpstore::harness::Harness;
use idpstore::pki::{Hash, KeySpec, PrivateKey};
use idpstore::testing::CannedKeys;
use idpstore::{Builder, Error, ErrorKind, IdpStore, path_prefixes, spellings};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use backend::{Backend, Storage};
use derivation::{Underived, hash_name};
use env::{Draws, Host, Missing};
use error::{Text, text};

/// The starts of the paths that belong to a vendor's API.
#[wasm_bindgen]
#[must_use]
pub fn prefixes() -> Vec<String> {
    path_prefixes().map(str::to_owned).collect()
}

/// The test key with this position in the order that all ports of the store share: PKCS#8 in DER.
#[wasm_bindgen]
pub fn fixture_key(spec: &str, position: usize) -> Result<Vec<u8>, Text> {
    let spec: KeySpec = spec.parse().map_err(text)?;
    let key = CannedKeys::at_once(spec, position).and_then(|key| {
        let none = || format!("there is no test key `{spec}` at position {}", position + 1);
        key.ok_or_else(|| Error::new(ErrorKind::Unsupported).context(none()))
    });
    let key = key.map_err(error::key)?;
    Ok(key.to_pkcs8_der().map_err(text)?.to_vec())
}

/// An open store.
#[wasm_bindgen]
pub struct Store {
    host: Host,
    inner: IdpStore,
    /// What tests control; a lasting store has none.
    harness: Option<Harness>,
    unsigned: Cell<Option<Unsigned>>,
    underived: Cell<Vec<Underived>>,
}

/// What is to be signed by RSASSA-PKCS1-v1_5.
#[wasm_bindgen]
pub struct Unsigned {
    key: PrivateKey,
    hash: Hash,
    message: Vec<u8>,
}

#[wasm_bindgen]
impl Unsigned {
    /// The private key: PKCS#8 in DER.
    pub fn pkcs8(&self) -> Result<Vec<u8>, Text> {
        Ok(self.key.to_pkcs8_der().map_err(text)?.to_vec())
    }

    /// The name of the hash function in WebCrypto.
    #[must_use]
    pub fn hash(&self) -> String {
        hash_name(self.hash)
    }

    /// What the signature is over.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        self.message.clone()
    }
}

/// What a store held, and how much it had drawn from its entropy, if that is known.
#[wasm_bindgen]
pub struct Snapshot {
    records: idpstore::engine::Snapshot,
    drawn: Option<u128>,
}

#[wasm_bindgen]
impl Snapshot {
    /// The bytes of a store file that holds the same, private keys included.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Text> {
        self.records.to_bytes().map_err(text)
    }

    /// What a store file holds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Snapshot, Text> {
        let records = idpstore::engine::Snapshot::from_bytes(bytes).map_err(text)?;
        Ok(Self { records, drawn: None })
    }
}

#[wasm_bindgen]
impl Store {
    /// A new store in memory. Without a `seed` its entropy counts. `certificate_key` is the kind of key for service
    /// providers' certificates, where the vendor leaves that to the server's settings; `signs` says whether the host
    /// makes the signatures of RSA keys, and `fetches` whether documents that partners publish can be had.
    pub fn memory(
        now: f64,
        seed: &[u8],
        base_url: Option<String>,
        certificate_key: &str,
        signs: bool,
        fetches: bool,
    ) -> Result<Store, Text> {
        let harness = Harness::default();
        let builder = IdpStore::builder().engine(MemoryEngine::default()).harness(harness.clone());
        let store =
            Self::open(Host::new(now, Draws::new(seed)), base_url, certificate_key, signs, fetches, builder)?;
        Ok(Self { harness: Some(harness), ..store })
    }

    /// The store whose bytes are in `storage`, made if that is empty.
    pub fn lasting(
        now: f64,
        seed: &[u8],
        base_url: Option<String>,
        certificate_key: &str,
        signs: bool,
        fetches: bool,
        storage: Storage,
    ) -> Result<Store, Text> {
        let engine = RedbEngine::backend(Backend(storage)).map_err(text)?;
        let builder = IdpStore::builder().engine(engine);
        Self::open(Host::new(now, Draws::new(seed)), base_url, certificate_key, signs, fetches, builder)
    }

    fn open(
        host: Host,
        base_url: Option<String>,
        key: &str,
        signs: bool,
        fetches: bool,
        builder: Builder,
    ) -> Result<Store, Text> {
        let spec: KeySpec = key.parse().map_err(|cause| error::option("certificateKey", &cause))?;
        let environment = Environment {
            clock: Arc::new(host.clone()),
            entropy: Arc::new(host.clone()),
            keys: Arc::new(host.clone()),
            signatures: signs.then(|| Arc::new(host.clone()) as _),
            derivation: Some(Arc::new(host.clone())),
            fetcher: fetches.then(|| Arc::new(host.clone()) as _),
            character_sets: Arc::new(host.clone()),
            certificates: CertificateSettings { spec, ..CertificateSettings::default() },
        };
        let builder = match base_url {
            Some(url) => builder.base_url(url),
            None => builder,
        };
        Ok(Self {
            host,
            inner: builder.open_in(environment).map_err(text)?,
            harness: None,
            unsigned: Cell::default(),
            underived: Cell::default(),
        })
    }

    /// Answers a request, both in the form of [`message`].
    /// Fails with `ERR_KEY_PENDING` or `ERR_DOCUMENT_PENDING` if a key of that kind or the document at that URL must
    /// be supplied first, with `ERR_SIGNATURE_PENDING` if what [`Store::unsigned`] gives must be signed, or with
    /// `ERR_DERIVATION_PENDING` if keys must be made of what [`Store::underived`] gives, and then the whole call be
    /// repeated at the same time.
    pub fn handle(&self, now: f64, head: &str, body: Vec<u8>) -> Result<Vec<u8>, Text> {
        self.answer(now, || {
            let request = message::request(head, Bytes::from(body))?;
            self.inner.try_handle(request).map_err(text)
        })
    }

    /// Makes a provider sign with one of its keys or, without a `kid`, with a new one that is valid for so many years,
    /// in one transaction. `head` is a request for the provider: the answer is that to it, or to the same for the new
    /// key, or Okta's refusal. Fails as [`Store::handle`].
    pub fn sign_with(
        &self,
        now: f64,
        head: &str,
        provider: &str,
        kid: Option<String>,
        validity_years: u32,
    ) -> Result<Vec<u8>, Text> {
        self.answer(now, || {
            let request = message::request(head, Bytes::new())?;
            self.inner
                .observe(&request, |store| signing::sign_with(store, head, provider, kid, validity_years))
        })
    }

    /// Carries out a call at this time. If it must be repeated, what it drew is drawn again then, as if it had not
    /// been made.
    fn answer(
        &self,
        now: f64,
        call: impl FnOnce() -> Result<Response<Bytes>, Text>,
    ) -> Result<Vec<u8>, Text> {
        self.host.set_time(now);
        let drawn = self.host.drawn();
        let outcome = call();
        let Missing { signature, derivations } = self.host.clear_shelf();
        self.unsigned.set(signature);
        self.underived.set(derivations);
        let answer = outcome.inspect_err(|_| self.host.draw_again_from(drawn))?;
        Ok(message::response(&answer))
    }

    /// Puts a private key (PKCS#8 in DER) on the shelf, for the next call of [`Store::handle`] only. The host is trusted
    /// that its factors are prime: checking that would block a page for as long as a signature.
    pub fn supply_key(&self, pkcs8: &[u8]) -> Result<(), Text> {
        let key = PrivateKey::from_stored_pkcs8_der(pkcs8).inspect_err(|_| _ = self.host.clear_shelf());
        self.host.shelve(key.map_err(text)?);
        Ok(())
    }

    /// What the last call needs a signature for.
    pub fn unsigned(&self) -> Option<Unsigned> {
        self.unsigned.take()
    }

    /// Puts the signature of a message on the shelf, for the next call of [`Store::handle`] only.
    pub fn supply_signature(&self, message: Vec<u8>, signature: Vec<u8>) {
        self.host.shelve_signature(message, signature);
    }

    /// Lets the next call of [`Store::handle`] make its signatures itself.
    pub fn sign_here(&self) {
        self.host.sign_here();
    }

    /// What the last call needs keys to be made of.
    pub fn underived(&self) -> Vec<Underived> {
        self.underived.take()
    }

    /// Puts a key from a password on the shelf, for the next call of [`Store::handle`] only.
    pub fn supply_derived(&self, from: &Underived, key: Vec<u8>) {
        self.host.shelve_derived(from.clone(), key);
    }

    /// Lets the next call of [`Store::handle`] make keys from passwords itself.
    pub fn derive_here(&self) {
        self.host.derive_here();
    }

    /// Puts the document at a URL on the shelf, for the next call of [`Store::handle`] only; without a document, that
    /// it could not be fetched.
    pub fn supply_document(&self, url: String, document: Option<Vec<u8>>) {
        self.host.shelve_document(url, document);
    }

    /// Up to `limit` changes after the one with this number, as a JSON array. Ids are texts in it: they are
    /// larger than the numbers that JavaScript can represent exactly.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, exact up to 2^53")]
    pub fn changes(&self, after: f64, limit: u32) -> Result<String, Text> {
        let changes = self.inner.service().changes(after as u64, limit as usize).map_err(text)?;
        let shown = changes.into_iter().map(|change| {
            json!({
                "sequence": change.sequence,
                "time": change.time,
                "tenant": change.tenant.to_string(),
                "actor": change.actor,
                "kind": change.kind,
                "subject": change.subject.to_string(),
                "ids": spellings(change.subject).collect::<BTreeMap<_, _>>(),
                "kid": change.kid,
                "due": change.due,
                "days": change.days,
                "undoes": change.undoes,
            })
        });
        Ok(Value::Array(shown.collect()).to_string())
    }

    /// The number of the last change.
    #[expect(clippy::cast_precision_loss, reason = "a count, exact up to 2^53")]
    pub fn last_change(&self) -> Result<f64, Text> {
        Ok(self.inner.service().last_change().map_err(text)? as f64)
    }

    /// Makes a call of a harness, which takes and gives JSON: see [`harness::control`]. A lasting store has none.
    pub fn control(&self, now: f64, call: &str, given: &str) -> Result<String, Text> {
        self.host.set_time(now);
        let words = "only a store in memory has a harness";
        let harness = self.harness.as_ref();
        let harness = harness.ok_or_else(|| text(Error::new(ErrorKind::Unsupported).context(words)))?;
        harness::control(&self.inner, harness, call, given)
    }

    /// What the store holds now.
    pub fn snapshot(&self) -> Result<Snapshot, Text> {
        Ok(Snapshot { records: self.inner.snapshot().map_err(text)?, drawn: Some(self.host.drawn()) })
    }

    /// Goes back to a snapshot.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), Text> {
        self.inner.restore(&snapshot.records).map_err(text)?;
        if let Some(drawn) = snapshot.drawn {
            self.host.draw_again_from(drawn);
        }
        Ok(())
    }

    /// Goes back to a new store.
    pub fn reset(&self, now: f64) -> Result<(), Text> {
        self.host.set_time(now);
        if let Some(harness) = &self.harness {
            harness.reset();
        }
        self.inner.reset().map_err(text)?;
        self.host.draw_again_from(0);
        Ok(())
    }
}
