//! Sealing: wraps as JavaScript hands them in, the calls of a store's seal, and what is sealed and opened without a store.

use std::sync::OnceLock;

use idpstore::engine::{Engine as _, KeyWrap, MemoryEngine, Snapshot, open_document};
use idpstore::env::{Entropy, SeededEntropy};
use idpstore::{Error, ErrorKind, IdpStore};
use serde_json::Value;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::error::{Text, text};

#[wasm_bindgen]
extern "C" {
    /// That of WebCrypto. One that fails ends the instance, so nothing is ever sealed with octets that can be foreseen.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_at_random(out: &mut [u8]);
}

/// Random octets for what is sealed: a stream of their own, seeded by the host once the first are needed.
#[derive(Debug, Default)]
pub(crate) struct SealEntropy(OnceLock<SeededEntropy>);

impl Entropy for SealEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let seeded = || {
            let mut seed = [0; 32];
            fill_at_random(&mut seed);
            SeededEntropy::new(seed)
        };
        self.0.get_or_init(seeded).fill(bytes);
    }
}

/// A wrap: `p` for a passphrase or `k` for a key, its name or nothing for the usual one, a line break, and the octets.
pub(crate) fn wrap(given: Vec<u8>) -> idpstore::Result<KeyWrap> {
    let given = Zeroizing::new(given);
    read(&given).ok_or_else(|| Error::new(ErrorKind::Unsupported).context("this is no wrap"))
}

fn read(given: &[u8]) -> Option<KeyWrap> {
    let (kind, rest) = given.split_first()?;
    let at = rest.iter().position(|octet| *octet == b'\n')?;
    let (name, secret) = (str::from_utf8(rest.get(..at)?).ok()?, rest.get(at + 1..)?);
    let by = match kind {
        b'p' => KeyWrap::passphrase(str::from_utf8(secret).ok()?),
        _ => KeyWrap::key(secret.try_into().ok()?),
    };
    Some(if name.is_empty() { by } else { by.named(name) })
}

/// Makes a call of the seal. What is given is a wrap or the name of one; the answer is JSON, of `export` the sealed document.
pub(crate) fn control(store: &IdpStore, call: &str, given: Vec<u8>) -> idpstore::Result<String> {
    let answer: Value = match call {
        "isSealed" => store.is_sealed()?.into(),
        "isLocked" => store.is_locked()?.into(),
        "wraps" => store.wraps()?.into(),
        "lock" => {
            store.lock();
            Value::Null
        }
        "unlock" => store.unlock(&wrap(given)?)?.into(),
        "addWrap" => store.add_wrap(&wrap(given)?)?.into(),
        "removeWrap" => store.remove_wrap(&String::from_utf8_lossy(&given))?.into(),
        "rotateDataKey" => store.rotate_data_key()?.into(),
        _ => {
            let mut document = Vec::new();
            store.export_sealed(&wrap(given)?, &mut document, |_| {})?;
            return String::from_utf8(document)
                .map_err(|cause| Error::new(ErrorKind::Corrupt).caused_by(cause));
        }
    };
    Ok(answer.to_string())
}

/// The bytes of a store file, sealed or unsealed (`seal`, `everything`, `unseal`), or what a sealed document holds (`open`).
pub(crate) fn converted(call: &str, given: &[u8], by: &KeyWrap) -> idpstore::Result<Vec<u8>> {
    if call == "open" {
        return Ok(open_document(&String::from_utf8_lossy(given), by)?.as_bytes().to_vec());
    }
    let snapshot = Snapshot::from_bytes(given)?;
    let converted = match call {
        "seal" => snapshot.sealed(by, &SealEntropy::default()),
        "everything" => snapshot.sealed_whole(by, &SealEntropy::default()),
        _ => snapshot.unsealed(by),
    };
    converted?.to_bytes()
}

/// What a store in memory begins with: these records, with their seal.
pub(crate) fn holding(records: Option<&Snapshot>) -> idpstore::Result<MemoryEngine> {
    let engine = MemoryEngine::default();
    if let Some(records) = records {
        let mut tx = engine.write()?;
        tx.restore(records)?;
        tx.commit(None)?;
    }
    Ok(engine)
}

const UNSEALED: &str = "ERR_OPTIONS the store is not sealed, or not everything in it, and only a new one can be with `seal`: use `sealStore` of `idpstore/seal`";

/// Why a store that is to be sealed cannot be opened.
pub(crate) fn unopened(error: Error) -> Text {
    match error.kind() {
        ErrorKind::WrongState => UNSEALED.to_owned(),
        _ => text(error),
    }
}
