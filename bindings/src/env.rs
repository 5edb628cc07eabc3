//! Time, randomness and keys as JavaScript hands them in: the time with each call, a seed when the store is
//! opened, keys and fetched documents on a shelf.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use idpstore::env::{Clock, Entropy, Fetcher, Generator, KeySource, SeededEntropy, SignatureSource};
use idpstore::pki::pkcs12::{KeyDerivation, Pbkdf2};
use idpstore::pki::{Hash, KeySpec, PrivateKey, Signer as _, Timestamp, thumbprint};
use idpstore::saml::CharacterSets;
use idpstore::{Error, ErrorKind, Need, Result};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use zeroize::Zeroizing;

use crate::Unsigned;
use crate::derivation::Underived;

/// The environment of one store.
#[derive(Clone)]
pub(crate) struct Host(Arc<State>);

impl fmt::Debug for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Host")
    }
}

struct State {
    unix_millis: AtomicI64,
    draws: Draws,
    shelf: Mutex<Shelf>,
}

/// What JavaScript supplies for one call, in its own time.
#[derive(Default)]
struct Shelf {
    keys: VecDeque<PrivateKey>,
    /// Signatures by what they are over.
    signatures: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether signatures that are not there are made here.
    signs_here: bool,
    /// Keys from passwords, by what they are made of.
    derived: Vec<(Underived, Zeroizing<Vec<u8>>)>,
    /// Whether keys from passwords that are not there are made here.
    derives_here: bool,
    /// Documents by their URLs; none where it could not be fetched.
    documents: BTreeMap<String, Option<Vec<u8>>>,
    missing: Missing,
}

/// What a missing signature and missing keys from passwords are made of.
#[derive(Default)]
pub(crate) struct Missing {
    pub(crate) signature: Option<Unsigned>,
    pub(crate) derivations: Vec<Underived>,
}

/// Where random bytes come from.
pub(crate) enum Draws {
    /// A stream from a seed.
    Seeded(Box<SeededEntropy>),
    /// The nth draw is the number n, big-endian, as in the scenarios that all ports of the store share.
    Counted(AtomicU64),
}

impl Draws {
    /// From a seed: 32 bytes as they are, others hashed, and nothing to count.
    pub(crate) fn new(seed: &[u8]) -> Self {
        if seed.is_empty() {
            return Self::Counted(AtomicU64::new(0));
        }
        let digest = thumbprint::sha256_base64url(seed);
        let seed = seed.try_into().ok().or_else(|| digest.as_bytes().first_chunk().copied());
        Self::Seeded(Box::new(SeededEntropy::new(seed.unwrap_or_default())))
    }
}

impl Host {
    pub(crate) fn new(now: f64, draws: Draws) -> Self {
        let host = Self(Arc::new(State { unix_millis: AtomicI64::new(0), draws, shelf: Mutex::default() }));
        host.set_time(now);
        host
    }

    /// Sets the clock, in milliseconds since 1970 as JavaScript counts them.
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    pub(crate) fn set_time(&self, now: f64) {
        self.0.unix_millis.store(now as i64, Ordering::Relaxed);
    }

    /// How much was drawn.
    pub(crate) fn drawn(&self) -> u128 {
        match &self.0.draws {
            Draws::Seeded(stream) => stream.position(),
            Draws::Counted(count) => count.load(Ordering::Relaxed).into(),
        }
    }

