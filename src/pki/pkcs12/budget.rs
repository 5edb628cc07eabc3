//! What reading one file may cost. Whoever made it chose how much work its password takes, so each piece of work is
//! paid for before it is done.

use std::cell::Cell;

use pkcs5::pbes2::{Kdf, Pbkdf2Prf, ScryptParams};

use super::refuse;
use crate::error::Result;

/// How much work one file may ask for.
///
/// The unit is one compression of SHA-1 or SHA-256, the innermost step of nearly all of it: a block of 64 octets, at most
/// a quarter of a microsecond natively, and three quarters in WebAssembly. OpenSSL's own files need 15 000, a file
/// with three parts of 600 000 rounds each, which is what OWASP recommends, needs 4 200 000.
const COMPRESSIONS: u64 = 4_300_000;

/// How much memory scrypt may ask for.
const SCRYPT_OCTETS: u64 = 64 << 20;

/// The octets of the block that one unit compresses.
const BLOCK: u64 = 64;

/// The work that is left.
pub(super) struct Budget(Cell<u64>);

impl Budget {
    pub(super) fn whole() -> Self {
        Self(Cell::new(COMPRESSIONS))
    }

    /// Pays for work that is about to be done.
    pub(super) fn spend(&self, compressions: u64) -> Result<()> {
        let left = self.0.get().checked_sub(compressions);
        self.0.set(left.ok_or_else(|| refuse("takes too much work to read: it asks for too many rounds"))?);
        Ok(())
    }

    /// Pays for so many rounds of a digest with blocks of so many octets; each round is for so many outputs and takes
    /// as many compressions.
    pub(super) fn spend_rounds(&self, rounds: u32, each: u64, block: usize) -> Result<()> {
        if rounds == 0 {
            return Err(refuse("asks for no rounds"));
        }
        self.spend(u64::from(rounds).saturating_mul(each).saturating_mul(weight(block)))
    }

    /// Pays for going through so many octets with a digest of such blocks.
    pub(super) fn spend_octets(&self, octets: usize, block: usize) -> Result<()> {
        self.spend((octets / block) as u64 * weight(block))
    }

    /// Pays for decrypting: the slowest cipher, triple DES, takes as long for its 8 octets as a compression does. To
    /// begin takes a little, too: a long password is digested, and the cipher prepared.
    pub(super) fn spend_decryption(&self, octets: usize) -> Result<()> {
        self.spend(octets as u64 / 8 + 64)
    }

    /// Pays for the key that PBES2 derives (RFC 8018, section 6.2).
    pub(super) fn spend_kdf(&self, kdf: &Kdf) -> Result<()> {
        match kdf {
            // HMAC compresses twice a round. An output is as long as the longest key, but those of SHA-1 and SHA-224.
            Kdf::Pbkdf2(parameters) => {
                let (outputs, block) = match parameters.prf {
                    Pbkdf2Prf::HmacWithSha256 => (1, 64),
                    Pbkdf2Prf::HmacWithSha384 | Pbkdf2Prf::HmacWithSha512 => (1, 128),
                    _ => (2, 64),
                };
                self.spend_rounds(parameters.iteration_count, 2 * outputs, block)
            }
            Kdf::Scrypt(parameters) => self.spend_scrypt(parameters),
            _ => Err(refuse("is encrypted in an unknown way")),
        }
    }

    /// scrypt (RFC 7914) fills its memory once and walks through it once, with two cores of Salsa20/8 for each 128
    /// octets; a core is no slower than a compression. PBKDF2 before and after makes as many octets as there are lanes.
    fn spend_scrypt(&self, parameters: &ScryptParams) -> Result<()> {
        let (cost, size) = (parameters.cost_parameter, u64::from(parameters.block_size));
        if cost < 2 || !cost.is_power_of_two() {
            return Err(refuse("is damaged"));
        }
        if cost.saturating_mul(128 * size) > SCRYPT_OCTETS {
            return Err(refuse("asks for too much memory"));
        }
        let lanes = u64::from(parameters.parallelization).saturating_mul(size);
        self.spend(lanes.saturating_mul(4 * cost + 16))
    }
}

