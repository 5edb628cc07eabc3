//! The store that a command works on: in a file, or on a server. Either way it answers requests of the neutral API.

use std::path::PathBuf;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use idpstore::engine::KeyWrap;
use idpstore::{Builder, IdpStore};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::ask::{Ask, Problem, address};
use super::output;
use super::store_file::StoreFile;
use crate::engine::Engine;
use crate::failure::{Cause, Failure};
use crate::seal::Seal;
use crate::share::Share;
use crate::token;

/// The largest document that is sent to a store in a file, and the largest answer that is read from a server.
const LARGEST: usize = 256 << 20;

/// How long it may take to reach a server.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the commands take that work on a store in a file or on a server.
#[derive(clap::Args)]
pub(super) struct Target {
    /// The store file; while a server has it open, it can be read
    #[arg(long = "db", value_name = "FILE", env = "IDPSTORE_DB", required_unless_present_any = ["url", "engine"])]
    path: Option<PathBuf>,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    engine: Engine,
    /// The server that has the store, by its address, in place of a file
    #[arg(long, value_parser = address, value_name = "http://HOST:PORT")]
    url: Option<String>,
    /// The token that the server requires. Others can see it in the list of processes: better set the variable
    #[arg(long, value_parser = token::parse, env = token::VARIABLE, hide_env_values = true)]
    token: Option<String>,
    /// Trust a server by the certification authorities in this file, in PEM, in place of the public ones
    #[arg(long, value_name = "FILE", env = "SSL_CERT_FILE")]
    ca: Option<PathBuf>,
    #[command(flatten)]
    seal: Seal,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A store that answers requests.
pub(super) struct Open<'t> {
    target: &'t Target,
    answerer: Answerer,
}

enum Answerer {
    Store(Box<IdpStore>),
    Server { agent: Agent, url: String },
}

impl Target {
    /// The store, in a file that is there.
    pub(super) fn open(&self) -> Result<Open<'_>, Failure> {
        self.opened(|file| file.open_with(large))
    }

    /// The same, with these settings if it is in a file.
    pub(super) fn open_with(&self, set: impl Fn(Builder) -> Builder) -> Result<Open<'_>, Failure> {
        self.opened(|file| file.open_with(|builder| set(large(builder))))
    }

    /// The store for a request that makes something. A file that is not there is made, unless the request is refused.
    pub(super) fn make_for(&self, ask: &Ask, attempt: &str) -> Result<Open<'_>, Failure> {
        if self.file().is_some_and(|file| !file.is_there()) {
            let empty = large(IdpStore::builder()).open().map_err(|error| self.failure(attempt, &error))?;
            let empty = Open { target: self, answerer: Answerer::Store(Box::new(empty)) };
            empty.ask(ask.clone()).map_err(|problem| self.failure(attempt, &problem))?;
        }
        self.opened(|file| file.make_with(large))
    }

    /// The store, in a file that another process has open, whose changes are seen.
    pub(super) fn open_beside(&self) -> Result<Open<'_>, Failure> {
        self.opened(StoreFile::open_beside)
    }

    fn opened(
        &self,
        open: impl FnOnce(&StoreFile) -> Result<IdpStore, Failure>,
    ) -> Result<Open<'_>, Failure> {
        let answerer = match (&self.url, self.file()) {
            (Some(url), _) => {
                let tls = TlsConfig::builder().root_certs(self.roots(url)?).build();
                let config = Agent::config_builder()
                    .timeout_connect(Some(PATIENCE))
                    .http_status_as_error(false)
                    .tls_config(tls);
                Answerer::Server { agent: config.build().into(), url: url.clone() }
            }
            (None, Some(file)) => Answerer::Store(Box::new(open(&file)?.as_actor("command line"))),
            (None, None) => {
                return Err(Failure::of("the store is missing: give `--db`, `--engine` or `--url`"));
            }
        };
        Ok(Open { target: self, answerer })
    }

    /// By what a server is trusted.
    fn roots(&self, url: &str) -> Result<RootCerts, Failure> {
        let Some(file) = self.ca.as_ref().filter(|_| url.starts_with("https:")) else {
            return Ok(RootCerts::WebPki);
        };
        let failure = |error: &Cause| Failure::new(format!("cannot read `{}`", file.display()), error);
        let roots: Vec<_> = CertificateDer::pem_file_iter(file)
            .map_err(|error| failure(&error))?
            .map(|der| der.map(|der| Certificate::from_der(&der).to_owned()))
            .collect::<Result<_, _>>()
            .map_err(|error| failure(&error))?;
        Ok(RootCerts::new_with_certs(&roots))
    }

    /// The file, if the store is in one.
    pub(super) fn file(&self) -> Option<StoreFile> {
        let is_named = self.path.is_some() || self.engine.url().is_some();
        (self.url.is_none() && is_named).then(|| {
            let (engine, seal) = (self.engine.clone(), self.seal.clone());
            StoreFile::at(self.path.clone(), self.share, engine, seal, self.json)
        })
    }

    /// What opens the store, or a document, if anything is given.
    pub(super) fn wrap(&self) -> Result<Option<KeyWrap>, Failure> {
        self.seal.wrap()
    }

    /// Whether JSON was requested.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// That the store could not be opened, read or changed, and why.
    pub(super) fn failure(&self, attempt: &str, error: &Cause) -> Failure {
        let path = || self.path.as_ref().map(|path| path.display().to_string());
        let engine = || self.engine.url().map(str::to_owned);
        let name = self.url.clone().or_else(engine).or_else(path).unwrap_or_default();
        let failure = Failure::new(format!("cannot {attempt} `{name}`"), error);
        match error.downcast_ref() {
            Some(problem) if Problem::is_temporary(problem) => failure.temporary(),
            _ => failure,
        }
    }

    /// That the store could not be read, and why.
    pub(super) fn unread(&self, error: &Cause) -> Failure {
        self.failure("read", error)
    }

    /// Prints a result, as JSON if that was requested.
    pub(super) fn print(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        output::print(&if self.json { format!("{:#}\n", json()) } else { text() })
    }
}

