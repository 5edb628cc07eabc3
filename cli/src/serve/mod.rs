//! `idpstore serve`: the store on a loopback socket, for everything that only speaks HTTP. May import everything.

mod announcement;
mod config;
mod connections;
pub(crate) mod console;
mod entrance;
mod files;
mod grpc;
mod keys;
mod log;
mod reach;
mod readiness;
mod reload;
mod secure;
mod tls;
mod tokens;
mod upkeep;
mod versions;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{BoolishValueParser, PossibleValuesParser};
use idpstore::engine::{GroupCommit, KeyWrap, Reopening};
use idpstore::env::{CertificateSettings, Clock, SystemClock};
use idpstore::harness::Harness;
use idpstore::pki::KeySpec;
use idpstore::testing::CannedKeys;
use idpstore::{Builder, Guard, IdpStore, SWITCHES};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::engine::{Engine, GIVEN_TWICE};
use crate::failure::Failure;
use crate::fetch::MetadataFetcher;
use crate::seal::{self, Seal};
use crate::share::Share;
use crate::stop;
use crate::token;
use config::Callers;
use connections::Answerer;
use console::Console;
use entrance::{Current, Entrance};
use reload::Reload;
use tls::Shown;
use tokens::{Access, TokenServer};

/// How long calls of the store may go on after the last connection was closed. What takes longer is broken off with
/// the process: a key whose client has gone, or a fetch. A commit is in the file in whole, or not at all.
const LAST_CALLS: Duration = Duration::from_secs(1);

/// Answer the vendors' management APIs and the neutral one on 127.0.0.1, with an admin console at `/`. Each option can be set in
/// the environment, too, and in a file.
#[derive(Clone, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Arguments {
    /// A file with options by their names, such as `port = 8080`, tokens, and clients that get some, in TOML or JSON. The
    /// command line and the environment win [default: idpstore.toml in the working directory, if it is there]
    #[arg(long, value_name = "FILE", env = "IDPSTORE_CONFIG")]
    config: Option<PathBuf>,
    /// The port to listen on; 0 takes any free one
    #[arg(long, env = "IDPSTORE_PORT")]
    port: Option<u16>,
    #[command(flatten)]
    reach: reach::Reach,
    #[command(flatten)]
    tls: tls::Tls,
    /// The file to keep the data in, made if it is not there; without it all is gone on exit
    #[arg(long, value_name = "FILE", value_parser = file, env = "IDPSTORE_DB")]
    db: Option<PathBuf>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    engine: Engine,
    #[command(flatten)]
    seal: Seal,
    /// Seal everything in a file that is not there yet, names and entity ids included: without the key nothing of it can be read
    #[arg(long, env = "IDPSTORE_SEAL_EVERYTHING", value_parser = BoolishValueParser::new())]
    seal_everything: bool,
    /// Require this token, as `Authorization: SSWS TOKEN` or `Bearer TOKEN`, except where a vendor requires none.
    /// Others can see it in the list of processes: better set `IDPSTORE_TOKEN`, or use `--token-file`
    #[arg(long, value_parser = token::parse)]
    token: Option<String>,
    /// Require the token in this file; a newline at its end does not count
    #[arg(long, value_name = "FILE", env = "IDPSTORE_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// Answer requests for this host, too: NAME:PORT, or NAME for any port
    #[arg(long = "allow-host", value_name = "HOST", value_parser = host, value_delimiter = ',', env = "IDPSTORE_ALLOW_HOST")]
    hosts: Vec<String>,
    /// Let the web pages of this origin use all APIs, such as `https://example.com`; `any` lets every page
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin, value_delimiter = ',', env = "IDPSTORE_ALLOW_ORIGIN")]
    origins: Vec<String>,
    /// Fetch the metadata documents that requests name by URL, from public and loopback addresses
    #[arg(long, env = "IDPSTORE_ALLOW_METADATA_FETCH", value_parser = BoolishValueParser::new())]
    allow_metadata_fetch: bool,
    /// Where private keys come from
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t, env = "IDPSTORE_KEYS")]
    keys: keys::Source,
    /// The kind of a service provider's key where the vendor leaves it to its server's settings (ZITADEL), such as
    /// RSA-2048 or EC-P-256 [default: RSA-4096, with test keys RSA-2048]
    #[arg(long, value_name = "KIND", value_parser = key_spec, env = "IDPSTORE_CERTIFICATE_KEY")]
    certificate_key: Option<KeySpec>,
    /// The largest body that a request may have
    #[arg(long, value_name = "BYTES", env = "IDPSTORE_BODY_LIMIT")]
    body_limit: Option<usize>,
    /// Answer at most so many requests in so many seconds, such as 600/60s
    #[arg(long, value_name = "N/SECONDSs", value_parser = rate_limit, env = "IDPSTORE_RATE_LIMIT")]
    rate_limit: Option<(u32, Duration)>,
    /// Set a switch: answer a question on which a vendor's documents and service disagree in the other way
    #[arg(long = "switch", value_name = "NAME", value_parser = PossibleValuesParser::new(SWITCHES), value_delimiter = ',', env = "IDPSTORE_SWITCH")]
    switches: Vec<String>,
    /// Serve no console, and make no token for it
    #[arg(long, env = "IDPSTORE_NO_CONSOLE", value_parser = BoolishValueParser::new())]
    no_console: bool,
    /// For tests: serve the controls of a harness below `/_idpstore/harness/`
    #[arg(long, env = "IDPSTORE_HARNESS", value_parser = BoolishValueParser::new())]
    harness: bool,
    /// Let the harness empty and move the file of `--db`, too
    #[arg(long, env = "IDPSTORE_HARNESS_ON_DB", value_parser = BoolishValueParser::new())]
    harness_on_db: bool,
    /// Print a line for each request to stderr; by default if that is a terminal. Failures are always printed
    #[arg(long, value_name = "FORM", num_args = 0..=1, default_missing_value = "text", env = "IDPSTORE_LOG")]
    log: Option<log::Form>,
    /// Who uses the console.
    #[arg(skip)]
    console: Console,
}

