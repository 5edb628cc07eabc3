//! What is printed to stderr while the server runs: a line for each request, and what goes wrong. Never a query, a
//! header or a body, where secrets may be.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use http::{Extensions, Method, StatusCode};
use idpstore::engine::Event;
use idpstore::{Error, Warnings, chain};
use tokio::time::Instant;
use tracing::level_filters::LevelFilter;

use super::upkeep::State;

/// How the lines look.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// One JSON object in each line
    Json,
    /// Failures alone
    Off,
}

/// Whether all that is printed is JSON.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Begins to print in this form; without one by where stderr goes.
pub(super) fn start(form: Option<Form>) {
    let by_stderr = || if io::stderr().is_terminal() { Form::Text } else { Form::Off };
    let form = form.unwrap_or_else(by_stderr);
    let level = if form == Form::Off { LevelFilter::WARN } else { LevelFilter::INFO };
    let lines = tracing_subscriber::fmt().with_writer(io::stderr).with_target(false).with_max_level(level);
    // It fails where the process prints already.
    let _ = match form {
        Form::Json => lines.json().flatten_event(true).try_init(),
        Form::Text | Form::Off => lines.try_init(),
    };
    IS_JSON.store(form == Form::Json, Ordering::Relaxed);
}

/// Prints what people want to know at the start: as it is, or as JSON where all is JSON.
pub(super) fn note(words: &str) {
    if IS_JSON.load(Ordering::Relaxed) {
        tracing::info!("{words}");
    } else {
        // Who has closed stderr does not read it.
        let _ = writeln!(io::stderr(), "{words}");
    }
}

/// Prints what should be changed.
pub(super) fn warning(words: &str) {
    tracing::warn!("{words}");
}

/// Prints what happens to the file.
pub(super) fn storage(event: Event<'_>) {
    match event {
        Event::Failed(error) => tracing::error!(cause = chain(error), "the file cannot be used"),
        Event::Reopened => tracing::warn!("the file is open again"),
        _ => {}
    }
}

/// Prints that what the clock has brought could not be logged.
pub(super) fn clock(error: &Error) {
    tracing::error!(cause = chain(error), "what the clock has brought cannot be logged");
}

/// Prints whether this process does what is done once for a store.
pub(super) fn keeper(is_keeper: bool) {
    if is_keeper {
        tracing::info!("this process logs what the clock brings from now on");
    } else {
        tracing::info!("another process logs what the clock brings from now on");
    }
}

/// Prints that a store that other processes write to shows something else than before.
pub(super) fn state(state: &State) {
    match state {
        State::Current => tracing::warn!("the store is up to date again"),
        State::Behind(lag) => tracing::warn!(seconds = lag.as_secs(), "what the store shows is old"),
        State::Unavailable(cause) => tracing::error!(cause, "the store is unavailable"),
    }
}

/// A request that is being answered.
pub(super) struct Line {
    method: Method,
    path: String,
    start: Instant,
}

impl Line {
    pub(super) fn begin(request: &Parts) -> Self {
        // Terminals obey some of the characters that a path may have.
        let path = match request.uri.path() {
            "" => request.uri.authority().map_or("", |host| host.as_str()), // of `CONNECT`
            path => path,
        };
        let path = path.escape_debug().to_string();
        Self { method: request.method.clone(), path, start: Instant::now() }
    }

    /// Prints the line; of a failure of ours with all that led to it, and before it what should be known of a record.
    pub(super) fn end(self, status: StatusCode, extensions: &Extensions) {
        let Self { method, path, start } = self;
        let ms = (start.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
        let warnings = extensions.get::<Warnings>().cloned().unwrap_or_default();
        for words in warnings.0 {
            tracing::warn!(%method, %path, "{words}");
        }
        let (is_error, status) = (status.is_server_error(), status.as_u16());
        if is_error {
            let error = extensions.get::<Arc<Error>>();
            let cause = error.map_or_else(|| "unknown".to_owned(), |error| chain(&**error));
            tracing::error!(%method, %path, status, ms, cause);
        } else {
            tracing::info!(%method, %path, status, ms);
        }
    }
}
