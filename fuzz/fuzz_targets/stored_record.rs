//! Whatever bytes a store file holds, opening and asking end in an answer.

#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::Request;
use idpstore::IdpStore;
use idpstore::engine::Engine as _;
use idpstore::engine::keyspace::{self, Key, RECORD_VERSION, tag};
use idpstore::engine::memory::MemoryEngine;
use idpstore::model::{Id, Tenant};
use idpstore::pki::Timestamp;
use idpstore::service::{Owner, ProviderQuery};
use libfuzzer_sys::fuzz_target;

/// An entry: where it lies, and the JSON of the record, or plain bytes.
#[derive(Arbitrary, Debug)]
struct Entry<'a> {
    table: u8,
    id: u8,
    tail: &'a [u8],
    versioned: bool,
    value: &'a [u8],
}

/// The tags of all tables ([`tag`]).
const TABLES: &[u8] = b"#TPNSYKVkvAaRLlUuC";

/// A store that knows itself and has these entries besides, some of which may be in the place of its own.
fn engine(entries: &[Entry<'_>]) -> MemoryEngine {
    let engine = MemoryEngine::default();
    let mut tx = engine.write().expect("memory");
    let counters = br#"{"form":1,"last_id":1,"last_sequence":0}"#;
    let tenant = Tenant::new(Tenant::DEFAULT, Timestamp::default(), "idpstore");
    let tenant = keyspace::encode(&tenant).expect("a tenant");
    tx.put(Key::of(tag::COUNTERS).bytes(), &[&[RECORD_VERSION], &counters[..]].concat()).expect("memory");
    tx.put(Key::of(tag::TENANT).id(Tenant::DEFAULT).bytes(), &tenant).expect("memory");
    for entry in entries {
        let table = TABLES[usize::from(entry.table) % TABLES.len()];
        let mut key = Key::of(table);
        if table != tag::COUNTERS {
            key = key.id(Tenant::DEFAULT);
        }
        if !matches!(table, tag::COUNTERS | tag::TENANT) {
            key = key.id(Id::from_number(entry.id.into()));
        }
        let version: &[u8] = if entry.versioned { &[RECORD_VERSION] } else { &[] };
        let (key, value) = ([key.bytes(), entry.tail].concat(), [version, entry.value].concat());
        tx.put(&key, &value).expect("memory");
    }
    tx.commit().expect("memory");
    engine
}

fuzz_target!(|entries: Vec<Entry<'_>>| {
    let Ok(store) = IdpStore::builder().engine(engine(&entries)).open() else { return };
    let service = store.service();
    for name_contains in [None, Some("a".to_owned())] {
        let query = ProviderQuery { name_contains, kind: None, after: None, limit: 20 };
        let found = service.providers(&query).map(|page| page.items).unwrap_or_default();
        for provider in found {
            let owner = Owner::Provider(provider.id);
            let _ = (service.signing_keys(owner), service.requests(owner));
            let _ = service.delete_provider(provider.id);
        }
    }
    let _ = (service.tenant(), service.trusted_keys(None, 20), service.changes(0, 20));
    for path in ["/api/v1/idps", "/api/v1/idps?q=a", "/api/v1/idps/credentials/keys"] {
        let request = Request::get(path).body(Bytes::new()).expect("a request");
        assert!(store.handle(request).status().as_u16() >= 200);
    }
});
