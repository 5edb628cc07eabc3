//! An idpstore on etcd: one store behind several processes and machines.
//!
//! ```no_run
//! use idpstore::IdpStore;
//! use idpstore_etcd::{EtcdEngine, Options};
//!
//! let members = ["http://10.0.0.1:2379", "http://10.0.0.2:2379", "http://10.0.0.3:2379"].map(String::from);
//! let engine = EtcdEngine::connect(&members, "idps", Options::default())?;
//! let store = IdpStore::builder().engine(engine).open()?;
//! assert_eq!(store.providers().list(&Default::default())?.items.len(), 0);
//! # Ok::<(), idpstore::Error>(())
//! ```
//!
//! Each process holds what is in etcd in memory, kept by a watch, so that reads cost no round trip and see one revision.
//! A unit of work is committed by one transaction of etcd, which compares what the unit has read. `docs/distributed.md` says what
//! is promised.

mod address;
mod commit;
mod events;
mod failure;
mod feed;
mod keeper;
mod layout;
mod link;
mod options;
mod replica;
mod state;
mod tenants;
mod transaction;

pub use address::Address;
pub use events::{Event, Observer};
pub use options::{ClientIdentity, Options, Tls, User};

use std::fmt;
use std::future::Future;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use idpstore::engine::{Capabilities, Engine, ReadTx, WriteTx};
use idpstore::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use commit::{CAPABILITIES, Commit};
use failure::Failure;
use keeper::Keeper;
use layout::{Layout, Owner};
use link::Link;
use replica::Replica;
use state::{State, Values, number};
use transaction::{Changes, Seen, View, Writing};

/// How many threads wait for etcd.
const THREADS: usize = 2;

/// A store's entries in etcd. Clones share the connection and the replica.
#[derive(Clone)]
pub struct EtcdEngine(Arc<Running>);

/// The engine, and the threads on which it speaks with etcd.
struct Running {
    inner: Arc<Inner>,
    runtime: Option<Runtime>,
}

/// What the threads share.
struct Inner {
    layout: Layout,
    link: Link,
    replica: Replica,
    keeper: Keeper,
    reports: events::Reports,
}

/// A host may drop it from within a runtime of its own, where it must not wait.
impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for EtcdEngine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EtcdEngine").field("link", &self.0.inner.link).finish_non_exhaustive()
    }
}

impl EtcdEngine {
    /// Connects to the first of the members that answers, and reads the store with this prefix. Stores with different prefixes know
    /// nothing of each other.
    ///
    /// # Errors
    ///
    /// [`Malformed`](ErrorKind::Malformed) if the prefix is empty or has a character `NUL`,
    /// [`Unavailable`](ErrorKind::Unavailable) if no member answers in time or accepts the credentials.
    pub fn connect(members: &[String], prefix: &str, options: Options) -> Result<Self> {
        if prefix.is_empty() || prefix.contains('\0') {
            let words = "a store in etcd has a prefix, without `NUL`";
            return Err(Error::new(ErrorKind::Malformed).context(words));
        }
        let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
        let runtime = runtime.map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        let [first, second, ..] = lot()?;
        let first = usize::from(u16::from_le_bytes([first, second]));
        let inner = Arc::new(Inner {
            layout: Layout::new(prefix),
            replica: Replica::new(options.max_lag, options.tenants, Instant::now()),
            keeper: Keeper::default(),
            reports: events::Reports::new(options.observer.clone()),
            link: Link::new(members.to_vec(), options, first),
        });
        let engine = Self(Arc::new(Running { inner: Arc::clone(&inner), runtime: Some(runtime) }));
        let tried = members.len().max(1);
        let revision = engine.call(async move { begin(&inner, tried).await })??;
        let inner = &engine.0.inner;
        engine.spawn(feed::keep(Arc::clone(inner), revision));
        if inner.link.options.tenants.is_none() {
            engine.spawn(keeper::keep(Arc::clone(inner)));
        }
        // What takes long to read is old by then, until the watch has brought what has happened meanwhile.
        inner.replica.wait_until_current(inner.link.options.patience);
        Ok(engine)
    }

    /// Runs something on the threads of the engine.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0.runtime {
            drop(runtime.spawn(work));
        }
    }

    /// Waits for what runs there. The thread that waits may be one of another runtime.
    fn call<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.spawn(async move {
            // There is no receiver any more only if the engine has gone.
            let _ = sender.send(work.await);
        });
        receiver.recv().map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))
    }

    fn view(&self) -> Result<View> {
        Ok(View::new(self.clone(), self.0.inner.replica.state()?))
    }

    /// Notes that a tenant is used.
    fn touch(&self, owner: Owner) {
        self.0.inner.replica.touch(owner);
    }

    /// The values of a tenant at a revision, which are held from now on.
    fn read_owner(&self, owner: Owner, revision: i64) -> Result<Values> {
        let inner = Arc::clone(&self.0.inner);
        let read = self.call(async move { feed::read_owner(&inner, owner, revision).await })??;
        self.0.inner.replica.hold(&self.0.inner.layout, owner, &read);
        Ok(read.values)
    }

    fn commit(&self, state: &State, seen: &Seen, changes: Changes, entry: Option<&[u8]>) -> Result<u64> {
        if changes.is_empty() && entry.is_none() {
            return Ok(state.last_unit());
        }
        let revision = self.send(state, seen, changes, entry)?;
        Ok(if entry.is_some() { number(revision) } else { state.last_unit() })
    }

    /// Commits, and gives the revision.
    fn send(&self, state: &State, seen: &Seen, changes: Changes, entry: Option<&[u8]>) -> Result<i64> {
        let entry = entry.map(|entry| lot().map(|lot| (entry, lot))).transpose()?;
        let commit = Commit::new(&self.0.inner.layout, state, seen, changes, entry)?;
        let inner = Arc::clone(&self.0.inner);
        self.call(async move { commit::commit(&inner, commit).await })?
    }
}

/// Reads everything from the first of so many members that can be read from, at one revision, which is the answer.
async fn begin(inner: &Inner, members: usize) -> Result<i64, Failure> {
    let mut outcome = Err(Failure::Unreachable);
    for _ in 0..members {
        outcome = match inner.link.connect().await {
            Ok(connection) => feed::load(inner, &connection).await.inspect(|_| inner.link.adopt(&connection)),
            Err(failure) => Err(failure),
        };
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// Octets by which a transaction is known to etcd. Nothing of what is stored depends on them.
fn lot() -> Result<[u8; 8]> {
    let mut lot = [0; 8];
    getrandom::fill(&mut lot).map_err(|cause| Error::new(ErrorKind::Storage).context(cause.to_string()))?;
    Ok(lot)
}

impl Engine for EtcdEngine {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        Ok(Box::new(self.view()?))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        Ok(Box::new(Writing::new(self.view()?)))
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.0.inner.replica.wait_for(number, timeout)
    }

    fn catch_up(&self, within: Duration) -> Result<()> {
        let (inner, begun) = (Arc::clone(&self.0.inner), Instant::now());
        let newest = self.call(async move {
            let connection = inner.link.connection()?;
            timeout(within, feed::look(&inner, &connection)).await.unwrap_or(Err(Failure::Unreachable))
        })??;
        let left = within.saturating_sub(begun.elapsed());
        self.0.inner.replica.state_of(newest, left).map(drop)
    }

    fn lag(&self) -> Duration {
        self.0.inner.replica.lag()
    }

    fn is_keeper(&self) -> bool {
        self.0.inner.keeper.is_this()
    }
}
