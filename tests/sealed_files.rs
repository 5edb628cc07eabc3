//! Sealed files and documents that the library and the npm package have made: each opens what the other has sealed.
//! `pkg/test/seal-files.test.mjs` is the other half. They are made anew, which no change of the code may require, with
//!
//! ```sh
//! IDPSTORE_REGENERATE=1 cargo test --all-features --test sealed_files regenerate
//! cd pkg && IDPSTORE_REGENERATE=1 node --test test/seal-files.test.mjs
//! ```
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use idpstore::engine::{Engine as _, KeyWrap, MemoryEngine, Snapshot, open_document};
use idpstore::model::{Client, IdentityProvider, OpenIdConnect, Protocol, Secret};
use idpstore::{Builder, ErrorKind, IdpStore};

const PLANTED: &str = "planted-5f1d";

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn wraps() -> [KeyWrap; 2] {
    [KeyWrap::passphrase("correct horse"), KeyWrap::key([7; 32]).named("recovery")]
}

/// A store that holds this, and its seal.
fn holding(bytes: &[u8]) -> IdpStore {
    let engine = MemoryEngine::default();
    let mut tx = engine.write().unwrap();
    tx.restore(&Snapshot::from_bytes(bytes).unwrap()).unwrap();
    tx.commit(None).unwrap();
    IdpStore::builder().engine(engine).open().unwrap()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// What is sealed is also bound to its names, so all that differs is who has made it.
fn check(maker: &str) {
    for (what, names_are_shown) in [("sealed", true), ("everything", false)] {
        let bytes = std::fs::read(vector(&format!("{what}-by-{maker}.redb"))).unwrap();
        assert!(!contains(&bytes, PLANTED));
        assert_eq!(contains(&bytes, "Partner") || contains(&bytes, "partner"), names_are_shown);
        for by in &wraps() {
            let store = holding(&bytes);
            assert!(store.is_locked().unwrap());
            let wrong = store.unlock(&KeyWrap::key([8; 32])).unwrap_err();
            assert_eq!(wrong.kind(), &ErrorKind::WrongKey);
            store.unlock(by).unwrap();
            let provider = store.providers().with_alias("partner").unwrap();
            let Protocol::OpenIdConnect(oidc) = &provider.protocol else { panic!("{:?}", provider.protocol) };
            assert_eq!(oidc.client.secret.as_ref().unwrap().reveal().unwrap(), PLANTED);
            assert!(store.check().unwrap().is_sound());
        }
    }
    let document = std::fs::read_to_string(vector(&format!("sealed-by-{maker}.txt"))).unwrap();
    let opened = open_document(&document, &wraps()[0]).unwrap();
    assert!(opened.contains(PLANTED) && !document.contains(PLANTED));
    let other = IdpStore::in_memory().unwrap();
    other.import_document(&opened, false, |_| {}).unwrap();
    assert_eq!(other.providers().with_alias("partner").unwrap().name, "Partner");
}

#[test]
fn what_the_package_has_sealed_is_opened() {
    check("package");
}

#[test]
fn what_the_library_has_sealed_is_opened() {
    check("library");
}

#[test]
fn regenerate() {
    if std::env::var_os("IDPSTORE_REGENERATE").is_none() {
        return;
    }
    let [passphrase, key] = wraps();
    let client = Client {
        id: Some("client".to_owned()),
        secret: Some(Secret::new(PLANTED.to_owned())),
        ..Client::default()
    };
    let oidc = OpenIdConnect { client, ..OpenIdConnect::default() };
    let provider = IdentityProvider::named("Partner", Protocol::OpenIdConnect(oidc));
    let provider = IdentityProvider { alias: Some("partner".to_owned()), ..provider };
    for (what, seal) in [
        ("sealed", Builder::seal as fn(Builder, KeyWrap) -> Builder),
        ("everything", Builder::seal_everything),
    ] {
        let store = seal(IdpStore::builder(), passphrase.clone()).open().unwrap();
        store.add_wrap(&key).unwrap();
        store.providers().create(provider.clone()).unwrap();
        let bytes = store.snapshot().unwrap().to_bytes().unwrap();
        std::fs::write(vector(&format!("{what}-by-library.redb")), bytes).unwrap();
        let mut document = Vec::new();
        store.export_sealed(&passphrase, &mut document, |_| {}).unwrap();
        std::fs::write(vector("sealed-by-library.txt"), document).unwrap();
    }
}
