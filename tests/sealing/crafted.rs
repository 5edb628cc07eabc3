//! Files that were changed by somebody who has no key.

use idpstore::engine::{OneOwner as _, RawRead as _};
use serde_json::Value;

use super::*;

/// A store over an engine that can be changed below it.
struct Crafted {
    engine: &'static MemoryEngine,
    store: IdpStore,
}

impl Crafted {
    fn new() -> Self {
        let engine: &'static MemoryEngine = Box::leak(Box::default());
        Self { engine, store: builder(engine).seal(wrap()).open().unwrap() }
    }

    fn key(id: Id) -> Vec<u8> {
        [b"P", &1_u64.to_be_bytes()[..], &id.number().to_be_bytes()].concat()
    }

    fn generation(id: Id) -> Vec<u8> {
        [b"g", &*Self::key(id)].concat()
    }

    fn bytes(&self, key: &[u8]) -> Vec<u8> {
        self.engine.raw_read().unwrap().get(key).unwrap().unwrap()
    }

    fn put(&self, key: &[u8], value: Option<&[u8]>) {
        let mut tx = self.engine.raw_write().unwrap();
        match value {
            Some(value) => tx.put(key, value).unwrap(),
            None => tx.delete(key).unwrap(),
        }
        tx.commit().unwrap();
    }

    /// The secret of a provider as it is stored.
    fn sealed_secret(&self, id: Id) -> Value {
        let stored = self.bytes(&Self::key(id));
        let record: Value = serde_json::from_slice(&stored[1..stored.len() - 8]).unwrap();
        record["protocol"]["client"]["secret"].clone()
    }

    fn put_secret(&self, id: Id, secret: &Value) {
        self.change(&Self::key(id), |record| record["protocol"]["client"]["secret"] = secret.clone());
    }

    /// Changes the JSON of an entry.
    fn change(&self, key: &[u8], change: impl FnOnce(&mut Value)) {
        let stored = self.bytes(key);
        let (record, number) = stored.split_at(stored.len() - 8);
        let mut record: Value = serde_json::from_slice(&record[1..]).unwrap();
        change(&mut record);
        self.put(key, Some(&[&stored[..1], record.to_string().as_bytes(), number].concat()));
    }

    fn is_refused(&self, id: Id) {
        assert_eq!(kind(self.store.providers().get(id)), ErrorKind::Corrupt);
        assert!(!self.store.check().unwrap().is_sound());
    }
}

#[test]
fn a_secret_in_the_clear_is_refused_locked_or_not() {
    let crafted = Crafted::new();
    let id = create(&crafted.store, SECRET);
    for plain in
        [Value::from("mine"), serde_json::json!({"mine": 1}), 7.into(), "idpstore:sealed:1:AAAA".into()]
    {
        crafted.put_secret(id, &plain);
        crafted.is_refused(id);
    }
    crafted.put_secret(id, &"mine".into());
    crafted.store.lock();
    crafted.is_refused(id);
}

#[test]
fn a_sealed_secret_is_neither_moved_nor_exchanged_for_an_older_one() {
    let crafted = Crafted::new();
    let (id, other) = (create(&crafted.store, SECRET), create(&crafted.store, "another"));
    let (older, others) = (crafted.sealed_secret(id), crafted.sealed_secret(other));
    let whole = crafted.bytes(&Crafted::key(id));
    change(&crafted.store, id, "newer").unwrap();
    let newer = crafted.sealed_secret(id);
    for foreign in [older, others] {
        crafted.put_secret(id, &foreign);
        crafted.is_refused(id);
    }
    crafted.put_secret(id, &newer);
    assert_eq!(secret(&crafted.store, id).unwrap(), "newer");
    crafted.put(&Crafted::key(id), Some(&whole));
    crafted.is_refused(id);
}

#[test]
fn a_generation_is_the_one_that_was_written() {
    let crafted = Crafted::new();
    let (id, other) = (create(&crafted.store, SECRET), create(&crafted.store, SECRET));
    let (own, others) = (crafted.bytes(&Crafted::generation(id)), crafted.bytes(&Crafted::generation(other)));
    for generation in [None, Some(&*others)] {
        crafted.put(&Crafted::generation(id), generation);
        crafted.is_refused(id);
    }
    crafted.put(&Crafted::generation(id), Some(&own));
    assert_eq!(secret(&crafted.store, id).unwrap(), SECRET);
    crafted.store.providers().delete(id).unwrap();
    assert!(crafted.engine.raw_read().unwrap().get(&Crafted::generation(id)).unwrap().is_none());
}

#[test]
fn a_secret_is_not_hidden_in_a_list() {
    let crafted = Crafted::new();
    let id = create(&crafted.store, SECRET);
    let key = crafted.store.signing_keys(Owner::Tenant).generate(&NewSigningKey::default()).unwrap();
    let place = Crafted::key(id);
    let sound = crafted.bytes(&place);
    for is_locked in [false, true] {
        let client = serde_json::json!(["id", "mine", [], null, null]);
        crafted.change(&place, |record| record["protocol"]["client"] = client);
        crafted.is_refused(id);
        crafted.put(&place, Some(&sound));
        if is_locked {
            crafted.store.lock();
        }
    }
    crafted.store.unlock(&wrap()).unwrap();
    let place = [b"K", &1_u64.to_be_bytes()[..], &key.id.number().to_be_bytes()].concat();
    crafted.change(&place, |record| {
        let members =
            ["id", "kid", "created", "updated", "jwk", "chain", "expires"].map(|name| record[name].clone());
        *record = members.into_iter().chain(["mine".into(), Value::Null, serde_json::json!({})]).collect();
    });
    assert_eq!(kind(crafted.store.signing_keys(Owner::Tenant).get(&key.kid)), ErrorKind::Corrupt);
}

