//! Whatever a store file holds, opening, reading, checking and removing come to an end, and a store in which the check
//! finds nothing can be read.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use bytes::Bytes;
use http::Request;
use idpstore::{ApplicationQuery, Cursor, IdpStore, LinkQuery, Owner, Page, Paging, ProviderQuery, Result, Service, SigningKeyQuery};
use idpstore::engine::{Direction, MemoryEngine, OneOwner as _};
use idpstore::model::{IdentityProvider, Protocol, Saml, State, Tenant};
use libfuzzer_sys::fuzz_target;

/// What is done to a sound store. Numbers choose one of its entries.
#[derive(Arbitrary, Debug)]
enum Step<'a> {
    /// The record of one entry is put under the key of another.
    Copy { from: u16, to: u16 },
    /// An entry is put under a key that differs in some octets, counted from the end.
    Rekey { from: u16, octets: Vec<(u8, u8)>, tail: &'a [u8] },
    /// Some octets of a value are changed.
    Damage { at: u16, octets: Vec<(u16, u8)> },
    /// An entry is removed.
    Remove { at: u16 },
    /// Anything is put anywhere.
    Put { key: &'a [u8], value: &'a [u8] },
}

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

/// The entries of a store that has something in every table.
static SOUND: LazyLock<Entries> = LazyLock::new(|| {
    let hex = |text: &str| -> Vec<u8> {
        let octet = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
        (0..text.len()).step_by(2).map(octet).collect()
    };
    let entry = |line: &str| {
        let (key, value) = line.split_once(" = ").expect("an entry");
        let key = [&key.as_bytes()[..1], &hex(&key[2..])].concat();
        let value = match value.strip_prefix("2 ").and_then(|value| value.rsplit_once(" @")) {
            Some((json, number)) => {
                let number: u64 = number.parse().expect("a number");
                [&[2], json.as_bytes(), &number.to_be_bytes()].concat()
            }
            None => hex(value),
        };
        (key, value)
    };
    include_str!("../../tests/vectors/store-v3.txt").lines().map(entry).collect()
});

fn nth(entries: &Entries, number: u16) -> Option<(Vec<u8>, Vec<u8>)> {
    let (key, value) = entries.iter().nth(usize::from(number) % entries.len().max(1))?;
    Some((key.clone(), value.clone()))
}

fn change(entries: &mut Entries, step: &Step<'_>) -> Option<()> {
    match step {
        Step::Copy { from, to } => {
            let (_, value) = nth(entries, *from)?;
            entries.insert(nth(entries, *to)?.0, value);
        }
        Step::Rekey { from, octets, tail } => {
            let (mut key, value) = nth(entries, *from)?;
            for (place, octet) in octets {
                let place = usize::from(*place) % key.len();
                *key.iter_mut().rev().nth(place)? = *octet;
            }
            key.extend_from_slice(tail);
            entries.insert(key, value);
        }
        Step::Damage { at, octets } => {
            let (key, mut value) = nth(entries, *at)?;
            for (place, octet) in octets {
                let place = usize::from(*place) % value.len().max(1);
                *value.get_mut(place)? = *octet;
            }
            entries.insert(key, value);
        }
        Step::Remove { at } => _ = entries.remove(&nth(entries, *at)?.0),
        Step::Put { key, value } => _ = entries.insert(key.to_vec(), value.to_vec()),
    }
    Some(())
}

fn open(entries: &Entries) -> Result<IdpStore> {
    let engine = MemoryEngine::default();
    let mut tx = engine.raw_write()?;
    entries.iter().try_for_each(|(key, value)| tx.put(key, value))?;
    tx.commit()?;
    IdpStore::builder().engine(engine).open()
}

/// All items of a list, a page at a time: no list has more items than a store has entries.
fn pages<T>(mut page: impl FnMut(Option<Cursor>) -> Result<Page<T>>) -> Result<Vec<T>> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..2000 {
        let Page { items, next, .. } = page(after)?;
        found.extend(items);
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
    panic!("the list has no end");
}

