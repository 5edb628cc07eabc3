//! The store for JavaScript. Only strings, bytes and numbers cross the boundary; everything that a program sees
//! is written in TypeScript around it, in `pkg/`.

#![allow(clippy::missing_errors_doc, reason = "all fail with a text that `error.rs` describes")]

mod backend;
mod derivation;
mod env;
mod error;
mod harness;
mod message;
mod seal;
mod settings;

use std::cell::Cell;

use bytes::Bytes;
use http::Response;
use idpstore::engine::{RedbEngine, Snapshot as Records};
use idpstore::harness::Harness;
use idpstore::pki::{Hash, KeySpec, PrivateKey};
use idpstore::testing::CannedKeys;
use idpstore::{Error, ErrorKind, IdpStore, path_prefixes};
use wasm_bindgen::prelude::wasm_bindgen;

use backend::{Backend, Storage};
use derivation::{Underived, hash_name};
use env::{Draws, Host, Missing};
use error::{Text, text};
use settings::Settings;

/// The starts of the paths that belong to an API: those of the vendors, and that of the neutral one.
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

/// Seals or unseals the bytes of a store file, or opens a sealed document: see [`seal::converted`].
#[wasm_bindgen]
pub fn converted(call: &str, given: &[u8], by: Vec<u8>) -> Result<Vec<u8>, Text> {
    seal::wrap(by).and_then(|by| seal::converted(call, given, &by)).map_err(text)
}

/// An open store.
#[wasm_bindgen]
pub struct Store {
    host: Host,
    inner: IdpStore,
    /// The same, for what the host itself requests.
    own: IdpStore,
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
    records: Records,
    drawn: Option<u128>,
}

#[wasm_bindgen]
impl Snapshot {
    /// The bytes of a store file that holds the same, private keys included.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Text> {
        self.records.to_bytes().map_err(text)
    }

    /// The same once more, which takes no room of its own.
    #[must_use]
    pub fn copy(&self) -> Snapshot {
        Self { records: self.records.clone(), drawn: self.drawn }
    }

    /// What a store file holds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Snapshot, Text> {
        let records = Records::from_bytes(bytes).map_err(text)?;
        Ok(Self { records, drawn: None })
    }
}

#[wasm_bindgen]
impl Store {
    /// Opens the store whose bytes are in `storage`, made if that is empty, or without it a new one in memory, which begins with `records`
    /// and has their seal if they are sealed. Without a `seed` its entropy counts. [`settings`] describes `settings`, and [`seal::wrap`]
    /// what opens its seal, or seals it if it is new.
    pub fn open(
        now: f64,
        seed: &[u8],
        settings: &str,
        storage: Option<Storage>,
        records: Option<Snapshot>,
        by: Option<Vec<u8>>,
    ) -> Result<Store, Text> {
        let host = Host::new(now, Draws::new(seed));
        let settings = Settings::read(settings)?;
        let environment = settings.environment(&host)?;
        let by = by.map(seal::wrap).transpose().map_err(text)?;
        let sealed = records.as_ref().map(|given| &given.records).filter(|given| given.is_sealed());
        // That the store begins with records is logged, unless it is locked and nothing can be.
        let is_hidden = by.is_none() && sealed.is_some_and(Records::is_sealed_whole);
        let (builder, harness) = if let Some(storage) = storage {
            let engine = RedbEngine::backend(Backend(storage)).map_err(text)?;
            (settings.builder(by).engine(engine), None)
        } else {
            let (engine, harness) = (seal::holding(sealed).map_err(text)?, Harness::default());
            (settings.builder(by).engine(engine).harness(harness.clone()), Some(harness))
        };
        let inner = builder.open_in(environment).map_err(seal::unopened)?;
        let store = Self {
            host,
            own: inner.for_host(),
            inner,
            harness,
            unsigned: Cell::default(),
            underived: Cell::default(),
        };
        if let Some(records) = records.filter(|_| !is_hidden) {
            store.restore(&records)?;
        }
        Ok(store)
    }

    /// Answers a request, both in the form of [`message`]. What is the host's own is as [`IdpStore::for_host`] says.
    /// Fails with `ERR_KEY_PENDING` or `ERR_DOCUMENT_PENDING` if a key of that kind or the document at that URL must
    /// be supplied first, with `ERR_SIGNATURE_PENDING` if what [`Store::unsigned`] gives must be signed, or with
    /// `ERR_DERIVATION_PENDING` if keys must be made of what [`Store::underived`] gives, and then the whole call be
    /// repeated at the same time.
    pub fn handle(&self, now: f64, head: &str, body: Vec<u8>, is_own: bool) -> Result<Vec<u8>, Text> {
        self.answer(now, || {
            let request = message::request(head, Bytes::from(body))?;
            let store = if is_own { &self.own } else { &self.inner };
            store.try_handle(request).map_err(text)
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

    /// Makes a call of the seal: see [`seal::control`].
    pub fn seal(&self, call: &str, given: Vec<u8>) -> Result<String, Text> {
        seal::control(&self.inner, call, given).map_err(text)
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
