//! What a server prints at its start.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use idpstore::IdpStore;

use super::Arguments;
use super::console::{self, Console};
use super::log;
use super::tls::Shown;
use crate::seal;
use crate::secret::{self, readable_by_others};

/// The address alone goes to stdout, where scripts wait for it; people see all.
pub(super) fn print(
    arguments: &Arguments,
    address: SocketAddr,
    shown: Option<&Shown>,
    link: Option<&str>,
    has_secret_options: bool,
    store: &IdpStore,
) -> io::Result<()> {
    let is_sealed = store.is_sealed().map_err(io::Error::other)?;
    if let Some(path) = &arguments.config {
        log::note(&format!("options from {}", std::path::absolute(path)?.display()));
    }
    match (&arguments.db, arguments.engine.url()) {
        (_, Some(url)) => log::note(&format!("data in {url}")),
        (Some(path), None) => {
            log::note(&format!("data in {}", std::path::absolute(path)?.display()));
            if readable_by_others(path)? {
                let keys = if is_sealed { "" } else { ", and the private keys in it" };
                log::warning(&format!("others can read the file{keys}: `chmod 600` keeps them out"));
            }
        }
        (None, None) => log::note("data in memory, gone on exit"),
    }
    if store.is_locked().map_err(io::Error::other)? {
        let is_readable = store.service().last_change().is_ok();
        let what = if is_readable {
            "its private keys and secrets stay sealed"
        } else {
            "and everything in it is sealed"
        };
        log::note(&format!(
            "the store is locked, {what}: `--seal-key-file`, `--seal-passphrase-file` or `{}` opens it",
            seal::VARIABLE
        ));
    }
    for line in shown.iter().flat_map(|shown| shown.lines(address)) {
        log::note(&line);
    }
    shown.and_then(Shown::warning).into_iter().for_each(log::warning);
    let keys = shown.map(Shown::key_file);
    let options = arguments.config.as_ref().filter(|_| has_secret_options);
    let given = keys.iter().chain(&arguments.token_file).chain(options).map(PathBuf::as_path);
    for path in given.chain(arguments.seal.files().into_iter().flatten()) {
        if path.is_file() && readable_by_others(path)? {
            log::warning(&secret::warning(path));
        }
    }
    if let Some(link) = link {
        log::note(&format!("console at {link}"));
        if arguments.console == Console::Opened
            && let Err(error) = console::open(link)
        {
            log::warning(&format!("no browser can be opened: {error}"));
        }
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "listening on {}://{address}", scheme(shown))?;
    stdout.flush()
}

/// That of the server itself.
pub(super) fn scheme(shown: Option<&Shown>) -> &'static str {
    if shown.is_some() { "https" } else { "http" }
}

/// Where the console is, if it is there, for those who may use it.
pub(super) fn link(arguments: &Arguments, base_url: &str, token: Option<&str>) -> Option<String> {
    let token = token.map(|token| format!("#token={token}")).unwrap_or_default();
    (console::IS_HERE && !arguments.no_console).then(|| format!("{base_url}/{token}"))
}