/// A store that takes documents of any size that can be imported.
fn large(builder: Builder) -> Builder {
    builder.body_limit(LARGEST)
}

impl Open<'_> {
    /// The store, if it is in a file.
    pub(super) fn of_file(&self) -> Option<&IdpStore> {
        match &self.answerer {
            Answerer::Store(store) => Some(store),
            Answerer::Server { .. } => None,
        }
    }

    /// What is answered: a document, or a text if it is not JSON.
    pub(super) fn ask(&self, ask: Ask) -> Result<Value, Problem> {
        let body = self.text(ask)?;
        Ok(match serde_json::from_slice(&body) {
            Ok(document) => document,
            Err(_) if body.is_empty() => Value::Null,
            Err(_) => String::from_utf8_lossy(&body).into_owned().into(),
        })
    }

    /// What is answered, as it is.
    pub(super) fn text(&self, ask: Ask) -> Result<Vec<u8>, Problem> {
        let (status, body) = match &self.answerer {
            Answerer::Store(store) => of_store(store, ask)?,
            Answerer::Server { agent, url } => self.of_server(agent, url, ask)?,
        };
        if (200..300).contains(&status) {
            return Ok(body);
        }
        Err(Problem::of(status, &serde_json::from_slice(&body).unwrap_or_default()))
    }

    fn of_server(&self, agent: &Agent, url: &str, ask: Ask) -> Result<(u16, Vec<u8>), Problem> {
        let mut request =
            ureq::http::Request::builder().method(ask.method.as_str()).uri(format!("{url}{}", ask.path));
        if let Some(token) = &self.target.token {
            request = request.header(AUTHORIZATION.as_str(), format!("Bearer {token}"));
        }
        let (media_type, body) = ask.body.unzip();
        if let Some(media_type) = media_type {
            request = request.header(CONTENT_TYPE.as_str(), media_type);
        }
        let request = request.body(body.unwrap_or_default()).map_err(|error| Problem::silence(&error))?;
        let mut response = agent.run(request).map_err(|error| Problem::silence(&error))?;
        let limit = LARGEST.try_into().unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(limit).read_to_vec();
        Ok((response.status().as_u16(), body.map_err(|error| Problem::silence(&error))?))
    }

    /// All items of a list, page by page.
    pub(super) fn all(&self, list: impl Fn() -> Ask) -> Result<Vec<Value>, Problem> {
        let (mut items, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut page = self.ask(list().with("limit", 1000).with_any("after", after.as_ref()))?;
            if let Some(Value::Array(more)) = page.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = Some(next.to_owned()),
                None => return Ok(items),
            }
        }
    }

    /// The ids of all tenants.
    pub(super) fn tenants(&self) -> Result<Vec<String>, Problem> {
        let tenants = self.all(|| Ask::get(&["tenants"]))?;
        Ok(tenants.iter().map(|tenant| text(tenant, "id")).collect())
    }
}

fn of_store(store: &IdpStore, ask: Ask) -> Result<(u16, Vec<u8>), Problem> {
    let mut request = http::Request::builder().method(ask.method).uri(ask.path);
    let (media_type, body) = ask.body.unzip();
    if let Some(media_type) = media_type {
        request = request.header(CONTENT_TYPE, media_type);
    }
    let request = request.body(body.unwrap_or_default().into()).map_err(|error| Problem::silence(&error))?;
    let response = store.handle(request);
    if let Some(error) = response.extensions().get::<std::sync::Arc<idpstore::Error>>()
        && response.status().is_server_error()
    {
        return Err(Problem::failure(error)); // of a store of one's own all is shown
    }
    Ok((response.status().as_u16(), response.into_body().to_vec()))
}

/// A text, or a number as text, in a document; empty if it is not there.
pub(super) fn text(document: &Value, name: &str) -> String {
    match document.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The items of a list in a document.
pub(super) fn items<'d>(document: &'d Value, name: &str) -> impl Iterator<Item = &'d Value> {
    document.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list in a document, with something between them.
pub(super) fn joined(document: &Value, name: &str, between: &str) -> String {
    items(document, name).filter_map(Value::as_str).collect::<Vec<_>>().join(between)
}
