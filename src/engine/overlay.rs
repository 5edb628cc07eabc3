//! What a writing transaction has changed, laid over what was there before.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use super::Direction;
use super::one_owner::{RawRead, RawVisit, RawWrite};
use crate::error::Result;

/// Keys with their new values, `None` for a removed key.
pub(crate) type Changes = BTreeMap<Arc<[u8]>, Option<Arc<[u8]>>>;

/// Changes over a state of the engine.
pub(crate) struct Overlay<R> {
    before: R,
    changes: Arc<Changes>,
}

impl<R: RawRead> Overlay<R> {
    pub(crate) fn new(before: R) -> Self {
        Self::over(before, Arc::default())
    }

    /// The state itself.
    #[cfg(feature = "testing")]
    pub(crate) fn before(&self) -> &R {
        &self.before
    }

    /// These changes over a state of the engine.
    pub(super) fn over(before: R, changes: Arc<Changes>) -> Self {
        Self { before, changes }
    }

    pub(crate) fn put(&mut self, key: &[u8], value: &[u8]) {
        Arc::make_mut(&mut self.changes).insert(key.into(), Some(value.into()));
    }

    pub(crate) fn delete(&mut self, key: &[u8]) {
        Arc::make_mut(&mut self.changes).insert(key.into(), None);
    }

    /// The state before, and all changes in the order of their keys.
    pub(crate) fn into_parts(self) -> (R, Changes) {
        (self.before, Arc::unwrap_or_clone(self.changes))
    }
}

/// A writing transaction that gathers its changes over what was there before, and makes them all at once at its end.
pub(super) struct Gathering<R, E> {
    overlay: Overlay<R>,
    end: E,
}

/// How such a transaction ends; what was there before is let go by then.
pub(super) trait End {
    /// Makes the changes.
    fn commit(self, changes: Changes) -> Result<()>;

    /// Makes none, see [`RawWrite::release`].
    fn release(self) -> Result<()>;
}

impl<R: RawRead, E: End> Gathering<R, E> {
    pub(super) fn new(before: R, end: E) -> Self {
        Self { overlay: Overlay::new(before), end }
    }
}

impl<R: RawRead, E> RawRead for Gathering<R, E> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.overlay.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        self.overlay.scan(from, to, direction, visit)
    }
}

impl<R: RawRead, E: End> RawWrite for Gathering<R, E> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.overlay.put(key, value);
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<()> {
        self.overlay.delete(key);
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { overlay, end } = *self;
        let (before, changes) = overlay.into_parts();
        drop(before);
        end.commit(changes)
    }

    fn release(self: Box<Self>) -> Result<()> {
        let Self { overlay, end } = *self;
        drop(overlay);
        end.release()
    }
}

impl<R: RawRead> RawRead for Overlay<R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.changes.get(key) {
            Some(change) => Ok(change.as_deref().map(<[u8]>::to_vec)),
            None => self.before.get(key),
        }
    }

    fn scan(&self, from: &[u8], to: &[u8], direction: Direction, visit: &mut RawVisit<'_>) -> Result<()> {
        if from >= to {
            return Ok(());
        }
        let changes = self.changes.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let changes: Box<dyn Iterator<Item = _>> = match direction {
            Direction::Ascending => Box::new(changes),
            Direction::Descending => Box::new(changes.rev()),
        };
        let mut changes = changes.peekable();
        let mut ended = false;
        self.before.scan(from, to, direction, &mut |key, value| {
            // Changes on the way to the key come first; one of the key itself stands in place of what was there.
            let comes = |changed: &[u8]| match direction {
                Direction::Ascending => changed <= key,
                Direction::Descending => changed >= key,
            };
            let mut replaced = false;
            while let Some((changed, change)) = changes.next_if(|(changed, _)| comes(changed)) {
                replaced = **changed == *key;
                if let Some(value) = change
                    && visit(changed, value)?.is_break()
                {
                    ended = true;
                    return Ok(ControlFlow::Break(()));
                }
            }
            let flow = if replaced { ControlFlow::Continue(()) } else { visit(key, value)? };
            ended = flow.is_break();
            Ok(flow)
        })?;
        for (key, change) in changes {
            if let (false, Some(value)) = (ended, change) {
                ended = visit(key, value)?.is_break();
            }
        }
        Ok(())
    }
}
