//! A change undone.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::super::{Service, Unit};
use crate::engine::records::{self, Entry, Image, Step};
use crate::engine::tables::Place;
use crate::engine::{Direction, ReadTx};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ChangeKind;

impl Service {
    /// Undoes the change with this number, of whichever tenant: what it created is deleted, what it deleted or replaced is as before. That is a
    /// change of its own, and can be undone, too. Its number is the answer.
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
    /// [`ErrorKind::WrongState`], with the reason, if a later change is about the same records, if others refer to what would
    /// be deleted or what would come back refers to something that is gone, or if it needs a private key or secret that is no
    /// longer there; [`ErrorKind::NotFound`] if the change has not happened or its images are not kept; and those of the
    /// storage. Nothing is changed then.
    pub fn undo(&self, sequence: u64) -> Result<u64> {
        self.run(|unit| unit.undo(sequence)).map(|((), number)| number)
    }
}

impl Unit<'_> {
    fn undo(&mut self, number: u64) -> Result<()> {
        let entry = records::entry(&*self.tx, number)?.ok_or_else(|| records::not_kept(number))?;
        let images = entry.images()?.ok_or_else(|| records::not_kept(number))?;
        refuse_later(&*self.tx, number, &images)?;
        let current = images.iter().map(|image| self.tx.get(&image.key)).collect::<Result<Vec<_>>>()?;
        for (image, current) in images.iter().zip(&current) {
            let current = current.as_ref().map(|current| &*current.bytes);
            records::put_bytes(&mut *self.tx, &image.key, image.whole(current)?.as_deref())?;
        }
        for (image, current) in images.iter().zip(&current) {
            self.refuse_dangling(image, current.as_ref().map(|current| &*current.bytes))?;
        }
        self.undoes = Some(number);
        for image in images {
            if let (Some(tenant), Some(subject)) = (image.tenant(), image.subject()) {
                self.steps.push(Step { tenant, kind: ChangeKind::Undone, subject, kid: None });
            }
        }
        Ok(())
    }

    /// Refuses to leave references that lead nowhere: of the record that is back, or to the one that is gone.
    fn refuse_dangling(&self, image: &Image, gone: Option<&[u8]>) -> Result<()> {
        let place = Place(&image.key);
        match (self.tx.get(&image.key)?, gone) {
            (Some(back), _) => match records::missing_reference(&*self.tx, &image.key, &back.bytes)? {
                Some(what) => {
                    Err(refusal(format!("the record at {place} refers to the {what}, which is gone")))
                }
                None => Ok(()),
            },
            (None, Some(gone)) if records::is_referred_to(&*self.tx, &image.key, gone)? => {
                Err(refusal(format!("others refer to the record at {place}")))
            }
            (None, _) => Ok(()),
        }
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
