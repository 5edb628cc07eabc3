//! The steps of an import. Where commits have a limit, each unit of work saves as many records as it has room for, in their order in the
//! document, with their owners; what is deleted comes last. An import that was broken off goes on when it is repeated: what is stored as
//! it is in the document is passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::Document;
use super::super::plan::{Effects, Outcome, PlannedRecord};
use super::Importing;
use super::owners::Owners;
use crate::engine::ReadTx as _;
use crate::error::{Error, ErrorKind, Reason, Result, Violation, Violations};
use crate::model::{Attachment, Id};
use crate::service::Service;

/// What the steps of an import have dealt with.
#[derive(Clone, Default)]
pub(super) struct Dealt {
    /// How many records.
    pub(super) records: usize,
    /// What the document calls keys, and their `kid`s.
    pub(super) kids: BTreeMap<(Id, String), String>,
    /// Who is to sign with which key, as far as that is still to be done.
    pub(super) owners: Vec<Owners>,
    /// Who is to sign with which key no longer: at the end none of them may do so.
    pub(super) detached: Vec<(Id, Attachment)>,
    /// The keys under which the records of the document are stored.
    pub(super) seen: BTreeSet<Vec<u8>>,
}

/// What a step has done.
pub(super) struct Step {
    pub(super) effects: Effects,
    pub(super) dealt: Dealt,
    pub(super) is_last: bool,
}

/// What an import has done.
pub(super) struct Done {
    /// The number of the last change before it.
    pub(super) base: u64,
    pub(super) effects: Effects,
    /// The number of its last change, 0 if there was nothing to do.
    pub(super) number: u64,
}

impl Service {
    /// Imports a document, onto the store as it was after the change `base` if one is given.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if the store is another one, [`ErrorKind::Invalid`] if a record is refused, and those of the storage.
    pub(super) fn import_in_steps(
        &self,
        document: &Document<'_>,
        prune: bool,
        base: Option<u64>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Done> {
        // After so many writes a step leaves the rest to the next one: the last record and the owners have to fit, too.
        let most = self.engine().capabilities().entries_at_a_time();
        if most < usize::MAX {
            // What is refused as a whole is not begun.
            refuse_refused(&self.effects_of(document, prune, &mut |_| {})?.1.planned)?;
        }
        let (mut room, mut dealt, mut done) = (most, Dealt::default(), None::<Done>);
        loop {
            let expected = base.filter(|_| done.is_none());
            let step = self.run(|unit| {
                let number = unit.tx.number()?;
                if expected.is_some_and(|base| base != number) {
                    return Ok(None);
                }
                let step = Importing::new(unit, progress, room, &dealt).run(document, prune)?;
                refuse_refused(&step.effects.planned)?;
                Ok(Some((number, step)))
            });
            let (step, number) = match step {
                Err(error) if *error.kind() == ErrorKind::TooLarge && room > 1 && room < usize::MAX => {
                    room /= 2;
                    continue;
                }
                Err(error) if done.is_some() => {
                    return Err(error.context("the import is done in part, and goes on when it is repeated"));
                }
                done => done?,
            };
            let Some((before, step)) = step else {
                let words = "the store has changed since the import was planned";
                return Err(Error::new(ErrorKind::Conflict).context(words));
            };
            let so_far = done.get_or_insert(Done { base: before, effects: Effects::default(), number: 0 });
            so_far.effects.add(step.effects);
            so_far.number = so_far.number.max(number);
            if step.is_last {
                return done.ok_or_else(|| ErrorKind::Conflict.into());
            }
            (room, dealt) = (most, step.dealt);
        }
    }
}

/// Refuses an import of which a record is refused.
pub(super) fn refuse_refused(planned: &[PlannedRecord]) -> Result<()> {
    let mut refused = Violations::default();
    let is_refused = |planned: &&PlannedRecord| planned.outcome == Outcome::Refused;
    refused.extend(planned.iter().filter(is_refused).map(|planned| {
        Violation::new(&*planned.place, Reason::Other(planned.reason.clone().unwrap_or_default()))
    }));
    refused.end()
}
