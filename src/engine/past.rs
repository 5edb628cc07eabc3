//! The store as it was after an earlier unit: what has changed since is laid back over what the engine holds now.
//!
//! Nothing is copied: the images of the later units, which are in the log, make an overlay, and grow it when others write.

use std::sync::{Arc, Mutex, PoisonError};

use super::one_owner::{Arrivals, Numbered, OneOwner, RawRead, RawWrite, log_key, stamped};
use super::overlay::{Changes, Overlay};
use super::records::{self, Image};
use super::{Engine, ReadTx};
use crate::error::{Error, ErrorKind, Result};

/// The engine as it was after the unit with a number. It cannot be written.
#[derive(Debug)]
pub(crate) struct Past {
    live: Arc<dyn Engine>,
    number: u64,
    back: Mutex<Back>,
    arrivals: Arrivals,
}

/// What is laid back.
#[derive(Debug)]
struct Back {
    /// The last unit whose changes are.
    upto: u64,
    changes: Arc<Changes>,
}

impl Past {
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if that unit has not happened or the history does not reach back to it,
    /// [`ErrorKind::Unsupported`] if the engine has several owners, and those of the storage.
    pub(crate) fn new(live: Arc<dyn Engine>, number: u64) -> Result<Self> {
        let last = live.read()?.number()?;
        if last < number {
            return Err(records::not_kept(number));
        }
        let past = Self {
            live,
            number,
            back: Mutex::new(Back { upto: number, changes: Arc::default() }),
            arrivals: Arrivals::default(),
        };
        past.raw_read()?;
        Ok(past)
    }
}

impl Back {
    /// Lays back what a transaction sees that later units have changed.
    fn bring_forward(&mut self, tx: &dyn ReadTx) -> Result<()> {
        let last = tx.number()?;
        let changes = Arc::make_mut(&mut self.changes);
        records::each_image_after(tx, self.upto, &mut |image| lay_back(changes, tx, image))?;
        for number in self.upto + 1..=last {
            changes.insert(log_key(number).bytes().into(), None);
        }
        self.upto = last;
        Ok(())
    }
}

impl OneOwner for Past {
    fn raw_read(&self) -> Result<Box<dyn RawRead + '_>> {
        // Begun after what is laid back is locked, no transaction is older than that.
        let mut back = self.back.lock().unwrap_or_else(PoisonError::into_inner);
        let live = self.live.read_raw()?.ok_or_else(|| Error::new(ErrorKind::Unsupported))?;
        back.bring_forward(&Numbered::new(&*live, &self.arrivals))?;
        Ok(Box::new(Overlay::over(live, Arc::clone(&back.changes))))
    }

    /// In the past none arrives.
    fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    fn raw_write(&self) -> Result<Box<dyn RawWrite + '_>> {
        let words = format!("the store as it was after change {} cannot be changed", self.number);
        Err(Error::new(ErrorKind::WrongState).context(words))
    }
}

/// Lays the image of a record back over what a transaction sees, if it is the first of that record; what leads to the record
/// as it is now is hidden.
fn lay_back(changes: &mut Changes, tx: &dyn ReadTx, image: &Image) -> Result<()> {
    let (key, is_first) = (&*image.key, !changes.contains_key(&*image.key));
    if let Some(now) = tx.get(key)? {
        for entry in records::index(key, &now.bytes)?.into_keys() {
            changes.entry(entry.bytes().into()).or_insert(None);
        }
    }
    if is_first {
        let bytes = image.bytes();
        for (entry, note) in bytes
            .iter()
            .map(|bytes| records::index(key, bytes))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
        {
            changes.insert(entry.bytes().into(), Some(stamped(&note, image.version).into()));
        }
        changes.insert(key.into(), bytes.map(|bytes| stamped(&bytes, image.version).into()));
    }
    Ok(())
}
