//! What is remembered between requests: which tokens of clients were used, and what their proofs must contain. All of it is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use idpstore::env::Entropy;
use idpstore::pki::thumbprint;

use super::jws::encoded;

/// How many ids are remembered; past that the one that would end first is forgotten.
const LIMIT: usize = 65_536;

/// How long proofs are to contain a nonce before they get another; it is taken for as long again.
const ROTATION: i64 = 300;

/// The ids of what may be used once, until it ends; as digests, so that none is long.
#[derive(Default)]
pub(super) struct Used {
    ends: BTreeSet<(i64, String)>,
    ids: BTreeMap<String, i64>,
}

impl Used {
    /// Whether this is the first use of something that ends then.
    pub(super) fn is_first(&mut self, id: &str, end: i64, now: i64) -> bool {
        let id = thumbprint::sha256_base64url(id.as_bytes());
        while let Some((end, first)) = self.ends.pop_first() {
            if end >= now && self.ids.len() < LIMIT {
                self.ends.insert((end, first));
                break;
            }
            self.ids.remove(&first);
        }
        if self.ids.contains_key(&id) {
            return false;
        }
        self.ids.insert(id.clone(), end);
        self.ends.insert((end, id));
        true
    }
}

/// What proofs must contain: the nonce of now, and the one before it.
#[derive(Default)]
pub(super) struct Nonces {
    current: String,
    last: String,
    since: i64,
}

impl Nonces {
    /// The one of now.
    pub(super) fn current(&mut self, now: i64, entropy: &dyn Entropy) -> &str {
        let age = now.saturating_sub(self.since);
        if self.current.is_empty() || !(0..ROTATION).contains(&age) {
            let mut octets = [0; 24];
            entropy.fill(&mut octets);
            let old = mem::replace(&mut self.current, encoded(&octets));
            self.last = if (0..2 * ROTATION).contains(&age) { old } else { String::new() };
            self.since = now;
        }
        &self.current
    }

    /// Whether a proof may contain it.
    pub(super) fn accepts(&mut self, nonce: &str, now: i64, entropy: &dyn Entropy) -> bool {
        !nonce.is_empty() && (self.current(now, entropy) == nonce || self.last == nonce)
    }
}

#[cfg(test)]
mod tests {
    use idpstore::env::SeededEntropy;

    use super::*;

    #[test]
    fn an_id_is_used_once_until_it_ends() {
        let mut used = Used::default();
        assert!(used.is_first("a", 10, 1));
        assert!(used.is_first("b", 20, 1));
        assert!(!used.is_first("a", 30, 10));
        assert!(used.is_first("a", 30, 11), "what has ended is refused for that");
        assert!(!used.is_first("b", 30, 20));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut used = Used::default();
        for number in 0..2 * LIMIT {
            assert!(used.is_first(&number.to_string(), 100 + i64::try_from(number).unwrap(), 1));
        }
        assert_eq!((used.ids.len(), used.ends.len()), (LIMIT, LIMIT));
        assert!(used.is_first("0", 100, 1), "the first to end is forgotten");
        assert!(!used.is_first(&(2 * LIMIT - 1).to_string(), 100, 1));
    }

    #[test]
    fn nonces_are_taken_for_twice_their_time() {
        let entropy = SeededEntropy::new([1; 32]);
        let mut nonces = Nonces::default();
        let first = nonces.current(1000, &entropy).to_owned();
        assert_eq!(nonces.current(1299, &entropy), first);
        assert!(nonces.accepts(&first, 1300, &entropy));
        assert_ne!(nonces.current(1300, &entropy), first);
        assert!(nonces.accepts(&first, 1599, &entropy));
        assert!(!nonces.accepts(&first, 1600, &entropy));
        assert!(!nonces.accepts("", 1600, &entropy));
        let late = nonces.current(1600, &entropy).to_owned();
        assert!(!nonces.accepts(&late, 3000, &entropy));
    }
}
