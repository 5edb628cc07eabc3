//! Dry runs. Of a unit of work that is planned, the changes are noted and not committed. One that applies a plan is committed
//! only if it changes the records that the plan changes, and these are as they were.

use std::sync::{Arc, Mutex, PoisonError};

use super::history::{Difference, difference};
use super::{Service, Unit};
use crate::engine::keyspace::tag;
use crate::engine::recording::{Changed, Recording};
use crate::engine::records::Record;
use crate::engine::{Value, records};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Application, IdentityProvider};

/// What a unit of work would change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial {
    /// The records, without their secrets.
    pub(crate) changes: Vec<Difference>,
    /// The providers among them, before and after.
    pub(crate) providers: Vec<BeforeAndAfter<IdentityProvider>>,
    /// The applications among them, before and after.
    pub(crate) applications: Vec<BeforeAndAfter<Application>>,
    /// What the caller should know before it is done.
    pub(crate) warnings: Vec<String>,
    pub(crate) basis: Basis,
}

/// A record before a unit of work and after it, if it is there.
pub(crate) type BeforeAndAfter<R> = (Option<R>, Option<R>);

/// The records that were there before and are changed: their keys and versions.
pub(crate) type Basis = Vec<(Vec<u8>, u64)>;

/// What becomes of the units of a service that does not simply commit them.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// They are noted here, and not committed.
    Plan(Arc<Mutex<Trial>>),
    /// They are committed if they rest on this.
    Apply(Arc<Basis>),
}

impl Service {
    /// What `work` would change, if it did. It gets a service whose changes are not kept.
    pub(crate) fn trial<T>(&self, work: impl FnOnce(Self) -> Result<T>) -> Result<Trial> {
        let trial = Arc::new(Mutex::new(Trial::default()));
        work(Self { mode: Some(Mode::Plan(Arc::clone(&trial))), ..self.clone() })?;
        let trial = trial.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(trial.clone())
    }

    /// The same service, whose changes fail with [`ErrorKind::Conflict`] unless they rest on what a plan rests on.
    pub(crate) fn resting_on(&self, basis: Basis) -> Self {
        Self { mode: Some(Mode::Apply(Arc::new(basis))), ..self.clone() }
    }

    /// Refuses changes by a caller who may only read, unless they are only planned.
    pub(crate) fn refuse_changes(&self) -> Result<()> {
        let is_planned = matches!(self.mode, Some(Mode::Plan(_)));
        if self.only_reads && !is_planned {
            return Err(Error::new(ErrorKind::Forbidden).context("the caller may only read"));
        }
        Ok(())
    }
}

impl Unit<'_> {
    /// Whether the unit is to be committed.
    pub(super) fn is_for_good(&self) -> Result<bool> {
        match &self.service.mode {
            None => Ok(true),
            Some(Mode::Plan(trial)) => {
                self.note(&mut trial.lock().unwrap_or_else(PoisonError::into_inner))?;
                Ok(false)
            }
            Some(Mode::Apply(basis)) if **basis == basis_of(&self.tx)? => Ok(true),
            Some(Mode::Apply(_)) => {
                Err(Error::new(ErrorKind::Conflict).context("what the plan rests on has changed"))
            }
        }
    }

    /// Adds to a trial what the unit changes.
    fn note(&self, trial: &mut Trial) -> Result<()> {
        if !trial.changes.is_empty() {
            let words = "a call that makes several changes one after the other cannot be planned";
            return Err(Error::new(ErrorKind::Unsupported).context(words));
        }
        trial.basis.extend(basis_of(&self.tx)?);
        trial.warnings.extend_from_slice(&self.warnings);
        for (key, Changed { before, after }) in self.tx.changed().ok_or_else(too_much)? {
            let (old, new) = (before.as_ref().map(|before| &*before.bytes), after.as_deref());
            let json = |bytes: Option<&[u8]>| bytes.map(records::without_secrets).transpose();
            trial.changes.extend(difference(key, json(old)?, json(new)?));
            match key.first() {
                Some(&tag::PROVIDER) => trial.providers.push(records_of(key, old, new)?),
                Some(&tag::APPLICATION) => trial.applications.push(records_of(key, old, new)?),
                _ => {}
            }
        }
        Ok(())
    }
}

fn records_of<R: Record>(key: &[u8], old: Option<&[u8]>, new: Option<&[u8]>) -> Result<BeforeAndAfter<R>> {
    let read = |bytes| records::read(key, Value { bytes, version: 0 });
    Ok((old.map(read).transpose()?, new.map(read).transpose()?))
}

fn basis_of(tx: &Recording<'_>) -> Result<Basis> {
    let changed = tx.changed().ok_or_else(too_much)?;
    Ok(changed.filter_map(|(key, record)| Some((key.to_vec(), record.before.as_ref()?.version))).collect())
}

fn too_much() -> Error {
    Error::new(ErrorKind::Unsupported).context("so many changes cannot be planned at once")
}
