//! The change log: what was changed, when and by whom, in the order in which it happened.

use super::{Service, Unit};
use crate::engine::records::check::{Report, check};
use crate::engine::records::{self, Step};
use crate::error::Result;
use crate::model::Id;
pub use crate::model::{Change, ChangeKind};

impl Service {
    /// Up to `limit` changes after those with the number `sequence` (0: from the start), of all tenants. What was done
    /// together has one number and is never divided: the last changes may make the list longer than `limit`.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    /// use idpstore::ChangeKind;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let provider = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// service.delete_provider(provider.id)?;
    /// let kinds: Vec<_> = service.changes(0, 10)?.iter().map(|change| change.kind).collect();
    /// assert_eq!(kinds, [ChangeKind::ProviderCreated, ChangeKind::ProviderDeleted]);
    /// assert_eq!(service.changes(1, 10)?.first().map(|change| change.sequence), Some(2));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::error::ErrorKind::Storage) or
    /// [`ErrorKind::Corrupt`](crate::error::ErrorKind::Corrupt) if the log cannot be read.
    pub fn changes(&self, sequence: u64, limit: usize) -> Result<Vec<Change>> {
        self.read(|tx| records::changes(tx, sequence.saturating_add(1), limit))
    }

    /// The number of the last change; 0 if there was none.
    ///
    /// # Errors
    ///
    /// As [`Service::changes`].
    pub fn last_change(&self) -> Result<u64> {
        self.read(|tx| tx.number())
    }

    /// Checks the whole store, of all tenants.
    pub(crate) fn check(&self) -> Result<Report> {
        let several_owners = self.engine.capabilities().several_owners;
        self.read(|tx| check(tx, self.env.clock.now(), several_owners))
    }
}

impl Unit<'_> {
    /// Notes for the log what this unit does.
    pub(super) fn log(&mut self, kind: ChangeKind, subject: Id, kid: Option<&str>) {
        self.append(kind, subject, kid);
    }

    /// As [`Unit::log`]; gives the change. Its number is not known before the unit is committed.
    pub(super) fn append(&mut self, kind: ChangeKind, subject: Id, kid: Option<&str>) -> Change {
        // A new tenant is its own from the first change on.
        let tenant = if kind == ChangeKind::TenantCreated { subject } else { self.tenant_id() };
        let kid = kid.map(str::to_owned);
        self.steps.push(Step::new(tenant, kind, subject, kid.clone()));
        let (time, actor) = (self.now, self.service.actor().to_owned());
        Change { sequence: 0, time, tenant, actor, kind, subject, kid, due: None, days: None, undoes: None }
    }
}
