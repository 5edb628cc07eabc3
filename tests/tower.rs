//! A store is a service of tower for any body: it reads the body up to its limit, and works on threads of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use idpstore::env::KeySource;
use idpstore::pki::{KeySpec, PrivateKey};
use idpstore::{Error, IdpStore, Need, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower_service::Service;

const PROVIDER: &str = r#"{"type":"GOOGLE","name":"Sign in","protocol":{"type":"OIDC","credentials":{"client":{"client_id":"id","client_secret":"secret"}}},
    "policy":{"provisioning":{"action":"AUTO"},"accountLink":{"action":"AUTO"},"subject":{"matchType":"USERNAME"}}}"#;

/// A body that comes in pieces, and may fail after them. It counts the pieces that were read.
struct Pieces {
    left: Vec<Result<Bytes, std::io::Error>>,
    read: Arc<Mutex<usize>>,
}

impl Pieces {
    fn new(pieces: impl IntoIterator<Item = Result<Bytes, std::io::Error>>) -> Self {
        let mut left: Vec<_> = pieces.into_iter().collect();
        left.reverse();
        Self { left, read: Arc::default() }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        *self.read.lock().unwrap() += 1;
        Poll::Ready(self.left.pop().map(|piece| piece.map(Frame::data)))
    }
}

fn post<B>(body: B) -> Request<B> {
    Request::post("/api/v1/idps").header("content-type", "application/json").body(body).unwrap()
}

/// What the store answers on a runtime of one thread.
fn call<B>(store: &mut IdpStore, request: Request<B>) -> Response<Bytes>
where
    IdpStore: Service<Request<B>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = store.call(request).await.unwrap().into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    })
}

#[test]
fn bodies_of_every_kind_are_read() {
    let mut store = IdpStore::in_memory().unwrap();
    let halves = PROVIDER.split_at(40);
    let pieces = Pieces::new([halves.0, halves.1].map(|half| Ok(Bytes::from(half))));
    assert_eq!(call(&mut store, post(pieces)).status(), StatusCode::OK);
    assert_eq!(call(&mut store, post(Full::new(Bytes::from(PROVIDER)))).status(), StatusCode::OK);
    assert_eq!(call(&mut store, post(PROVIDER.to_owned())).status(), StatusCode::OK);
    let list = call(&mut store, Request::get("/api/v1/idps").body(String::new()).unwrap());
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(list.body()).unwrap().len(), 3);
}

#[test]
fn a_body_that_is_too_large_is_refused_in_the_dialects_words_and_not_read_to_its_end() {
    let mut store = IdpStore::builder().body_limit(1000).open().unwrap();
    let pieces = Pieces::new((0..1000).map(|_| Ok(Bytes::from_static(&[b' '; 100]))));
    let read = Arc::clone(&pieces.read);
    let mut expected = store.handle(post(Bytes::from_static(&[b' '; 1001])));
    let mut response = call(&mut store, post(pieces));
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let without_id = |response: &mut Response<Bytes>| {
        let mut body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert!(body["errorId"].take().is_string());
        body
    };
    assert_eq!(without_id(&mut response), without_id(&mut expected));
    assert_eq!(*read.lock().unwrap(), 11);
}

#[test]
fn a_body_that_fails_is_refused_in_the_dialects_words_and_changes_nothing() {
    let mut store = IdpStore::in_memory().unwrap();
    let failing =
        || Pieces::new([Ok(Bytes::from(PROVIDER)), Err(std::io::Error::other("the line went dead"))]);
    let response = call(&mut store, post(failing()));
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["errorCode"], "E0000003", "{body}");
    let error = response.extensions().get::<Arc<Error>>().unwrap();
    assert_eq!(error.in_full(), "malformed body: the line went dead");
    assert_eq!(store.service().last_change().unwrap(), 0);
    // An unknown path is refused first.
    let lost = Request::post("/api/v1/nowhere").body(failing()).unwrap();
    assert_eq!(call(&mut store, lost).status(), StatusCode::NOT_FOUND);
}

/// Has no keys, but knows on which thread it was asked for one.
#[derive(Clone, Debug, Default)]
struct Witness(Arc<Mutex<Option<ThreadId>>>);

impl KeySource for Witness {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        *self.0.lock().unwrap() = Some(thread::current().id());
        Err(Error::pending(Need::Key { spec: spec.to_string() }))
    }
}

#[test]
fn a_call_does_not_run_on_the_thread_that_polls_it() {
    let witness = Witness::default();
    let mut store = IdpStore::builder().keys(witness.clone()).open().unwrap();
    let made = call(&mut store, post(PROVIDER.to_owned()));
    let made: serde_json::Value = serde_json::from_slice(made.body()).unwrap();
    let path =
        format!("/api/v1/idps/{}/credentials/keys/generate?validityYears=2", made["id"].as_str().unwrap());
    let _ = call(&mut store, Request::post(path).body(String::new()).unwrap());
    let asked_on = witness.0.lock().unwrap().unwrap();
    assert_ne!(asked_on, thread::current().id());
}

#[tokio::test]
async fn hyper_serves_a_store() {
    let (mut client, server) = tokio::io::duplex(10_000);
    let store = TowerToHyperService::new(IdpStore::in_memory().unwrap());
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(server), store);
    let talk = async {
        client
            .write_all(b"GET /api/v1/idps HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (served, answer) = tokio::join!(connection, talk);
    served.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n[]"), "{answer}");
}
