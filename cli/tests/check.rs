//! `idpstore check` from the outside: what it prints of a store, and how it ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use idpstore::IdpStore;
use idpstore::engine::{Direction, OneOwner as _, RedbEngine};
use idpstore::env::{Clock as _, Generator, SeededEntropy, SystemClock};
use idpstore::model::{IdentityProvider, Protocol, Saml};
use idpstore::pki::{
    DistinguishedName, EcCurve, Hash, Issuance, Jwk, NameAttribute, PrivateKey, Profile, Timestamp, issue,
};
use idpstore::testing::inside::keyspace::tag;

/// One test at a time: a process that is just being started holds the locks of all files that are open here.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The exit code, what was printed, and the last word on stderr.
fn check(file: &Path) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_idpstore")).arg("check").arg(file).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn with_provider(file: &Path) -> IdpStore {
    let store = IdpStore::open(file).unwrap();
    let protocol = || Protocol::Saml(Saml::default());
    let make = store
        .service()
        .create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol())));
    make.unwrap();
    store
}

/// A certificate of this key until this time, in base64.
fn certificate(key: &Jwk, not_after: Timestamp) -> String {
    let entropy = SeededEntropy::new([7; 32]);
    let authority = PrivateKey::generate_ec(EcCurve::P256, &mut Generator(&entropy));
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "idp.example.com");
    let issuance = Issuance {
        serial_number: 1.into(),
        not_before: Timestamp::from_unix_seconds(1_500_000_000),
        not_after,
        issuer: &name,
        subject: &name,
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    BASE64_STANDARD.encode(issue(&issuance, key, &authority, &mut Generator(&entropy)).unwrap())
}

/// The public RSA key whose modulus has these bits.
fn rsa(bits: &[usize]) -> Jwk {
    let mut modulus = vec![0_u8; 257];
    for bit in bits {
        modulus[256 - bit / 8] |= 1 << (bit % 8);
    }
    let start = modulus.iter().position(|octet| *octet != 0).unwrap();
    Jwk::Rsa { n: BASE64_URL_SAFE_NO_PAD.encode(&modulus[start..]), e: "AQAB".to_owned() }
}

#[test]
fn a_sound_store_ends_with_0() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    drop(with_provider(&file));
    let (code, printed, error) = check(&file);
    assert_eq!((code, error.as_str()), (0, ""), "{printed}");
    assert!(
        printed.starts_with("3 records and ") && printed.ends_with(" index entries checked\n"),
        "{printed}"
    );
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    let (code, printed, error) = check(&file);
    assert_eq!((code, printed.as_str()), (1, ""));
    assert!(error.starts_with("idpstore: cannot open `") && !file.exists(), "{error}");

    fs::write(&file, "Dear diary,\n").unwrap();
    let (code, _, error) = check(&file);
    assert_eq!(code, 1);
    assert!(error.ends_with("notes.txt`: not a store\n"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "Dear diary,\n");
}

#[test]
fn an_index_entry_that_is_missing_is_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    drop(with_provider(&file));
    let engine = RedbEngine::file(&file).unwrap();
    let mut kinds = Vec::new();
    let (from, to) = ([tag::PROVIDER_KIND], [tag::PROVIDER_KIND + 1]);
    let read = engine.raw_read().unwrap();
    read.scan(&from, &to, Direction::Ascending, &mut |key, _| {
        kinds.push(key.to_vec());
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .unwrap();
    drop(read);
    let mut tx = engine.raw_write().unwrap();
    tx.delete(&kinds[0]).unwrap();
    tx.commit().unwrap();
    drop(engine);

    let (code, printed, error) = check(&file);
    assert_eq!(code, 1);
    assert!(printed.starts_with("missing_entry: "), "{printed}");
    assert!(error.ends_with("has 1 problems, 0 findings on keys and 0 warnings\n"), "{error}");
}

#[test]
fn weak_keys_are_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let store = with_provider(&file);
    let later = SystemClock.now().plus_calendar_years(1);
    let entropy = SeededEntropy::new([8; 32]);
    let own = PrivateKey::generate_ec(EcCurve::P384, &mut Generator(&entropy)).public_jwk();
    // (2^1023 + 1) (2^1024 + 3) and (2^1023 + 1) (2^1025 + 5)
    let (one, other) = (rsa(&[2047, 1025, 1023, 1, 0]), rsa(&[2048, 1026, 1023, 2, 0]));
    let expired = Timestamp::from_unix_seconds(1_600_000_000);
    let chains = [certificate(&own, expired), certificate(&one, later), certificate(&other, later)];
    let kids = chains.map(|chain| store.service().create_trusted_key(chain).unwrap().kid);
    drop(store);

    let (code, printed, error) = check(&file);
    assert_eq!(code, 1, "{printed}{error}");
    let found =
        |kid: &str, name: &str| printed.lines().any(|line| line.contains(&format!("kid `{kid}`: {name}: ")));
    assert!(found(&kids[0], "expired"), "{printed}");
    assert!(found(&kids[1], "sharedprimes") && found(&kids[2], "sharedprimes"), "{printed}");
    assert!(!found(&kids[0], "sharedprimes") && !found(&kids[1], "expired"), "{printed}");
}