/// Reads everything in all ways. What fails does not keep the rest from being read; the last failure is given.
fn read(store: &IdpStore, limit: usize) -> Result<()> {
    let service = store.service();
    let (mut last, mut outcome) = (0, Ok(()));
    loop {
        match service.changes(last, limit) {
            Ok(changes) if changes.is_empty() => break,
            Ok(changes) => {
                let next = changes.last().map_or(0, |change| change.sequence);
                assert!(next > last, "the log has no end");
                last = next;
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    for tenant in pages(|after| service.tenants(&Paging { after, limit }))? {
        outcome = outcome.and(read_tenant(&service.for_tenant(tenant.id), limit));
    }
    outcome
}

fn read_tenant(service: &Service, limit: usize) -> Result<()> {
    let held = pages(|after| service.signing_keys(&SigningKeyQuery { owner: None, after, limit }));
    let trusted = pages(|after| service.trusted_keys(&Paging { after, limit }));
    let mut outcome = service.tenant().and(read_owner(service, Owner::Tenant));
    for contained in [None, Some("a"), Some("")] {
        for kind in [None, Some("saml")] {
            let (name_contains, kinds) = (contained.map(str::to_owned), kind.map(str::to_owned));
            let kinds = kinds.into_iter().collect();
            let query = ProviderQuery { name_contains, kinds, limit, ..ProviderQuery::default() };
            let found = pages(|after| service.providers(&ProviderQuery { after, ..query.clone() }));
            for provider in found.iter().flatten() {
                let links = |after| LinkQuery { contains: contained.map(str::to_owned), after, limit };
                let named = ProviderQuery { name: Some(provider.name.clone()), ..ProviderQuery::all() };
                outcome = outcome
                    .and(read_owner(service, Owner::Provider(provider.id)))
                    .and(pages(|after| service.links(provider.id, &links(after))).map(drop))
                    .and(service.providers(&named).map(drop))
                    .and(service.tenant_of_provider(provider.id).map(drop));
            }
            outcome = outcome.and(found.map(drop));
        }
    }
    let descending = ProviderQuery { direction: Direction::Descending, limit, ..ProviderQuery::default() };
    let before = |after| service.providers(&ProviderQuery { after, ..descending.clone() });
    let kinds = ["saml", "open_id_connect", "apple"].map(str::to_owned).to_vec();
    let of_kinds = ProviderQuery { kinds, ..ProviderQuery::all() };
    outcome = outcome.and(pages(before).map(drop)).and(service.provider_ids(&of_kinds).map(drop));
    let (all, named) = (ApplicationQuery::default(), Some("w".to_owned()));
    for query in [
        ApplicationQuery { name_starts: named.clone(), ..all.clone() },
        ApplicationQuery { alias: named, ..all.clone() },
        ApplicationQuery { state: Some(State::Active), ..all.clone() },
        all,
    ] {
        let found = pages(|after| service.applications(&ApplicationQuery { after, limit, ..query.clone() }));
        for application in found.iter().flatten() {
            outcome = outcome.and(read_owner(service, Owner::Application(application.id)));
        }
        outcome = outcome.and(found.map(drop));
    }
    for key in held.iter().chain(&trusted).flatten() {
        let using = ApplicationQuery { key: Some(key.kid.clone()), ..ApplicationQuery::default() };
        outcome = outcome
            .and(service.key_users(&key.kid).map(drop))
            .and(service.applications(&using).map(drop));
    }
    if let Ok(user) = service.user("ada") {
        let linked = ProviderQuery { user: Some(user.id), ..ProviderQuery::all() };
        outcome = outcome.and(service.providers(&linked).map(drop));
    }
    outcome.and(held.map(drop)).and(trusted.map(drop))
}

fn read_owner(service: &Service, owner: Owner) -> Result<()> {
    service.signing_keys(&owner.into()).map(drop).and(service.requests(owner).map(drop))
}

/// Removes what can be removed, and makes something new.
fn write(service: &Service) {
    let all = ProviderQuery { limit: 100, ..ProviderQuery::default() };
    for provider in service.providers(&all).map(|page| page.items).unwrap_or_default() {
        let _ = service.delete_provider(provider.id);
    }
    let all = ApplicationQuery { limit: 100, ..ApplicationQuery::default() };
    for application in service.applications(&all).map(|page| page.items).unwrap_or_default() {
        let _ = service.delete_application(application.id);
    }
    let all = SigningKeyQuery { limit: 100, ..SigningKeyQuery::default() };
    for key in service.signing_keys(&all).map(|page| page.items).unwrap_or_default() {
        let _ = service.delete_signing_key(key.id);
    }
    for key in service.trusted_keys(&Paging::all()).map(|page| page.items).unwrap_or_default() {
        let _ = service.delete_trusted_key(&key.kid);
    }
    for login in ["ada", "isaac"] {
        let _ = service.user(login).and_then(|user| service.delete_user(user.id));
    }
    let _ = service.create_provider(|draft| {
        let saml = Protocol::Saml(Saml::new("urn:a-partner"));
        Ok(IdentityProvider::new(draft.id(), draft.now(), "a partner", saml))
    });
}

/// Lists of all vendors.
fn request(store: &IdpStore) {
    for path in ["/idps", "/idps?q=a", "/idps?limit=1", "/apps", "/apps?q=w", "/idps/credentials/keys"] {
        let request = Request::get(format!("/api/v1{path}")).body(Bytes::new()).expect("a request");
        let _ = store.handle(request);
    }
    let environment = Tenant::DEFAULT.to_uuid();
    for list in ["identityProviders", "applications", "keys", "certificates"] {
        let path = format!("/v1/environments/{environment}/{list}");
        let _ = store.handle(Request::get(path).body(Bytes::new()).expect("a request"));
    }
    for surface in ["admin", "management"] {
        let path = format!("/{surface}/v1/idps/templates/_search");
        let _ = store.handle(Request::post(path).body(Bytes::from_static(b"{}")).expect("a request"));
    }
}

fuzz_target!(|steps: Vec<Step<'_>>| {
    let mut entries = SOUND.clone();
    for step in &steps {
        let _ = change(&mut entries, step);
    }
    let Ok(store) = open(&entries) else { return };
    let report = store.check();
    for limit in [1, 20] {
        let outcome = read(&store, limit);
        if report.as_ref().is_ok_and(idpstore::Report::is_sound) {
            outcome.expect("a sound store can be read");
        }
    }
    request(&store);
    let service = store.service();
    for tenant in service.tenants(&Paging::all()).map(|page| page.items).unwrap_or_default() {
        write(&service.for_tenant(tenant.id));
    }
});
