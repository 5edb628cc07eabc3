//! Keys from passwords, which WebCrypto makes outside of the module.

use idpstore::pki::Hash;
use idpstore::pki::pkcs12::Pbkdf2;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// What WebCrypto makes a key of, by PBKDF2.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Underived {
    password: Zeroizing<Vec<u8>>,
    salt: Vec<u8>,
    rounds: u32,
    hash: Hash,
    octets: usize,
}

#[wasm_bindgen]
impl Underived {
    /// The octets of the password.
    #[must_use]
    pub fn password(&self) -> Vec<u8> {
        self.password.to_vec()
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> Vec<u8> {
        self.salt.clone()
    }

    /// How many rounds are made.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// The name of the hash function in WebCrypto.
    #[must_use]
    pub fn hash(&self) -> String {
        hash_name(self.hash)
    }

    /// How many octets the key has.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.octets
    }
}

impl Underived {
    /// What waits for the host.
    pub(crate) fn from(input: &Pbkdf2<'_>) -> Self {
        let Pbkdf2 { password, salt, rounds, hash, octets } = *input;
        Self { password: Zeroizing::new(password.to_vec()), salt: salt.to_vec(), rounds, hash, octets }
    }

    /// Whether it is the same.
    pub(crate) fn is(&self, input: &Pbkdf2<'_>) -> bool {
        let Self { password, salt, rounds, hash, octets } = self;
        *input == Pbkdf2 { password, salt, rounds: *rounds, hash: *hash, octets: *octets }
    }
}

/// The name of a hash function in WebCrypto.
pub(crate) fn hash_name(hash: Hash) -> String {
    match hash {
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    }
    .to_owned()
}
