//! The rules: each call is one transaction, and no vendor is known here. May import: `error`, `pki`, `env`,
//! `model`, `engine`.
//!
//! A unit of work may run more than once and only its commit counts: after a conflict it runs again, and if it needs
//! a new key it ends, the key is made outside of the transaction (`needs.rs`), and it runs again.

mod applications;
mod certificate_plan;
mod changes;
mod clock;
mod clones;
mod drafts;
mod expiry;
mod faults;
mod found;
mod history;
mod imports;
mod keys;
mod lists;
mod names;
mod needs;
mod order;
mod owners;
mod page;
mod parts;
mod policy;
mod partner_keys;
mod providers;
mod references;
mod requests;
mod rotation;
mod rules;
mod seen;
mod signing_keys;
mod subscription;
mod tenants;
mod transfer;
mod trial;
mod trusted_keys;
mod turns;
mod users;
mod vendor_records;

pub use applications::ApplicationQuery;
pub use certificate_plan::CertificatePlan;
pub use drafts::Draft;
pub use expiry::Expiring;
pub(crate) use history::compared;
pub use history::{Difference, Retention, Revision};
pub use imports::{
    CertificateOutcome, ImportedAggregate, ImportedCertificate, ImportedMetadata, MetadataImport,
};
pub(crate) use imports::{Sourced, take_settings};
pub use lists::ProviderQuery;
pub(crate) use order::sorted_by;
pub use owners::Owner;
pub use page::{Cursor, Page, Paging, Portion};
pub use policy::{CertificateFor, DefaultKey, Deletion, KeyTypes, Policy, Unique};
pub use references::{KeyUse, Reference};
pub use rotation::{OwnedKey, Rotation};
pub(crate) use seen::Seen;
pub use signing_keys::{KeyMaterial, KeyName, NewKey, SigningKeyQuery};
pub use subscription::Subscription;
pub(crate) use transfer::spell_times;
pub use transfer::{ImportPlan, MemberChange, Outcome, PlannedRecord, Secrets};
pub(crate) use trial::{Basis, BeforeAndAfter};
pub(crate) use trusted_keys::Certificates;
pub use trusted_keys::NewTrustedKey;
pub use users::{LinkQuery, UserName};

pub use changes::{Change, ChangeKind};

pub use crate::engine::records::check::{KeyFinding, Problem, ProblemKind, RecordWarning, Report};

use std::sync::Arc;

use needs::{Made, SelfSigned};
use turns::Turn;

use crate::engine::recording::Recording;
use crate::engine::records::{self, Entry, Step};
use crate::engine::{Engine, ReadTx, Snapshot, WriteTx, keyspace, migrate};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Resource, Result, excerpt};
use crate::model::{Id, IdentityProvider, Tenant};
use crate::pki::Timestamp;