impl Arguments {
    /// Those of a server for the console alone.
    pub(crate) fn of_console(
        db: Option<PathBuf>,
        share: Share,
        engine: Engine,
        seal: Seal,
        port: u16,
        allow_metadata_fetch: bool,
        is_opened: bool,
    ) -> Self {
        let console = if is_opened { Console::Opened } else { Console::Guarded };
        Self { db, share, engine, seal, port: Some(port), allow_metadata_fetch, console, ..Self::default() }
    }
}

/// Reads `600/60s`: how many requests, and in what time.
fn rate_limit(text: &str) -> Result<(u32, Duration), String> {
    let read = || {
        let (requests, window) = text.split_once('/')?;
        let seconds = window.strip_suffix('s')?.parse().ok().filter(|seconds| *seconds > 0)?;
        Some((requests.parse().ok()?, Duration::from_secs(seconds)))
    };
    read().ok_or_else(|| "expected a number of requests, a slash and seconds, such as 600/60s".to_owned())
}

/// Refuses what other programs take for a store in memory: here it would be a file of that name.
pub(crate) fn file(text: &str) -> Result<PathBuf, String> {
    match text {
        "" | ":memory:" => Err("without --db the data is in memory".to_owned()),
        path => Ok(path.into()),
    }
}

fn key_spec(text: &str) -> Result<KeySpec, String> {
    text.parse().map_err(|error: idpstore::Error| error.to_string())
}