/// How many units one compression is: a longer block takes longer.
fn weight(block: usize) -> u64 {
    (block as u64).div_ceil(BLOCK)
}

#[cfg(test)]
mod tests {
    use pkcs5::pbes2::{Pbkdf2Params, Salt};

    use super::*;

    fn pbkdf2(rounds: u32, prf: Pbkdf2Prf) -> Kdf {
        let salt = Salt::new([7; 16]).unwrap();
        Pbkdf2Params { salt, iteration_count: rounds, key_length: None, prf }.into()
    }

    fn scrypt(cost: u64, size: u16, lanes: u16) -> Kdf {
        let salt = Salt::new([7; 16]).unwrap();
        let (cost_parameter, block_size, parallelization) = (cost, size, lanes);
        ScryptParams { salt, cost_parameter, block_size, parallelization, key_length: None }.into()
    }

    #[test]
    fn three_parts_and_a_code_of_600_000_rounds_can_be_read() {
        let budget = Budget::whole();
        for _ in 0..3 {
            budget.spend_kdf(&pbkdf2(600_000, Pbkdf2Prf::HmacWithSha256)).unwrap();
        }
        budget.spend_rounds(600_000, 1, 64).unwrap();
        budget.spend_octets(1 << 18, 64).unwrap();
        budget.spend_decryption(1 << 18).unwrap();
    }

    #[test]
    fn the_work_of_all_parts_is_summed() {
        let budget = Budget::whole();
        let part = pbkdf2(10_000, Pbkdf2Prf::HmacWithSha256);
        let parts = (0..1000).take_while(|_| budget.spend_kdf(&part).is_ok()).count() as u64;
        assert_eq!(parts, COMPRESSIONS / 20_000);
        for prf in [Pbkdf2Prf::HmacWithSha1, Pbkdf2Prf::HmacWithSha224, Pbkdf2Prf::HmacWithSha512] {
            let budget = Budget::whole();
            let parts =
                (0..1000).take_while(|_| budget.spend_kdf(&pbkdf2(10_000, prf)).is_ok()).count() as u64;
            assert_eq!(parts, COMPRESSIONS / 40_000, "{prf:?}");
        }
    }

    #[test]
    fn no_number_is_too_large_to_be_counted() {
        for refused in [
            Budget::whole().spend_kdf(&pbkdf2(u32::MAX, Pbkdf2Prf::HmacWithSha512)),
            Budget::whole().spend_rounds(u32::MAX, u64::MAX, 128),
            Budget::whole().spend_kdf(&scrypt(2, u16::MAX, u16::MAX)),
            Budget::whole().spend_decryption(usize::MAX),
        ] {
            assert!(refused.unwrap_err().to_string().contains("takes too much work"));
        }
        assert!(Budget::whole().spend_rounds(0, 1, 64).is_err());
    }

    #[test]
    fn scrypt_is_bounded_in_memory_and_in_work() {
        Budget::whole().spend_kdf(&scrypt(1 << 14, 8, 1)).unwrap();
        Budget::whole().spend_kdf(&scrypt(1 << 16, 8, 1)).unwrap(); // 64 MiB
        for (cost, size, lanes, words) in [
            (1 << 17, 8, 1, "too much memory"),
            (1 << 63, u16::MAX, 1, "too much memory"),
            (1 << 16, 8, 3, "too much work"),
            (1 << 10, 1, u16::MAX, "too much work"),
            (0, 8, 1, "is damaged"),
            (1, 8, 1, "is damaged"),
            (1000, 8, 1, "is damaged"),
        ] {
            let refused = Budget::whole().spend_kdf(&scrypt(cost, size, lanes)).unwrap_err().to_string();
            assert!(refused.contains(words), "{cost} {size} {lanes}: {refused}");
        }
    }
}
