//! Stores that somebody has crafted: records under foreign keys, and index entries that lead to nothing. Whatever reads
//! them comes to an end, says what is wrong, or passes over it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::Path;

use idpstore::engine::keyspace::{Key, tag};
use idpstore::engine::memory::MemoryEngine;
use idpstore::engine::redb::RedbEngine;
use idpstore::engine::{Direction, Engine};
use idpstore::model::{Id, State};
use idpstore::service::{ApplicationQuery, Cursor, LinkQuery, Owner, Page, ProviderQuery, Service};
use idpstore::{ErrorKind, IdpStore, Result};

type Entry = (Vec<u8>, Vec<u8>);

/// The entries of a store that has something in every table.
fn entries() -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let vector = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/store-v1.redb");
    std::fs::copy(vector, &path).unwrap();
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.push((key.to_vec(), value.to_vec()));
        Ok(ControlFlow::Continue(()))
    };
    let engine = RedbEngine::file(&path).unwrap();
    engine.read().unwrap().scan(&[], &[0xff], Direction::Ascending, visit).unwrap();
    found
}

fn store(entries: &[Entry]) -> IdpStore {
    let engine = MemoryEngine::default();
    let mut tx = engine.write().unwrap();
    entries.iter().for_each(|(key, value)| tx.put(key, value).unwrap());
    tx.commit().unwrap();
    IdpStore::builder().engine(engine).open().unwrap()
}

/// All items of a list, a page at a time. There are never as many pages as that.
fn pages<T>(mut page: impl FnMut(Option<Cursor>) -> Result<Page<T>>) -> Result<Vec<T>> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..500 {
        let Page { items, next } = page(after)?;
        found.extend(items);
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
    panic!("the list has no end");
}

fn id(cursor: Option<Cursor>) -> Option<Id> {
    cursor.map(|cursor| match cursor {
        Cursor::Id(id) => id,
        Cursor::Name(_) => panic!("a list by id"),
    })
}

/// What all calls that read tell of a store.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn note(&mut self, told: impl Debug) {
        self.0.push(format!("{told:?}"));
    }

    fn of(store: &IdpStore, limit: usize) -> Result<Self> {
        let (mut told, service) = (Self::default(), store.service());
        let mut last = 0;
        for _ in 0..500 {
            let changes = service.changes(last, limit)?;
            let Some(change) = changes.last() else { break };
            assert!(change.sequence > last, "the log has no end");
            last = change.sequence;
            told.note(&changes);
        }
        for tenant in pages(|after| service.tenants(id(after), limit))? {
            told.note(&tenant);
            told.tenant(&service.for_tenant(tenant.id), limit)?;
        }
        Ok(told)
    }

    fn tenant(&mut self, service: &Service, limit: usize) -> Result<()> {
        let mut kids = vec!["no key".to_owned()];
        for key in pages(|after| service.held_keys(id(after), limit))? {
            self.note((service.signing_key_id(&key.kid)?, &key));
            kids.push(key.kid);
        }
        for key in pages(|after| service.trusted_keys(id(after), limit))? {
            self.note(&key);
            kids.push(key.kid);
        }
        self.owner(service, Owner::Tenant)?;
        self.providers(service, limit)?;
        self.applications(service, &kids, limit)?;
        for kid in kids {
            self.note((service.key_users(&kid)?, service.key_applications(&kid)?));
        }
        for login in ["ada", "ADA@example.com", "isaac", "left", "gone", ""] {
            let user = service.user_with_login(login).ok();
            self.note(user.as_ref().map(|user| service.user_providers(user.id)).transpose()?);
        }
        Ok(())
    }

    fn providers(&mut self, service: &Service, limit: usize) -> Result<()> {
        let kinds = ["saml", "open_id_connect", "apple", "mutual_tls", "amazon"].map(str::to_owned);
        let ids = service.provider_ids(kinds.clone())?;
        self.note((&ids, service.providers_with(&ids)?));
        for kind in kinds.into_iter().map(Some).chain([None]) {
            for name_contains in [None, Some(""), Some("r"), Some("Über"), Some("-partner")] {
                let name_contains = name_contains.map(str::to_owned);
                let query = |after| ProviderQuery {
                    name_contains: name_contains.clone(),
                    kind: kind.clone(),
                    after,
                    limit,
                };
                for provider in pages(|after| service.providers(&query(after)))? {
                    self.note((&provider, service.tenant_of_provider(provider.id)?));
                    self.note(service.providers_named(&provider.name)?);
                    self.owner(service, Owner::Provider(provider.id))?;
                    for contains in [None, Some("a".to_owned())] {
                        let query =
                            |after| LinkQuery { contains: contains.clone(), after: id(after), limit };
                        self.note(pages(|after| service.links(provider.id, &query(after)))?);
                    }
                }
            }
        }
        let before = |after| service.providers_before(id(after).unwrap_or(Id::from_number(u64::MAX)), limit);
        self.note(pages(before)?.len());
        Ok(())
    }

    fn applications(&mut self, service: &Service, kids: &[String], limit: usize) -> Result<()> {
        let mut queries = vec![ApplicationQuery::default()];
        for name in ["", "w", "wïki"].map(str::to_owned) {
            queries.push(ApplicationQuery { name_starts: Some(name.clone()), ..Default::default() });
            queries.push(ApplicationQuery { alias: Some(name), ..Default::default() });
        }
        for state in [State::Active, State::Inactive] {
            queries.push(ApplicationQuery { state: Some(state), ..Default::default() });
        }
        for kid in kids.iter().cloned() {
            queries.push(ApplicationQuery { signing_key: Some(kid), ..Default::default() });
        }
        for query in queries {
            let query = |after| ApplicationQuery { after, limit, ..query.clone() };
            for application in pages(|after| service.applications(&query(after)))? {
                self.note(&application);
                self.owner(service, Owner::Application(application.id))?;
            }
        }
        Ok(())
    }

    fn owner(&mut self, service: &Service, owner: Owner) -> Result<()> {
        self.note((service.signing_keys(owner)?, service.requests(owner)?));
        Ok(())
    }
}

