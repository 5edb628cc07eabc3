//! Whatever bytes a store file holds, opening and asking end in an answer.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::Request;
use idpstore::IdpStore;
use idpstore::engine::Engine as _;
use idpstore::engine::keyspace::{self, Key, RECORD_VERSION, tag};
use idpstore::engine::memory::MemoryEngine;
use idpstore::model::{Id, IdentityProvider, Protocol, Saml, Tenant};
use idpstore::pki::issuance::Profile;
use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, Timestamp};
use idpstore::service::{CertificatePlan, Owner, ProviderQuery};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use libfuzzer_sys::fuzz_target;

/// An entry: where it lies, and what lies there.
#[derive(Arbitrary, Debug)]
struct Entry<'a> {
    table: u8,
    id: u8,
    tail: &'a [u8],
    value: Held<'a>,
}

#[derive(Arbitrary, Debug)]
enum Held<'a> {
    Any(&'a [u8]),
    /// A good record in which some bytes are others.
    Damaged {
        record: u8,
        bytes: Vec<(u16, u8)>,
    },
}

impl Held<'_> {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Held::Any(bytes) => bytes.to_vec(),
            Held::Damaged { record, bytes } => {
                let mut held = RECORDS[usize::from(*record) % RECORDS.len()].clone();
                for (place, byte) in bytes {
                    let place = usize::from(*place) % held.len();
                    held[place] = *byte;
                }
                held
            }
        }
    }
}

/// A provider, a signing key and a trusted key as they are stored.
static RECORDS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let store = IdpStore::builder()
        .clock(FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000)))
        .entropy(CountedEntropy::default())
        .keys(CannedKeys::default())
        .open()
        .expect("a store in memory");
    let service = store.service();
    let make = || -> idpstore::Result<_> {
        let provider = service.create_provider(|draft| {
            let saml = Protocol::Saml(Saml::default());
            Ok(IdentityProvider::new(draft.id(), draft.now(), "a partner", saml))
        })?;
        let subject = DistinguishedName::new().with(NameAttribute::CommonName, "a partner");
        let signing = service.generate_signing_key(Owner::Tenant, |_, now| CertificatePlan {
            issuer: subject.clone(),
            subject: subject.clone(),
            serial_number: 1.into(),
            not_before: now,
            not_after: now.plus_calendar_years(2),
            spec: KeySpec::Rsa { bits: 2048 },
            hash: Hash::Sha256,
            profile: Profile::Bare,
        })?;
        let trusted = service.import_trusted_key(&signing.chain)?;
        Ok([keyspace::encode(&provider)?, keyspace::encode(&signing)?, keyspace::encode(&trusted)?])
    };
    make().expect("records")
});

/// The tags of all tables ([`tag`]).
const TABLES: &[u8] = b"#TPNSYKVkvAaRLleoUuHhIiC";

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
        let (key, value) = ([key.bytes(), entry.tail].concat(), entry.value.bytes());
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
        let _ = store.handle(request);
    }
});
