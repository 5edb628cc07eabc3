//! A clock that is moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::env::{Clock, SystemClock};
use crate::pki::Timestamp;

/// A clock that shows the time of another one, moved by as much as a test likes. Clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct MovedClock {
    below: Arc<OnceLock<Arc<dyn Clock>>>,
    millis: Arc<AtomicI64>,
}

impl MovedClock {
    /// Shows the time of this clock, unless it is over another one already; without either, that of the system.
    pub(crate) fn over(&self, below: Arc<dyn Clock>) {
        let _ = self.below.set(below);
    }

    /// Moves the clock by so many seconds, also back.
    pub fn advance(&self, seconds: i64) {
        let moved = |millis: i64| Some(millis.saturating_add(seconds.saturating_mul(1000)));
        let _ = self.millis.fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved);
    }

    /// Makes it this time now.
    pub fn set(&self, now: Timestamp) {
        let by_itself = self.by_itself().unix_millis();
        self.millis.store(now.unix_millis().saturating_sub(by_itself), Ordering::Relaxed);
    }

    /// Shows the time of the other clock as it is.
    pub fn set_back(&self) {
        self.millis.store(0, Ordering::Relaxed);
    }

    fn by_itself(&self) -> Timestamp {
        self.below.get().map_or_else(|| SystemClock.now(), |below| below.now())
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let millis = self.by_itself().unix_millis();
        Timestamp::from_unix_millis(millis.saturating_add(self.millis.load(Ordering::Relaxed)))
    }
}
