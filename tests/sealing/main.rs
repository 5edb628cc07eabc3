//! Sealed stores: how they are opened, locked, wrapped anew, restored, and what a crafted file cannot do.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod crafted;
mod everything;
mod everything_crafted;
mod twins;
mod turnover;

use idpstore::engine::{Engine, KeyWrap, MemoryEngine, Snapshot};
use idpstore::model::{Client, Id, IdentityProvider, OpenIdConnect, Protocol, Secret};
use idpstore::testing::CannedKeys;
use idpstore::{Builder, ErrorKind, IdpStore, NewSigningKey, Owner, Result};

const SECRET: &str = "planted-5f1d";

fn wrap() -> KeyWrap {
    KeyWrap::key([7; 32])
}

fn builder(engine: impl Engine + 'static) -> Builder {
    IdpStore::builder().engine(engine).keys(CannedKeys::default())
}

fn sealed() -> IdpStore {
    builder(MemoryEngine::default()).seal(wrap()).open().unwrap()
}

/// An engine that holds this.
fn holding(snapshot: &Snapshot) -> MemoryEngine {
    let engine = MemoryEngine::default();
    let mut tx = engine.write().unwrap();
    tx.restore(snapshot).unwrap();
    tx.commit(None).unwrap();
    drop(engine.snapshot());
    engine
}

fn oidc(secret: &str) -> OpenIdConnect {
    let client = Client { secret: Some(Secret::new(secret.to_owned())), ..Client::default() };
    OpenIdConnect { client, ..OpenIdConnect::default() }
}

fn create(store: &IdpStore, secret: &str) -> Id {
    store.providers().create(IdentityProvider::named("Partner", oidc(secret))).unwrap().id
}

fn change(store: &IdpStore, id: Id, secret: &str) -> Result<IdentityProvider> {
    store.providers().update(id, |provider| provider.protocol = oidc(secret).into())
}

fn rename(store: &IdpStore, id: Id, name: &str) -> Result<IdentityProvider> {
    store.providers().update(id, |provider| name.clone_into(&mut provider.name))
}

fn secret(store: &IdpStore, id: Id) -> Result<String> {
    match store.providers().get(id)?.protocol {
        Protocol::OpenIdConnect(oidc) => Ok(oidc.client.secret.unwrap().reveal()?.to_owned()),
        other => panic!("{other:?}"),
    }
}

fn kind<T>(outcome: Result<T>) -> ErrorKind {
    outcome.map(drop).unwrap_err().kind().clone()
}

#[test]
fn a_locked_store_is_used_but_for_its_secrets() {
    let store = sealed();
    let id = create(&store, SECRET);
    let key = store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default()).unwrap();
    store.lock();
    assert!(store.is_locked().unwrap() && store.is_sealed().unwrap());
    assert_eq!(kind(secret(&store, id)), ErrorKind::Sealed);
    assert_eq!(kind(change(&store, id, "another")), ErrorKind::Sealed);
    assert_eq!(
        kind(store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default())),
        ErrorKind::Sealed
    );

    // What stays sealed can be written, whatever else changes.
    assert_eq!(rename(&store, id, "Other").unwrap().name, "Other");
    let number = store.service().last_change().unwrap();
    rename(&store, id, "Third").unwrap();
    store.undo(number + 1).unwrap();
    assert_eq!(store.providers().get(id).unwrap().name, "Other");
    assert!(store.signing_keys(Owner::Tenant).get(&key.kid).unwrap().can_sign());
    let report = store.check().unwrap();
    assert!(report.is_sound(), "{:?}", report.problems);

    store.unlock(&wrap()).unwrap();
    assert_eq!(secret(&store, id).unwrap(), SECRET);
    assert_eq!(secret(&store.at(number).unwrap(), id).unwrap(), "", "the history has no secrets");
    change(&store, id, "another").unwrap();
    assert_eq!(secret(&store, id).unwrap(), "another");
    store.lock();
    store.providers().delete(id).unwrap();
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn a_store_is_opened_with_its_key_or_locked() {
    let store = sealed();
    let id = create(&store, SECRET);
    let snapshot = store.snapshot().unwrap();
    let open = |by: KeyWrap| builder(holding(&snapshot)).seal(by).open();
    assert_eq!(secret(&open(wrap()).unwrap(), id).unwrap(), SECRET);
    assert_eq!(kind(open(KeyWrap::key([8; 32]))), ErrorKind::WrongKey);
    assert_eq!(kind(open(KeyWrap::passphrase("a"))), ErrorKind::WrongKey);
    let locked = builder(holding(&snapshot)).open().unwrap();
    assert!(locked.is_locked().unwrap());
    assert_eq!(kind(locked.unlock(&KeyWrap::key([8; 32]))), ErrorKind::WrongKey);
    assert!(locked.is_locked().unwrap());
}