    /// Goes back to where so much was drawn.
    pub(crate) fn draw_again_from(&self, drawn: u128) {
        match &self.0.draws {
            Draws::Seeded(stream) => stream.seek(drawn),
            Draws::Counted(count) => {
                count.store(u64::try_from(drawn).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn shelve(&self, key: PrivateKey) {
        self.shelf().keys.push_back(key);
    }

    pub(crate) fn shelve_signature(&self, message: Vec<u8>, signature: Vec<u8>) {
        self.shelf().signatures.insert(message, signature);
    }

    pub(crate) fn sign_here(&self) {
        self.shelf().signs_here = true;
    }

    pub(crate) fn shelve_derived(&self, from: Underived, key: Vec<u8>) {
        self.shelf().derived.push((from, Zeroizing::new(key)));
    }

    pub(crate) fn derive_here(&self) {
        self.shelf().derives_here = true;
    }

    pub(crate) fn shelve_document(&self, url: String, document: Option<Vec<u8>>) {
        self.shelf().documents.insert(url, document);
    }

    /// What is on the shelf is for one call: what it leaves is not for the next, so that the order of keys is always the
    /// same. Returns what was requested and missing.
    pub(crate) fn clear_shelf(&self) -> Missing {
        std::mem::take(&mut *self.shelf()).missing
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Host {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.unix_millis.load(Ordering::Relaxed))
    }
}

impl Entropy for Host {
    fn fill(&self, bytes: &mut [u8]) {
        match &self.0.draws {
            Draws::Seeded(stream) => stream.fill(bytes),
            Draws::Counted(count) => {
                let count = count.fetch_add(1, Ordering::Relaxed) + 1;
                let digits = count.to_le_bytes().into_iter().chain(std::iter::repeat(0));
                bytes.iter_mut().rev().zip(digits).for_each(|(byte, digit)| *byte = digit);
            }
        }
    }
}

impl KeySource for Host {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        let key = self.shelf().keys.pop_front();
        key.ok_or_else(|| Error::pending(Need::Key { spec: spec.to_string() }))
    }
}

impl SignatureSource for Host {
    fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let mut shelf = self.shelf();
        if let Some(signature) = shelf.signatures.get(message) {
            return Ok(signature.clone());
        }
        if shelf.signs_here {
            drop(shelf);
            return Generator(self).sign(key, hash, message);
        }
        shelf.missing.signature = Some(Unsigned { key: key.clone(), hash, message: message.to_owned() });
        Err(Error::pending(Need::Signature))
    }
}

/// Below so many rounds a key is there sooner than JavaScript could make it.
const WORTHWHILE_ROUNDS: u32 = 20_000;

impl KeyDerivation for Host {
    fn pbkdf2(&self, input: &Pbkdf2<'_>) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let mut shelf = self.shelf();
        if input.rounds < WORTHWHILE_ROUNDS || shelf.derives_here {
            return Ok(None);
        }
        if let Some((_, key)) = shelf.derived.iter().find(|(from, _)| from.is(input)) {
            return Ok(Some(key.clone()));
        }
        shelf.missing.derivations.push(Underived::from(input));
        Err(Error::pending(Need::Derivation))
    }
}

impl Fetcher for Host {
    fn get(&self, url: &str) -> Result<Vec<u8>> {
        match self.shelf().documents.get(url) {
            None => Err(Error::pending(Need::Document { url: url.to_owned() })),
            Some(document) => document
                .clone()
                .ok_or_else(|| Error::new(ErrorKind::WrongState).context("no document came from there")),
        }
    }

    fn fetches_later(&self) -> bool {
        true
    }
}

#[wasm_bindgen]
extern "C" {
    /// The WHATWG's Encoding standard, which every host has.
    type TextDecoder;

    #[wasm_bindgen(constructor, catch)]
    fn new(label: &str, options: JsValue) -> Result<TextDecoder, JsValue>;

    /// The name of the encoding, whichever of its labels was given.
    #[wasm_bindgen(method, getter)]
    fn encoding(this: &TextDecoder) -> String;

    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, js_name = parse)]
    fn from_json(text: &str) -> JsValue;
}

impl CharacterSets for Host {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        let decoder = TextDecoder::new(label, from_json(r#"{"fatal":true}"#)).ok()?;
        // Node 20 and 22 decode it as ISO 8859-1.
        if decoder.encoding() == "windows-1252" {
            return Some(bytes.iter().map(|byte| windows_1252(*byte)).collect());
        }
        decoder.decode(bytes).ok()
    }
}

/// The character of a byte in windows-1252, which differs from ISO 8859-1 in the first two rows of its upper half
/// (Encoding standard, section 9; the table is its `index-windows-1252.txt`).
fn windows_1252(byte: u8) -> char {
    const ROWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = byte.checked_sub(0x80).map(usize::from);
    place.and_then(|place| ROWS.get(place)).copied().unwrap_or(char::from(byte))
}
