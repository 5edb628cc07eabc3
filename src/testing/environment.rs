//! A clock that stands, entropy that counts, and keys that everybody knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::env::{Clock, Entropy, KeySource};
use crate::error::{Error, ErrorKind, Result};
use crate::pki::{KeySpec, PrivateKey, Timestamp, pem};

/// A clock that stands until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.unix_millis())))
    }

    /// Moves the clock by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Entropy that counts: the nth draw is the number n, big-endian, with zeros before it. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct CountedEntropy(Arc<AtomicU64>);

impl CountedEntropy {
    /// How many draws there have been.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Goes back to where so many had been drawn: the next draw is the one that followed then.
    pub fn rewind(&self, drawn: u64) {
        self.0.store(drawn, Ordering::Relaxed);
    }
}

impl Entropy for CountedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        bytes.fill(0);
        for (byte, digit) in bytes.iter_mut().rev().zip(count.to_le_bytes()) {
            *byte = digit;
        }
    }
}

/// RSA keys of 2048 bits that are public knowledge, in a fixed order; each is given once, to one of the clones.
/// Keys on curves are made of the position in that order.
#[derive(Clone, Debug, Default)]
pub struct CannedKeys(Arc<AtomicUsize>);

/// The keys, in PEM.
const KEYS: [&str; 8] = [
    include_str!("../../tests/vectors/keys/rsa-2048-a.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-b.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-c.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-d.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-e.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-f.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-g.pem"),
    include_str!("../../tests/vectors/keys/rsa-2048-h.pem"),
];

impl CannedKeys {
    /// The keys from this position in the order on.
    #[must_use]
    pub fn from_position(position: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(position)))
    }

    /// The key with this position in the order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] after the last key.
    pub fn key(position: usize) -> Result<PrivateKey> {
        let pem = KEYS.get(position).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported).context(format!("there are only {} canned keys", KEYS.len()))
        })?;
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        PrivateKey::from_stored_pkcs8_der(&pem::base64_any(&base64)?)
    }
}

impl KeySource for CannedKeys {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        match spec {
            KeySpec::Rsa { bits: 2048 } => Self::key(self.0.fetch_add(1, Ordering::Relaxed)),
            KeySpec::Ec { curve } => {
                let position = self.0.fetch_add(1, Ordering::Relaxed);
                Ok(PrivateKey::generate_ec(curve, &mut ChaCha20Rng::seed_from_u64(position as u64)))
            }
            spec @ KeySpec::Rsa { .. } => {
                Err(Error::new(ErrorKind::Unsupported).context(format!("there is no canned key `{spec}`")))
            }
        }
    }
}
