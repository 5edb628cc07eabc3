//! What a test does to a store from outside: it scripts faults, looks at the requests that were answered, moves the clock and
//! keeps snapshots by name. May import `error`, `pki`, `env`, `engine` and `http`.

mod clock;
mod faults;
mod requests;
mod snapshots;

pub use clock::MovedClock;
pub use faults::Fault;
pub(crate) use faults::{Met, Target};
pub use requests::ServedRequest;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Result;
use faults::Faults;
use requests::Requests;
use snapshots::Snapshots;

/// Faults, a log of requests, a clock and named snapshots for tests of what calls a store. Clones are the same harness.
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::harness::{Fault, Harness};
///
/// let harness = Harness::default();
/// let store = IdpStore::builder().harness(harness.clone()).open()?;
/// let list = || {
///     let request = http::Request::get("https://example.okta.com/api/v1/idps").body(bytes::Bytes::new());
///     store.handle(request.expect("a request"))
/// };
///
/// harness.inject(Fault { operation: Some("listIdentityProviders".into()), ..Fault::status(429) }.once())?;
/// assert_eq!(list().status(), 429);
/// assert_eq!(list().status(), 200);
/// let statuses: Vec<_> = harness.requests().iter().map(|request| request.status).collect();
/// assert_eq!(statuses, [429, 200]);
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Harness {
    faults: Arc<Mutex<Faults>>,
    requests: Arc<Mutex<Requests>>,
    clock: MovedClock,
    snapshots: Arc<Mutex<Snapshots>>,
}

/// Among the extensions of a response: what the host does to it before it is sent, because a [`Fault`] says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disturbance {
    /// How long it waits.
    pub delay: Duration,
    /// Whether it closes the connection in place of answering.
    pub drop: bool,
}

impl Harness {
    /// Adds a fault behind those that are there. Of several that fit a request, the first one applies. The answer is the number
    /// by which it is removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it would do nothing, has a status that is no error, or there are a
    /// thousand faults already.
    pub fn inject(&self, fault: Fault) -> Result<u64> {
        held(&self.faults).inject(fault)
    }

    /// The faults that are left, by their numbers.
    #[must_use]
    pub fn faults(&self) -> Vec<(u64, Fault)> {
        held(&self.faults).list()
    }

    /// Removes a fault. The answer is whether it was there.
    #[expect(clippy::must_use_candidate, reason = "it may be gone already")]
    pub fn remove_fault(&self, number: u64) -> bool {
        held(&self.faults).remove(number)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        held(&self.faults).clear();
    }

    /// The last thousand requests that were answered, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<ServedRequest> {
        held(&self.requests).list()
    }

    /// Forgets all requests.
    pub fn clear_requests(&self) {
        held(&self.requests).clear();
    }

    /// The clock of the store, which can be moved. A [`FixedClock`](crate::testing::FixedClock) below it makes it stand.
    #[must_use]
    pub fn clock(&self) -> &MovedClock {
        &self.clock
    }

    /// The snapshots by their names.
    pub(crate) fn snapshots(&self) -> MutexGuard<'_, Snapshots> {
        held(&self.snapshots)
    }

    /// What a request meets.
    pub(crate) fn meet(&self, target: &Target<'_>) -> Met {
        held(&self.faults).meet(target)
    }

    /// Counts one request less: it was broken off, and comes again.
    pub(crate) fn give_back(&self, met: Met) {
        held(&self.faults).give_back(met);
    }

    /// Notes a request that was answered, and gives it its number.
    pub(crate) fn note(&self, request: ServedRequest) -> ServedRequest {
        held(&self.requests).note(request)
    }

    /// Everything as at the start: no faults, no requests, no snapshots, and the clock where it would be by itself.
    pub fn reset(&self) {
        *held(&self.faults) = Faults::default();
        *held(&self.requests) = Requests::default();
        *self.snapshots() = Snapshots::default();
        self.clock.set_back();
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