/// Removes everything that can be removed, and gives what could not be.
fn clear(store: &IdpStore) -> Result<()> {
    let service = store.service();
    for tenant in service.tenants(None, 100)?.items {
        let service = service.for_tenant(tenant.id);
        let all = ProviderQuery { name_contains: None, kind: None, after: None, limit: 100 };
        for provider in service.providers(&all)?.items {
            service.delete_provider(provider.id)?;
        }
        let all = ApplicationQuery { limit: 100, ..Default::default() };
        for application in service.applications(&all)?.items {
            service.delete_application(application.id)?;
        }
        for login in ["ada@example.com", "isaac@example.com", "left@example.com"] {
            if let Ok(user) = service.user_with_login(login) {
                service.delete_user(user.id)?;
            }
        }
        for key in service.trusted_keys(None, 100)?.items {
            service.delete_trusted_key(&key.kid)?;
        }
        for key in service.held_keys(None, 100)?.items {
            service.delete_held_key(key.id, |_, _| {})?;
        }
    }
    Ok(())
}

/// Where records are stored, by the tags of the tables.
const RECORDS: &[u8] =
    &[tag::TENANT, tag::PROVIDER, tag::SIGNING_KEY, tag::TRUSTED_KEY, tag::ATTACHMENT, tag::APPLICATION];

/// The tables of which the key ends in an id, or in a number.
const ENDING_IN_IDS: &[u8] = b"TPKVLHIC";

/// The tables that lead to records.
const INDEXES: &[u8] = b"NSYkvaRleoUuhi";

#[test]
fn a_record_under_a_foreign_key_is_corrupt() {
    let sound = entries();
    let all = Told::of(&store(&sound), 1000).unwrap().0;
    assert!(!all.is_empty());
    for tag in ENDING_IN_IDS {
        // Under the next key that is free, and under the last key that there can be, where a list begins anew.
        let of_table = || sound.iter().filter(|(key, _)| key[0] == *tag);
        let (first, value) = of_table().next().unwrap();
        let number = first.len() - 8;
        let ending = |number: u64| [&first[..first.len() - 8], &number.to_be_bytes()].concat();
        let known = u64::from_be_bytes(first[number..].try_into().unwrap());
        let mut others = (2..).map(|step| ending(known ^ step));
        let free = others.find(|other| sound.iter().all(|(key, _)| key != other)).unwrap();
        for (place, is_high) in [(free, false), (ending(u64::MAX), true)] {
            let crafted: Vec<_> = sound.iter().cloned().chain([(place.clone(), value.clone())]).collect();
            let store = store(&crafted);
            for limit in [1, 2, 1000] {
                let outcome = Told::of(&store, limit).map(drop);
                // A user is found by login only, and the links to no provider are in no list.
                if outcome.is_ok() && matches!(tag, b'H') || is_high && outcome.is_ok() && *tag == b'I' {
                    continue;
                }
                let error = outcome.expect_err(&format!("{} {place:?}", char::from(*tag)));
                assert_eq!(error.kind(), &ErrorKind::Corrupt, "{}", char::from(*tag));
                assert!(error.to_string().contains("belongs elsewhere"), "{error}");
            }
            let _ = clear(&store);
        }
    }
}

