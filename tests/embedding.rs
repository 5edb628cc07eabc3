//! What a host sees that embeds a store: keys that come later, going back, and who may open a file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::sync::Mutex;

use bytes::Bytes;
use http::{Request, Response};
use idpstore::env::{Clock, Fetcher, KeySource, SeededEntropy};
use idpstore::model::{Id, IdentityProvider, OpenIdConnect, Protocol, State};
use idpstore::pki::{KeySpec, PrivateKey, Timestamp};
use idpstore::testing::CannedKeys;
use idpstore::{ChangeKind, Error, ErrorKind, IdpStore, Need, Resource, Result};

/// Gives what was put there, and asks for the rest.
#[derive(Debug, Default)]
struct Shelf(Mutex<Vec<PrivateKey>>);

impl KeySource for &'static Shelf {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        let key = self.0.lock().unwrap().pop();
        key.ok_or_else(|| Error::pending(Need::Key { spec: spec.to_string() }))
    }
}

fn shelf() -> &'static Shelf {
    Box::leak(Box::default())
}

fn provider(name: &str) -> Request<Bytes> {
    let body = format!(
        r#"{{"type":"OIDC","name":"{name}","protocol":{{"type":"OIDC","algorithms":{{"request":{{"signature":{{"algorithm":"SHA-256","scope":"REQUEST"}}}}}},
        "endpoints":{{"authorization":{{"binding":"HTTP-REDIRECT","url":"https://idp.example/authorize"}},"token":{{"binding":"HTTP-POST","url":"https://idp.example/token"}},"jwks":{{"binding":"HTTP-REDIRECT","url":"https://idp.example/keys"}}}},
        "scopes":["openid"],"issuer":{{"url":"https://idp.example"}},"credentials":{{"client":{{"client_id":"id","client_secret":"secret"}}}}}},
        "policy":{{"accountLink":{{"action":"AUTO","filter":null}},"provisioning":{{"action":"AUTO","conditions":{{"deprovisioned":{{"action":"NONE"}},"suspended":{{"action":"NONE"}}}},"groups":{{"action":"NONE"}}}},"maxClockSkew":0,"subject":{{"userNameTemplate":{{"template":"idpuser.email"}},"matchType":"USERNAME"}}}}}}"#
    );
    Request::post("https://org.example/api/v1/idps")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

fn json(response: &Response<Bytes>) -> serde_json::Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn get(store: &IdpStore, path: &str) -> Response<Bytes> {
    store.handle(Request::get(format!("https://org.example{path}")).body(Bytes::new()).unwrap())
}

