//! A change undone.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::super::rules::Ruled;
use super::super::{Service, Unit};
use crate::engine::keyspace::tag;
use crate::engine::records::{self, Entry, Image, Step};
use crate::engine::tables::Place;
use crate::engine::{Direction, ReadTx, Value};
use crate::error::{Error, ErrorKind, Result, Violations};
use crate::model::{Application, ChangeKind, IdentityProvider, User, VendorRecord};

impl Service {
    /// Undoes the change with this number, of whichever tenant: what it created is deleted, what it deleted or replaced is as
    /// before. That is a change of its own, and can be undone, too. Its number is the answer.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let made = service.create_provider(|draft| {
    ///     Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    /// })?;
    /// service.delete_provider(made.id)?;
    /// service.undo(service.last_change()?)?;
    /// assert_eq!(service.provider(made.id)?.name, "Partner");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`], with the reason, if the clock has brought the change, if a later change is about the same
    /// records, if others refer to what would be deleted, if what would come back refers to something that is gone or says what another record says now and the
    /// policy has once, or if it needs a private key or secret that is no longer there; [`ErrorKind::NotFound`] if the change
    /// has not happened or its images are not kept; and those of the storage. Nothing is changed then.
    pub fn undo(&self, sequence: u64) -> Result<u64> {
        let entry =
            self.read(|tx| records::entry(tx, sequence))?.ok_or_else(|| records::not_kept(sequence))?;
        if entry.changes.iter().any(|step| step.due.is_some()) {
            return Err(refusal(format!("change {sequence} was brought by the clock")));
        }
        let images = entry.images()?.ok_or_else(|| records::not_kept(sequence))?;
        let tenant = images.first().and_then(Image::tenant).unwrap_or(self.tenant);
        let service = self.for_tenant(tenant);
        service.end_as_planned()?;
        let ((), number) = service.run(|unit| unit.undo(sequence, &images))?;
        Ok(number)
    }
}

impl Unit<'_> {
    fn undo(&mut self, number: u64, images: &[Image]) -> Result<()> {
        refuse_later(&*self.tx, number, images)?;
        let current = images.iter().map(|image| self.tx.get(&image.key)).collect::<Result<Vec<_>>>()?;
        let undone =
            || images.iter().zip(current.iter().map(|current| current.as_ref().map(|now| &*now.bytes)));
        for (image, gone) in undone() {
            records::put_bytes(&mut *self.tx, &image.key, image.whole(gone)?.as_deref())?;
        }
        for (image, gone) in undone() {
            match (self.tx.get(&image.key)?, gone) {
                (Some(back), gone) => self.refuse_return(&image.key, &back.bytes, gone)?,
                (None, Some(gone)) => self.refuse_removal(&image.key, gone)?,
                (None, None) => {}
            }
        }
        self.undoes = Some(number);
        for image in images {
            if let (Some(tenant), Some(subject)) = (image.tenant(), image.subject()) {
                self.steps.push(Step::new(tenant, ChangeKind::Undone, subject, None));
            }
        }
        Ok(())
    }

    /// Refuses to remove a record that others refer to.
    fn refuse_removal(&self, key: &[u8], gone: &[u8]) -> Result<()> {
        if records::is_referred_to(&*self.tx, key, gone)? {
            return Err(refusal(format!("others refer to the record at {}", Place(key))));
        }
        Ok(())
    }

    /// Refuses to bring back a record that refers to what is gone, or that says what only one record may say and another
    /// says now.
    fn refuse_return(&self, key: &[u8], back: &[u8], gone: Option<&[u8]>) -> Result<()> {
        if let Some(what) = records::missing_reference(&*self.tx, key, back)? {
            return Err(refusal(format!("the record at {} refers to the {what}, which is gone", Place(key))));
        }
        let clashes = match key.first() {
            Some(&tag::PROVIDER) => self.refuse_clashes::<IdentityProvider>(key, back, gone),
            Some(&tag::APPLICATION) => self.refuse_clashes::<Application>(key, back, gone),
            Some(&tag::USER) => self.refuse_clashes::<User>(key, back, gone),
            Some(&tag::VENDOR_RECORD) => self.refuse_clashes::<VendorRecord>(key, back, gone),
            Some(&tag::TRUSTED_KEY) => {
                self.refuse_twin(&records::read(key, Value { bytes: back, version: 0 })?)
            }
            _ => Ok(()),
        };
        clashes.map_err(|cause| match cause.kind() {
            ErrorKind::Invalid { .. } | ErrorKind::AlreadyExists { .. } => {
                refusal(format!("another record has taken what the record at {} had", Place(key)))
                    .caused_by(cause)
            }
            _ => cause,
        })
    }

    fn refuse_clashes<R: Ruled>(&self, key: &[u8], back: &[u8], gone: Option<&[u8]>) -> Result<()> {
        let read = |bytes| records::read::<R>(key, Value { bytes, version: 0 });
        let mut violations = Violations::default();
        violations.extend(read(back)?.clashes(gone.map(read).transpose()?.as_ref(), self)?);
        violations.end()
    }
}

/// Refuses if a later change is about one of these records, unless that has been undone itself.
fn refuse_later(tx: &dyn ReadTx, number: u64, images: &[Image]) -> Result<()> {
    let mut undone = BTreeSet::new();
    records::each_entry(tx, number + 1, Direction::Descending, &mut |later, entry| {
        if !undone.remove(&later) {
            match entry.undoes {
                Some(earlier) => drop(undone.insert(earlier)),
                None => refuse_touched(later, &entry, images)?,
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if undone.contains(&number) {
        return Err(refusal(format!("change {number} is undone already")));
    }
    Ok(())
}

/// Refuses if a change is about one of these records.
fn refuse_touched(later: u64, entry: &Entry, images: &[Image]) -> Result<()> {
    let Some(changed) = entry.images()? else {
        return Err(refusal(format!("what change {later} has changed since is not kept")));
    };
    match changed.iter().find(|changed| images.iter().any(|image| image.key == changed.key)) {
        Some(Image { key, .. }) => {
            Err(refusal(format!("change {later} has changed the record at {} since", Place(key))))
        }
        None => Ok(()),
    }
}

fn refusal(reason: String) -> Error {
    Error::new(ErrorKind::WrongState).context(reason)
}
