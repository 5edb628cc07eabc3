//! The memory of a process whose store is locked, searched for secrets as in a core dump. Its allocator zeroes what is freed: so
//! what is found there is still held.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and talks to another"
)]

use std::alloc::System;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use idpstore::engine::{HostWrap, KeyWrap};
use idpstore::model::Protocol;
use idpstore::pki::pem;
use idpstore::{IdpStore, Owner, ProviderQuery, Result, Secrets};
use serde_json::{Value, json};
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Names the file of the store to the process that locks it.
const STORE: &str = "IDPSTORE_TEST_LOCKED";

/// Is set for that process if everything in the store is to be sealed.
const EVERYTHING: &str = "IDPSTORE_TEST_EVERYTHING";

const KEYS: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/keys";

/// A host that turns all bits of the root key around, and remembers it if that is wanted.
#[derive(Clone, Debug, Default)]
struct Turning(Option<Arc<Mutex<Vec<u8>>>>);

impl HostWrap for Turning {
    fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>> {
        Ok(key.iter().map(|octet| !octet).collect())
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>> {
        let key: Vec<u8> = wrapped.iter().map(|octet| !octet).collect();
        if let Some(seen) = &self.0 {
            seen.lock().unwrap().clone_from(&key);
        }
        Ok(key)
    }
}

fn open(path: &Path, by: Turning, is_whole: bool) -> IdpStore {
    let (builder, by) = (IdpStore::builder().file(path).unwrap(), KeyWrap::host(by));
    if is_whole { builder.seal_everything(by) } else { builder.seal(by) }.open().unwrap()
}

fn answer(store: &IdpStore, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = http::Request::builder().method(method).uri(format!("https://example.okta.com{path}"));
    let answer = store.handle(request.header("content-type", "application/json").body(body.into()).unwrap());
    assert!(answer.status().is_success(), "{}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

/// A text that no program holds before it is made: the same each time.
fn made(number: u64) -> String {
    format!(
        "{:016x}{:016x}",
        (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        (number + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    )
}

/// The name of a provider.
fn name(number: u64) -> String {
    made(100 + number)
}

/// Uses secrets and names in all ways.
fn work(store: &IdpStore) {
    for number in 1..20 {
        let client = json!({"client_id": "id", "client_secret": made(number)});
        let body = json!({
            "type": "GOOGLE", "name": name(number),
            "protocol": {"type": "OIDC", "scopes": ["openid"], "credentials": {"client": client}},
            "policy": {
                "accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"},
                "subject": {"userNameTemplate": {"template": "idpuser.email"}},
            },
        });
        answer(store, "POST", "/api/v1/idps", &body);
    }
    let shown = answer(store, "GET", "/api/v1/idps?limit=200", &Value::Null).to_string();
    assert!(shown.contains(&made(1)));
    let found = answer(store, "GET", &format!("/api/v1/idps?q={}", &name(7)[3..20]), &Value::Null);
    assert_eq!(found[0]["name"], name(7));
    let key = json!({
        "name": "Ours", "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA", "subjectDN": "CN=us",
        "usageType": "SIGNING", "validityPeriod": 365,
    });
    let key = answer(store, "POST", KEYS, &key);
    answer(store, "GET", &format!("{KEYS}/{}/csr", key["id"].as_str().unwrap()), &Value::Null);
    let mut document = Vec::new();
    store.export(Secrets::InTheClear, &mut document, |_| {}).unwrap();
    store.export_sealed(&KeyWrap::passphrase("export"), Vec::new(), |_| {}).unwrap();
    store.rotate_data_key().unwrap();
}

#[test]
fn locked_process() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let is_whole = std::env::var_os(EVERYTHING).is_some();
    let store = open(Path::new(&path), Turning::default(), is_whole);
    work(&store);
    let held = made(0);
    store.lock();
    if is_whole {
        assert!(store.providers().list(&ProviderQuery::default()).is_err());
    } else {
        let shown = answer(&store, "GET", "/api/v1/idps?limit=200", &Value::Null).to_string();
        assert!(shown.contains(&name(1)) && !shown.contains("client_secret"));
    }
    println!("locked");
    // What is searched for is there until the other process has looked.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(held.len(), 32);
}

/// A process that has locked its store, and what it still prints.
fn start(path: &Path, is_whole: bool) -> (Child, impl Sized) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["locked_process", "--exact", "--nocapture"])
        .env(STORE, path)
        .envs(is_whole.then_some((EVERYTHING, "")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(printed.any(|line| line.unwrap().ends_with("locked")), "it has failed");
    (child, printed)
}

/// All memory that a process has written to.
fn memory(process: u32) -> Vec<Vec<u8>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let read = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        (rest.starts_with("rw") && memory.read_exact_at(&mut bytes, start).is_ok()).then_some(bytes)
    };
    maps.lines().filter_map(read).collect()
}

#[test]
fn a_locked_process_holds_no_secret() {
    check(false);
}

#[test]
fn a_locked_process_holds_no_name_if_everything_is_sealed() {
    check(true);
}

fn check(is_whole: bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idps.redb");
    let (mut child, printed) = start(&path, is_whole);
    let memory = memory(child.id());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    drop(printed);
    let is_held = |needle: &[u8]| memory.iter().any(|part| memchr::memmem::find(part, needle).is_some());
    assert!(is_held(made(0).as_bytes()), "what is held is found");

    let root = Arc::default();
    let store = open(&path, Turning(Some(Arc::clone(&root))), is_whole);
    assert!(!is_held(&root.lock().unwrap()), "the root key");
    let providers = store.service().providers(&ProviderQuery::all()).unwrap().items;
    assert_eq!(providers.len(), 19);
    for provider in providers {
        assert!(!(is_whole && is_held(provider.name.as_bytes())), "a name");
        let Protocol::Social(social) = provider.protocol else { unreachable!() };
        let secret = social.client.secret.unwrap();
        assert!(!is_held(secret.reveal().unwrap().as_bytes()), "a client secret");
    }
    let keys = store.signing_keys(Owner::Tenant).list().unwrap();
    let private = keys[0].private.as_ref().unwrap().reveal().unwrap().to_owned();
    let der = pem::base64_any(&private).unwrap();
    // The private key itself stands behind the version and its own length (RFC 5915).
    let at = memchr::memmem::find(&der, &[2, 1, 1, 4, 32]).unwrap() + 5;
    for needle in [private.as_bytes(), &der, &der[at..at + 32]] {
        assert!(!is_held(needle), "a private key");
    }
}
