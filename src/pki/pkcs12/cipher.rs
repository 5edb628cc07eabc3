//! The ciphers that files are encrypted with.

use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit, block_padding::Pkcs7,
};
use rc4::StreamCipher as _;
use zeroize::Zeroizing;

/// A cipher; all but RC4 in the mode of CBC, with the padding of PKCS #7.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cipher {
    Aes,
    Des,
    /// With two or three keys.
    TripleDes,
    /// RFC 2268, with so many effective bits.
    Rc2 {
        bits: usize,
    },
    Rc4,
}

impl Cipher {
    /// How many octets the initial vector has.
    pub(super) fn vector_octets(self) -> usize {
        match self {
            Self::Aes => 16,
            Self::Des | Self::TripleDes | Self::Rc2 { .. } => 8,
            Self::Rc4 => 0,
        }
    }

    /// What was encrypted; `None` if it does not end in padding, or there is no such cipher with a key or a vector of
    /// this length.
    pub(super) fn decrypt(self, key: &[u8], vector: &[u8], encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match (self, key.len()) {
            (Self::Aes, 16) => decrypted::<aes::Aes128Dec>(key, vector, encrypted),
            (Self::Aes, 24) => decrypted::<aes::Aes192Dec>(key, vector, encrypted),
            (Self::Aes, 32) => decrypted::<aes::Aes256Dec>(key, vector, encrypted),
            (Self::Des, 8) => decrypted::<des::Des>(key, vector, encrypted),
            (Self::TripleDes, 16) => decrypted::<des::TdesEde2>(key, vector, encrypted),
            (Self::TripleDes, 24) => decrypted::<des::TdesEde3>(key, vector, encrypted),
            (Self::Rc2 { bits: bits @ 1..=1024 }, 1..=128) => {
                chained(rc2::Rc2::new_with_eff_key_len(key, bits), vector, encrypted)
            }
            (Self::Rc4, _) => {
                let mut plain = Zeroizing::new(encrypted.to_vec());
                rc4::Rc4::new_from_slice(key).ok()?.apply_keystream(&mut plain);
                Some(plain)
            }
            _ => None,
        }
    }
}

fn decrypted<C: KeyInit + BlockCipherDecrypt>(
    key: &[u8],
    vector: &[u8],
    encrypted: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    chained(C::new_from_slice(key).ok()?, vector, encrypted)
}

fn chained<C: BlockCipherDecrypt>(cipher: C, vector: &[u8], encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mode = cbc::Decryptor::inner_iv_slice_init(cipher, vector).ok()?;
    mode.decrypt_padded_vec::<Pkcs7>(encrypted).ok().map(Zeroizing::new)
}
