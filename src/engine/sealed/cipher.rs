//! What seals: XChaCha20-Poly1305, whose nonces depend on what they are used for.
//!
//! A nonce is cut from an HMAC-SHA-256 over random octets, the place and the text. If the random octets are ever repeated, such
//! as by a clone of a machine, a nonce is repeated only for the same text at the same place.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit, Payload};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};

/// How many octets a key has.
pub(super) const KEY: usize = 32;

/// How many octets a hash has.
const HASH: usize = 16;

/// How many octets a nonce has, with which everything sealed begins.
pub(super) const NONCE: usize = 24;

/// The octets of a key.
pub(super) type KeyBytes = Zeroizing<[u8; KEY]>;

/// A fresh key.
pub(super) fn fresh(random: &dyn Entropy) -> KeyBytes {
    let mut key = Zeroizing::new([0; KEY]);
    random.fill(&mut *key);
    key
}

/// The octets as those of a key, if they are as many.
pub(super) fn key_of(octets: &[u8]) -> Option<KeyBytes> {
    Some(Zeroizing::new(octets.try_into().ok()?))
}

/// A key, ready to seal and to open. It is zeroed when it is dropped.
pub(super) struct SealingKey {
    cipher: XChaCha20Poly1305,
    /// The key of nonces.
    nonces: KeyBytes,
}

impl SealingKey {
    pub(super) fn new(key: &KeyBytes) -> Self {
        let nonces = derived(key, b"idpstore nonces");
        Self { cipher: XChaCha20Poly1305::new((&**key).into()), nonces }
    }

    /// Seals a text for a place: the nonce, and then what is encrypted, with its tag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] if the text has more than 256 GiB.
    pub(super) fn seal(&self, random: &dyn Entropy, place: &Place, text: &[u8]) -> Result<Vec<u8>> {
        let mut drawn = [0; KEY];
        random.fill(&mut drawn);
        let nonce = mac(&*self.nonces, &[&drawn, &(place.0.len() as u64).to_be_bytes(), &place.0, text]);
        let nonce = nonce.first_chunk::<NONCE>().ok_or(ErrorKind::TooLarge)?;
        let payload = Payload { msg: text, aad: &place.0 };
        let sealed =
            self.cipher.encrypt(nonce.into(), payload).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// The text that was sealed for a place with this key.
    pub(super) fn open(&self, place: &Place, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let text = self.cipher.decrypt(nonce.into(), Payload { msg: sealed, aad: &place.0 });
        text.ok().map(Zeroizing::new)
    }
}

/// A digest of a place that only this key makes.
pub(super) fn digest(key: &KeyBytes, of: &Place) -> [u8; KEY] {
    mac(&**key, &[&of.0])
}

/// A shorter one of a text.
pub(super) fn hash(key: &KeyBytes, text: &[u8]) -> [u8; HASH] {
    let [hash @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = mac(&**key, &[text]);
    hash
}

/// A key for another purpose than the one that it is made of.
pub(super) fn derived(key: &KeyBytes, purpose: &[u8]) -> KeyBytes {
    Zeroizing::new(mac(&**key, &[purpose]))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; KEY] {
    // A key of any length will do.
    let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; KEY] };
    parts.iter().fold(mac, Mac::chain_update).finalize().into_bytes().into()
}

/// What something sealed belongs to: it cannot be opened for another place. No two lists of parts are the same place.
pub(super) struct Place(Vec<u8>);

impl Place {
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut place = Vec::with_capacity(128);
        for part in parts {
            place.extend_from_slice(&(part.len() as u64).to_be_bytes());
            place.extend_from_slice(part);
        }
        Self(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SeededEntropy;

    #[test]
    fn what_is_sealed_opens_at_its_place_with_its_key_alone() {
        let random = SeededEntropy::new([7; 32]);
        let (key, other) = (SealingKey::new(&fresh(&random)), SealingKey::new(&fresh(&random)));
        let place = Place::of(&[b"a", b"bc"]);
        let mut sealed = key.seal(&random, &place, b"hush").unwrap();
        assert_eq!(key.open(&place, &sealed).unwrap().as_slice(), b"hush");
        assert!(other.open(&place, &sealed).is_none());
        assert!(key.open(&Place::of(&[b"ab", b"c"]), &sealed).is_none());
        assert!(key.open(&place, &sealed[..20]).is_none());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open(&place, &sealed).is_none());
    }

    #[test]
    fn a_repeated_stream_repeats_no_nonce_for_another_text() {
        let key = SealingKey::new(&Zeroizing::new([1; KEY]));
        let seal =
            |place: &[u8], text| key.seal(&SeededEntropy::new([7; 32]), &Place::of(&[place]), text).unwrap();
        assert_eq!(seal(b"a", b"hush"), seal(b"a", b"hush"));
        assert_ne!(seal(b"a", b"hush")[..NONCE], seal(b"a", b"hash")[..NONCE]);
        assert_ne!(seal(b"a", b"hush")[..NONCE], seal(b"b", b"hush")[..NONCE]);
    }
}
