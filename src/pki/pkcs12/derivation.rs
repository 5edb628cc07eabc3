//! Keys from a password, in the way of PKCS #12 (RFC 7292, appendix B).

use zeroize::Zeroizing;

use super::{budget::Budget, digest::MessageDigest};
use crate::error::Result;

/// What keys are made of besides the password.
pub(super) struct Derivation<'a> {
    pub(super) digest: MessageDigest,
    pub(super) salt: &'a [u8],
    pub(super) rounds: u32,
}

/// What the octets are for (RFC 7292, appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    InitialVector = 2,
    Mac = 3,
}

impl Derivation<'_> {
    /// So many octets from a password in UTF-16 (RFC 7292, appendix B.2).
    pub(super) fn octets(
        &self,
        purpose: Purpose,
        length: usize,
        password: &[u8],
        budget: &Budget<'_>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let block = self.digest.block();
        self.pay(length, password.len(), budget)?;
        let filled = |text: &[u8]| -> Zeroizing<Vec<u8>> {
            let octets = text.iter().copied().cycle();
            Zeroizing::new(octets.take(text.len().div_ceil(block) * block).collect())
        };
        let mut input =
            Zeroizing::new([&*vec![purpose as u8; block], &*filled(self.salt), &*filled(password)].concat());
        let mut octets = Zeroizing::new(Vec::with_capacity(length + block));
        while octets.len() < length {
            let digest = self.digest.repeated(&input, self.rounds);
            octets.extend_from_slice(&digest);
            // Each block of the input, taken as a number, grows by the digest, repeated to a block, and one.
            for part in input.chunks_mut(block).skip(1) {
                let mut carry = 1;
                let addend = digest.iter().cycle().take(block).collect::<Vec<_>>();
                for (octet, more) in part.iter_mut().zip(addend).rev() {
                    let sum = u16::from(*octet) + u16::from(*more) + carry;
                    *octet = sum.to_le_bytes()[0];
                    carry = sum >> 8;
                }
            }
        }
        octets.truncate(length);
        Ok(octets)
    }

    /// For each output all rounds are made, and the input is digested and added to: what takes as long as its octets
    /// twice.
    fn pay(&self, length: usize, password: usize, budget: &Budget<'_>) -> Result<()> {
        let outputs = length.div_ceil(self.digest.output());
        budget.spend_rounds(self.digest, self.rounds, outputs as u64)?;
        let input = self.salt.len() + password + 4 * self.digest.block();
        budget.spend_octets(self.digest, 2 * outputs * input)
    }
}
