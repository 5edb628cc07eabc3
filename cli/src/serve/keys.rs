//! Where private keys come from. Large keys take turns: making one keeps a core busy for minutes.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::available_parallelism;

use idpstore::env::{Clock as _, GeneratedKeys, KeySource, SeededEntropy, SystemClock};
use idpstore::pki::{KeySpec, PrivateKey};
use idpstore::{ErrorKind, Result};

use crate::failure::Failure;

/// The largest RSA keys that are made at once, in a fraction of a second.
const SMALL_BITS: u32 = 3072;

/// How many callers may wait for their turn.
const WAITING: usize = 16;

/// After how many seconds a caller that found the queue full may try again.
const RETRY_SECONDS: i64 = 60;

/// Where private keys come from.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(super) enum Source {
    /// Made when they are needed
    #[default]
    Generate,
    /// Well-known keys for tests, which are there at once; in memory only
    Fixture,
}

/// Keys from the randomness of the system.
pub(super) fn from_system() -> std::result::Result<GeneratedKeys, Failure> {
    let entropy = SeededEntropy::from_system().map_err(|error| Failure::new("cannot make keys", &error))?;
    Ok(GeneratedKeys(Arc::new(entropy)))
}

/// Keys from this source, the large ones in turn.
pub(super) fn in_turn<K>(keys: K) -> KeyQueue<K> {
    KeyQueue::new(keys, available_parallelism().map_or(1, usize::from))
}

/// A source of keys that makes a few large ones at a time, and refuses more than a number of them.
#[derive(Debug)]
pub(super) struct KeyQueue<K> {
    keys: K,
    at_a_time: usize,
    /// The calls that are about large keys.
    calls: Mutex<Calls>,
    turn: Condvar,
}

#[derive(Debug, Default)]
struct Calls {
    waiting: usize,
    making: usize,
}

impl<K> KeyQueue<K> {
    fn new(keys: K, at_a_time: usize) -> Self {
        Self { keys, at_a_time, calls: Mutex::default(), turn: Condvar::new() }
    }

    /// Waits for a turn.
    fn begin(&self) -> Result<Turn<'_, K>> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.waiting >= WAITING {
            let reset = SystemClock.now().plus_seconds(RETRY_SECONDS).unix_seconds();
            return Err(ErrorKind::RateLimited { reset }.into());
        }
        calls.waiting += 1;
        let mut calls = self
            .turn
            .wait_while(calls, |calls| calls.making >= self.at_a_time)
            .unwrap_or_else(PoisonError::into_inner);
        calls.waiting -= 1;
        calls.making += 1;
        Ok(Turn(self))
    }
}

/// The right to make a key; given back when it is dropped.
struct Turn<'a, K>(&'a KeyQueue<K>);

impl<K> Drop for Turn<'_, K> {
    fn drop(&mut self) {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).making -= 1;
        self.0.turn.notify_one();
    }
}

impl<K: KeySource> KeySource for KeyQueue<K> {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        let _turn = match spec {
            KeySpec::Rsa { bits } if bits > SMALL_BITS => Some(self.begin()?),
            _ => None,
        };
        self.keys.generate(spec)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Makes no key, and begins only when the test lets it.
    #[derive(Debug)]
    struct Slow {
        started: Sender<()>,
        go: Mutex<Receiver<()>>,
        at_once: AtomicUsize,
        most_at_once: AtomicUsize,
    }

    impl KeySource for Slow {
        fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
            if spec == (KeySpec::Rsa { bits: 2048 }) {
                return Err(ErrorKind::Unsupported.into());
            }
            let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
            self.started.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            Err(ErrorKind::Unsupported.into())
        }
    }

    #[test]
    fn large_keys_take_turns_and_too_many_are_refused() {
        let (started, has_started) = channel();
        let (go, may_go) = channel();
        let slow = Slow { started, go: Mutex::new(may_go), at_once: 0.into(), most_at_once: 0.into() };
        let queue = KeyQueue::new(slow, 1);
        let make = |bits| queue.generate(KeySpec::Rsa { bits }).unwrap_err().kind().clone();
        std::thread::scope(|scope| {
            let calls: Vec<_> = (0..=WAITING).map(|_| scope.spawn(|| make(4096))).collect();
            has_started.recv().unwrap();
            while queue.calls.lock().unwrap().waiting < WAITING {
                std::thread::yield_now();
            }
            assert!(matches!(make(7680), ErrorKind::RateLimited { .. }));
            assert_eq!(make(2048), ErrorKind::Unsupported, "small keys do not wait");
            for _ in 0..=WAITING {
                go.send(()).unwrap();
            }
            assert!(calls.into_iter().all(|call| call.join().unwrap() == ErrorKind::Unsupported));
        });
        assert_eq!(queue.keys.most_at_once.load(Ordering::SeqCst), 1);
    }
}