#[test]
fn the_history_has_no_secrets_whatever_is_put_there() {
    let crafted = Crafted::new();
    let id = create(&crafted.store, SECRET);
    let number = crafted.store.service().last_change().unwrap();
    change(&crafted.store, id, "newer").unwrap();
    let entry = [b"C", &(number + 1).to_be_bytes()[..]].concat();
    crafted.change(&entry, |entry| {
        let image = &mut entry["before"][0];
        image["record"]["protocol"]["client"]["secret"] = "mine".into();
        image["withheld"] = serde_json::json!({});
    });
    assert_eq!(secret(&crafted.store.at(number).unwrap(), id).unwrap(), "");
    let refused = crafted.store.undo(number + 1).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::WrongState);
    assert_eq!(secret(&crafted.store, id).unwrap(), "newer");
}

#[test]
fn a_secret_that_was_removed_does_not_come_back() {
    let crafted = Crafted::new();
    let id = create(&crafted.store, SECRET);
    let older = crafted.bytes(&Crafted::key(id));
    let without = |provider: &mut IdentityProvider| provider.protocol = OpenIdConnect::default().into();
    crafted.store.providers().update(id, without).unwrap();
    crafted.put(&Crafted::key(id), Some(&older));
    crafted.is_refused(id);
}

#[test]
fn a_seal_that_requires_much_work_is_refused() {
    let crafted = Crafted::new();
    crafted.store.add_wrap(&KeyWrap::passphrase("a")).unwrap();
    let open = || kind(builder(crafted.engine).seal(KeyWrap::passphrase("b")).open());
    assert_eq!(open(), ErrorKind::WrongKey);
    crafted.change(b"$", |entry| {
        let wraps = entry["wraps"].as_array_mut().unwrap();
        wraps[1]["passes"] = 8.into();
        let wrap = wraps[1].clone();
        wraps.extend([wrap.clone(), wrap.clone(), wrap]);
    });
    assert_eq!(open(), ErrorKind::Corrupt);
    // Of several wraps one may be damaged.
    crafted.change(b"$", |entry| {
        let wraps = entry["wraps"].as_array_mut().unwrap();
        wraps.truncate(2);
        wraps.swap(0, 1);
        wraps[0]["salt"] = "?".into();
    });
    assert_eq!(open(), ErrorKind::Corrupt);
    assert!(builder(crafted.engine).seal(wrap()).open().is_ok());
}

#[test]
fn a_record_and_its_generation_that_are_older_than_the_rest_are_noticed() {
    let crafted = Crafted::new();
    let (id, other) = (create(&crafted.store, SECRET), create(&crafted.store, "another"));
    let older = [Crafted::key(id), Crafted::generation(id)].map(|key| (crafted.bytes(&key), key));
    let sum = crafted.bytes(b"G");
    change(&crafted.store, id, "newer").unwrap();
    change(&crafted.store, other, "newer").unwrap();
    let newer = crafted.engine.raw_snapshot().unwrap();
    for (bytes, key) in &older {
        crafted.put(key, Some(bytes));
    }
    // Also with the sum of that time, and without one.
    let now = crafted.bytes(b"G");
    for sum in [Some(&*now), Some(&*sum), None] {
        crafted.put(b"G", sum);
        assert_eq!(kind(builder(crafted.engine).seal(wrap()).open()), ErrorKind::Corrupt);
        let snapshot = crafted.engine.raw_snapshot().unwrap();
        assert_eq!(kind(snapshot.unsealed(&wrap())), ErrorKind::Corrupt);
    }
    assert!(newer.unsealed(&wrap()).is_ok());
}

#[test]
fn a_store_without_its_seal_is_refused_to_those_that_have_a_key() {
    let crafted = Crafted::new();
    let id = create(&crafted.store, SECRET);
    let entry = crafted.bytes(b"$");
    crafted.put(b"$", None);
    assert_eq!(kind(crafted.store.providers().get(id)), ErrorKind::Corrupt);
    assert_eq!(kind(builder(crafted.engine).seal(wrap()).open()), ErrorKind::WrongState);
    for damaged in [&b""[..], b"{", &entry[..entry.len() / 2]] {
        crafted.put(b"$", Some(damaged));
        assert_eq!(kind(crafted.store.providers().get(id)), ErrorKind::Corrupt);
        assert_eq!(kind(builder(crafted.engine).seal(wrap()).open()), ErrorKind::Corrupt);
    }
    crafted.put(b"$", Some(&entry));
    assert_eq!(secret(&crafted.store, id).unwrap(), SECRET);
}

#[test]
fn a_new_store_that_holds_a_secret_already_is_not_sealed() {
    let engine: &'static MemoryEngine = Box::leak(Box::default());
    let plain = builder(engine).open().unwrap();
    let id = create(&plain, "mine");
    let mut tx = engine.raw_write().unwrap();
    let number = [b"C", &1_u64.to_be_bytes()[..]].concat();
    tx.delete(&number).unwrap();
    tx.commit().unwrap();
    assert_eq!(plain.service().last_change().unwrap(), 0);
    assert!(plain.providers().get(id).is_ok());
    assert_eq!(kind(builder(engine).seal(wrap()).open()), ErrorKind::WrongState);
}
