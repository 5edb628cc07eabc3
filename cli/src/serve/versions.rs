//! Which version of HTTP a caller speaks, and how long its connection lasts. It knows no sockets: a stream is enough.

use std::convert::Infallible;
use std::io::{self, Cursor};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::connections::PATIENCE;

/// The body of an answer: whole, or message by message; trailers may follow it.
pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A body that is there as a whole.
pub(super) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed_unsync()
}

/// What a connection of HTTP/2 begins with (RFC 9113, section 3.4). No request of HTTP/1.1 does.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a connection of HTTP/2 may be without a request, at least; at most twice as long.
const IDLE: Duration = Duration::from_secs(60);

/// How often a caller of HTTP/2 is checked for being there, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// How many requests a connection of HTTP/2 may have under way.
const STREAMS: u32 = 100;

/// Answers the requests of a stream until its caller goes, is silent for too long, or the server is to stop.
pub(super) async fn attend<S, A, F>(mut stream: S, answer: A, mut stop: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    A: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = io::Result<Response<Body>>> + Send + 'static,
{
    let begin = tokio::select! {
        begin = timeout(PATIENCE, begin(&mut stream)) => begin,
        _ = stop.changed() => return,
    };
    let Ok(Ok(begin)) = begin else { return };
    let is_http2 = begin == PREFACE;
    let (reader, writer) = tokio::io::split(stream);
    let stream = TokioIo::new(tokio::io::join(Cursor::new(begin).chain(reader), writer));
    if !is_http2 {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .half_close(true) // a caller may close its side once it has sent its request
            .serve_connection(stream, service_fn(answer));
        return until(connection, async { drop(stop.changed().await) }).await;
    }
    let requests = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&requests);
    let counted = service_fn(move |request| {
        counter.fetch_add(1, Ordering::Relaxed);
        let (under_way, answer) = (Arc::clone(&counter), answer(request));
        async move {
            let answer = answer.await;
            drop(under_way);
            answer
        }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .serve_connection(stream, counted);
    let end = async move {
        tokio::select! {
            () = idle(requests) => {}
            _ = stop.changed() => {}
        }
    };
    until(connection, end).await;
}

/// Reads what a stream begins with, up to where it is no preface, or a whole one.
async fn begin(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(PREFACE.len());
    while bytes.len() < PREFACE.len() && PREFACE.starts_with(&bytes) {
        let left = PREFACE.len().saturating_sub(bytes.len());
        let mut part = (&mut *stream).take(u64::try_from(left).unwrap_or_default());
        if part.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    Ok(bytes)
}

/// Lets a connection go on until it ends by itself, and after `end` until the requests are answered that are under way.
async fn until<C: GracefulConnection>(connection: C, end: impl Future<Output = ()>) {
    let mut connection = pin!(connection);
    // All that can fail here is that the caller went away, or took too long.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = end => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Waits until no request has come for a time, and none is under way. Each of these has its share of the counter; this
/// future and the service have one each.
async fn idle(requests: Arc<AtomicU64>) {
    let mut seen = 0;
    loop {
        sleep(IDLE).await;
        let now = requests.load(Ordering::Relaxed);
        if now == seen && Arc::strong_count(&requests) <= 2 {
            return;
        }
        seen = now;
    }
}
