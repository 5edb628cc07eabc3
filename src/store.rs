//! The store: opened with an engine and an environment, it answers requests.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

use crate::dialects::{self, Dialect};
use crate::engine::memory::MemoryEngine;
use crate::engine::redb::RedbEngine;
use crate::engine::{Engine, Snapshot, migrate};
use crate::env::{
    CertificateSettings, Clock, Entropy, Environment, Fetcher, GeneratedKeys, KeySource, SeededEntropy,
    SystemClock,
};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Quota, RateLimit, Request, Response, path_of, router};
use crate::service::Service;

/// How many bytes a body may have if the host does not say: 1 MiB.
const BODY_LIMIT: usize = 1 << 20;

/// Decides whether a caller may come in. Asked once for each request, before anything else.
///
/// ```
/// use idpstore::{Authorizer, ErrorKind, IdpStore};
///
/// struct Nobody;
///
/// impl Authorizer for Nobody {
///     fn authorize(&self, _: &http::request::Parts) -> idpstore::Result<()> {
///         Err(ErrorKind::Forbidden.into())
///     }
/// }
///
/// let store = IdpStore::builder().authorizer(Nobody).open()?;
/// let request = http::Request::get("/api/v1/idps").body(bytes::Bytes::new());
/// assert_eq!(store.handle(request.expect("a request")).status(), 403);
/// # Ok::<(), idpstore::Error>(())
/// ```
pub trait Authorizer: Send + Sync {
    /// Lets the request pass, or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] if credentials are missing or wrong, [`ErrorKind::Forbidden`] if they do not
    /// suffice; the dialect finds the words.
    fn authorize(&self, request: &Parts) -> Result<()>;
}

/// A store of identity-provider configuration. Cloning it is cheap, and all clones are the same store.
///
/// ```
/// use idpstore::IdpStore;
///
/// let store = IdpStore::in_memory()?;
/// let request = http::Request::get("https://example.okta.com/api/v1/idps").body(bytes::Bytes::new());
/// let response = store.handle(request.expect("a request"));
/// assert_eq!(response.status(), 200);
/// assert_eq!(&response.body()[..], b"[]");
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone)]
pub struct IdpStore(Arc<Inner>);

struct Inner {
    service: Service,
    base_url: Option<String>,
    authorizer: Option<Box<dyn Authorizer>>,
    body_limit: usize,
    switches: BTreeSet<String>,
    rate_limit: Option<RateLimit>,
}

/// How a store is to be opened: from [`IdpStore::builder`] to [`Builder::open`].
///
/// With a clock that stands and entropy from a seed, two stores answer the same question in the same bytes:
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::env::{Clock, SeededEntropy};
/// use idpstore::pki::Timestamp;
///
/// #[derive(Debug)]
/// struct Noon;
///
/// impl Clock for Noon {
///     fn now(&self) -> Timestamp {
///         Timestamp::from_unix_seconds(1_800_014_400)
///     }
/// }
///
/// let ask = || {
///     let store = IdpStore::builder().clock(Noon).entropy(SeededEntropy::new([7; 32])).open()?;
///     let request = http::Request::get("/api/v1/idps/unknown").body(bytes::Bytes::new());
///     Ok::<_, idpstore::Error>(store.handle(request.expect("a request")))
/// };
/// let (one, other) = (ask()?, ask()?);
/// assert_eq!(one.body(), other.body());
/// assert_eq!(one.headers(), other.headers());
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Default)]
pub struct Builder {
    engine: Option<Arc<dyn Engine>>,
    clock: Option<Arc<dyn Clock>>,
    entropy: Option<Arc<dyn Entropy>>,
    keys: Option<Arc<dyn KeySource>>,
    fetcher: Option<Arc<dyn Fetcher>>,
    certificates: CertificateSettings,
    base_url: Option<String>,
    authorizer: Option<Box<dyn Authorizer>>,
    body_limit: Option<usize>,
    switches: BTreeSet<String>,
    rate_limit: Option<RateLimit>,
}

impl Builder {
    /// Keeps everything in the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`].
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self> {
        Ok(self.engine(RedbEngine::file(path)?))
    }

    /// Keeps everything in this engine. Without one the store is in memory.
    #[must_use]
    pub fn engine(mut self, engine: impl Engine + 'static) -> Self {
        self.engine = Some(Arc::new(engine));
        self
    }

    /// Asks this clock; by default that of the operating system.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Draws from this entropy; by default from a stream that the operating system has seeded.
    #[must_use]
    pub fn entropy(mut self, entropy: impl Entropy + 'static) -> Self {
        self.entropy = Some(Arc::new(entropy));
        self
    }