#[test]
fn a_record_that_takes_anothers_place_is_corrupt() {
    let sound = entries();
    for tag in RECORDS {
        let of_table: Vec<_> = sound.iter().filter(|(key, _)| key[0] == *tag).collect();
        let ((_, one), (place, _)) = (of_table[0], of_table[of_table.len() - 1]);
        let mut crafted = sound.clone();
        crafted.iter_mut().filter(|(key, _)| key == place).for_each(|(_, value)| value.clone_from(one));
        let store = store(&crafted);
        for limit in [1, 1000] {
            let error = Told::of(&store, limit).map(drop).expect_err(&char::from(*tag).to_string());
            assert_eq!(error.kind(), &ErrorKind::Corrupt, "{}", char::from(*tag));
        }
        let _ = clear(&store);
    }
}

/// Entries that lead to nothing, made of one that leads to something.
fn dangling((key, value): &Entry) -> Vec<Entry> {
    let tail = key.len().min(9) + 8;
    let mut found = Vec::new();
    for number in [7_u64, u64::MAX, u64::MAX >> 1] {
        let number = number.to_be_bytes();
        match key[0] {
            // These note the id of the record.
            b'k' | b'R' => {
                let mut other = key[..key.len() - 3].to_vec();
                other.extend([b'~', 0, 1]);
                found.push((other, number.to_vec()));
            }
            _ => found.push(([&key[..key.len() - 8], &number].concat(), value.clone())),
        }
    }
    // Something between the index and the id, too short for an id, and nothing noted.
    if !matches!(key[0], b'k' | b'R') {
        found.push(([&key[..key.len() - 8], &[0xfe; 3], &key[key.len() - 8..]].concat(), value.clone()));
        found.push((key[..key.len() - 4].to_vec(), value.clone()));
    } else {
        found.push((key[..tail.min(key.len() - 1)].to_vec(), Vec::new()));
    }
    found
}

#[test]
fn an_index_entry_that_leads_to_nothing_is_passed_over() {
    let sound = entries();
    let mut crafted = sound.clone();
    for tag in INDEXES {
        let of_table: Vec<_> = sound.iter().filter(|(key, _)| key[0] == *tag).collect();
        assert!(!of_table.is_empty(), "{}", char::from(*tag));
        crafted.extend(of_table.into_iter().flat_map(dangling));
    }
    assert!(crafted.len() > 2 * sound.len());
    let (sound, crafted) = (store(&sound), store(&crafted));
    for limit in [1, 2, 3, 1000] {
        let (expected, told) = (Told::of(&sound, limit).unwrap().0, Told::of(&crafted, limit).unwrap().0);
        for (told, expected) in told.iter().zip(&expected) {
            assert_eq!(told, expected, "in pages of {limit}");
        }
        assert_eq!(told.len(), expected.len());
    }
    clear(&crafted).unwrap();
}

#[test]
fn what_refers_to_a_record_that_is_gone_is_passed_over() {
    let sound = entries();
    for tag in b"PKVLHI" {
        for gone in sound.iter().filter(|(key, _)| key[0] == *tag) {
            let crafted: Vec<_> = sound.iter().filter(|entry| *entry != gone).cloned().collect();
            let store = store(&crafted);
            for limit in [1, 1000] {
                Told::of(&store, limit).unwrap();
            }
            clear(&store).unwrap();
        }
    }
}

#[cfg(feature = "okta")]
#[test]
fn no_vendors_list_fails_because_an_index_leads_to_nothing() {
    let sound = entries();
    let crafted: Vec<_> = sound.iter().filter(|(key, _)| !b"PL".contains(&key[0])).cloned().collect();
    let store = store(&crafted);
    for path in ["/api/v1/idps", "/api/v1/idps?q=Part", "/api/v1/idps?type=SAML2", "/api/v1/apps", "/api/v1/apps?q=W"] {
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        let response = store.handle(request);
        assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"[]"[..]), "{path}");
    }
}

#[test]
fn keys_are_as_the_layout_says() {
    // The tests above take keys apart: tag, tenant, and an id at the end.
    let key = Key::of(tag::PROVIDER).id(Id::from_number(1)).id(Id::from_number(2));
    assert_eq!(key.bytes().len(), 17);
}
