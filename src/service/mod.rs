//! The rules: each call is one transaction, and no vendor is known here. May import: `error`, `pki`, `env`,
//! `model`, `engine`.
//!
//! A unit of work may run more than once and only its commit counts: after a conflict it runs again, and if it needs
//! a new key it ends, the key is made outside of the transaction (`needs.rs`), and it runs again.

mod applications;
mod changes;
mod drafts;
mod held_keys;
mod keys;
mod lists;
mod names;
mod needs;
mod owners;
mod page;
mod partner_keys;
mod providers;
mod requests;
mod shown;
mod tenants;
mod trusted_keys;
mod turns;
mod users;

pub use applications::ApplicationQuery;
pub use changes::{Change, ChangeKind};
pub use drafts::Draft;
pub use held_keys::NewKey;
pub use keys::CertificatePlan;
pub use owners::Owner;
pub use page::{Cursor, Page, ProviderQuery};
pub use shown::View;
pub use users::LinkQuery;

pub use crate::engine::records::check::{KeyFinding, Problem, ProblemKind, RecordWarning, Report};

use std::sync::Arc;

use needs::{Made, Need};
use turns::Turn;

use crate::engine::migrate::{self, Counters};
use crate::engine::{Engine, ReadTx, Snapshot, WriteTx, records};
use crate::env::Environment;
use crate::error::{Error, Resource, Result, excerpt};
use crate::model::{Id, Tenant};
use crate::pki::Timestamp;

/// The rules applied to one tenant's records, on behalf of one actor.
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::model::{IdentityProvider, Protocol, Saml};
///
/// let service = IdpStore::in_memory()?.service();
/// let made = service.create_provider(|draft| {
///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
/// })?;
/// assert_eq!(service.provider(made.id)?.name, "Partner");
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Service {
    engine: Arc<dyn Engine>,
    env: Environment,
    tenant: Id,
    /// Whom the host has named as the one who makes the changes.
    named: Option<Arc<str>>,
    /// The API through which they are made.
    through: &'static str,
    shown: Arc<shown::Shown>,
    names: Arc<names::Names>,
    turns: Arc<turns::Turns>,
}

impl Service {
    /// The service for the default tenant.
    pub(crate) fn new(engine: Arc<dyn Engine>, env: Environment) -> Self {
        Self {
            engine,
            env,
            tenant: Tenant::DEFAULT,
            named: None,
            through: "library",
            shown: Arc::default(),
            names: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// The same service for calls of this API, which the change log names unless the host has named an actor.
    pub(crate) fn through(&self, api: &'static str) -> Self {
        Self { through: api, ..self.clone() }
    }

    /// The same service for an actor: the first 200 characters of the name are what the change log holds.
    pub(crate) fn as_actor(&self, name: &str) -> Self {
        Self { named: Some(excerpt(name).into()), ..self.clone() }
    }

    /// Whom the change log names.
    fn actor(&self) -> &str {
        self.named.as_deref().unwrap_or(self.through)
    }

    /// Everything that the store holds now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        self.engine.snapshot()
    }

    /// Goes back to what a snapshot holds, but for the numbers of changes: they go on from the highest that was given.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.run(|unit| {
            snapshot.put(&mut *unit.tx)?;
            let restored = records::counters(&*unit.tx)?;
            let last_sequence = unit.counters.last_sequence.max(restored.last_sequence);
            unit.counters = Counters { last_sequence, ..restored };
            unit.log(ChangeKind::Restored, Tenant::DEFAULT, None)
        })
    }

    /// What the host has brought in.
    #[must_use]
    pub fn env(&self) -> &Environment {
        &self.env
    }

    /// The id of the tenant whose records these are. Whether there is such a tenant, the calls will tell.
    #[must_use]
    pub fn tenant_id(&self) -> Id {
        self.tenant
    }

    /// The tenant.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if there is no such tenant.
    pub fn tenant(&self) -> Result<Tenant> {
        self.read(|tx| tenant(tx, self.tenant))
    }

    /// Runs `work` on one consistent state of the store.
    fn read<T>(&self, work: impl FnOnce(&dyn ReadTx) -> Result<T>) -> Result<T> {
        work(&*self.engine.read()?)
    }

    /// Runs `work` until it could be committed. A tenant that is not there gets nothing.
    fn write<T>(&self, mut work: impl FnMut(&mut Unit<'_>) -> Result<T>) -> Result<T> {
        self.run(|unit| {
            let value = work(unit)?;
            unit.tenant().map(|_| value)
        })
    }
}

/// One run of a unit of work.
struct Unit<'a> {
    tx: Box<dyn WriteTx + 'a>,
    service: &'a Service,
    now: Timestamp,
    /// When the first run of the unit began: it gives the same ids again, unless another writer has taken them.
    first_begun: Timestamp,
    counters: Counters,
    /// The sequence number of the last change when it began.
    begun: u64,
    /// What was made for this unit before its transaction began.
    made: std::slice::Iter<'a, Made>,
    /// What must be made before it can run to its end.
    need: Option<Need>,
    /// Dropped after the transaction, as fields are dropped in their order.
    _turn: Turn<'a>,
}

impl<'a> Unit<'a> {
    fn begin(service: &'a Service, made: &'a [Made], first_begun: Timestamp) -> Result<Self> {
        let turn = service.turns.take()?;
        let tx = service.engine.write()?;
        let counters = records::counters(&*tx)?;
        let begun = counters.last_sequence;
        Ok(Self {
            tx,
            service,
            now: service.env.clock.now(),
            first_begun,
            counters,
            begun,
            made: made.iter(),
            need: None,
            _turn: turn,
        })
    }

    /// Commits what was changed, unless the work has failed. Every change is logged, so a unit that has logged none has
    /// changed nothing.
    fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() || self.counters.last_sequence == self.begun {
            self.tx.release()?;
        } else {
            migrate::save(&mut *self.tx, &self.counters)?;
            self.tx.commit()?;
        }
        outcome
    }

    fn tenant_id(&self) -> Id {
        self.service.tenant
    }

    fn tenant(&self) -> Result<Tenant> {
        tenant(&*self.tx, self.service.tenant)
    }

    /// A new id.
    fn next_id(&mut self) -> Id {
        self.counters.last_id = Id::after(self.counters.last_id, self.first_begun);
        self.counters.last_id
    }
}

fn tenant(tx: &dyn ReadTx, id: Id) -> Result<Tenant> {
    records::tenant(tx, id)?.ok_or_else(|| Error::not_found(Resource::Tenant, id.number()))
}