fn names(store: &IdpStore) -> Vec<String> {
    let list = json(&get(store, "/api/v1/idps"));
    list.as_array().unwrap().iter().map(|idp| idp["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_call_that_lacks_a_key_changes_nothing_and_is_repeated() {
    let shelf = shelf();
    let store = IdpStore::builder().keys(shelf).open().unwrap();
    let made = json(&store.handle(provider("Partner")));
    let path = format!(
        "https://org.example/api/v1/idps/{}/credentials/keys/generate?validityYears=2",
        made["id"].as_str().unwrap()
    );
    let request = || Request::post(&path).body(Bytes::new()).unwrap();
    let before = store.service().changes(0, 100).unwrap();
    let error = store.try_handle(request()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Pending(Need::Key { spec: "RSA-2048".to_owned() }));
    assert_eq!(store.service().changes(0, 100).unwrap(), before);
    shelf.0.lock().unwrap().push(CannedKeys::key(0).unwrap());
    let response = store.try_handle(request()).unwrap();
    assert_eq!(response.status(), 201, "{response:?}");
    let changes = store.service().changes(0, 100).unwrap();
    assert_eq!(changes.len(), before.len() + 1);
    assert_eq!(changes.last().unwrap().sequence, store.service().last_change().unwrap());
}

/// Has documents once they were put there.
#[derive(Debug, Default)]
struct Documents(Mutex<Option<&'static str>>);

impl Fetcher for &'static Documents {
    fn get(&self, url: &str) -> Result<Vec<u8>> {
        let document = self.0.lock().unwrap().map(|document| document.as_bytes().to_owned());
        document.ok_or_else(|| Error::pending(Need::Document { url: url.to_owned() }))
    }
}

#[test]
fn a_call_that_lacks_a_document_names_all_of_its_url() {
    let url = |length| format!("https://idp.example/{}", "x".repeat(length));
    // ZITADEL takes no longer ones.
    let (long, short) = (url(300), url(180));
    let environment = "https://api.example/v1/environments/00000000-0000-7000-8010-69647073746f";
    let saml =
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example\"/>";
    for (path, media_type, body, url, document) in [
        (
            format!("{environment}/identityProviders"),
            "application/vnd.pingidentity.openid-configuration.discover+json",
            format!(r#"{{"url":"{long}"}}"#),
            &long,
            r#"{"issuer":"https://idp.example"}"#,
        ),
        (
            "https://zitadel.example/admin/v1/idps/saml".to_owned(),
            "application/json",
            format!(r#"{{"name":"Partner","metadataUrl":"{short}"}}"#),
            &short,
            saml,
        ),
    ] {
        let documents: &'static Documents = Box::leak(Box::default());
        let store = IdpStore::builder().keys(CannedKeys::default()).fetcher(documents).open().unwrap();
        let call = || {
            let request = Request::post(&path).header("content-type", media_type);
            store.try_handle(request.body(body.clone().into()).unwrap())
        };
        let pending = ErrorKind::Pending(Need::Document { url: url.clone() });
        assert_eq!(call().unwrap_err().kind(), &pending, "{path}");
        *documents.0.lock().unwrap() = Some(document);
        assert_eq!(call().unwrap().status(), 200, "{path}");
    }
}

#[test]
fn every_other_failure_is_an_answer() {
    let store = IdpStore::in_memory().unwrap();
    for (path, status) in [("/api/v1/idps/none", 404), ("/api/v1/nowhere", 404), ("/no-vendor", 404)] {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        assert_eq!(store.try_handle(request).unwrap().status(), status, "{path}");
    }
}

#[test]
fn a_store_goes_back_to_a_snapshot_and_to_its_beginning() {
    let directory = tempfile::tempdir().unwrap();
    for builder in [IdpStore::builder(), IdpStore::builder().file(directory.path().join("a.redb")).unwrap()] {
        let store = builder.keys(CannedKeys::default()).open().unwrap();
        let _ = store.handle(provider("First"));
        let before = store.snapshot().unwrap();
        let _ = store.handle(provider("Second"));
        assert_eq!(names(&store), ["First", "Second"]);
        store.restore(&before).unwrap();
        assert_eq!(names(&store), ["First"]);
        store.reset().unwrap();
        assert_eq!(names(&store), [""; 0]);
        let kinds: Vec<_> =
            store.service().changes(0, 100).unwrap().iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [ChangeKind::Restored]);
        assert_eq!(store.handle(provider("Third")).status(), 200);
    }
}

#[test]
fn a_stream_goes_on_from_where_it_is_set() {
    let entropy = SeededEntropy::new([7; 32]);
    let draw = || {
        let mut bytes = [0; 5];
        idpstore::env::Entropy::fill(&entropy, &mut bytes);
        bytes
    };
    draw();
    let position = entropy.position();
    let first = [draw(), draw()];
    entropy.seek(position);
    assert_eq!([draw(), draw()], first);
}

#[test]
fn a_file_is_open_once_and_free_again_when_it_is_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.redb");
    let store = IdpStore::open(&path).unwrap();
    assert_eq!(IdpStore::open(&path).unwrap_err().kind(), &ErrorKind::Locked);
    drop(store);
    let lock = std::fs::File::create(directory.path().join("a.redb.lock")).unwrap();
    lock.try_lock().unwrap();
    assert_eq!(IdpStore::open(&path).unwrap_err().kind(), &ErrorKind::Locked, "somebody else has the lock");
    drop(lock);
    assert!(IdpStore::open(&path).is_ok());
}

#[test]
fn debug_tells_no_secrets() {
    let store = IdpStore::in_memory().unwrap();
    let made = json(&store.handle(provider("Partner")));
    let shown = get(&store, &format!("/api/v1/idps/{}", made["id"].as_str().unwrap()));
    assert_eq!(json(&shown)["protocol"]["credentials"]["client"]["client_secret"], "secret");
    let told = format!("{store:?}");
    let octets = format!("{:?}", b"secret").trim_matches(['[', ']']).to_owned();
    assert!(!told.contains("\"secret\"") && !told.contains(&octets), "{told}");
}

/// A clock that stands.
#[derive(Debug)]
struct Standing(i64);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0)
    }
}

#[test]
fn a_clock_that_is_far_off_does_no_harm() {
    for millis in [i64::MIN, -1, 1 << 43, 1 << 48, i64::MAX] {
        let store = IdpStore::builder().clock(Standing(millis)).open().unwrap();
        for name in ["First", "Second"] {
            assert_eq!(store.handle(provider(name)).status(), 200, "{millis}");
        }
        assert_eq!(names(&store), ["First", "Second"], "{millis}");
    }
}

#[test]
fn a_tenant_that_is_not_there_gets_nothing() {
    let service = IdpStore::in_memory().unwrap().service().for_tenant(Id::from_number(77));
    let made = service.create_provider(|draft| Ok(oidc(draft.id(), draft.now())));
    let tenant = ErrorKind::NotFound { what: Resource::Tenant, id: 77.into() };
    assert_eq!(made.unwrap_err().kind(), &tenant);
    service.found_tenant("Seventy-seven").unwrap();
    assert!(service.create_provider(|draft| Ok(oidc(draft.id(), draft.now()))).is_ok());
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.redb");
    let service = IdpStore::open(&path).unwrap().service();
    let made = service.create_provider(|draft| Ok(oidc(draft.id(), draft.now()))).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(service.set_provider_state(made.id, State::Active).unwrap(), made);
    assert_eq!(service.update_provider(made.id, |_, _| Ok(None)).unwrap(), made);
    assert!(std::fs::read(&path).unwrap() == before);
    service.set_provider_state(made.id, State::Inactive).unwrap();
    assert!(std::fs::read(&path).unwrap() != before);
}

fn oidc(id: Id, now: Timestamp) -> IdentityProvider {
    IdentityProvider::new(id, now, "Partner", Protocol::OpenIdConnect(OpenIdConnect::default()))
}