/// Drops what dialects keep of a provider where its new state contradicts it.
type Settle = fn(&IdentityProvider, &mut IdentityProvider);

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
    /// How far back the log reaches.
    retention: Retention,
    /// Whom the host has named as the one who makes the changes.
    named: Option<Arc<str>>,
    /// The API through which they are made.
    through: &'static str,
    policy: &'static Policy,
    /// Drops what dialects keep of a provider where a change of the core contradicts it.
    settle: Settle,
    /// Whether changes are only planned, or must be those of a plan.
    mode: Option<trial::Mode>,
    /// Whether changes are refused, unless they are only planned.
    only_reads: bool,
    /// Where transactions are noted, if they are.
    seen: Option<Seen>,
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
            retention: Retention::default(),
            named: None,
            through: "library",
            policy: &Policy::NEUTRAL,
            settle: |_, _| (),
            mode: None,
            only_reads: false,
            seen: None,
            names: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// The same service, which lets dialects drop what a change of the core contradicts.
    pub(crate) fn settling(self, settle: Settle) -> Self {
        Self { settle, ..self }
    }

    /// The same service, whose writes keep so much of the log.
    pub(crate) fn keeping(self, retention: Retention) -> Self {
        Self { retention, ..self }
    }

    /// The same service for calls of this API, which the change log names unless the host has named an actor, and whose
    /// policy is followed.
    pub(crate) fn through(&self, api: &'static str, policy: &'static Policy) -> Self {
        Self { through: api, policy, ..self.clone() }
    }

    /// The same service, which follows this policy.
    pub(crate) fn following(&self, policy: &'static Policy) -> Self {
        Self { policy, ..self.clone() }
    }

    /// The same service for an actor: the first 200 characters of the name are what the change log holds.
    pub(crate) fn as_actor(&self, name: &str) -> Self {
        Self { named: Some(excerpt(name).into()), ..self.clone() }
    }

    /// The same service for a caller who may change nothing.
    pub(crate) fn only_reading(&self) -> Self {
        Self { only_reads: true, ..self.clone() }
    }

    /// Whom the change log names.
    fn actor(&self) -> &str {
        self.named.as_deref().unwrap_or(self.through)
    }

    /// The same service, but it follows this policy in place of [`Policy::NEUTRAL`].
    #[must_use]
    pub(crate) fn with_policy(&self, policy: &'static Policy) -> Self {
        Self { policy, ..self.clone() }
    }

    /// Everything that the store holds now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        self.engine.snapshot()
    }

    /// Goes back to what a snapshot holds, but for the numbers of changes: they go on from the highest that was given.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.run(|unit| {
            unit.tx.restore(snapshot)?;
            if !migrate::is_present(&*unit.tx)? {
                return Err(Error::new(ErrorKind::Corrupt).context("the snapshot is of no store"));
            }
            unit.last_id = last_id(&*self.engine, &*unit.tx)?;
            unit.log(ChangeKind::Restored, Tenant::DEFAULT, None);
            Ok(())
        })
        .map(drop)
    }

    /// Logs that the store was copied to where it is, with records of ids up to this one.
    pub(crate) fn log_copy(&self, last_id: Option<Id>) -> Result<()> {
        self.run(|unit| {
            unit.last_id = unit.last_id.max(last_id.filter(|_| unit.last_id.is_some()));
            unit.log(ChangeKind::Restored, Tenant::DEFAULT, None);
            Ok(())
        })
        .map(drop)
    }

    /// Where everything is kept.
    #[must_use]
    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// What the host has brought in.
    #[must_use]
    pub(crate) fn env(&self) -> &Environment {
        &self.env
    }

    /// The id of the tenant whose records these are. If there is no such tenant, the calls fail.
    #[must_use]
    pub(crate) fn tenant_id(&self) -> Id {
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
        work(&*self.begin_reading()?)
    }

    /// Runs `work` until it could be committed. A tenant that is not there gets nothing.
    fn write<T>(&self, work: impl FnMut(&mut Unit<'_>) -> Result<T>) -> Result<T> {
        Ok(self.write_unit(work)?.0)
    }

    /// As [`Service::write`], for what shows the number of the unit that wrote it.
    fn write_numbered<T: Numbered>(&self, work: impl FnMut(&mut Unit<'_>) -> Result<T>) -> Result<T> {
        let (mut value, number) = self.write_unit(work)?;
        let sequence = value.sequence();
        if *sequence == 0 {
            *sequence = number;
        }
        Ok(value)
    }

    fn write_unit<T>(&self, mut work: impl FnMut(&mut Unit<'_>) -> Result<T>) -> Result<(T, u64)> {
        self.end_as_planned()?;
        self.run(|unit| {
            let value = work(unit)?;
            unit.tenant().map(|_| value)
        })
    }
}

/// What shows the number of the unit that wrote it, which is not known before the unit is committed.
trait Numbered {
    /// The number, 0 until it is known.
    fn sequence(&mut self) -> &mut u64;
}

impl Numbered for IdentityProvider {
    fn sequence(&mut self) -> &mut u64 {
        &mut self.sequence
    }
}

impl Numbered for Change {
    fn sequence(&mut self) -> &mut u64 {
        &mut self.sequence
    }
}

/// One run of a unit of work.
struct Unit<'a> {
    tx: Box<Recording<'a>>,
    service: &'a Service,
    /// Whose records are read and written.
    tenant: Id,
    now: Timestamp,
    /// When the first run of the unit began: it gives the same ids again, unless another writer has taken them.
    first_begun: Timestamp,
    /// The last id that was given out; without one, ids are drawn by lot.
    last_id: Option<Id>,
    /// What was done, for the log.
    steps: Vec<Step>,
    /// What the caller should know, if the unit is only planned.
    warnings: Vec<String>,
    /// Which unit this one undoes, if it undoes one.
    undoes: Option<u64>,
    /// What was made for this unit before its transaction began.
    made: std::slice::Iter<'a, Made>,
    /// What must be made before it can run to its end.
    missing: Vec<SelfSigned>,
    /// Dropped after the transaction, as fields are dropped in their order.
    _turn: Turn<'a>,
}

impl<'a> Unit<'a> {
    fn begin(service: &'a Service, made: &'a [Made], first_begun: Timestamp) -> Result<Self> {
        service.refuse_changes()?;
        let turn = service.turns.take()?;
        let tx = Box::new(Recording::new(service.engine.write()?));
        let last_id = last_id(&*service.engine, &*tx)?;
        Ok(Self {
            tx,
            service,
            tenant: service.tenant,
            now: service.env.clock.now(),
            first_begun,
            last_id,
            steps: Vec::new(),
            warnings: Vec::new(),
            undoes: None,
            made: made.iter(),
            missing: Vec::new(),
            _turn: turn,
        })
    }

    /// Commits what was changed, unless the work has failed, and gives the number of the unit, too. Every change is logged,
    /// so a unit that has logged none has changed nothing, and has no number: 0.
    fn end(mut self, outcome: Result<()>) -> Result<u64> {
        if outcome.is_err() || self.steps.is_empty() || !self.is_for_good()? {
            self.service.note_seen(&*self.tx)?;
            self.tx.release()?;
            return outcome.map(|()| 0);
        }
        self.forget()?;
        let entry = Entry {
            time: self.now,
            actor: self.service.actor().to_owned(),
            last_id: self.last_id,
            changes: self.steps,
            undoes: self.undoes,
            before: self.tx.images()?.map(|images| keyspace::raw_json(&images)).transpose()?,
        };
        let number = self.tx.commit(Some(&keyspace::encode(&entry)?))?;
        self.service.note_written(number);
        Ok(number)
    }

    fn tenant_id(&self) -> Id {
        self.tenant
    }

    fn tenant(&self) -> Result<Tenant> {
        tenant(&*self.tx, self.tenant)
    }

    /// A new id. One that is drawn by lot may be taken: then the unit runs again.
    fn next_id(&mut self) -> Result<Id> {
        if let Some(last) = &mut self.last_id {
            *last = Id::after(*last, self.first_begun);
            return Ok(*last);
        }
        let mut lot = [0; 4];
        self.service.env.entropy.fill(&mut lot);
        let id = Id::drawn(self.first_begun, u32::from_be_bytes(lot));
        if records::is_taken(&*self.tx, self.tenant, id)? {
            return Err(ErrorKind::Conflict.into());
        }
        Ok(id)
    }
}

/// The last id that was given out, unless ids are drawn by lot.
fn last_id(engine: &dyn Engine, tx: &dyn ReadTx) -> Result<Option<Id>> {
    if engine.capabilities().several_owners {
        return Ok(None);
    }
    Ok(Some(records::last_id(tx)?.unwrap_or(Tenant::DEFAULT)))
}

fn tenant(tx: &dyn ReadTx, id: Id) -> Result<Tenant> {
    records::tenant(tx, id)?.ok_or_else(|| Error::not_found(Resource::Tenant, id.number()))
}