    /// Takes private keys from here; by default they are made from the entropy when they are needed.
    #[must_use]
    pub fn keys(mut self, keys: impl KeySource + 'static) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Fetches documents such as SAML metadata with this fetcher; by default nothing is ever fetched.
    #[must_use]
    pub fn fetcher(mut self, fetcher: impl Fetcher + 'static) -> Self {
        self.fetcher = Some(Arc::new(fetcher));
        self
    }

    /// Makes a service provider's certificates so where the vendor leaves it to the server's settings (ZITADEL);
    /// by default with RSA keys of 4096 bits, and for a year.
    #[must_use]
    pub fn certificates(mut self, settings: CertificateSettings) -> Self {
        self.certificates = settings;
        self
    }

    /// Begins the URLs in answers with this scheme and authority, such as `https://example.okta.com`; by
    /// default with those by which each request names us.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Asks this authorizer about each request; by default everybody may do everything.
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer + 'static) -> Self {
        self.authorizer = Some(Box::new(authorizer));
        self
    }

    /// Refuses bodies of more bytes than this; by default of more than 1 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Sets a switch: one of the vendors' questions on which their documents and their service disagree is to be
    /// answered in the other way than usual. What each does is told where its name is defined, such as
    /// [`dialects::pingone::KEEP_LOGIN_BUTTON_ICONS`].
    #[must_use]
    pub fn switch(mut self, name: impl Into<String>) -> Self {
        self.switches.insert(name.into());
        self
    }

    /// Answers at most `requests` in each `window` of time, and refuses all others in the words of the vendor who
    /// was asked; by default there is no limit.
    #[must_use]
    pub fn rate_limit(mut self, requests: u32, window: Duration) -> Self {
        self.rate_limit = Some(RateLimit::new(requests, window));
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] if the engine holds something else than a store, or one of an unknown form;
    /// [`ErrorKind::Storage`] if it fails.
    pub fn open(self) -> Result<IdpStore> {
        let engine: Arc<dyn Engine> = match self.engine {
            Some(engine) => engine,
            None => Arc::new(MemoryEngine::default()),
        };
        let entropy: Arc<dyn Entropy> = match self.entropy {
            Some(entropy) => entropy,
            None => Arc::new(SeededEntropy::from_system()?),
        };
        let keys = self.keys.unwrap_or_else(|| Arc::new(GeneratedKeys(Arc::clone(&entropy))));
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        migrate::open(&*engine, clock.now())?;
        Ok(IdpStore(Arc::new(Inner {
            service: Service::new(
                engine,
                Environment { clock, entropy, keys, fetcher: self.fetcher, certificates: self.certificates },
            ),
            base_url: self.base_url,
            authorizer: self.authorizer,
            body_limit: self.body_limit.unwrap_or(BODY_LIMIT),
            switches: self.switches,
            rate_limit: self.rate_limit,
        })))
    }
}

