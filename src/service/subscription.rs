//! Changes as they happen.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Change, Service};
use crate::error::Result;

/// How many changes are read at a time.
const AT_A_TIME: usize = 100;

/// The changes after a certain one, those to come included: see [`Service::changes_after`].
#[derive(Debug)]
pub struct Subscription {
    service: Service,
    after: u64,
}

impl Service {
    /// The changes after the one with the number `sequence`, of all tenants and all callers.
    ///
    /// ```
    /// use std::time::Duration;
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let changes = service.changes_after(service.last_change()?);
    /// let writer = std::thread::spawn(move || {
    ///     service.create_provider(|draft| {
    ///         Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", Protocol::Saml(Saml::default())))
    ///     })
    /// });
    /// let change = changes.wait(Duration::from_secs(60)).next().expect("within a minute")?;
    /// assert_eq!(change.subject, writer.join().expect("no panic")?.id);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    #[must_use]
    pub fn changes_after(&self, sequence: u64) -> Subscription {
        Subscription { service: self.clone(), after: sequence }
    }
}

impl Subscription {
    /// The changes in their order. When all are seen, the next one is waited for; if none happens within `timeout`, the
    /// iterator ends, and can be used again. A timeout of zero waits for nothing, as on hosts without threads.
    ///
    /// Changes that the log no longer holds are left out, as their missing numbers show.
    ///
    /// # Errors
    ///
    /// Items are errors if the storage fails.
    pub fn wait(self, timeout: Duration) -> impl Iterator<Item = Result<Change>> {
        let Self { service, mut after } = self;
        let mut read = VecDeque::new();
        std::iter::from_fn(move || {
            if read.is_empty() {
                match service.changes_once(after, timeout) {
                    Ok(changes) => read.extend(changes),
                    Err(error) => return Some(Err(error)),
                }
            }
            let next = read.pop_front()?;
            after = next.sequence;
            Some(Ok(next))
        })
    }
}

impl Service {
    /// The next changes, once there are any or the time is over.
    fn changes_once(&self, after: u64, timeout: Duration) -> Result<Vec<Change>> {
        self.engine.wait_for(after.saturating_add(1), timeout)?;
        self.changes(after, AT_A_TIME)
    }
}
