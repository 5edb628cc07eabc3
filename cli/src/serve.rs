//! `idpstore serve`: the store on a loopback socket, for everything that only speaks HTTP.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use idpstore::IdpStore;
use tokio::net::{TcpListener, TcpStream};

use crate::failure::Failure;
use crate::fetch::MetadataFetcher;
use crate::stop;
use crate::token::Token;

/// How long requests that are under way may take to end once the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How long the server waits when it cannot take a connection, mostly for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(100);

/// Answer the vendors' management APIs on 127.0.0.1.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The port to listen on; 0 takes any free one
    #[arg(long)]
    port: u16,
    /// The file to keep the data in, made if it is not there; without it all is gone on exit
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Ask for this token, as `Authorization: SSWS TOKEN` or `Bearer TOKEN`, but not where a vendor asks nobody
    #[arg(long, value_parser = Token::parse)]
    token: Option<String>,
    /// Fetch the metadata documents that requests name by URL, from public and loopback addresses
    #[arg(long)]
    allow_metadata_fetch: bool,
    /// The largest body that a request may have
    #[arg(long, value_name = "BYTES")]
    body_limit: Option<usize>,
    /// Answer at most so many requests in so many seconds, such as 600/60s
    #[arg(long, value_name = "N/SECONDSs", value_parser = rate_limit)]
    rate_limit: Option<(u32, Duration)>,
    /// Set a switch: answer a question on which a vendor's documents and service disagree in the other way
    #[arg(long = "switch", value_name = "NAME")]
    switches: Vec<String>,
}

/// Reads `600/60s`: how many requests, and in what time.
fn rate_limit(text: &str) -> Result<(u32, Duration), String> {
    let read = || {
        let (requests, window) = text.split_once('/')?;
        let seconds = window.strip_suffix('s')?.parse().ok().filter(|seconds| *seconds > 0)?;
        Some((requests.parse().ok()?, Duration::from_secs(seconds)))
    };
    read().ok_or_else(|| "a number of requests, a slash and seconds are wanted, such as 600/60s".to_owned())
}

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    // One thread moves the bytes; the store's work is done in the pool for blocking calls. Dropping the
    // runtime waits for the calls that have begun, so that no write is cut short.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start", &error))?
        .block_on(serve(arguments))
}

async fn serve(arguments: Arguments) -> Result<(), Failure> {
    let address = (Ipv4Addr::LOCALHOST, arguments.port);
    let cannot_listen = |error| Failure::new(format!("cannot listen on 127.0.0.1:{}", address.1), &error);
    let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(cannot_listen)?);
    let store = open(&arguments, &base_url)?;
    // Before the address is told, so that whoever reads it may stop us at once.
    let stop = stop::requested().map_err(|error| Failure::new("cannot listen for signals", &error))?;
    announce(&arguments, &base_url).map_err(|error| Failure::new("cannot tell the address", &error))?;
    accept(listener, store, stop).await;
    Ok(())
}

fn open(arguments: &Arguments, base_url: &str) -> Result<IdpStore, Failure> {
    let mut builder = IdpStore::builder().base_url(base_url);
    if let Some(token) = &arguments.token {
        builder = builder.authorizer(Token::new(token.clone()));
    }
    if arguments.allow_metadata_fetch {
        builder = builder.fetcher(MetadataFetcher::new());
    }
    if let Some(bytes) = arguments.body_limit {
        builder = builder.body_limit(bytes);
    }
    if let Some((requests, window)) = arguments.rate_limit {
        builder = builder.rate_limit(requests, window);
    }
    for name in &arguments.switches {
        builder = builder.switch(name);
    }
    match &arguments.db {
        Some(path) => builder
            .file(path)
            .and_then(idpstore::Builder::open)
            .map_err(|error| Failure::new(format!("cannot open `{}`", path.display()), &error)),
        None => builder.open().map_err(|error| Failure::new("cannot open a store in memory", &error)),
    }
}

/// The address alone goes to stdout, where scripts wait for it; people see both lines.
fn announce(arguments: &Arguments, base_url: &str) -> io::Result<()> {
    match &arguments.db {
        Some(path) => writeln!(io::stderr(), "data in {}", std::path::absolute(path)?.display())?,
        None => writeln!(io::stderr(), "data in memory, gone on exit")?,
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "listening on {base_url}")?;
    stdout.flush()
}

/// Takes connections until `stop`, then lets those end that have a request under way.
async fn accept(listener: TcpListener, store: IdpStore, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => attend(stream, &store, &connections),
                Err(_) => tokio::time::sleep(BREATHER).await,
            },
        }
    }
    drop(listener);
    // A caller that never finishes its request must not keep the server from ending.
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
}

/// Answers one connection's requests in a task of its own.
fn attend(stream: TcpStream, store: &IdpStore, connections: &GracefulShutdown) {
    let store = store.clone();
    // Answers are small and written whole: holding them back gains nothing. It works without, too.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .half_close(true) // a caller may close its side once it has asked
        .serve_connection(TokioIo::new(stream), service_fn(move |request| answer(store.clone(), request)));
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // All that can fail here is that the caller went away.
        let _ = connection.await;
    });
}

/// Answers one request. An error closes the connection.
async fn answer(
    store: IdpStore,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
    let (parts, mut body) = request.into_parts();
    let bytes = read(&mut body, store.body_limit()).await?;
    if !body.is_end_stream() {
        tokio::spawn(discard(body));
    }
    let request = Request::from_parts(parts, bytes);
    let response = tokio::task::spawn_blocking(move || store.handle(request)).await?;
    Ok(response.map(Full::new))
}

/// Reads a body of up to `limit` bytes, or one byte more of a larger one: enough for the library to see
/// that it is too large, and to refuse it in its vendor's words.
async fn read(body: &mut Incoming, limit: usize) -> hyper::Result<Bytes> {
    let enough = limit.saturating_add(1);
    let mut bytes = BytesMut::new();
    while bytes.len() < enough
        && let Some(frame) = body.frame().await
    {
        // What is not data is trailers, which nothing here looks at.
        if let Ok(mut data) = frame?.into_data() {
            data.truncate(enough - bytes.len());
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.freeze())
}

/// Takes in the rest of a body that is refused. Closing the connection over unread bytes would reset it,
/// and the caller, still sending, would never see the answer.
async fn discard(mut body: Incoming) {
    while body.frame().await.is_some_and(|frame| frame.is_ok()) {}
}