impl IdpStore {
    /// Opens the store in the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// As [`Builder::file`] and [`Builder::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder().file(path)?.open()
    }

    /// Opens a new store in memory.
    ///
    /// # Errors
    ///
    /// As [`Builder::open`].
    pub fn in_memory() -> Result<Self> {
        Self::builder().open()
    }

    /// A store with other settings than the usual ones.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The providers, keys and requests of the default tenant, without going through a vendor's documents.
    #[must_use]
    pub fn service(&self) -> Service {
        self.0.service.clone()
    }

    /// How many bytes a body may have.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.0.body_limit
    }

    /// Answers a request to any of the vendors' APIs. Whatever goes wrong, too, is answered in the vendor's
    /// words; the [`ErrorKind`] behind them stands among the extensions of the response, for logs and tests.
    #[must_use]
    pub fn handle(&self, request: Request) -> Response {
        self.attempt(request).map_or_else(nobodys_path, |attempt| attempt.response(self.0.service.env()))
    }

    /// As [`IdpStore::handle`], for a host that makes keys between calls: if one is missing the call has
    /// changed nothing, and the host repeats it once its key source has the key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyPending`], and no other.
    pub fn try_handle(&self, request: Request) -> Result<Response> {
        match self.attempt(request) {
            None => Ok(nobodys_path()),
            Some(Attempt { outcome: Err(error), .. })
                if matches!(error.kind(), ErrorKind::KeyPending { .. }) =>
            {
                if let Some(limit) = &self.0.rate_limit {
                    limit.give_back();
                }
                Err(error)
            }
            Some(attempt) => Ok(attempt.response(self.0.service.env())),
        }
    }

    /// Everything that the store holds now. Next to nothing for one in memory, a copy for one that lasts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails.
    pub fn snapshot(&self) -> Result<Snapshot> {
        self.0.service.engine().snapshot()
    }

    /// Goes back to what a snapshot of this store holds; clock, entropy and keys go on as they are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if the storage fails; nothing is changed then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.0.service.engine().restore(snapshot)
    }

    /// Goes back to a new store.
    ///
    /// # Errors
    ///
    /// As [`IdpStore::restore`].
    pub fn reset(&self) -> Result<()> {
        let new = MemoryEngine::default();
        migrate::open(&new, self.0.service.env().clock.now())?;
        self.restore(&new.snapshot()?)
    }

    /// Runs a request, if its path belongs to a vendor.
    fn attempt(&self, request: Request) -> Option<Attempt> {
        let is_head = request.method() == Method::HEAD;
        let origin = request.headers().get(ORIGIN).cloned();
        let dialect = dialects::of_path(path_of(&request))?;
        let mut operation = None;
        let (quota, passes) = match &self.0.rate_limit {
            Some(limit) => limit.count(self.0.service.env().clock.now()),
            None => (None, Ok(())),
        };
        let outcome = passes.and_then(|()| self.answer(dialect, request, &mut operation));
        Some(Attempt { dialect, operation, is_head, origin, quota, outcome })
    }

    fn answer(
        &self,
        dialect: &'static Dialect,
        request: Request,
        operation: &mut Option<&'static str>,
    ) -> Result<Response> {
        if let Some(response) = dialect.cors.and_then(|cors| cors.preflight(&request)) {
            return Ok(response);
        }
        let (parts, body) = request.into_parts();
        if let Some(authorizer) = &self.0.authorizer {
            authorizer.authorize(&parts)?;
        }
        let request = Request::from_parts(parts, body);
        let path = match path_of(&request) {
            path if dialect.ignores_trailing_slash => path.trim_end_matches('/'),
            path => path,
        };
        let (route, params) = router::find(dialect.routes, request.method(), path)?;
        *operation = Some(route.operation);
        if request.body().len() > self.0.body_limit {
            return Err(ErrorKind::TooLarge.into());
        }
        let base_url = match &self.0.base_url {
            Some(url) => url.clone(),
            None => base_url(&request),
        };
        let service = self.0.service.on_behalf_of(dialect.name);
        let operation = route.operation;
        (route.handler)(&Call {
            request: &request,
            operation,
            params,
            service: &service,
            base_url: &base_url,
            switches: &self.0.switches,
        })
    }
}

/// A request that was run, and what came of it.
struct Attempt {
    dialect: &'static Dialect,
    operation: Option<&'static str>,
    is_head: bool,
    origin: Option<HeaderValue>,
    quota: Option<Quota>,
    outcome: Result<Response>,
}

impl Attempt {
    /// The answer in the vendor's words.
    fn response(self, env: &Environment) -> Response {
        let Self { dialect, operation, is_head, origin, quota, outcome } = self;
        let mut response = outcome.unwrap_or_else(|error| {
            let mut response = (dialect.render_error)(&error, operation, env);
            response.extensions_mut().insert(error.kind().clone());
            response
        });
        if let Some(quota) = quota {
            response.extensions_mut().insert(quota);
        }
        (dialect.finish)(&mut response, env);
        if let (Some(cors), Some(origin)) = (dialect.cors, origin) {
            cors.allow(origin, response.headers_mut());
        }
        if is_head {
            leave_out_body(&mut response);
        }
        response
    }
}

/// Scheme and authority by which a request names us.
fn base_url(request: &Request) -> String {
    let host = || request.headers().get(HOST)?.to_str().ok();
    let authority = request.uri().authority().map(http::uri::Authority::as_str).or_else(host);
    let scheme = request.uri().scheme_str().unwrap_or("http");
    format!("{scheme}://{}", authority.unwrap_or("localhost"))
}

/// The answer to a request for a path that belongs to no vendor.
fn nobodys_path() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Turns the answer to a `GET` into that to a `HEAD` (RFC 9110, section 9.3.2).
fn leave_out_body(response: &mut Response) {
    let length = std::mem::take(response.body_mut()).len();
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
}

impl std::fmt::Debug for IdpStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("IdpStore").field("service", &self.0.service).finish_non_exhaustive()
    }
}

#[cfg(feature = "tower")]
impl tower_service::Service<Request> for IdpStore {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        std::future::ready(Ok(self.handle(request)))
    }
}
