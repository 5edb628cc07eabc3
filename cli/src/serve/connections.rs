//! Connections: taken, held to their limits, and ended.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use idpstore::harness::Disturbance;
use idpstore::{Guard, IdpStore};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::console;
use super::files;
use super::log::Line;

/// How long requests that are under way may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(3);

/// How long a caller may take to send a request's head, and each piece of its body.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the server waits when it cannot take a connection, mostly for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(100);

type Failed = Box<dyn Error + Send + Sync>;

/// What answers the requests of all connections.
pub(super) struct Answerer {
    pub(super) store: IdpStore,
    pub(super) guard: Guard,
    pub(super) has_console: bool,
}

/// Takes connections until `stop`, then lets those end that have a request under way.
pub(super) async fn serve(listener: TcpListener, answerer: Answerer, stop: impl Future<Output = ()>) {
    let answerer = Arc::new(answerer);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(files::connections()));
    // Where all places are taken the next caller waits: a silent one loses its place soon.
    let next = async || (Arc::clone(&places).acquire_owned().await, listener.accept().await);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            next = next() => match next {
                (Ok(place), Ok((stream, _))) => attend(stream, place, &answerer, &connections),
                _ => sleep(BREATHER).await,
            },
        }
    }
    drop(listener);
    // A caller that never finishes its request must not keep the server from ending.
    let _ = timeout(GRACE, connections.shutdown()).await;
}

/// Answers one connection's requests in a task of its own.
fn attend(
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    answerer: &Arc<Answerer>,
    connections: &GracefulShutdown,
) {
    let answerer = Arc::clone(answerer);
    // Answers are small and written whole: holding them back gains nothing. It works without, too.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .half_close(true) // a caller may close its side once it has sent its request
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| answer(Arc::clone(&answerer), request)),
        );
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // All that can fail here is that the caller went away, or took too long.
        let _ = connection.await;
        drop(place);
    });
}

/// Answers one request. An error closes the connection.
async fn answer(
    answerer: Arc<Answerer>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Failed> {
    let (mut head, mut body) = request.into_parts();
    let line = Line::begin(&head);
    let admitted = match answerer.guard.admit(&mut head) {
        ControlFlow::Continue(admitted) => admitted,
        ControlFlow::Break(response) => {
            line.end(&response);
            discard(body);
            return Ok(response.map(Full::new));
        }
    };
    if answerer.has_console
        && let Some(mut response) = console::answer(&head)
    {
        admitted.finish(response.headers_mut());
        line.end(&response);
        discard(body);
        return Ok(response.map(Full::new));
    }
    let bytes = read(&mut body, answerer.store.body_limit()).await?;
    discard(body);
    let request = Request::from_parts(head, bytes);
    let handled = tokio::task::spawn_blocking(move || answerer.store.handle(request)).await;
    let mut response = handled.unwrap_or_else(|_| broken());
    admitted.finish(response.headers_mut());
    line.end(&response);
    if let Some(Disturbance { delay, drop, .. }) = response.extensions().get().copied() {
        sleep(delay).await;
        if drop {
            return Err("a scripted fault".into());
        }
    }
    Ok(response.map(Full::new))
}

/// The answer if the store panicked; the panic itself has been printed.
fn broken() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"internal error\n"));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Reads a body of up to `limit` bytes, or one byte more of a larger one: enough for the library to see
/// that it is too large, and to refuse it in its vendor's words.
async fn read(body: &mut Incoming, limit: usize) -> Result<Bytes, Failed> {
    let enough = limit.saturating_add(1);
    let mut bytes = BytesMut::new();
    while bytes.len() < enough
        && let Some(frame) = timeout(PATIENCE, body.frame()).await?
    {
        // What is not data is trailers, which nothing here looks at.
        if let Ok(mut data) = frame?.into_data() {
            data.truncate(enough - bytes.len());
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.freeze())
}

/// Reads the rest of a body and drops it. Closing the connection over unread bytes would reset it,
/// and the caller, still sending, would never see the answer.
fn discard(mut body: Incoming) {
    if !body.is_end_stream() {
        tokio::spawn(async move { while let Ok(Some(Ok(_))) = timeout(PATIENCE, body.frame()).await {} });
    }
}