fn host(text: &str) -> Result<String, String> {
    guard_on(0).allow_host(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn origin(text: &str) -> Result<String, String> {
    guard_on(0).allow_origin(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn guard_on(port: u16) -> Guard {
    Guard::new(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let (arguments, callers) = config::complete(config::found(arguments))?;
    log::start(arguments.log);
    // One thread moves the bytes; the store's work is done in the pool for blocking calls.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("cannot start", &error))?;
    let outcome = runtime.block_on(serve(arguments, callers));
    runtime.shutdown_timeout(LAST_CALLS);
    outcome
}

async fn serve(arguments: Arguments, callers: Callers) -> Result<(), Failure> {
    let missing = || Failure::of("the port is missing: give `--port`, or `port` in the file");
    let port = arguments.port.ok_or_else(missing)?;
    let has_secret_options = callers.tokens.is_some() || !callers.clients.is_empty();
    let callers = entrance::callers(&arguments, callers)?;
    let address = arguments.reach.address(callers.tokens.is_some(), arguments.tls.is_on())?;
    let address = SocketAddr::from((address, port));
    let cannot_listen = |error| Failure::new(format!("cannot listen on {address}"), &error);
    let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    let shown = arguments.tls.load(address.ip())?;
    let guard = guard(&arguments, address, shown.as_ref())?;
    let url = format!("{}://{address}", announcement::scheme(shown.as_ref()));
    let base_url = arguments.reach.base_url.as_ref().unwrap_or(&url);
    let console_token = console_token(&arguments, callers.tokens.is_some())?;
    let entrance = Entrance::new(callers, console_token);
    let harness = arguments.harness.then(Harness::default);
    let clock: Arc<dyn Clock> = match &harness {
        Some(harness) => Arc::new(harness.clock().clone()),
        None => Arc::new(SystemClock),
    };
    let token_server =
        Arc::new(TokenServer::new(clock, entrance.clients(), arguments.reach.base_url.as_deref())?);
    let store =
        open(&arguments, Access::new(entrance.clone(), Arc::clone(&token_server)), harness, base_url)?;
    let console_link = announcement::link(&arguments, base_url, entrance.console_token());
    // Before the address is printed, so that its reader may stop us at once.
    let no_signals = |error| Failure::new("cannot listen for signals", &error);
    let stop = stop::requested().map_err(no_signals)?;
    let tls = shown.as_ref().map(|shown| Current::new(Arc::clone(&shown.config)));
    announcement::print(
        &arguments,
        address,
        shown.as_ref(),
        console_link.as_deref(),
        has_secret_options,
        &store,
    )
    .map_err(|error| Failure::new("cannot print the address", &error))?;
    let clock = tokio::spawn(upkeep::follow_clock(store.clone()));
    let watch = tokio::spawn(upkeep::watch(store.clone()));
    let (reach, has_console) = (arguments.reach.clone(), !arguments.no_console);
    let reload = Reload { arguments, entrance, tls: tls.clone(), listens_on: address.ip() };
    let reload = tokio::spawn(reload::follow(reload).map_err(no_signals)?);
    readiness::ready();
    let stop = async {
        stop.await;
        readiness::stopping();
    };
    let places = Arc::new(Semaphore::new(connections::REQUESTS));
    let answerer = Answerer { store, guard, tokens: token_server, has_console, reach, places, tls };
    connections::serve(listener, answerer, stop).await;
    clock.abort();
    watch.abort();
    reload.abort();
    Ok(())
}

fn guard(arguments: &Arguments, address: SocketAddr, shown: Option<&Shown>) -> Result<Guard, Failure> {
    let Arguments { hosts, origins, reach, .. } = arguments;
    if origins.len() > 1 && origins.iter().any(|origin| origin == "any") {
        return Err(Failure::of("`--allow-origin any` allows every page: name no other beside it"));
    }
    let refused = |error| Failure::new("cannot allow a host or an origin", &error);
    let certified = shown.iter().flat_map(|shown| shown.hosts(address.port()));
    let mut hosts = hosts.iter().cloned().chain(reach.hosts(address)).chain(certified);
    let guard =
        hosts.try_fold(Guard::new(address), |guard, host| guard.allow_host(&host)).map_err(refused)?;
    origins.iter().try_fold(guard, |guard, origin| guard.allow_origin(origin)).map_err(refused)
}

/// The token of the console, if it is there and has one.
fn console_token(arguments: &Arguments, is_required: bool) -> Result<Option<String>, Failure> {
    let has_one = is_required || arguments.console != Console::Served;
    let is_here = console::IS_HERE && !arguments.no_console;
    (has_one && is_here).then(console::token).transpose()
}

fn open(
    arguments: &Arguments,
    access: Access,
    harness: Option<Harness>,
    base_url: &str,
) -> Result<IdpStore, Failure> {
    let builder = IdpStore::builder().base_url(base_url).authorizer(access);
    let mut builder = certified(builder, arguments)?;
    if arguments.allow_metadata_fetch {
        builder = builder.fetcher(MetadataFetcher::for_requests());
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
    let wrap = arguments.seal.wrap()?;
    builder = sealed(builder, wrap.clone(), arguments.seal_everything)?;
    if arguments.harness_on_db && !arguments.harness {
        return Err(Failure::of("`--harness-on-db` is for `--harness`"));
    }
    if let Some(harness) = harness {
        if (arguments.db.is_some() || arguments.engine.url().is_some()) && !arguments.harness_on_db {
            return Err(Failure::of(
                "`--harness` can empty the file of `--db`: allow it with `--harness-on-db`",
            ));
        }
        builder = builder.harness(harness).harness_controls();
    }
    if let Some(engine) = arguments.engine.connect(log::note)? {
        if arguments.db.is_some() {
            return Err(Failure::of(GIVEN_TWICE));
        }
        return builder
            .engine(engine)
            .open()
            .map_err(|error| Failure::new("cannot open the store in etcd", &error));
    }
    match &arguments.db {
        Some(path) => opened(path, wrap.as_ref(), arguments.share.is_shared())
            .map(|engine| builder.engine(GroupCommit::new(engine.on_event(log::storage))))
            .and_then(Builder::open)
            .map_err(|error| Failure::new(format!("cannot open `{}`", path.display()), &error)),
        None if arguments.share.is_shared() => Err(Failure::of("`--share` is for the file of `--db`")),
        None => builder.open().map_err(|error| Failure::new("cannot open a store in memory", &error)),
    }
}

/// The engine of the store in this file.
fn opened(path: &Path, wrap: Option<&KeyWrap>, is_shared: bool) -> idpstore::Result<Reopening> {
    match wrap {
        wrap if is_shared => Reopening::share(path, wrap),
        Some(wrap) => Reopening::sealed_file(path, wrap),
        None => Reopening::file(path),
    }
}

/// Sets what opens the seal, or seals a store that is new.
fn sealed(builder: Builder, by: Option<KeyWrap>, is_of_everything: bool) -> Result<Builder, Failure> {
    match by {
        Some(by) if is_of_everything => Ok(builder.seal_everything(by)),
        Some(by) => Ok(builder.seal(by)),
        None if is_of_everything => {
            let words = "`--seal-everything` needs a key: give `--seal-key-file`, `--seal-passphrase-file`";
            Err(Failure::of(format!("{words} or `{}`", seal::VARIABLE)))
        }
        None => Ok(builder),
    }
}

/// Sets where keys come from, and which a service provider gets.
fn certified(builder: Builder, arguments: &Arguments) -> Result<Builder, Failure> {
    let mut settings = CertificateSettings::default();
    let builder = match arguments.keys {
        keys::Source::Generate => builder.keys(keys::in_turn(keys::from_system()?)),
        keys::Source::Fixture if arguments.db.is_some() || arguments.engine.url().is_some() => {
            return Err(Failure::of(
                "`--keys fixture` is for tests: such keys are no secret, and must not last; leave out `--db`",
            ));
        }
        keys::Source::Fixture => {
            settings.spec = KeySpec::Rsa { bits: 2048 };
            builder.keys(keys::in_turn(CannedKeys::default()))
        }
    };
    settings.spec = arguments.certificate_key.unwrap_or(settings.spec);
    Ok(builder.certificates(settings))
}
