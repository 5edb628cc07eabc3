//! A store to which other processes write: which revision its answers show, how old that is, and which one a request requires.

#![cfg(all(
    feature = "api",
    feature = "okta",
    feature = "pingone",
    feature = "zitadel",
    feature = "testing"
))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use idpstore::engine::{Capabilities, Engine, ReadTx, WriteTx};
use idpstore::testing::OptimisticEngine;
use idpstore::{ErrorKind, Guard, IdpStore, REVISION_HEADER, Result, Tokens};
use serde_json::{Value, json};

/// The older of two copies: how old it is, and what arrives when something is waited for, is scripted.
#[derive(Clone, Debug)]
struct Replica {
    engine: OptimisticEngine,
    script: Arc<Script>,
}

#[derive(Debug, Default)]
struct Script {
    /// In milliseconds. What is older than ten seconds is not shown.
    lag: AtomicU64,
    /// For which changes was waited; `None` is all that there are.
    waits: Mutex<Vec<Option<u64>>>,
    /// Who writes a tenant when a change is waited for.
    writer: Mutex<Option<IdpStore>>,
}

impl Replica {
    fn check(&self) -> Result<()> {
        if self.lag() < Duration::from_secs(10) {
            return Ok(());
        }
        Err(ErrorKind::Unavailable { retry_after: 5 }.into())
    }

    fn arrive(&self, number: Option<u64>) {
        self.script.waits.lock().unwrap().push(number);
        if let Some(writer) = &*self.script.writer.lock().unwrap() {
            add_tenant(writer);
        }
    }
}

impl Engine for Replica {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        self.check()?;
        self.engine.read()
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        self.check()?;
        self.engine.write()
    }

    fn capabilities(&self) -> Capabilities {
        self.engine.capabilities()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        assert!(timeout > Duration::ZERO && timeout < Duration::from_secs(10), "{timeout:?}");
        self.arrive(Some(number));
        self.engine.wait_for(number, Duration::ZERO)
    }

    fn catch_up(&self, _: Duration) -> Result<()> {
        self.arrive(None);
        self.check()
    }

    fn lag(&self) -> Duration {
        Duration::from_millis(self.script.lag.load(Ordering::Relaxed))
    }

    fn is_keeper(&self) -> bool {
        false
    }
}

/// A store, another owner of the same, and the script of the former.
fn stores() -> (IdpStore, IdpStore, Arc<Script>) {
    let engine = OptimisticEngine::new(Duration::ZERO);
    let script = Arc::new(Script::default());
    let replica = Replica { engine: engine.clone(), script: Arc::clone(&script) };
    let open = |builder: idpstore::Builder| builder.open().unwrap();
    (open(IdpStore::builder().engine(replica)), open(IdpStore::builder().engine(engine)), script)
}

fn add_tenant(store: &IdpStore) {
    let response = send(store, "POST /_idpstore/v1/tenants", &json!({"name": "another"}), None);
    assert_eq!(response.status(), StatusCode::CREATED, "{response:?}");
}

/// The answer to a request, with or without a body, that requires a revision or none.
fn send(store: &IdpStore, call: &str, body: &Value, required: Option<&str>) -> Response<Bytes> {
    let (method, uri) = call.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri).header("host", "idp.example");
    if let Some(required) = required {
        request = request.header(REVISION_HEADER, required);
    }
    let body = if body.is_null() {
        Bytes::new()
    } else {
        request = request.header("content-type", "application/json");
        body.to_string().into()
    };
    store.handle(request.body(body).unwrap())
}

fn get(store: &IdpStore, path: &str, required: Option<&str>) -> Response<Bytes> {
    send(store, &format!("GET {path}"), &Value::Null, required)
}

fn header<'r>(response: &'r Response<Bytes>, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn revision(response: &Response<Bytes>) -> Option<u64> {
    header(response, REVISION_HEADER.as_str()).map(|number| number.parse().unwrap())
}

fn document(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_default()
}

/// A read of each API.
const READS: [&str; 4] = [
    "GET /_idpstore/v1/providers",
    "GET /api/v1/idps",
    "GET /v1/environments",
    "POST /admin/v1/idps/templates/_search",
];

fn read(store: &IdpStore, call: &str, required: Option<&str>) -> Response<Bytes> {
    let body = if call.starts_with("POST") { json!({}) } else { Value::Null };
    send(store, call, &body, required)
}

#[test]
fn an_answer_has_the_number_of_the_last_change_that_it_shows() {
    let (store, other, _) = stores();
    for call in READS {
        let last = store.service().last_change().unwrap();
        let answer = read(&store, call, None);
        assert_eq!((answer.status(), revision(&answer)), (StatusCode::OK, Some(last)), "{call}: {answer:?}");
        add_tenant(&other);
        assert!(revision(&read(&store, call, None)) > Some(last), "{call}");
    }
    let missing = get(&store, "/_idpstore/v1/providers/77", None);
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(revision(&missing), Some(store.service().last_change().unwrap()));
}

