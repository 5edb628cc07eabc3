//! What only one vendor's API has is kept like all else: it goes with its owners, comes back with them, and is in documents.
#![cfg(all(feature = "okta", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use idpstore::engine::{Engine, MemoryEngine, ReadTx, Snapshot, WriteTx};
use idpstore::model::{Application, Remainders};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{ChangeKind, IdpStore, Secrets};
use serde_json::{Value, json};

fn store() -> IdpStore {
    let builder = IdpStore::builder().entropy(CountedEntropy::default()).keys(CannedKeys::default());
    builder.clock(FixedClock::at(idpstore::pki::Timestamp::from_unix_seconds(1_768_471_200))).open().unwrap()
}

fn ask(store: &IdpStore, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::builder().method(method).uri(format!("/api/v1{path}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = request.header("content-type", "application/json").body(body.into()).unwrap();
    let answer = store.handle(request);
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

fn made(store: &IdpStore, path: &str, body: &Value) -> String {
    let (status, made) = ask(store, "POST", path, body);
    assert_eq!(status, 200, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// A store with an application to which a group is assigned.
fn filled() -> (IdpStore, String, String) {
    let store = store();
    let settings = json!({"app": {"requestIntegration": false, "url": "https://wiki.example.com"}});
    let app = json!({"label": "Wiki", "signOnMode": "BOOKMARK", "name": "bookmark", "settings": settings});
    let app = made(&store, "/apps", &app);
    let group = made(&store, "/groups", &json!({"profile": {"name": "Sales"}}));
    assert_eq!(ask(&store, "PUT", &format!("/apps/{app}/groups/{group}"), &Value::Null).0, 200);
    (store, app, group)
}

fn assigned(store: &IdpStore, app: &str) -> usize {
    ask(store, "GET", &format!("/apps/{app}/groups"), &Value::Null).1.as_array().map_or(0, Vec::len)
}

fn export(store: &IdpStore, secrets: Secrets) -> String {
    let mut document = Vec::new();
    store.export(secrets, &mut document, |_| {}).unwrap();
    String::from_utf8(document).unwrap()
}

#[test]
fn what_goes_with_its_owner_comes_back_with_it() {
    let (store, app, group) = filled();
    let service = store.service();
    assert_eq!(ask(&store, "DELETE", &format!("/groups/{group}"), &Value::Null).0, 204);
    assert_eq!(assigned(&store, &app), 0);
    let deletion = service.last_change().unwrap();
    assert_eq!(service.changes(deletion - 1, 1).unwrap()[0].kind, ChangeKind::VendorRecordDeleted);
    service.undo(deletion).unwrap();
    assert_eq!(assigned(&store, &app), 1);
    assert!(store.check().unwrap().is_sound());
    let renamed = json!({"profile": {"name": "Sellers"}});
    assert_eq!(ask(&store, "PUT", &format!("/groups/{group}"), &renamed).0, 200);
    let id = service.vendor_records("okta.group", "", None, 1).unwrap()[0].id;
    let last = &service.history(id, 1).unwrap()[0];
    let names = [&last.before, &last.after].map(|record| record.as_ref().unwrap()["name"].clone());
    assert_eq!(names, ["Sales", "Sellers"]);
}

#[test]
fn a_creation_is_not_undone_under_what_refers_to_it() {
    let (store, ..) = filled();
    let creation = store.service().last_change().unwrap() - 1;
    assert!(store.service().undo(creation).unwrap_err().to_string().contains("refer"));
}

#[test]
fn a_document_holds_all_of_it() {
    let (store, app, group) = filled();
    let other = self::store();
    let document = export(&store, Secrets::LeftOut);
    let plan = other.plan_import(&document, false, |_| {}).unwrap();
    other.import(&plan, |_| {}).unwrap();
    assert!(other.check().unwrap().is_sound());
    assert_eq!(export(&other, Secrets::LeftOut), document);
    assert_eq!(ask(&other, "GET", &format!("/apps/{app}/groups/{group}"), &Value::Null).0, 200);
    // What a document no longer lists goes with what it owns.
    let provider = made(&other, "/idps", &google());
    let mappings = ask(&other, "GET", &format!("/mappings?sourceId={provider}"), &Value::Null).1;
    let mapping = format!("/mappings/{}", mappings[0]["id"].as_str().unwrap());
    assert_eq!(ask(&other, "POST", &mapping, &json!({"properties": {"email": null}})).0, 200);
    let plan = other.plan_import(&json!({"providers": []}).to_string(), true, |_| {}).unwrap();
    assert_eq!(plan.planned().iter().map(ToString::to_string).collect::<Vec<_>>(), ["- provider Social"]);
    other.import(&plan, |_| {}).unwrap();
    assert!(other.check().unwrap().is_sound() && !export(&other, Secrets::LeftOut).contains("okta.mapping"));
}

#[test]
fn an_owner_that_is_not_there_is_refused() {
    let record = json!({"kind": "okta.group", "name": "x", "owners": ["77"]});
    let document = json!({"vendor_records": [record]}).to_string();
    let plan = store().plan_import(&document, false, |_| {}).unwrap();
    assert!(!plan.is_possible());
}

#[test]
fn the_secret_of_a_hook_is_told_to_no_one() {
    let store = store();
    let scheme = json!({"type": "HEADER", "key": "Authorization", "value": "hush"});
    let config = json!({"uri": "https://hooks.example.com", "authScheme": scheme});
    let channel = json!({"type": "HTTP", "version": "1.0.0", "config": config});
    let hook = json!({"name": "x", "type": "y", "version": "1", "channel": channel});
    let id = made(&store, "/inlineHooks", &hook);
    assert_eq!(ask(&store, "POST", &format!("/inlineHooks/{id}/lifecycle/deactivate"), &Value::Null).0, 200);
    assert!(!export(&store, Secrets::LeftOut).contains("hush"));
    assert!(export(&store, Secrets::InTheClear).contains("hush"));
    let service = store.service();
    let id = service.vendor_records("okta.hook", "", None, 1).unwrap()[0].id;
    let history = service.history(id, 9).unwrap();
    assert!(history.len() == 2 && !format!("{history:?}").contains("hush"));
    service.undo(service.last_change().unwrap()).unwrap();
    assert!(export(&store, Secrets::InTheClear).contains("hush"));
}

#[test]
fn ids_that_differ_in_case_alone_do_not_clash() {
    let store = store();
    let channel = json!({"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://hooks.example.com"}});
    let hook = json!({"name": "x", "type": "y", "version": "1", "channel": channel});
    let apps: Vec<_> = (0..30).map(|number| client(&store, &format!("App {number}"))).collect();
    for app in &apps {
        made(&store, "/inlineHooks", &hook);
        let secrets = format!("/apps/{app}/credentials/secrets");
        assert_eq!(ask(&store, "POST", &secrets, &Value::Null).0, 201);
        let own = app.replacen("0oa", "ocs", 1);
        assert_eq!(
            ask(&store, "POST", &format!("{secrets}/{own}/lifecycle/deactivate"), &Value::Null).0,
            200
        );
    }
    for app in &apps {
        let secrets = ask(&store, "GET", &format!("/apps/{app}/credentials/secrets"), &Value::Null).1;
        assert_eq!([&secrets[0]["status"], &secrets[1]["status"]], ["INACTIVE", "ACTIVE"]);
    }
}

/// An application that is a client of OAuth 2.0.
fn client(store: &IdpStore, label: &str) -> String {
    let credentials = json!({"oauthClient": {"token_endpoint_auth_method": "client_secret_post"}});
    let client = json!({
        "redirect_uris": ["https://example.com/callback"], "response_types": ["code"],
        "grant_types": ["authorization_code"], "application_type": "web",
    });
    let settings = json!({"oauthClient": client});
    let app = json!({"name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT"});
    let parts = json!({"credentials": credentials, "settings": settings});
    let whole: serde_json::Map<_, _> =
        [app, parts].iter().flat_map(|part| part.as_object().unwrap().clone()).collect();
    made(store, "/apps", &whole.into())
}

#[test]
fn an_application_that_okta_does_not_show_is_passed_over() {
    let (store, app, group) = filled();
    let id = idpstore::okta::read_id(&app).unwrap();
    let apps = format!("/groups/{group}/apps");
    assert_eq!(ask(&store, "GET", &apps, &Value::Null).1.as_array().map(Vec::len), Some(1));
    let foreign = |old: &Application| Application { remainders: Remainders::new(), ..old.clone() };
    store.service().update_application(id, |old, _| Ok(foreign(old))).unwrap();
    assert_eq!(ask(&store, "GET", &apps, &Value::Null), (200, json!([])));
}

/// An engine in which something else happens just before the next unit of work.
#[derive(Clone, Default)]
struct Overtaken(Arc<MemoryEngine>, Arc<Mutex<Option<Other>>>);

type Other = Box<dyn FnOnce() + Send>;

impl Overtaken {
    fn before_the_next_unit(&self, other: impl FnOnce() + Send + 'static) {
        *self.1.lock().unwrap() = Some(Box::new(other));
    }
}

impl std::fmt::Debug for Overtaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Engine for Overtaken {
    fn read(&self) -> idpstore::Result<Box<dyn ReadTx + '_>> {
        self.0.read()
    }

    fn write(&self) -> idpstore::Result<Box<dyn WriteTx + '_>> {
        let other = self.1.lock().unwrap().take();
        if let Some(other) = other {
            std::thread::spawn(other).join().unwrap(); // a thread has one unit at a time
        }
        self.0.write()
    }

    fn snapshot(&self) -> idpstore::Result<Snapshot> {
        self.0.snapshot()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> idpstore::Result<u64> {
        self.0.wait_for(number, timeout)
    }
}

#[test]
fn what_another_call_has_written_meanwhile_counts() {
    let engine = Overtaken::default();
    let builder = IdpStore::builder().engine(engine.clone()).entropy(CountedEntropy::default());
    let store = builder.keys(CannedKeys::default()).open().unwrap();
    // The answer to a call that another call overtakes.
    let overtaken = |path: &str, body: &Value, other: (&'static str, String, Value)| {
        let faster = store.clone();
        engine.before_the_next_unit(move || {
            let (method, path, body) = other;
            let status = ask(&faster, method, &path, &body).0;
            assert!((200..300).contains(&status), "{path}: {status}");
        });
        ask(&store, "POST", path, body)
    };
    let provider = made(&store, "/idps", &google());
    let mappings = ask(&store, "GET", &format!("/mappings?sourceId={provider}"), &Value::Null).1;
    let mapping = format!("/mappings/{}", mappings[0]["id"].as_str().unwrap());
    let change = |name: &str| json!({"properties": {name: {"expression": "appuser.x"}}});
    let (_, merged) = overtaken(&mapping, &change("city"), ("POST", mapping.clone(), change("state")));
    let has = |name: &str| merged["properties"][name]["expression"] == "appuser.x";
    assert!(has("city") && has("state"), "{merged}");

    let secrets = format!("/apps/{}/credentials/secrets", client(&store, "Client"));
    assert_eq!(overtaken(&secrets, &Value::Null, ("POST", secrets.clone(), Value::Null)).0, 400);
    let list = ask(&store, "GET", &secrets, &Value::Null).1;
    let [own, other] =
        [0, 1].map(|at| format!("{secrets}/{}/lifecycle/deactivate", list[at]["id"].as_str().unwrap()));
    assert_eq!(overtaken(&own, &Value::Null, ("POST", other, Value::Null)).0, 400);
}

/// A provider that is Google.
fn google() -> Value {
    let client = json!({"client": {"client_id": "us", "client_secret": "hush"}});
    let protocol = json!({"type": "OIDC", "scopes": ["email"], "credentials": client});
    let subject = json!({"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME"});
    let provisioning = json!({"action": "AUTO", "groups": {"action": "NONE"}});
    let policy = json!({"provisioning": provisioning, "accountLink": {"action": "AUTO"}, "subject": subject});
    json!({"type": "GOOGLE", "name": "Social", "protocol": protocol, "policy": policy})
}
