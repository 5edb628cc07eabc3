//! What is stored stays readable: the bytes of every record and key are pinned, and a store made by this version
//! must open in every later one.
//!
//! A test fails here whenever stored bytes change. If they change on purpose, raise `FORM`, add a step to
//! `engine/migrate.rs`, *keep* the old `store-v1` files with the test that opens them, and make new ones beside
//! them with
//!
//! ```sh
//! IDPSTORE_REGENERATE=1 cargo test --all-features --test stored_format regenerate
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod scenario;

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use idpstore::engine::Engine;
use idpstore::engine::keyspace::{Key, RECORD_VERSION, decode, encode, tag};
use idpstore::engine::redb::RedbEngine;
use idpstore::model::{Id, IdentityProvider, SocialService, Tenant};
use idpstore::service::ProviderQuery;
use idpstore::{ErrorKind, IdpStore};
use scenario::{Shared, fill, open};

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

/// Every entry, one in a line: the key in hex with its tag as a letter, then a record as version and JSON, or what
/// an index notes in hex.
fn dump(engine: &dyn Engine) -> String {
    let mut lines = String::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        write!(lines, "{} {} = ", char::from(key[0]), hex(&key[1..])).unwrap();
        match value {
            [version, json @ ..] if json.first() == Some(&b'{') => {
                writeln!(lines, "{version} {}", std::str::from_utf8(json).unwrap()).unwrap();
            }
            note => writeln!(lines, "{}", hex(note)).unwrap(),
        }
        Ok(ControlFlow::Continue(()))
    };
    engine.read().unwrap().scan(&[], &[0xff], visit).unwrap();
    lines
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn filled() -> Shared {
    let engine = Shared::default();
    fill(&open(engine.clone()).unwrap().service());
    engine
}

/// All that the library tells of a store.
fn told(store: &IdpStore) -> impl PartialEq + std::fmt::Debug + use<> {
    let service = store.service();
    let all = ProviderQuery { name_contains: None, kind: None, after: None, limit: usize::MAX };
    let providers = service.providers(&all).unwrap().items;
    let keys: Vec<_> = providers
        .iter()
        .map(|provider| {
            let requests = service.requests(provider.id).unwrap();
            (service.signing_keys(provider.id).unwrap(), requests)
        })
        .collect();
    let trusted = service.trusted_keys(None, usize::MAX).unwrap().items;
    (service.tenant().unwrap(), providers, keys, trusted, service.changes(0, usize::MAX).unwrap())
}

#[test]
fn keys_and_records_are_written_as_ever() {
    let expected = std::fs::read_to_string(vector("store-v1.txt")).unwrap();
    let written = dump(&filled());
    for (written, expected) in written.lines().zip(expected.lines()) {
        assert_eq!(written, expected);
    }
    assert_eq!(written.lines().count(), expected.lines().count());
}

#[test]
fn every_table_is_in_the_vector() {
    let written = dump(&filled());
    for table in [
        tag::COUNTERS,
        tag::TENANT,
        tag::PROVIDER,
        tag::PROVIDER_NAME,
        tag::PROVIDER_NAME_END,
        tag::PROVIDER_KIND,
        tag::SIGNING_KEY,
        tag::TRUSTED_KEY,
        tag::SIGNING_KID,
        tag::TRUSTED_DIGEST,
        tag::ATTACHMENT,
        tag::ATTACHED_TO,
        tag::REQUEST,
        tag::KEY_USE,
        tag::CHANGE,
    ] {
        let table = char::from(table);
        assert!(written.lines().any(|line| line.starts_with(table)), "no entry of table `{table}`");
    }
}

#[test]
fn a_store_of_version_1_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    std::fs::copy(vector("store-v1.redb"), &path).unwrap();
    let store = open(RedbEngine::file(&path).unwrap()).unwrap();
    assert_eq!(told(&store), told(&open(filled()).unwrap()));
    let service = store.service();
    let again = service.create_provider(|draft| {
        let protocol = idpstore::model::Protocol::Saml(idpstore::model::Saml::default());
        Ok(IdentityProvider::new(draft.id(), draft.now(), "made today", protocol))
    });
    assert_eq!(service.provider(again.unwrap().id).unwrap().name, "made today");
    drop((service, store));
    assert!(dump(&RedbEngine::file(&path).unwrap()).contains("made today"));
}

