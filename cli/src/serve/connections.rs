//! Connections: taken, held to their limits, and ended.

use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use idpstore::harness::Disturbance;
use idpstore::{Guard, IdpStore};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::console;
use super::entrance::Current;
use super::files;
use super::grpc::{self, Call};
use super::log::Line;
use super::reach::{self, Arrival};
use super::secure::{self, Opened};
use super::tokens::{self, Endpoint, TokenServer};
use super::versions::{self, Body, whole};

/// How long requests that are under way may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(3);

/// How long a caller may take to send a request's head, and each piece of its body.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long a caller may take to send a whole body.
const BODY_PATIENCE: Duration = Duration::from_secs(60);

/// How many requests are read and answered at the same time: so many threads the runtime has for answers, and so many bodies
/// are in memory at most. Other requests wait.
pub(super) const REQUESTS: usize = 512;

/// How long the server waits when it cannot take a connection, mostly for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(100);

/// What answers the requests of all connections.
pub(super) struct Answerer {
    pub(super) store: IdpStore,
    pub(super) guard: Guard,
    pub(super) tokens: Arc<TokenServer>,
    pub(super) has_console: bool,
    pub(super) reach: reach::Reach,
    /// One for each request that is read or answered at the same time.
    pub(super) places: Arc<Semaphore>,
    /// What the server shows callers with TLS, if it speaks TLS.
    pub(super) tls: Option<Current<Arc<ServerConfig>>>,
}

/// Takes connections until `stop`, then lets those end that have a request under way.
pub(super) async fn serve(listener: TcpListener, answerer: Answerer, stop: impl Future<Output = ()>) {
    let answerer = Arc::new(answerer);
    let connections = watch::Sender::new(());
    let places = Arc::new(Semaphore::new(files::connections()));
    // Where all places are taken the next caller waits: a silent one loses its place soon.
    let next = async || (Arc::clone(&places).acquire_owned().await, listener.accept().await);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            next = next() => match next {
                (Ok(place), Ok((stream, peer))) => {
                    attend((stream, peer), place, &answerer, connections.subscribe());
                }
                _ => sleep(BREATHER).await,
            },
        }
    }
    drop(listener);
    // A caller that never finishes its request must not keep the server from ending.
    connections.send_replace(());
    let _ = timeout(GRACE, connections.closed()).await;
}

/// Answers one connection's requests in a task of its own.
fn attend(
    (stream, peer): (TcpStream, SocketAddr),
    place: OwnedSemaphorePermit,
    answerer: &Arc<Answerer>,
    stop: watch::Receiver<()>,
) {
    let answerer = Arc::clone(answerer);
    // Answers are small and written whole: holding them back gains nothing. It works without, too.
    let _ = stream.set_nodelay(true);
    tokio::spawn(async move {
        let config = answerer.tls.as_ref().map(Current::get);
        let arrival = answerer.reach.arrival(peer.ip(), config.is_some());
        let answers = Arc::clone(&answerer);
        let answer = move |request| answer(Arc::clone(&answers), arrival, request);
        match config {
            None => versions::attend(stream, answer, stop).await,
            Some(config) => match secure::open(stream, config, &answerer, arrival, stop.clone()).await {
                Some(Opened::Direct(stream)) => versions::attend(stream, answer, stop).await,
                Some(Opened::Tunnelled(stream)) => versions::attend(stream, answer, stop).await,
                None => {}
            },
        }
        drop(place);
    });
}

/// Answers one request. An error closes the connection, or in HTTP/2 the stream of the request.
async fn answer(
    answerer: Arc<Answerer>,
    arrival: Arrival,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (mut head, body) = request.into_parts();
    let line = Line::begin(&head);
    arrival.complete(&mut head);
    let admitted = match answerer.guard.admit(&mut head) {
        ControlFlow::Continue(admitted) => admitted,
        ControlFlow::Break(response) => {
            line.end(response.status(), response.extensions());
            discard(body);
            return Ok(response.map(whole));
        }
    };
    if head.method == Method::CONNECT {
        let response = secure::no_tunnel(arrival);
        line.end(response.status(), response.extensions());
        discard(body);
        return Ok(response);
    }
    if answerer.has_console
        && let Some(mut response) = console::answer(&head)
    {
        admitted.finish(response.headers_mut());
        line.end(response.status(), response.extensions());
        discard(body);
        return Ok(response.map(whole));
    }
    let (status, mut response) = if let Some(method) = grpc::reflection::method(&head) {
        (StatusCode::OK, grpc::reflection::answer(method, body, Arc::clone(&answerer.places)))
    } else {
        in_time(answerer, head, body).await?
    };
    admitted.finish(response.headers_mut());
    line.end(status, response.extensions());
    if let Some(Disturbance { drop: true, .. }) = response.extensions().get() {
        return Err(io::Error::other("a scripted fault"));
    }
    Ok(response)
}

