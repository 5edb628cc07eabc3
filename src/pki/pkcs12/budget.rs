//! What reading one file may cost. Its maker chose how much work its password takes, so each piece of work is
//! paid for before it is done.

use std::cell::Cell;

use super::{digest::MessageDigest, host::KeyDerivation, refuse};
use crate::error::Result;

/// How much work one file may require.
///
/// The unit is one compression of SHA-1 or SHA-256, the innermost step of nearly all of it: a block of 64 octets, at most
/// a quarter of a microsecond natively, and less than half a one in WebAssembly. OpenSSL's own files need 15 000. Three parts and a code of
/// 600 000 rounds each, which is what OWASP recommends, need 4 200 000, and those of NSS with SHA-512 6 000 000.
const COMPRESSIONS: u64 = 6_300_000;

/// How much memory scrypt may require.
const SCRYPT_OCTETS: u64 = 64 << 20;

/// The octets of the block that one unit compresses.
const BLOCK: u64 = 64;

/// The work that is left, and who may do some of it.
pub(super) struct Budget<'a> {
    left: Cell<u64>,
    pub(super) host: Option<&'a dyn KeyDerivation>,
}

impl<'a> Budget<'a> {
    pub(super) fn whole(host: Option<&'a dyn KeyDerivation>) -> Self {
        Self { left: Cell::new(COMPRESSIONS), host }
    }

    /// Pays for work that is about to be done.
    pub(super) fn spend(&self, compressions: u64) -> Result<()> {
        let left = self.left.get().checked_sub(compressions);
        self.left
            .set(left.ok_or_else(|| refuse("takes too much work to read: it requires too many rounds"))?);
        Ok(())
    }

    /// Pays for so many rounds of a digest; each round is for so many outputs and takes as many compressions.
    pub(super) fn spend_rounds(&self, digest: MessageDigest, rounds: u32, each: u64) -> Result<()> {
        if rounds == 0 {
            return Err(refuse("states no rounds"));
        }
        self.spend(u64::from(rounds).saturating_mul(each).saturating_mul(weight(digest.block())))
    }

    /// Pays for going through so many octets with a digest.
    pub(super) fn spend_octets(&self, digest: MessageDigest, octets: usize) -> Result<()> {
        self.spend((octets / digest.block()) as u64 * weight(digest.block()))
    }

    /// Pays for decrypting: the slowest cipher, triple DES, takes as long for its 8 octets as a compression does. To
    /// begin takes a little, too: a long password is digested, and the cipher prepared.
    pub(super) fn spend_decryption(&self, octets: usize) -> Result<()> {
        self.spend(octets as u64 / 8 + 64)
    }

    /// scrypt (RFC 7914) fills its memory once and walks through it once, with two cores of Salsa20/8 for each 128
    /// octets; a core takes at most as long as one and a half compressions. PBKDF2 before and after makes as many octets as there are lanes.
    pub(super) fn spend_scrypt(&self, cost: u64, size: u64, lanes: u64) -> Result<()> {
        if cost < 2 || !cost.is_power_of_two() {
            return Err(refuse("is damaged"));
        }
        if cost.saturating_mul(128 * size) > SCRYPT_OCTETS {
            return Err(refuse("requires too much memory"));
        }
        let lanes = lanes.saturating_mul(size);
        self.spend(lanes.saturating_mul(6 * cost + 16))
    }
}

