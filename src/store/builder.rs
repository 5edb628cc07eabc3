//! How a store is opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Authorizer, IdpStore, Settings};
use crate::dialects;
use crate::engine::GroupCommit;
use crate::engine::KeyWrap;
use crate::engine::MemoryEngine;
use crate::engine::ReadBeside;
use crate::engine::Reopening;
use crate::engine::sealed::Sealed;
use crate::engine::{Engine, migrate};
use crate::env::{
    CertificateSettings, Clock, Entropy, Environment, Fetcher, GeneratedKeys, KeySource, SeededEntropy,
    SystemClock,
};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "testing")]
use crate::harness::Harness;
use crate::http::RateLimit;
use crate::saml::EncodingStandard;
use crate::service::{Retention, Service};

/// How many bytes a body may have if the host does not say: 1 MiB.
const BODY_LIMIT: usize = 1 << 20;

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
    seal: Option<KeyWrap>,
    seals_everything: bool,
    switches: BTreeSet<String>,
    rate_limit: Option<RateLimit>,
    retention: Retention,
    #[cfg(feature = "testing")]
    harness: Option<Harness>,
    #[cfg(feature = "testing")]
    serves_controls: bool,
}

impl Builder {
    /// Keeps everything in the file at `path`, which is made if it is not there. After a failure of the disk it is
    /// opened again as soon as that succeeds. With a [`seal`](Self::seal) that was set before, a file is left as it is, byte for
    /// byte, if that does not open it.
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::file`](crate::engine::RedbEngine::file), and [`WrongKey`](ErrorKind::WrongKey).
    pub fn file(self, path: impl AsRef<Path>) -> Result<Self> {
        let engine = match &self.seal {
            Some(by) => Reopening::sealed_file(path, by),
            None => Reopening::file(path),
        };
        Ok(self.engine(GroupCommit::new(engine?)))
    }

    /// Keeps everything in the file at `path` as [`file`](Self::file) does, but other processes of this machine that open it so can
    /// write it at the same time, see [`RedbEngine::share`](crate::engine::RedbEngine::share).
    ///
    /// # Errors
    ///
    /// As [`RedbEngine::share`](crate::engine::RedbEngine::share), and [`WrongKey`](ErrorKind::WrongKey).
    pub fn share(self, path: impl AsRef<Path>) -> Result<Self> {
        let engine = Reopening::share(path, self.seal.as_ref())?;
        Ok(self.engine(GroupCommit::new(engine)))
    }

    /// Reads the file at `path` while another process has it open, see [`ReadBeside`]. The store can be read, and calls can
    /// be planned.
    ///
    /// # Errors
    ///
    /// As [`ReadBeside::file`].
    pub fn beside(self, path: impl AsRef<Path>) -> Result<Self> {
        Ok(self.engine(ReadBeside::file(path)?))
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

    /// Lets this authorizer decide about each request; by default all requests are allowed.
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

    /// Opens the seal of the store with this wrap, or seals a store that is new: private keys and secrets reach the storage only
    /// encrypted. Without a wrap, a store that is sealed is opened [locked](IdpStore::is_locked). A store that is not sealed and not
    /// new is refused: `idpstore seal` seals its file.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::engine::KeyWrap;
    ///
    /// let store = IdpStore::builder().seal(KeyWrap::passphrase("correct horse")).open()?;
    /// assert!(store.is_sealed()? && !store.is_locked()?);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn seal(mut self, by: KeyWrap) -> Self {
        self.seal = Some(by);
        self
    }

    /// As [`seal`](Self::seal), but in a store that is new everything is sealed, so that no name and no entity id is in the clear, and
    /// without a key nothing can be read: while it is locked, every call fails with [`Sealed`](ErrorKind::Sealed). What looks for the start of a
    /// text, such as of an application's name, then costs what is stored, not what is found. A store of which only the secrets are
    /// sealed is refused.
    ///
    /// ```
    /// use idpstore::{IdpStore, ProviderQuery};
    /// use idpstore::engine::KeyWrap;
    ///
    /// let store = IdpStore::builder().seal_everything(KeyWrap::passphrase("correct horse")).open()?;
    /// store.lock();
    /// assert!(store.providers().list(&ProviderQuery::default()).is_err());
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn seal_everything(self, by: KeyWrap) -> Self {
        Self { seals_everything: true, ..self.seal(by) }
    }

    /// Sets a switch: one of the vendors' questions on which their documents and their service disagree is to be
    /// answered in the other way than usual. [`SWITCHES`](dialects::SWITCHES) lists the names; what each does is documented
    /// where it is defined, such as [`KEEP_LOGIN_BUTTON_ICONS`](dialects::pingone::KEEP_LOGIN_BUTTON_ICONS).
    /// [`Builder::open`] refuses any other name.
    #[must_use]
    pub fn switch(mut self, name: impl Into<String>) -> Self {
        self.switches.insert(name.into());
        self
    }

