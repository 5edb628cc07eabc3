//! The store: opened with an engine and an environment, with a typed call for each verb. May import everything but `api`
//! and `answer`.

mod applications;
mod authorizer;
mod builder;
mod copy;
mod crossing;
mod crossing_report;
mod crossing_script;
mod metadata;
mod plan;
mod providers;
mod published;
mod references;
mod refresh;
mod rotation;
mod seal;
mod shared;
mod signing_keys;
mod tenants;
mod transfer;
mod trusted_keys;
mod users;

pub use applications::Applications;
pub use authorizer::{ApiName, Authorizer, Grant, Tokens};
pub use builder::Builder;
pub use crossing_report::{CrossingReport, LostMember};
#[cfg(feature = "api")]
pub(crate) use plan::difference;
pub use plan::{DocumentChange, Plan};
pub use providers::Providers;
pub use published::NewPublished;
pub use refresh::{RefreshOutcome, Refreshed};
pub use rotation::Rotations;
pub use signing_keys::{NewRequest, NewSigningKey, SigningKeys};
pub use tenants::Tenants;
pub use trusted_keys::TrustedKeys;
pub use users::Users;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::engine::MemoryEngine;
use crate::engine::sealed::Sealed;
use crate::engine::{Engine as _, Snapshot, migrate};
use crate::error::Result;
#[cfg(feature = "testing")]
use crate::harness::Harness;
use crate::http::RateLimit;
use crate::model::Id;
use crate::service::{Difference, Report, Revision, Service};

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
pub struct IdpStore {
    pub(crate) service: Service,
    pub(crate) seal: Arc<Sealed>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) base_url: Option<Arc<str>>,
    pub(crate) body_limit: usize,
    /// Whether it is shown as it was, see [`IdpStore::at`].
    pub(crate) is_past: bool,
}

/// How requests are answered.
pub(crate) struct Settings {
    pub(crate) authorizer: Option<Box<dyn Authorizer>>,
    pub(crate) switches: BTreeSet<String>,
    pub(crate) rate_limit: Option<RateLimit>,
    #[cfg(feature = "testing")]
    pub(crate) harness: Option<Harness>,
    #[cfg(feature = "testing")]
    pub(crate) serves_controls: bool,
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