#[cfg(feature = "okta")]
#[test]
fn a_store_of_version_1_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    std::fs::copy(vector("store-v1.redb"), &path).unwrap();
    let store = open(RedbEngine::file(&path).unwrap()).unwrap();
    let request =
        http::Request::get("https://example.okta.com/api/v1/idps").body(bytes::Bytes::new()).unwrap();
    let answer: serde_json::Value = serde_json::from_slice(store.handle(request).body()).unwrap();
    let names: Vec<_> = answer.as_array().unwrap().iter().map(|idp| idp["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Über-Partner", "OIDC", "S", "X"]);
}

#[test]
fn words_for_kinds_stay() {
    let words = [
        (SocialService::Amazon, "amazon"),
        (SocialService::Apple, "apple"),
        (SocialService::Facebook, "facebook"),
        (SocialService::GitHub, "git_hub"),
        (SocialService::GitLab, "git_lab"),
        (SocialService::Google, "google"),
        (SocialService::LinkedIn, "linked_in"),
        (SocialService::Microsoft, "microsoft"),
        (SocialService::PayPal, "pay_pal"),
        (SocialService::Yahoo, "yahoo"),
    ];
    for (service, word) in words {
        assert_eq!(serde_json::to_value(service).unwrap(), word);
        assert_eq!(service.name(), word);
    }
}

/// Puts something else in the place of a value of the filled store.
fn with(key: &Key, value: &[u8]) -> Shared {
    let engine = filled();
    let mut tx = engine.write().unwrap();
    assert!(tx.get(key.bytes()).unwrap().is_some(), "the value to be replaced");
    tx.put(key.bytes(), value).unwrap();
    tx.commit().unwrap();
    engine
}

#[test]
fn an_unknown_form_is_refused() {
    let counters = |form: u32| {
        let json = serde_json::json!({"form": form, "last_id": 1, "last_sequence": 0});
        with(&Key::of(tag::COUNTERS), &encode(&json).unwrap())
    };
    open(counters(1)).unwrap();
    for form in [0, 2, u32::MAX] {
        let engine = counters(form);
        let before = dump(&engine);
        assert_eq!(open(engine.clone()).expect_err("refused").kind(), &ErrorKind::Corrupt, "{form}");
        assert_eq!(dump(&engine), before);
    }
    let unreadable = with(&Key::of(tag::COUNTERS), b"\x01{}");
    assert_eq!(open(unreadable).expect_err("refused").kind(), &ErrorKind::Corrupt);
}

#[test]
fn unreadable_records_are_corrupt() {
    let engine = filled();
    let id = open(engine).unwrap().service().providers(&ProviderQuery {
        name_contains: None,
        kind: None,
        after: None,
        limit: 1,
    });
    let id: Id = id.unwrap().items[0].id;
    let key = Key::of(tag::PROVIDER).id(Tenant::DEFAULT).id(id);
    for damaged in [&b""[..], b"\x01", b"\x01{}", b"\x01null", b"\x01{\"id\":", b"\x02{}", b"\0{}", b"{}"] {
        let store = open(with(&key, damaged)).unwrap();
        assert_eq!(store.service().provider(id).expect_err("damaged").kind(), &ErrorKind::Corrupt);
        assert_eq!(store.service().delete_provider(id).expect_err("damaged").kind(), &ErrorKind::Corrupt);
    }
}

#[test]
fn the_version_comes_first() {
    assert_eq!(RECORD_VERSION, 1);
    assert_eq!(encode(&"text").unwrap(), b"\x01\"text\"");
    assert_eq!(decode::<String>(b"\x01\"text\"").unwrap(), "text");
}

/// Makes the files anew, if asked to; it then fails, so that nobody takes it for a check.
#[test]
fn regenerate() {
    if std::env::var_os("IDPSTORE_REGENERATE").is_none() {
        return;
    }
    std::fs::write(vector("store-v1.txt"), dump(&filled())).unwrap();
    let path = vector("store-v1.redb");
    let _ = std::fs::remove_file(&path);
    fill(&open(RedbEngine::file(&path).unwrap()).unwrap().service());
    redb::Database::open(&path).unwrap().compact().unwrap();
    panic!("the vectors were made anew: look at what has changed, and run the tests again");
}