    /// Answers at most `requests` in each `window` of time, and refuses all others in the words of the vendor whose API
    /// was called; by default there is no limit.
    #[must_use]
    pub fn rate_limit(mut self, requests: u32, window: Duration) -> Self {
        self.rate_limit = Some(RateLimit::new(requests, window));
        self
    }

    /// How far back the change log and the history reach; by default 10 000 changes.
    #[must_use]
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`Corrupt`](ErrorKind::Corrupt) if the engine holds something else than a store, or one of an unknown form;
    /// [`Storage`](ErrorKind::Storage) if it fails; [`Unsupported`](ErrorKind::Unsupported) if a switch is set that
    /// does not exist; [`WrongKey`](ErrorKind::WrongKey) if the store is sealed and the wrap does not open it.
    pub fn open(self) -> Result<IdpStore> {
        let entropy: Arc<dyn Entropy> = match &self.entropy {
            Some(entropy) => Arc::clone(entropy),
            None => Arc::new(SeededEntropy::from_system()?),
        };
        let environment = Environment {
            clock: self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock)),
            keys: self.keys.clone().unwrap_or_else(|| Arc::new(GeneratedKeys(Arc::clone(&entropy)))),
            entropy,
            seal_entropy: SeededEntropy::from_system().ok().map(|entropy| Arc::new(entropy) as _),
            signatures: None,
            derivation: None,
            fetcher: self.fetcher.clone(),
            character_sets: Arc::new(EncodingStandard),
            certificates: self.certificates,
        };
        self.open_in(environment)
    }

    /// Lets a test script faults, look at the requests that were answered and move the clock.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn harness(mut self, harness: Harness) -> Self {
        self.harness = Some(harness);
        self
    }

    /// Serves the controls of the [harness](Builder::harness) below `/_idpstore/harness/`, for tests in other languages. A client
    /// that can send requests can then empty the store.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn harness_controls(mut self) -> Self {
        self.serves_controls = true;
        self
    }

    /// Opens the store in a given environment, in place of the clock, entropy, keys, fetcher and certificates that were
    /// set one by one.
    ///
    /// A small program calls this: none of the defaults, such as the making of keys and the tables of character sets,
    /// becomes a part of it.
    ///
    /// # Errors
    ///
    /// As [`Builder::open`].
    pub fn open_in(self, environment: Environment) -> Result<IdpStore> {
        self.switches.iter().try_for_each(|name| check_switch(name))?;
        #[cfg(feature = "testing")]
        let environment = match &self.harness {
            Some(harness) => {
                harness.clock().over(environment.clock);
                Environment { clock: Arc::new(harness.clock().clone()), ..environment }
            }
            None => environment,
        };
        let engine: Arc<dyn Engine> = match self.engine {
            Some(engine) => engine,
            None => Arc::new(MemoryEngine::default()),
        };
        migrate::open(&*engine, environment.clock.now())?;
        let seal = Arc::new(Sealed::new(engine, environment.seal_entropy.clone()));
        if let Some(wrap) = &self.seal {
            seal.open_or_found(wrap, self.seals_everything)?;
        }
        let settings = Settings {
            authorizer: self.authorizer,
            switches: self.switches,
            rate_limit: self.rate_limit,
            #[cfg(feature = "testing")]
            harness: self.harness,
            #[cfg(feature = "testing")]
            serves_controls: self.serves_controls,
        };
        Ok(IdpStore {
            service: Service::new(Arc::clone(&seal) as _, environment)
                .settling(dialects::settle_all)
                .keeping(self.retention),
            seal,
            settings: Arc::new(settings),
            base_url: self.base_url.map(Arc::from),
            body_limit: self.body_limit.unwrap_or(BODY_LIMIT),
            is_past: false,
        })
    }
}

/// Refuses a switch that does not exist, and names the nearest one that does.
fn check_switch(name: &str) -> Result<()> {
    if dialects::SWITCHES.contains(&name) {
        return Ok(());
    }
    let name: String = name.chars().take(200).collect();
    let nearest = dialects::SWITCHES.iter().min_by_key(|known| strsim::levenshtein(known, &name));
    let hint = nearest.map(|known| format!("; the nearest is `{known}`")).unwrap_or_default();
    Err(Error::new(ErrorKind::Unsupported).context(format!("there is no switch `{name}`{hint}")))
}

#[cfg(all(test, feature = "pingone", feature = "zitadel"))]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_switch_is_refused_with_the_nearest_name() {
        let open = |name: &str| Builder::default().switch(name).open().map(|_| ());
        for known in dialects::SWITCHES {
            assert!(open(known).is_ok(), "{known}");
        }
        let refusal = open("zitadel-unlimited-searches").unwrap_err();
        assert_eq!(refusal.kind(), &ErrorKind::Unsupported);
        assert!(refusal.to_string().ends_with("; the nearest is `zitadel-unlimited-search`"), "{refusal}");
        let refusal = open(&"x".repeat(5000)).unwrap_err().to_string();
        assert!(refusal.len() < 300, "{refusal}");
    }
}