#[test]
fn a_write_has_the_number_of_its_own_change() {
    let (store, other, script) = stores();
    // What is seen before it is older, and what others write afterwards is not shown.
    script.lag.store(5_000, Ordering::Relaxed);
    let written = send(&store, "POST /_idpstore/v1/tenants", &json!({"name": "mine"}), None);
    add_tenant(&other);
    let changes = document(&get(&other, "/_idpstore/v1/changes", None));
    let id = &document(&written)["id"];
    let own = changes["items"].as_array().unwrap().iter().find(|change| change["subject"] == *id).unwrap();
    assert_eq!(revision(&written), own["number"].as_u64(), "{changes}");
    assert_eq!(header(&written, "age"), None, "what was committed is new");

    let planned = send(&store, "POST /_idpstore/v1/tenants?plan=true", &json!({"name": "plan"}), None);
    assert_eq!(revision(&planned), Some(store.service().last_change().unwrap()));
    assert_eq!(header(&planned, "age"), Some("5"), "a plan shows what is there");
}

#[test]
fn an_answer_that_shows_nothing_of_the_store_has_no_number() {
    let (store, _, script) = stores();
    script.lag.store(5_000, Ordering::Relaxed);
    let malformed = send(&store, "POST /_idpstore/v1/tenants", &json!([]), None);
    for answer in [malformed, get(&store, "/_idpstore/v1/nothing", None), get(&store, "/nothing", None)] {
        assert!(answer.status().is_client_error());
        assert_eq!((revision(&answer), header(&answer, "age")), (None, None), "{answer:?}");
    }
}

#[test]
fn an_answer_that_may_be_a_second_old_says_how_old() {
    let (store, _, script) = stores();
    for (lag, age) in [(0, None), (999, None), (1_000, Some("1")), (9_999, Some("9"))] {
        script.lag.store(lag, Ordering::Relaxed);
        assert_eq!(store.lag(), Duration::from_millis(lag));
        for call in READS {
            assert_eq!(header(&read(&store, call, None), "age"), age, "{lag} ms, {call}");
        }
    }
}

#[test]
fn a_change_that_is_required_is_waited_for() {
    let (store, other, script) = stores();
    let next = store.service().last_change().unwrap() + 1;
    *script.writer.lock().unwrap() = Some(other);
    let answer = get(&store, "/_idpstore/v1/tenants", Some(&next.to_string()));
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(revision(&answer) >= Some(next));
    assert_eq!(document(&answer)["items"].as_array().unwrap().len(), 2);

    let answer = get(&store, "/_idpstore/v1/tenants", Some("latest"));
    assert_eq!(document(&answer)["items"].as_array().unwrap().len(), 3);
    assert_eq!(*script.waits.lock().unwrap(), [Some(next), None]);
}

/// What each API answers if the store cannot be read in time.
fn refusals() -> [Value; 4] {
    let title = "the storage cannot be reached, or is behind";
    [
        json!({"type": "urn:idpstore:problem:unavailable", "title": title, "status": 503}),
        json!({
            "errorCode": "E0000009",
            "errorSummary": "Internal Server Error",
            "errorLink": "E0000009",
            "errorCauses": [],
        }),
        json!({
            "code": "UNEXPECTED_ERROR",
            "message": "The request could not be completed. An unexpected error occurred. Try again later.",
        }),
        json!({"code": 14, "message": "Errors.Unavailable"}),
    ]
}

/// The answer without the id that each error has.
fn refusal(answer: &Response<Bytes>) -> Value {
    let mut document = document(answer);
    let members = document.as_object_mut().unwrap();
    members.remove("errorId");
    members.remove("id");
    document
}

#[test]
fn what_does_not_arrive_in_time_is_unavailable() {
    let (store, ..) = stores();
    for (call, words) in READS.into_iter().zip(refusals()) {
        let answer = read(&store, call, Some("1000"));
        assert_eq!((answer.status(), refusal(&answer)), (StatusCode::SERVICE_UNAVAILABLE, words), "{call}");
        assert_eq!((header(&answer, "retry-after"), revision(&answer)), (Some("1"), None), "{call}");
    }
}

#[test]
fn what_is_too_old_is_not_shown() {
    let (store, _, script) = stores();
    script.lag.store(10_000, Ordering::Relaxed);
    for required in [None, Some("latest")] {
        for (call, words) in READS.into_iter().zip(refusals()) {
            let answer = read(&store, call, required);
            assert_eq!(
                (answer.status(), refusal(&answer)),
                (StatusCode::SERVICE_UNAVAILABLE, words),
                "{call}"
            );
            assert_eq!(header(&answer, "retry-after"), Some("5"), "{call}");
            assert_eq!((revision(&answer), header(&answer, "age")), (None, None), "{call}");
        }
    }
    assert_eq!(get(&store, "/_idpstore/health", None).status(), StatusCode::SERVICE_UNAVAILABLE);
    script.lag.store(3_700, Ordering::Relaxed);
    assert_eq!(document(&get(&store, "/_idpstore/health", None))["lag"], 3);
}

