//! What is stored stays readable: the bytes of every record and key are pinned, and a store made by this version
//! must open in every later one.
//!
//! A test fails here whenever stored bytes change, and whenever a table, a kind of change or a member of a record is
//! new and not yet in `scenario.rs`: add it there first, then make the files anew with
//!
//! ```sh
//! IDPSTORE_REGENERATE=1 cargo test --all-features --test stored_format regenerate
//! ```
//!
//! and read what has changed in `tests/vectors/store-v3.txt` line by line: nothing may be there that depends on the
//! run, and no secret in the clear but where a record has one. If what is already stored is written differently, raise
//! `FORM`, add a step to `engine/migrate/`, *keep* the older files with the test that opens them, and make new ones
//! beside them. A member that is new and may be absent needs no new form.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod completeness;
mod material;
mod scenario;

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use idpstore::engine::{Direction, OneOwner, RedbEngine, Snapshot};
use idpstore::model::{Id, IdentityProvider, Tenant};
use idpstore::testing::inside::keyspace::{Key, RECORD_VERSION, decode, encode, tag};
use idpstore::{
    ApplicationQuery, ErrorKind, IdpStore, LinkQuery, Owner, Paging, ProviderQuery, Service, SigningKeyQuery,
};
use scenario::{Shared, fill, open};
use serde_json::{Value, json};

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

/// Every entry: its key and its value.
fn entries(engine: &dyn OneOwner) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        found.push((key.to_vec(), value.to_vec()));
        Ok(ControlFlow::Continue(()))
    };
    engine.raw_read().unwrap().scan(&[], &[0xff], Direction::Ascending, visit).unwrap();
    found
}

