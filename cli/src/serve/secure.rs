//! The connections of a server with TLS: TLS at once, or after `CONNECT` to the server itself, as to a proxy. No connection is
//! ever made to another server.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::connections::{Answerer, PATIENCE, discard};
use super::log::Line;
use super::reach::Arrival;
use super::versions::{Body, whole};

/// The first byte of a connection with TLS: a record of its handshake (RFC 8446, section 5.1). No request begins so.
const HANDSHAKE: u8 = 0x16;

/// What a connection turns out to be.
pub(super) enum Opened {
    Direct(TlsStream<TcpStream>),
    Tunnelled(TlsStream<TokioIo<Upgraded>>),
}

/// Finds TLS in a connection; `None` if it has none, its caller takes too long, or the server is to stop.
pub(super) async fn open(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    answerer: &Arc<Answerer>,
    arrival: Arrival,
    mut stop: watch::Receiver<()>,
) -> Option<Opened> {
    let mut first = [0];
    tokio::select! {
        peeked = timeout(PATIENCE, stream.peek(&mut first)) => { peeked.ok()?.ok()?; }
        _ = stop.changed() => return None,
    }
    if first == [HANDSHAKE] {
        return shake_hands(stream, config, stop).await.map(Opened::Direct);
    }
    let tunnel = tunnel(stream, answerer, arrival, stop.clone()).await?;
    shake_hands(TokioIo::new(tunnel), config, stop).await.map(Opened::Tunnelled)
}

async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    config: Arc<ServerConfig>,
    mut stop: watch::Receiver<()>,
) -> Option<TlsStream<S>> {
    let accept = TlsAcceptor::from(config).accept(stream);
    tokio::select! {
        accepted = timeout(PATIENCE, accept) => accepted.ok()?.ok(),
        _ = stop.changed() => None,
    }
}

/// What follows a `CONNECT` that was answered with 200.
async fn tunnel(
    stream: TcpStream,
    answerer: &Arc<Answerer>,
    arrival: Arrival,
    mut stop: watch::Receiver<()>,
) -> Option<Upgraded> {
    let begun: Arc<Mutex<Option<OnUpgrade>>> = Arc::default();
    let service = service_fn(|request: Request<Incoming>| {
        let (answerer, begun) = (Arc::clone(answerer), Arc::clone(&begun));
        async move { Ok::<_, Infallible>(answer(&answerer, arrival, request, &begun)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {} // all that can fail is that the caller went away
        _ = stop.changed() => return None,
    }
    let upgrade = begun.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    timeout(PATIENCE, upgrade).await.ok()?.ok()
}

/// Answers a request without TLS: only that it may begin.
fn answer(
    answerer: &Answerer,
    arrival: Arrival,
    request: Request<Incoming>,
    begun: &Mutex<Option<OnUpgrade>>,
) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    let line = Line::begin(&head);
    arrival.complete(&mut head);
    let response = if head.method != Method::CONNECT {
        refusal(
            StatusCode::BAD_REQUEST,
            "this port speaks TLS: use `https://`, or the port as a proxy, by `CONNECT`\n",
        )
    } else if let ControlFlow::Break(refusal) = answerer.guard.admit(&mut head) {
        refusal.map(whole)
    } else {
        let upgrade = hyper::upgrade::on(Request::from_parts(head, ()));
        *begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
        Response::new(whole(Bytes::new()))
    };
    discard(body);
    line.end(response.status(), response.extensions());
    response
}

/// The refusal of a `CONNECT` that has no TLS to lead to, or is within it.
pub(super) fn no_tunnel(arrival: Arrival) -> Response<Body> {
    refusal(
        StatusCode::NOT_IMPLEMENTED,
        if arrival.is_tls {
            "as a proxy, this server is reached without TLS: `http://` and the same port\n"
        } else {
            "`CONNECT` leads to this server's own TLS: start it with `--tls`\n"
        },
    )
}

fn refusal(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::from_static(words.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
