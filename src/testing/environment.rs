//! A clock that stands, entropy that counts, and keys that are public.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::env::{Clock, Entropy, KeySource};
use crate::error::Result;
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

/// Keys that are public knowledge, in a fixed order; each is given once, to one of the clones.
///
/// The first eight RSA keys of 2048 bits are there at once. All other keys are made of their position in that order when
/// they are needed: those on curves in less than a millisecond, RSA keys in as much time as any others.
#[derive(Clone, Debug, Default)]
pub struct CannedKeys(Arc<AtomicUsize>);

/// The two primes of each of the RSA keys that are there at once, a line each, in base64: a fifth of what the keys take
/// in PEM.
const FACTORS: &str = include_str!("factors.txt");

impl CannedKeys {
    /// The RSA key of 2048 bits with this position in the order.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn key(position: usize) -> Result<PrivateKey> {
        made(KeySpec::Rsa { bits: 2048 }, position)
    }

    /// The key of this kind with this position in the order, if it is there at once. A program that calls nothing else
    /// has no code that makes RSA keys.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn at_once(spec: KeySpec, position: usize) -> Result<Option<PrivateKey>> {
        match spec {
            KeySpec::Ec { curve } => Ok(Some(PrivateKey::generate_ec(curve, &mut generator(position)))),
            KeySpec::Rsa { bits: 2048 } => factors(position).map(|[p, q]| read(p, q)).transpose(),
            KeySpec::Rsa { .. } => Ok(None),
        }
    }
}

impl KeySource for CannedKeys {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        made(spec, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn made(spec: KeySpec, position: usize) -> Result<PrivateKey> {
    match CannedKeys::at_once(spec, position)? {
        Some(key) => Ok(key),
        None => PrivateKey::generate(spec, &mut generator(position)),
    }
}

fn generator(position: usize) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(position as u64)
}

fn factors(position: usize) -> Option<[&'static str; 2]> {
    let mut lines = FACTORS.lines().skip(2 * position);
    Some([lines.next()?, lines.next()?])
}

fn read(p: &str, q: &str) -> Result<PrivateKey> {
    PrivateKey::from_factors(&pem::base64_any(p)?, &pem::base64_any(q)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdpStore;

    #[test]
    fn keys_do_not_run_out_and_are_the_same_each_time() {
        let keys = CannedKeys::default();
        let next = || keys.generate(KeySpec::Rsa { bits: 2048 }).unwrap().to_pkcs8_der().unwrap();
        let given: Vec<_> = (0..=8).map(|_| next()).collect();
        let ninth = CannedKeys::key(8).unwrap().to_pkcs8_der().unwrap();
        assert_eq!(given.last(), Some(&ninth));
        assert_eq!(given.iter().filter(|der| **der == ninth).count(), 1);
    }

    #[test]
    fn the_keys_are_those_of_the_vectors() {
        for (position, name) in ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().enumerate() {
            let path = format!("{}/tests/vectors/keys/rsa-2048-{name}.pem", env!("CARGO_MANIFEST_DIR"));
            let pem = std::fs::read_to_string(path).unwrap();
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let key = CannedKeys::at_once(KeySpec::Rsa { bits: 2048 }, position).unwrap().unwrap();
            assert_eq!(*key.to_pkcs8_der().unwrap(), pem::base64_any(&base64).unwrap(), "{name}");
        }
    }

    #[cfg(feature = "zitadel")]
    #[test]
    fn a_service_providers_key_is_made_by_the_default_settings() {
        let store = IdpStore::builder().keys(CannedKeys::default()).open().unwrap();
        let body = "{\"name\": \"Partner\", \"metadataXml\": \"PEVudGl0eURlc2NyaXB0b3IgeG1sbnM9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDptZXRhZGF0YSIvPg==\"}";
        let request = http::Request::post("/admin/v1/idps/saml").body(body.into()).unwrap();
        assert_eq!(store.handle(request).status(), 200);
    }
}