/// The answer of the store, or that the caller's time is over; with the status that the store gave.
async fn in_time(
    answerer: Arc<Answerer>,
    head: Parts,
    body: Incoming,
) -> io::Result<(StatusCode, Response<Body>)> {
    let call = Call::of(&head).map(Arc::new);
    let patience = call.as_ref().and_then(|call| call.patience(&head.headers));
    let handled = handle(answerer, call.clone(), head, body);
    match (call, patience) {
        (Some(call), Some(patience)) => {
            let late = |_| Ok((StatusCode::GATEWAY_TIMEOUT, call.late()));
            timeout(patience, handled).await.unwrap_or_else(late)
        }
        _ => handled.await,
    }
}

async fn handle(
    answerer: Arc<Answerer>,
    call: Option<Arc<Call>>,
    head: Parts,
    mut body: Incoming,
) -> io::Result<(StatusCode, Response<Body>)> {
    let endpoint = Endpoint::of(head.uri.path());
    let limit = if endpoint.is_some() { tokens::BODY } else { answerer.store.body_limit() };
    // Its place is kept until it has been answered, even if its caller does not wait for that.
    let place = Arc::clone(&answerer.places).acquire_owned().await.map_err(io::Error::other)?;
    let room = call.as_ref().map_or(limit, |call| call.room(limit));
    let bytes = timeout(BODY_PATIENCE, read(&mut body, room)).await??;
    discard(body);
    let request = Request::from_parts(head, bytes);
    let handled = tokio::task::spawn_blocking(move || {
        let _place = place;
        let base_url = answerer.reach.base_url.clone().or_else(|| reach::base_of(request.uri()));
        let handle = |request, limit| {
            if let Some(endpoint) = endpoint {
                return answerer.tokens.answer(endpoint, &request, base_url.as_deref().unwrap_or_default());
            }
            let store = answerer.store.with_body_limit(limit);
            let mut response = match &base_url {
                Some(base_url) => store.with_base_url(base_url).handle(request),
                None => store.handle(request),
            };
            tokens::challenge(&mut response);
            response
        };
        let Some(call) = call else {
            let response = handle(request, limit);
            return (response.status(), response.map(whole));
        };
        let response = call.answer(request, limit, &answerer.store, handle);
        (response.status(), call.write(response))
    });
    let (status, response) = handled.await.unwrap_or_else(|_| broken());
    if let Some(Disturbance { delay, .. }) = response.extensions().get() {
        sleep(*delay).await;
    }
    Ok((status, response))
}

/// The answer if the store panicked; the panic itself has been printed.
fn broken() -> (StatusCode, Response<Body>) {
    let mut response = Response::new(whole(Bytes::from_static(b"internal error\n")));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    (response.status(), response)
}

/// Reads a body of up to `limit` bytes, or one byte more of a larger one: enough for the library to see
/// that it is too large, and to refuse it in its vendor's words.
async fn read(body: &mut Incoming, limit: usize) -> io::Result<Bytes> {
    let enough = limit.saturating_add(1);
    let mut bytes = BytesMut::new();
    while bytes.len() < enough
        && let Some(frame) = timeout(PATIENCE, body.frame()).await?
    {
        // What is not data is trailers, which nothing here looks at.
        if let Ok(mut data) = frame.map_err(io::Error::other)?.into_data() {
            data.truncate(enough - bytes.len());
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.freeze())
}

/// Reads the rest of a body and drops it. Closing the connection over unread bytes would reset it,
/// and the caller, still sending, would never see the answer.
pub(super) fn discard(mut body: Incoming) {
    if !body.is_end_stream() {
        tokio::spawn(async move { while let Ok(Some(Ok(_))) = timeout(PATIENCE, body.frame()).await {} });
    }
}