/// How many units one compression is: a longer block takes longer.
fn weight(block: usize) -> u64 {
    (block as u64).div_ceil(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::super::kdf::{Kdf, Work};
    use super::*;

    fn kdf(work: Work) -> Kdf<'static> {
        Kdf { salt: &[7; 16], key_octets: None, work }
    }

    fn pbkdf2(rounds: u32, digest: MessageDigest) -> Kdf<'static> {
        kdf(Work::Pbkdf2 { rounds, digest })
    }

    fn scrypt(cost: u64, block_size: u32, lanes: u32) -> Kdf<'static> {
        kdf(Work::Scrypt { cost, block_size, lanes })
    }

    #[test]
    fn three_parts_and_a_code_of_600_000_rounds_can_be_read() {
        let budget = Budget::whole(None);
        for _ in 0..3 {
            pbkdf2(600_000, MessageDigest::SHA256).pay(32, &budget).unwrap();
        }
        budget.spend_rounds(MessageDigest::SHA256, 600_000, 1).unwrap();
        budget.spend_octets(MessageDigest::SHA256, 1 << 18).unwrap();
        budget.spend_decryption(1 << 18).unwrap();
        // NSS makes two parts.
        let budget = Budget::whole(None);
        for _ in 0..2 {
            pbkdf2(600_000, MessageDigest::SHA512).pay(32, &budget).unwrap();
        }
        budget.spend_rounds(MessageDigest::SHA512, 600_000, 1).unwrap();
        budget.spend_decryption(1 << 18).unwrap();
    }

    #[test]
    fn the_work_of_all_parts_is_summed() {
        for (digest, each) in [
            (MessageDigest::SHA256, 2),
            (MessageDigest::MD5, 4),
            (MessageDigest::SHA1, 4),
            (MessageDigest::SHA224, 4),
            (MessageDigest::SHA512, 4),
            (MessageDigest::SHA512_224, 8),
        ] {
            let budget = Budget::whole(None);
            let part = pbkdf2(10_000, digest);
            let parts = (0..1000).take_while(|_| part.pay(32, &budget).is_ok()).count() as u64;
            assert_eq!(parts, COMPRESSIONS / (each * 10_000), "{digest:?}");
        }
    }

    #[test]
    fn a_long_salt_is_paid_for_with_each_output() {
        let salt = vec![7; 64 * 1_500_000];
        let kdf = |work| Kdf { salt: &salt, key_octets: None, work };
        let sha1 = || Work::Pbkdf2 { rounds: 1, digest: MessageDigest::SHA1 };
        kdf(sha1()).pay(4 * 20, &Budget::whole(None)).unwrap();
        kdf(sha1()).pay(5 * 20, &Budget::whole(None)).unwrap_err();
        let budget = Budget::whole(None);
        let scrypt = || Work::Scrypt { cost: 2, block_size: 1, lanes: 1 };
        let keys = (0..9).take_while(|_| kdf(scrypt()).pay(32, &budget).is_ok()).count();
        assert_eq!(keys, 4);
    }

    #[test]
    fn no_number_is_too_large_to_be_counted() {
        for refused in [
            pbkdf2(u32::MAX, MessageDigest::SHA512).pay(usize::MAX, &Budget::whole(None)),
            Budget::whole(None).spend_rounds(MessageDigest::SHA512, u32::MAX, u64::MAX),
            scrypt(2, 0xffff, u32::MAX).pay(32, &Budget::whole(None)),
            Budget::whole(None).spend_decryption(usize::MAX),
        ] {
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("takes too much work"), "{refused}");
        }
        assert!(Budget::whole(None).spend_rounds(MessageDigest::SHA1, 0, 1).is_err());
    }

    #[test]
    fn scrypt_is_bounded_in_memory_and_in_work() {
        scrypt(1 << 14, 8, 1).pay(32, &Budget::whole(None)).unwrap();
        scrypt(1 << 16, 8, 1).pay(32, &Budget::whole(None)).unwrap(); // 64 MiB
        for (cost, size, lanes, words) in [
            (1 << 17, 8, 1, "too much memory"),
            (1 << 63, u32::MAX, 1, "too much memory"),
            (1 << 16, 8, 3, "too much work"),
            (1 << 10, 1, u32::MAX, "too much work"),
            (0, 8, 1, "is damaged"),
            (1, 8, 1, "is damaged"),
            (1000, 8, 1, "is damaged"),
        ] {
            let refused = scrypt(cost, size, lanes).pay(32, &Budget::whole(None)).unwrap_err().to_string();
            assert!(refused.contains(words), "{cost} {size} {lanes}: {refused}");
        }
    }
}
