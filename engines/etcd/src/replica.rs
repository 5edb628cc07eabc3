//! The replica: what etcd holds, in memory, and how old that may be.

use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use idpstore::Result;

use crate::failure::unavailable;
use crate::layout::{Layout, Owner};
use crate::state::{Change, State};
use crate::tenants::{Read, Tenants};

/// What is known of etcd.
#[derive(Debug)]
pub(crate) struct Replica {
    known: RwLock<Known>,
    /// Wakes those who wait for more to be known.
    waiting: Mutex<()>,
    changed: Condvar,
    /// How old it may be.
    max_lag: Duration,
}

#[derive(Debug)]
struct Known {
    state: State,
    /// Which tenants are held, if not all are.
    tenants: Option<Tenants>,
    /// Then the state was what etcd held.
    current_at: Instant,
    expected: Option<Expected>,
    /// When the last changes came.
    moved_at: Instant,
    /// The changes since everything began to be read anew, while that lasts.
    meanwhile: Option<Vec<Change>>,
    /// The revision of the last transaction that this process has committed or that it has met: what begins afterwards sees it.
    met: i64,
}

/// As soon as the state has this revision, it is what etcd held at that time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) newest: i64,
    /// The revision of etcd itself, which others than this store move on, too.
    pub(crate) revision: i64,
    pub(crate) at: Instant,
}

impl Replica {
    /// A replica without anything.
    pub(crate) fn new(max_lag: Duration, tenants: Option<usize>, now: Instant) -> Self {
        let state = State::new(tenants.is_none());
        let tenants = tenants.map(Tenants::new);
        let known =
            Known { state, tenants, current_at: now, expected: None, moved_at: now, meanwhile: None, met: 0 };
        Self { known: RwLock::new(known), waiting: Mutex::new(()), changed: Condvar::new(), max_lag }
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut RwLockWriteGuard<'_, Known>)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
        drop(self.waiting.lock());
        self.changed.notify_all();
    }

    /// Waits until this is so, but no longer than `timeout`.
    fn wait_until(&self, is_so: impl Fn(&Known) -> bool, timeout: Duration) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_timeout_while(waiting, timeout, |()| !is_so(&self.known())));
    }

    /// Waits until it is no older than it may be, but no longer than `timeout`.
    pub(crate) fn wait_until_current(&self, timeout: Duration) {
        self.wait_until(|known| known.current_at.elapsed() <= self.max_lag, timeout);
    }

    /// The state, which has all that this process has committed, unless it is too old.
    pub(crate) fn state(&self) -> Result<State> {
        let known = self.known();
        let (met, lag) = (known.met, known.current_at.elapsed());
        if known.state.revision >= met && lag <= self.max_lag {
            return Ok(known.state.clone());
        }
        drop(known);
        self.state_of(met, self.max_lag.saturating_sub(lag))
    }

    /// The state as soon as it has this revision.
    pub(crate) fn state_of(&self, revision: i64, timeout: Duration) -> Result<State> {
        self.wait_until(|known| known.state.revision >= revision, timeout);
        let known = self.known();
        let lag = known.current_at.elapsed();
        if known.state.revision >= revision && lag <= self.max_lag {
            return Ok(known.state.clone());
        }
        Err(unavailable(&format!("what is known of the store is {} s old", lag.as_secs())))
    }

    /// Waits until there is a unit with this number.
    pub(crate) fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.wait_until(|known| known.state.last_unit() >= number, timeout);
        Ok(self.state()?.last_unit())
    }

    /// How old the state may be.
    pub(crate) fn lag(&self) -> Duration {
        self.known().current_at.elapsed()
    }

    /// Has all that begins afterwards see this revision.
    pub(crate) fn meet(&self, revision: i64) {
        if self.known().met < revision {
            self.change(|known| known.met = known.met.max(revision));
        }
    }

    /// The state as it is, however old it may be.
    pub(crate) fn latest(&self) -> State {
        self.known().state.clone()
    }

    /// The revision of the state.
    pub(crate) fn revision(&self) -> i64 {
        self.known().state.revision
    }

    /// Notes what the replica has to reach, unless it has still to reach what was noted before.
    pub(crate) fn expect(&self, expected: Expected) {
        self.change(|known| {
            known.expected = known.expected.or(Some(expected));
            known.settle();
        });
    }

    /// For how long changes that are there have not come.
    pub(crate) fn stalled(&self) -> Duration {
        let known = self.known();
        known.expected.map_or(Duration::ZERO, |expected| expected.at.max(known.moved_at).elapsed())
    }

    /// Begins to keep changes for a state that is being read while they come, or not to.
    pub(crate) fn keep_changes(&self, is_kept: bool) {
        self.change(|known| known.meanwhile = is_kept.then(Vec::new));
    }

    /// Makes changes of one or more revisions, which are whole.
    pub(crate) fn apply(&self, layout: &Layout, changes: impl IntoIterator<Item = Change>) {
        self.change(|known| {
            for change in changes {
                let known = &mut **known;
                if let Some(tenants) = &mut known.tenants {
                    tenants.remember(&change);
                }
                if let Some(meanwhile) = &mut known.meanwhile {
                    meanwhile.push(change.clone());
                }
                known.state.apply(layout, change);
                known.moved_at = Instant::now();
            }
            known.settle();
        });
    }

    /// Notes that a tenant is used, where not all tenants are held.
    pub(crate) fn touch(&self, owner: Owner) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenants) = &mut known.tenants {
            tenants.touch(owner);
        }
    }

    /// Holds a tenant whose values were read.
    pub(crate) fn hold(&self, layout: &Layout, owner: Owner, read: &Read) {
        self.change(|known| {
            let known = &mut **known;
            if let Some(tenants) = &mut known.tenants {
                tenants.hold(&mut known.state, layout, owner, read);
            }
        });
    }

    /// Replaces the state by one that was read as a whole, from that time on. What has changed while it was read is added.
    pub(crate) fn replace(&self, layout: &Layout, mut state: State, read_at: Instant) {
        self.change(|known| {
            if let Some(meanwhile) = known.meanwhile.take() {
                let read = state.revision;
                for change in meanwhile.into_iter().filter(|change| change.revision > read) {
                    state.apply(layout, change);
                }
                state.revision = state.revision.max(known.state.revision);
            } else {
                known.expected = None;
                if state.revision < known.state.revision {
                    // The cluster was restored: what this process has committed since the backup is not there any more.
                    known.met = state.revision;
                }
            }
            if let Some(tenants) = &mut known.tenants {
                tenants.clear(state.revision);
            }
            known.state = state;
            known.current_at = known.current_at.max(read_at);
            known.moved_at = Instant::now();
        });
    }
}

impl Known {
    fn settle(&mut self) {
        if let Some(Expected { newest, revision, at }) = self.expected
            && self.state.revision >= newest
        {
            // Nothing has changed up to there. Older revisions may be compacted, so that nothing could be read at them.
            self.state.revision = self.state.revision.max(revision);
            self.current_at = self.current_at.max(at);
            self.expected = None;
        }
    }
}
