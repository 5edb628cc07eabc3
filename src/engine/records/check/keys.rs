//! What is wrong with the keys of a store themselves: of each, and of those that share a factor.

use super::{KeyFinding, Report};
use crate::engine::tables::Place;
use crate::model::Key;
use crate::pki::findings::{Weakness, shared_primes};
use crate::pki::{Jwk, Timestamp};

/// How many RSA keys are compared with each other, which takes a minute. The time grows with the square of their number.
const COMPARED: usize = 2000;

/// The keys that were met on the walk.
pub(super) struct Keys {
    now: Timestamp,
    /// RSA keys to be compared, with their places and `kid`s.
    rsa: Vec<(String, String, Jwk)>,
}

impl Keys {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { now, rsa: Vec::new() }
    }

    /// Takes in a key, and reports what it shows alone.
    pub(super) fn look_at(&mut self, place: &[u8], key: Key, report: &mut Report) {
        for finding in key.findings(self.now) {
            report.find(KeyFinding { place: Place(place).to_string(), kid: key.kid.clone(), finding });
        }
        if matches!(key.jwk, Jwk::Rsa { .. }) {
            if self.rsa.len() < COMPARED {
                self.rsa.push((Place(place).to_string(), key.kid, key.jwk));
            } else {
                report.not_compared += 1;
            }
        }
    }

    /// Reports the keys that share a factor.
    pub(super) fn compare(self, report: &mut Report) {
        for position in shared_primes(self.rsa.iter().map(|(_, _, jwk)| jwk)) {
            if let Some((place, kid, _)) = self.rsa.get(position) {
                let words = "the RSA modulus shares a factor with that of another key of the store";
                let finding = Weakness::SharedPrimes.because(words);
                report.find(KeyFinding { place: place.clone(), kid: kid.clone(), finding });
            }
        }
    }
}