#[test]
fn a_store_that_is_in_use_is_not_sealed_by_the_way() {
    let plain = builder(MemoryEngine::default()).open().unwrap();
    create(&plain, SECRET);
    let snapshot = plain.snapshot().unwrap();
    let refused = builder(holding(&snapshot)).seal(wrap()).open().map(drop).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::WrongState);
    assert!(refused.to_string().contains("not sealed"), "{refused}");
    assert!(!plain.is_sealed().unwrap() && !plain.is_locked().unwrap());
    assert_eq!(kind(plain.unlock(&wrap())), ErrorKind::WrongState);
    assert_eq!(kind(plain.rotate_data_key()), ErrorKind::WrongState);
}

#[test]
fn each_of_several_wraps_opens_a_store() {
    let store = sealed();
    let id = create(&store, SECRET);
    let recovery = KeyWrap::passphrase("recovery").named("recovery");
    store.add_wrap(&recovery).unwrap();
    assert_eq!(store.wraps().unwrap(), ["key", "recovery"]);
    assert_eq!(kind(store.add_wrap(&KeyWrap::key([9; 32]))), ErrorKind::WrongState, "the name is taken");
    for by in [&recovery, &wrap()] {
        store.lock();
        assert_eq!(kind(store.add_wrap(&KeyWrap::key([9; 32]).named("x"))), ErrorKind::Sealed);
        store.unlock(by).unwrap();
        assert_eq!(secret(&store, id).unwrap(), SECRET);
    }
    store.remove_wrap("key").unwrap();
    assert_eq!(kind(store.remove_wrap("key")), ErrorKind::WrongState);
    assert_eq!(kind(store.remove_wrap("recovery")), ErrorKind::WrongState, "it is the last one");
    assert_eq!(kind(store.unlock(&wrap())), ErrorKind::WrongKey);
    for number in 2..=8 {
        store.add_wrap(&KeyWrap::key([number; 32]).named(&number.to_string())).unwrap();
    }
    assert_eq!(
        kind(store.add_wrap(&KeyWrap::key([9; 32]).named("9"))),
        ErrorKind::WrongState,
        "there are eight"
    );
}

#[test]
fn no_caller_has_a_text_that_looks_sealed() {
    let whole = builder(MemoryEngine::default()).seal_everything(wrap()).open().unwrap();
    for store in [sealed(), whole, builder(MemoryEngine::default()).open().unwrap()] {
        let id = create(&store, SECRET);
        for text in ["idpstore:sealed:1:", "idpstore:sealed:1:AAAA"] {
            assert_eq!(kind(change(&store, id, text)), ErrorKind::Unsupported);
            assert_eq!(kind(rename(&store, id, text)), ErrorKind::Unsupported);
        }
        rename(&store, id, "not idpstore:sealed:1:AAAA").unwrap();
        assert_eq!(secret(&store, id).unwrap(), SECRET);
    }
}

#[test]
fn ids_are_the_same_sealed_or_not() {
    use idpstore::env::SeededEntropy;
    let ids = |builder: Builder| {
        let store = builder.entropy(SeededEntropy::new([7; 32])).open().unwrap();
        store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default()).unwrap();
        [create(&store, SECRET), create(&store, SECRET)]
    };
    let clock = || {
        builder(MemoryEngine::default()).clock(idpstore::testing::FixedClock::at(
            idpstore::pki::Timestamp::from_unix_seconds(1_800_000_000),
        ))
    };
    assert_eq!(ids(clock()), ids(clock().seal(wrap())));
    assert_eq!(ids(clock()), ids(clock().seal_everything(wrap())));
}