#[test]
fn a_revision_that_cannot_be_read_is_refused() {
    let (store, _, script) = stores();
    let before = store.service().last_change().unwrap();
    for (call, status) in READS.into_iter().zip([422, 400, 400, 400]) {
        for required in ["", "newest", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(read(&store, call, Some(required)).status().as_u16(), status, "{call} {required}");
        }
    }
    let write = send(&store, "POST /_idpstore/v1/tenants", &json!({"name": "x"}), Some("newest"));
    let words = "is neither the number of a change nor `latest`";
    assert_eq!(document(&write)["violations"], json!([{"pointer": "?x-idpstore-revision", "reason": words}]),);
    assert_eq!(store.service().last_change().unwrap(), before);
    assert!(script.waits.lock().unwrap().is_empty());
}

#[test]
fn a_stranger_does_not_make_the_server_wait() {
    let (_, _, script) = stores();
    let engine = Replica { engine: OptimisticEngine::new(Duration::ZERO), script: Arc::clone(&script) };
    let store = IdpStore::builder().engine(engine).authorizer(Tokens::default()).open().unwrap();
    let answer = get(&store, "/_idpstore/v1/providers", Some("1000"));
    assert_eq!((answer.status(), revision(&answer)), (StatusCode::UNAUTHORIZED, None));
    assert!(script.waits.lock().unwrap().is_empty());
}

#[test]
fn a_store_of_one_process_shows_all_at_once_and_has_no_headers() {
    let store = IdpStore::in_memory().unwrap();
    add_tenant(&store);
    assert!(!store.is_shared() && store.is_keeper() && store.lag().is_zero());
    for (required, status) in [("0", 200), ("1", 200), ("latest", 200), ("2", 503), ("newest", 422)] {
        let answer = get(&store, "/_idpstore/v1/providers", Some(required));
        assert_eq!(answer.status().as_u16(), status, "{required}");
        assert_eq!((revision(&answer), header(&answer, "age")), (None, None));
    }
    assert_eq!(document(&get(&store, "/_idpstore/health", None)).get("lag"), None);
}

#[test]
fn typed_calls_wait_as_requests_do() {
    let (store, other, script) = stores();
    assert!(store.is_shared() && !store.is_keeper() && other.is_keeper());
    let (next, second) = (store.service().last_change().unwrap() + 1, Duration::from_secs(1));
    let early = store.wait_for(next, second).unwrap_err();
    assert_eq!(*early.kind(), ErrorKind::Unavailable { retry_after: 1 });
    add_tenant(&other);
    store.wait_for(next, second).unwrap();
    store.catch_up(second).unwrap();
    script.lag.store(10_000, Ordering::Relaxed);
    assert!(matches!(store.catch_up(second).unwrap_err().kind(), ErrorKind::Unavailable { .. }));
}

#[test]
fn pages_may_send_and_read_the_headers() {
    let (store, _, script) = stores();
    script.lag.store(2_000, Ordering::Relaxed);
    let origin = "https://console.example";
    // By a vendor whose own server lets pages use it.
    let preflight = Request::options("/admin/v1/idps/templates/_search")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "Content-Type, X-Idpstore-Revision");
    let allowed = store.handle(preflight.body(Bytes::new()).unwrap());
    assert_eq!(listed(&allowed, "access-control-allow-headers").last().unwrap(), "x-idpstore-revision");
    let request = Request::post("/admin/v1/idps/templates/_search").header("origin", origin);
    let answer = store.handle(request.body(Bytes::from_static(b"{}")).unwrap());
    let exposed = listed(&answer, "access-control-expose-headers");
    assert!(exposed.ends_with(&["x-idpstore-revision".to_owned(), "age".to_owned()]), "{exposed:?}");

    // By a guard, which hides the page from the store.
    let guard = Guard::new(([127, 0, 0, 1], 80).into()).allow_origin(origin).unwrap();
    for required in ["1", "1000"] {
        let request = Request::get("/api/v1/idps").header("host", "127.0.0.1:80").header("origin", origin);
        let (mut head, ()) = request.header(REVISION_HEADER, required).body(()).unwrap().into_parts();
        let ControlFlow::Continue(admitted) = guard.admit(&mut head) else { panic!("refused") };
        let mut answer = store.handle(Request::from_parts(head, Bytes::new()));
        admitted.finish(answer.headers_mut());
        let wanted = if answer.status() == 200 { "x-idpstore-revision" } else { "retry-after" };
        let exposed = listed(&answer, "access-control-expose-headers");
        assert!(exposed.iter().any(|name| name == wanted), "{required}: {exposed:?}");
    }
}

/// The names in a header.
fn listed(answer: &Response<Bytes>, name: &str) -> Vec<String> {
    let values = answer.headers().get_all(name).iter().map(|value| value.to_str().unwrap());
    values.flat_map(|value| value.split(", ")).map(str::to_owned).collect()
}
