//! What the server does beside its answers: it logs what the clock has brought, and watches what the store shows.

use std::time::Duration;

use idpstore::{ErrorKind, IdpStore};

use super::{log, readiness};

/// How often what the clock has brought is logged.
const TICK: Duration = Duration::from_secs(60);

/// How often a store that other processes write to is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How far behind it is when that is reported.
const BEHIND: Duration = Duration::from_secs(2);

/// Logs what the clock has brought, at once and then with each tick. Of several processes, one does.
pub(super) async fn follow_clock(store: IdpStore) {
    let mut ticks = tokio::time::interval(TICK);
    let mut was_keeper = !store.is_shared();
    loop {
        ticks.tick().await;
        let is_keeper = store.is_keeper();
        if is_keeper != was_keeper {
            log::keeper(is_keeper);
            was_keeper = is_keeper;
        }
        if !is_keeper {
            continue;
        }
        let store = store.clone();
        // Of a locked store in which everything is sealed nothing can be logged.
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || store.advance()).await
            && *error.kind() != ErrorKind::Sealed
        {
            log::clock(&error);
        }
    }
}

/// What a store that other processes write to shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Current,
    /// It is older than it should be, and is shown all the same.
    Behind(Duration),
    /// It cannot be reached, or is too old.
    Unavailable(String),
}

impl State {
    fn of(store: &IdpStore) -> Self {
        match store.service().last_change() {
            Err(error) if matches!(error.kind(), ErrorKind::Unavailable { .. }) => {
                Self::Unavailable(error.in_full())
            }
            // Another failure is of the storage, and printed with the requests that meet it.
            _ if store.lag() >= BEHIND => Self::Behind(store.lag()),
            _ => Self::Current,
        }
    }

    /// Whether this is no more than another figure or other words for the same.
    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Reports each change of what a shared store shows, to the log and the service manager.
pub(super) async fn watch(store: IdpStore) {
    if !store.is_shared() {
        return;
    }
    let mut looks = tokio::time::interval(LOOK);
    let mut last = State::Current;
    loop {
        looks.tick().await;
        let looked = store.clone();
        let Ok(state) = tokio::task::spawn_blocking(move || State::of(&looked)).await else { return };
        if !state.is_like(&last) {
            log::state(&state);
            readiness::state(&state);
        }
        last = state;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use idpstore::Result;
    use idpstore::engine::{Capabilities, Engine, ReadTx, WriteTx};
    use idpstore::testing::OptimisticEngine;

    use super::*;

    /// It is so many milliseconds old, and not shown from ten seconds on.
    #[derive(Clone, Debug)]
    struct Old(OptimisticEngine, Arc<AtomicU64>);

    impl Engine for Old {
        fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
            if self.lag() >= Duration::from_secs(10) {
                return Err(ErrorKind::Unavailable { retry_after: 1 }.into());
            }
            self.0.read()
        }

        fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
            self.0.write()
        }

        fn capabilities(&self) -> Capabilities {
            self.0.capabilities()
        }

        fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
            self.0.wait_for(number, timeout)
        }

        fn lag(&self) -> Duration {
            Duration::from_millis(self.1.load(Ordering::Relaxed))
        }
    }

    /// A store that other processes write to, and how old it is.
    pub(in crate::serve) fn shared() -> (IdpStore, Arc<AtomicU64>) {
        let lag = Arc::new(AtomicU64::default());
        let engine = Old(OptimisticEngine::new(Duration::ZERO), Arc::clone(&lag));
        (IdpStore::builder().engine(engine).open().unwrap(), lag)
    }

    #[test]
    fn a_shared_store_is_current_or_behind_or_unavailable() {
        let (store, lag) = shared();
        let at = |millis| {
            lag.store(millis, Ordering::Relaxed);
            State::of(&store)
        };
        assert_eq!((at(0), at(1_999)), (State::Current, State::Current));
        assert_eq!(at(2_000), State::Behind(Duration::from_secs(2)));
        assert!(at(3_000).is_like(&at(4_000)) && !at(3_000).is_like(&at(0)));
        let State::Unavailable(words) = at(10_000) else { panic!("available") };
        assert!(words.contains("try again"), "{words}");
        assert_eq!(at(0), State::Current);
    }
}