    /// The rules that the typed calls follow, for programs that draft a record inside of the transaction that stores it.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service.clone()
    }

    /// The same store, used by this actor: the change log names it, whichever API the changes are made through. Of a
    /// longer name it has the first 200 characters.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let store = IdpStore::in_memory()?;
    /// store.as_actor("alice").reset()?;
    /// assert_eq!(store.service().changes(0, 10)?[0].actor, "alice");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn as_actor(&self, name: &str) -> Self {
        Self { service: self.service.as_actor(name), ..self.clone() }
    }

    /// The same store for requests of the host itself, such as a test makes beside the program that it tests: no token is
    /// required, no limit applies, no fault of a harness is met, and nothing is noted.
    ///
    /// ```
    /// use idpstore::{IdpStore, Tokens};
    ///
    /// let store = IdpStore::builder().authorizer(Tokens::default()).open()?;
    /// let list = || http::Request::get("/_idpstore/v1/providers").body(bytes::Bytes::new()).expect("a request");
    /// # #[cfg(feature = "api")]
    /// assert_eq!((store.handle(list()).status(), store.for_host().handle(list()).status()),
    ///     (http::StatusCode::UNAUTHORIZED, http::StatusCode::OK));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn for_host(&self) -> Self {
        let settings = Settings {
            authorizer: None,
            switches: self.settings.switches.clone(),
            rate_limit: None,
            #[cfg(feature = "testing")]
            harness: None,
            #[cfg(feature = "testing")]
            serves_controls: false,
        };
        Self { settings: Arc::new(settings), body_limit: usize::MAX, ..self.clone() }
    }

    /// The same store, known to its callers by this scheme and authority, with which the URLs in answers begin. A server that
    /// has several names gives each request that of its caller.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let store = IdpStore::in_memory()?.with_base_url("https://example.okta.com");
    /// let request = http::Request::get("/.well-known/okta-organization").body(bytes::Bytes::new());
    /// # #[cfg(feature = "okta")]
    /// assert!(store.handle(request.expect("a request")).body().windows(24).any(|part| part == b"https://example.okta.com"));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(&self, url: &str) -> Self {
        Self { base_url: Some(url.trim_end_matches('/').into()), ..self.clone() }
    }

    /// How URLs begin where no request says it.
    fn base_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or("http://localhost")
    }

    /// How many bytes a body may have.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// The same store with another limit of bodies. A server that takes requests in another form, and holds that to its limit,
    /// lets what it makes of them be longer.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let store = IdpStore::in_memory()?;
    /// assert_eq!(store.with_body_limit(usize::MAX).body_limit(), usize::MAX);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn with_body_limit(&self, bytes: usize) -> Self {
        Self { body_limit: bytes, ..self.clone() }
    }

    /// Checks the whole store: whether every record can be read and is where it belongs, whether the indexes are
    /// complete and lead somewhere, and whether everything that a record refers to is there. Nothing is changed.
    ///
    /// ```
    /// let store = idpstore::IdpStore::in_memory()?;
    /// let report = store.check()?;
    /// assert!(report.is_sound(), "{:?}", report.problems);
    /// assert_eq!((report.records, report.entries), (1, 0)); // the default tenant
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// The time grows with the number of entries, which are read in one transaction; the memory does not grow.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails. What is wrong with the records is in the report.
    pub fn check(&self) -> Result<Report> {
        self.service.check()
    }

    /// Up to `limit` changes of the record with this id, the last one first: see [`Service::history`].
    ///
    /// # Errors
    ///
    /// As [`Service::history`].
    pub fn history(&self, id: Id, limit: usize) -> Result<Vec<Revision>> {
        self.service.history(id, limit)
    }

    /// What differs between the store after one change and after another: see [`Service::diff`].
    ///
    /// # Errors
    ///
    /// As [`Service::diff`].
    pub fn diff(&self, from: u64, to: u64) -> Result<Vec<Difference>> {
        self.service.diff(from, to)
    }

    /// Undoes the change with this number: see [`Service::undo`].
    ///
    /// # Errors
    ///
    /// As [`Service::undo`].
    pub fn undo(&self, sequence: u64) -> Result<u64> {
        self.service.undo(sequence)
    }

    /// The store as it was after the change with this number, for reading: see [`Service::at`]. It answers requests, too.
    ///
    /// # Errors
    ///
    /// As [`Service::at`].
    pub fn at(&self, sequence: u64) -> Result<Self> {
        Ok(Self { service: self.service.at(sequence)?, is_past: true, ..self.clone() })
    }

    /// Everything that the store holds now, as it is stored: that of a sealed store is sealed. Next to nothing for one in memory, a
    /// copy for one that lasts.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails, [`Sealed`](crate::ErrorKind::Sealed) for an
    /// [earlier state](IdpStore::at) of a store that is locked.
    pub fn snapshot(&self) -> Result<Snapshot> {
        if self.is_past {
            // What was is read through the seal, and has to be sealed again.
            return self.seal.sealed_snapshot(|| self.service.snapshot());
        }
        self.service.snapshot()
    }

    /// Goes back to what a snapshot of this store holds; clock, entropy and keys go on as they are.
    ///
    /// No change number is given twice: numbers go on behind the last one, with an entry of the kind
    /// [`Restored`](crate::service::ChangeKind::Restored), and what was undone is no longer in the change log. Ids are
    /// given again as they were after the snapshot, so that a test that goes back gets the same answers.
    ///
    /// # Errors
    ///
    /// [`WrongState`](crate::ErrorKind::WrongState) inside of a draft, [`Corrupt`](crate::ErrorKind::Corrupt) if the snapshot is of no store,
    /// [`Storage`](crate::ErrorKind::Storage) if the storage fails; nothing is changed then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.service.restore(snapshot)
    }

    /// Goes back to a new store, as [`IdpStore::restore`] does.
    ///
    /// # Errors
    ///
    /// As [`IdpStore::restore`].
    pub fn reset(&self) -> Result<()> {
        let new = MemoryEngine::default();
        migrate::open(&new, self.service.env().clock.now())?;
        self.restore(&new.snapshot()?)
    }
}

impl std::fmt::Debug for IdpStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("IdpStore").field("service", &self.service).finish_non_exhaustive()
    }
}