/// Every entry, one in a line: the key in hex with its tag as a letter, then a record as version of its form, JSON and the
/// number of the unit that wrote it, or what an index notes in hex. A record of form 1 ends without a number.
fn dump(engine: &dyn OneOwner) -> String {
    let mut lines = String::new();
    for (key, value) in entries(engine) {
        write!(lines, "{} {} = ", char::from(key[0]), hex(&key[1..])).unwrap();
        match value.as_slice() {
            [1, json @ ..] if json.first() == Some(&b'{') => {
                writeln!(lines, "1 {}", std::str::from_utf8(json).unwrap()).unwrap();
            }
            [version, json @ ..] if json.first() == Some(&b'{') => {
                let (json, number) = json.split_last_chunk().unwrap();
                let number = u64::from_be_bytes(*number);
                writeln!(lines, "{version} {} @{number}", std::str::from_utf8(json).unwrap()).unwrap();
            }
            note => writeln!(lines, "{}", hex(note)).unwrap(),
        }
    }
    lines
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn filled() -> Shared {
    let engine = Shared::default();
    fill(engine.clone());
    engine
}

/// All that the library shows of a store.
fn told(store: &IdpStore) -> impl PartialEq + std::fmt::Debug + use<> {
    let service = store.service();
    let tenants = service.tenants(&Paging::all()).unwrap().items;
    let of_tenants: Vec<_> =
        tenants.iter().map(|tenant| told_of_tenant(&service.for_tenant(tenant.id))).collect();
    (tenants, of_tenants, service.changes(0, usize::MAX).unwrap())
}

fn told_of_tenant(service: &Service) -> impl PartialEq + std::fmt::Debug + use<> {
    let all = ProviderQuery::all();
    let providers = service.providers(&all).unwrap().items;
    let all = ApplicationQuery { limit: usize::MAX, ..ApplicationQuery::default() };
    let applications = service.applications(&all).unwrap().items;
    let owners = providers.iter().map(|provider| Owner::Provider(provider.id));
    let owners = owners.chain(applications.iter().map(|application| Owner::Application(application.id)));
    let keys: Vec<_> = owners
        .chain([Owner::Tenant])
        .map(|owner| (service.signing_keys(&owner.into()).unwrap().items, service.requests(owner).unwrap()))
        .collect();
    let every = LinkQuery { limit: usize::MAX, ..LinkQuery::default() };
    let linked: Vec<_> =
        providers.iter().flat_map(|provider| service.links(provider.id, &every).unwrap().items).collect();
    let held = service.signing_keys(&SigningKeyQuery::all()).unwrap().items;
    let trusted = service.trusted_keys(&Paging::all()).unwrap().items;
    (providers, applications, keys, linked, held, trusted)
}

#[test]
fn keys_and_records_are_written_as_ever() {
    let expected = std::fs::read_to_string(vector("store-v3.txt")).unwrap();
    let written = dump(&filled());
    for (written, expected) in written.lines().zip(expected.lines()) {
        assert_eq!(written, expected);
    }
    assert_eq!(written.lines().count(), expected.lines().count());
}

/// A copy of a store in the test vectors, and the folder in which it is.
fn copied(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    std::fs::copy(vector(name), &path).unwrap();
    (folder, path)
}

/// What is made today is found in a store when it is opened again.
fn can_be_written(path: &Path) {
    let store = open(RedbEngine::file(path).unwrap()).unwrap();
    let service = store.service();
    let again = service.create_provider(|draft| {
        let protocol = idpstore::model::Protocol::Saml(idpstore::model::Saml::default());
        Ok(IdentityProvider::new(draft.id(), draft.now(), "made today", protocol))
    });
    assert_eq!(service.provider(again.unwrap().id).unwrap().name, "made today");
    drop((service, store));
    assert!(dump(&RedbEngine::file(path).unwrap()).contains("made today"));
}

#[test]
fn a_store_of_version_3_opens() {
    let (_folder, path) = copied("store-v3.redb");
    let store = open(RedbEngine::file(&path).unwrap()).unwrap();
    assert_eq!(told(&store), told(&open(filled()).unwrap()));
    drop(store);
    can_be_written(&path);
}

/// In form 2 keys were not found by their dates.
#[test]
fn a_store_of_version_2_is_brought_forward() {
    let (_folder, path) = copied("store-v2.redb");
    let before = dump(&RedbEngine::file(&path).unwrap());
    assert!(!before.lines().any(|line| line.starts_with("x ")) && before.contains(r#"{"form":2}"#));
    let store = open(RedbEngine::file(&path).unwrap()).unwrap();
    assert_eq!(store.check().unwrap().problems, []);
    drop(store);
    let after = dump(&RedbEngine::file(&path).unwrap());
    // The scenario has grown since, by a provider with a source and ends of trust, and by a vendor record with keys.
    let now = std::fs::read_to_string(vector("store-v3.txt")).unwrap();
    let source = now.lines().find(|line| line.starts_with("s ")).unwrap();
    let (key, _) = source.split_once(" = ").unwrap();
    let id = &key[key.len() - 16..];
    let record = now.lines().find(|line| line.starts_with("W ") && line.contains("signing_key")).unwrap();
    // The ids of what was made at the same time begin alike.
    let [record, ..] = record.split(" = ").collect::<Vec<_>>()[..] else { panic!("an entry") };
    let record = &record[record.len() - 16..record.len() - 2];
    let now: Vec<_> = now.lines().filter(|line| !line.contains(id) && !line.contains(record)).collect();
    assert_eq!(unnumbered(&after), unnumbered(&now.join("\n")));
    can_be_written(&path);
}

/// The records and what leads to them, without the numbers of the units that wrote them. The scenario has grown since form 2, by
/// units that leave nothing else and by vendor records, and what the clock brings has become a unit of its own.
fn unnumbered(dump: &str) -> Vec<&str> {
    let lines = dump.lines().filter(|line| !line.starts_with(['C', '@', 'W', 'w', 'q']));
    let unnumbered = lines.map(|line| match (line.rsplit_once(" @"), line.split_once(" = ")) {
        (Some((record, _)), _) => record,
        (None, Some((_, note))) if note.len() >= 16 => &line[..line.len() - 16],
        _ => line,
    });
    unnumbered.collect()
}

#[test]
fn a_snapshot_of_an_older_file_is_brought_forward() {
    for name in ["store-v1.redb", "store-v2.redb"] {
        let snapshot = Snapshot::from_bytes(&std::fs::read(vector(name)).unwrap()).unwrap();
        let store = IdpStore::in_memory().unwrap();
        store.restore(&snapshot).unwrap();
        assert_eq!(store.check().unwrap().problems, [], "{name}");
    }
}

#[test]
fn a_store_of_version_1_is_brought_forward() {
    let (_folder, path) = copied("store-v1.redb");
    let before = dump(&RedbEngine::file(&path).unwrap());
    let store = open(RedbEngine::file(&path).unwrap()).unwrap();
    let problems = store.check().unwrap().problems;
    assert!(problems.is_empty(), "{problems:?}");
    let last = store.service().last_change().unwrap();
    drop(store);
    let after = dump(&RedbEngine::file(&path).unwrap());
    // Keys are found by their dates.
    let (dates, after): (Vec<_>, Vec<_>) = after.lines().partition(|line| line.starts_with("x "));
    assert!(!dates.is_empty());
    // The ends of names are gone.
    let kept: Vec<_> = before.lines().filter(|line| !line.starts_with("S ")).collect();
    assert!(kept.len() < before.lines().count());
    let counters: Value = serde_json::from_str(kept[0].split_once(" = 1 ").unwrap().1).unwrap();
    assert_eq!(counters["last_sequence"], last);
    assert_eq!(kept.len(), after.len());
    for (before, after) in kept.iter().zip(&after) {
        assert_eq!(*after, brought_forward(before, &counters["last_id"]));
    }
    let permissions = r#""linking":{"creation":{"allowed":false,"automatic":false},"link":{"allowed":true,"automatic":true}}"#;
    assert!(after.iter().any(|line| line.contains(permissions)), "{after:?}");
    can_be_written(&path);
}

/// A line of a store of version 1 as it is in one of version 3.
fn brought_forward(line: &str, last_id: &Value) -> String {
    let (key, value) = line.split_once(" = ").unwrap();
    let Some(json) = value.strip_prefix("1 ") else {
        // What an index notes has a version, too, which is not known.
        let version = if value.is_empty() { "" } else { "0000000000000000" };
        return format!("{line}{version}");
    };
    let mut record: Value = serde_json::from_str(json).unwrap();
    let mut version = json!(0);
    match &key[..1] {
        "#" => record = json!({"form": 3}),
        "P" => {
            version = record.as_object_mut().unwrap().shift_remove("sequence").unwrap();
            if let Some(linking) = record["linking"].as_object_mut() {
                for (old, new) in [("creation", "creation"), ("automatic", "link")] {
                    let known = linking.shift_remove(old);
                    known.map(|does| {
                        linking.insert(new.to_owned(), json!({"allowed": does, "automatic": does}))
                    });
                }
            }
        }
        "C" => {
            version = record["sequence"].take();
            let mut change = json!({});
            for member in ["tenant", "kind", "subject", "kid"] {
                record.get(member).into_iter().for_each(|value| change[member] = value.clone());
            }
            let (time, actor) = (&record["time"], &record["actor"]);
            record = json!({"time": time, "actor": actor, "last_id": last_id, "changes": [change]});
        }
        _ => {}
    }
    format!("{key} = 2 {record} @{version}")
}

/// In form 1 keys were as long as the names in them.
#[test]
fn long_keys_of_version_1_are_cut() {
    let (_folder, path) = copied("store-v1.redb");
    let engine = Shared::default();
    let mut tx = engine.raw_write().unwrap();
    let long = "long ".repeat(1000);
    for (mut key, mut value) in entries(&RedbEngine::file(&path).unwrap()) {
        let renamed = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap().replace("Über-Partner", &long);
        match key[0] {
            b'P' => value = renamed(&value).into_bytes(),
            b'N' => {
                let (tenant, name) = key[1..].split_at(8);
                let text = String::from_utf8_lossy(&name[..name.len() - 10]).replace("über-partner", &long);
                key = [b"N", tenant, text.as_bytes(), &name[name.len() - 10..]].concat();
            }
            _ => {}
        }
        tx.put(&key, &value).unwrap();
    }
    tx.commit().unwrap();
    assert!(entries(&engine).iter().any(|(key, _)| key.len() > 5000));
    let store = open(engine.clone()).unwrap();
    assert_eq!(store.check().unwrap().problems, []);
    assert!(entries(&engine).iter().all(|(key, _)| key.len() < 1100));
    let named = ProviderQuery { name: Some(long), ..ProviderQuery::default() };
    assert_eq!(store.service().providers(&named).unwrap().items.len(), 1);
}

#[cfg(feature = "okta")]
#[test]
fn stores_of_all_versions_answer() {
    for name in ["store-v1.redb", "store-v2.redb", "store-v3.redb"] {
        let (_folder, path) = copied(name);
        let store = open(RedbEngine::file(&path).unwrap()).unwrap();
        let names = |query: &str| -> Vec<String> {
            let uri = format!("https://example.okta.com/api/v1/idps{query}");
            let answer = store.handle(http::Request::get(uri).body(bytes::Bytes::new()).unwrap());
            let answer: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            answer.as_array().unwrap().iter().map(|idp| idp["name"].as_str().unwrap().to_owned()).collect()
        };
        // The scenario has grown since form 2.
        let later = (name == "store-v3.redb").then_some("Published");
        assert_eq!(
            names(""),
            ["Über-Partner", "OIDC", "S", "X"].into_iter().chain(later).collect::<Vec<_>>()
        );
        assert_eq!(names("?q=PART"), ["Über-Partner"]);
    }
}

/// Puts something else in the place of a value of the filled store.
fn with(key: &Key, value: &[u8]) -> Shared {
    let engine = filled();
    let mut tx = engine.raw_write().unwrap();
    assert!(tx.get(key.bytes()).unwrap().is_some(), "the value to be replaced");
    tx.put(key.bytes(), value).unwrap();
    tx.commit().unwrap();
    engine
}

/// The value of a record that the first unit wrote.
fn stored(record: &[u8]) -> Vec<u8> {
    [record, &1_u64.to_be_bytes()].concat()
}

#[test]
fn an_unknown_form_is_refused() {
    let form = |form: u32| with(&Key::of(tag::FORM), &stored(&encode(&json!({"form": form})).unwrap()));
    for known in [2, 3] {
        open(form(known)).unwrap();
    }
    let old = |form: u32| {
        let counters = json!({"form": form, "last_id": 1, "last_sequence": 0}).to_string();
        with(&Key::of(tag::FORM), &[b"\x01", counters.as_bytes()].concat())
    };
    let (corrupt, newer) = (ErrorKind::Corrupt, ErrorKind::TooNew);
    let unknown = [(form(0), &corrupt), (form(1), &corrupt), (form(4), &newer), (form(u32::MAX), &newer)];
    let unknown = unknown.into_iter().chain([(old(0), &corrupt), (old(4), &newer)]);
    let unreadable = [(&b"\x01{}"[..], &corrupt), (b"\x02{}", &corrupt), (b"\x03{}", &newer)];
    let unreadable = unreadable.map(|(bytes, kind)| (with(&Key::of(tag::FORM), &stored(bytes)), kind));
    for (engine, kind) in unknown.chain(unreadable) {
        let before = dump(&engine);
        assert_eq!(open(engine.clone()).expect_err("refused").kind(), kind, "{before}");
        assert_eq!(dump(&engine), before);
    }
}

/// The last release reads a version byte, the form and two counters under this key. It knows version 1 alone, and says of
/// a higher one that a newer release has written the store.
#[test]
fn the_last_release_knows_that_this_one_is_newer() {
    let form = entries(&filled()).into_iter().find(|(key, _)| *key == [tag::FORM]).unwrap().1;
    assert_eq!(form[0], 2);
}

#[test]
fn unreadable_records_are_corrupt() {
    let engine = filled();
    let id = open(engine).unwrap().service().providers(&ProviderQuery::default());
    let id: Id = id.unwrap().items[0].id;
    let key = Key::of(tag::PROVIDER).id(Tenant::DEFAULT).id(id);
    for damaged in [&b""[..], b"\x02", b"\x02{}", b"\x02null", b"\x02{\"id\":", b"\x03{}", b"\x01{}", b"{}"] {
        let store = open(with(&key, &stored(damaged))).unwrap();
        let is_newer = damaged.first().is_some_and(|version| *version > 2);
        let kind = if is_newer { ErrorKind::TooNew } else { ErrorKind::Corrupt };
        assert_eq!(store.service().provider(id).expect_err("damaged").kind(), &kind);
        assert_eq!(store.service().delete_provider(id).expect_err("damaged").kind(), &kind);
    }
}

#[test]
fn the_version_comes_first() {
    assert_eq!(RECORD_VERSION, 2);
    assert_eq!(encode(&"text").unwrap(), b"\x02\"text\"");
    assert_eq!(decode::<String>(b"\x02\"text\"").unwrap(), "text");
}

/// Makes the files anew, on request; it then fails, so that it cannot pass for a check.
#[test]
fn regenerate() {
    if std::env::var_os("IDPSTORE_REGENERATE").is_none() {
        return;
    }
    std::fs::write(vector("store-v3.txt"), dump(&filled())).unwrap();
    // Elsewhere first, because the lock stays behind beside the file.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    fill(RedbEngine::file(&path).unwrap());
    redb::Database::open(&path).unwrap().compact().unwrap();
    std::fs::copy(&path, vector("store-v3.redb")).unwrap();
    panic!("the vectors were made anew: look at what has changed, and run the tests again");
}
