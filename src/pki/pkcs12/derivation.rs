//! Keys from a password, in the way of PKCS #12 (RFC 7292, appendix B).

use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _, block_padding::Pkcs7};
use hmac::{Hmac, Mac as _};
use sha1::{Digest, Sha1, digest::block_api::BlockSizeUser};
use zeroize::Zeroizing;

use super::{budget::Budget, refuse};
use crate::error::Result;

/// What keys are made of (RFC 7292, appendix B.2), and what pays for it.
pub(super) struct Derivation<'a> {
    /// The password in UTF-16.
    pub(super) password: &'a [u8],
    pub(super) salt: &'a [u8],
    pub(super) rounds: u32,
    pub(super) budget: &'a Budget,
}

/// What the octets are for (RFC 7292, appendix B.3).
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    InitialVector = 2,
    Mac = 3,
}

impl Derivation<'_> {
    fn octets<D: Digest + BlockSizeUser>(
        &self,
        purpose: Purpose,
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let block = D::block_size();
        self.pay::<D>(length)?;
        let filled = |text: &[u8]| -> Vec<u8> {
            text.iter().copied().cycle().take(text.len().div_ceil(block) * block).collect()
        };
        let mut input = Zeroizing::new([filled(self.salt), filled(self.password)].concat());
        let mut octets = Zeroizing::new(Vec::with_capacity(length + block));
        while octets.len() < length {
            let mut digest =
                D::new().chain_update(vec![purpose as u8; block]).chain_update(&*input).finalize();
            for _ in 1..self.rounds {
                digest = D::digest(digest);
            }
            octets.extend_from_slice(&digest);
            // Each block of the input, taken as a number, grows by the digest, repeated to a block, and one.
            let addend: Vec<u8> = digest.iter().copied().cycle().take(block).collect();
            for part in input.chunks_mut(block) {
                let mut carry = 1;
                for (octet, more) in part.iter_mut().zip(&addend).rev() {
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
    fn pay<D: Digest + BlockSizeUser>(&self, length: usize) -> Result<()> {
        let outputs = length.div_ceil(<D as Digest>::output_size());
        self.budget.spend_rounds(self.rounds, outputs as u64, D::block_size())?;
        let input = self.salt.len() + self.password.len() + 4 * D::block_size();
        self.budget.spend_octets(2 * outputs * input, D::block_size())
    }

    /// Decrypts with a key of this length for a block cipher with blocks of 8 octets.
    pub(super) fn decrypt<C: KeyInit + BlockCipherDecrypt>(
        &self,
        length: usize,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.octets::<Sha1>(Purpose::Key, length)?;
        let vector = self.octets::<Sha1>(Purpose::InitialVector, 8)?;
        let cipher =
            cbc::Decryptor::<C>::new_from_slices(&key, &vector).map_err(|_| refuse("cannot be decrypted"))?;
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(encrypted);
        plain.map(Zeroizing::new).map_err(|_| refuse("cannot be decrypted"))
    }

    /// Whether this is the authentication code of a message.
    pub(super) fn confirms<D>(&self, message: &[u8], code: &[u8]) -> Result<bool>
    where
        D: Digest + BlockSizeUser,
        Hmac<D>: hmac::Mac + KeyInit,
        D: hmac::EagerHash,
    {
        self.budget.spend_octets(message.len(), D::block_size())?;
        let key = self.octets::<D>(Purpose::Mac, <D as Digest>::output_size())?;
        let mac = <Hmac<D> as KeyInit>::new_from_slice(&key);
        Ok(mac.is_ok_and(|mac| mac.chain_update(message).verify_slice(code).is_ok()))
    }
}
