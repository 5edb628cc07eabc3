//! How keys are laid out, and how records become bytes.
//!
//! A key is a tag that names the table, the tenant, and then what identifies or orders the entry. Numbers are
//! big-endian and texts end in `00 01` (a `00` inside is written `00 ff`), so that keys sort as their parts do.
//! A text that is too long is cut, and ends in `00 02` and its digest (SHA-256), so that keys have a bounded length.
//! A record is a version byte and JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Id;
use crate::pki::thumbprint;

/// The tables, by their tags. What follows the tag is given in parentheses.
pub mod tag {
    /// The form of the store ().
    pub const FORM: u8 = b'#';
    /// Up to where what the clock brings has been logged ().
    pub const CLOCK: u8 = b'@';
    /// That a copy of a store into this engine is not complete ().
    pub const COPY: u8 = b'%';
    /// Tenants (tenant).
    pub const TENANT: u8 = b'T';
    /// Identity providers (tenant, id).
    pub const PROVIDER: u8 = b'P';
    /// Providers by folded name (tenant, name, id).
    pub const PROVIDER_NAME: u8 = b'N';
    /// Providers by alias (tenant, alias, id).
    pub const PROVIDER_ALIAS: u8 = b'n';
    /// Providers by kind (tenant, kind, id).
    pub const PROVIDER_KIND: u8 = b'Y';
    /// Providers by the URL of the document that their settings came from (tenant, URL, id).
    pub const PROVIDER_SOURCE: u8 = b's';
    /// Signing keys (tenant, id).
    pub const SIGNING_KEY: u8 = b'K';
    /// Trusted keys (tenant, id).
    pub const TRUSTED_KEY: u8 = b'V';
    /// Ids of signing keys (tenant, kid).
    pub const SIGNING_KID: u8 = b'k';
    /// Ids of trusted keys by the SHA-256 of their certificate (tenant, digest, id).
    pub const TRUSTED_DIGEST: u8 = b'v';
    /// Signing keys and trusted keys by their dates (tenant, time in milliseconds, id).
    pub const KEY_DATE: u8 = b'x';
    /// Which owners may sign with a key (tenant, owner, folded kid, kid).
    pub const ATTACHMENT: u8 = b'A';
    /// The same the other way round (tenant, kid, owner).
    pub const ATTACHED_TO: u8 = b'a';
    /// When which owners stop publishing a certificate, or trusting it (tenant, milliseconds of Unix time, owner, kid).
    pub const PLANNED_END: u8 = b'z';
    /// Pending requests (tenant, owner, request id).
    pub const REQUEST: u8 = b'R';
    /// Applications (tenant, id).
    pub const APPLICATION: u8 = b'L';
    /// Applications by folded name and alias (tenant, name, id).
    pub const APPLICATION_NAME: u8 = b'l';
    /// Applications by entity id (tenant, entity id, id).
    pub const APPLICATION_ENTITY_ID: u8 = b'e';
    /// Applications by state (tenant, `active` or `inactive`, id).
    pub const APPLICATION_STATE: u8 = b'o';
    /// Which providers refer to a key (tenant, kid, provider).
    pub const KEY_USE: u8 = b'U';
    /// Which applications refer to a key (tenant, kid, application).
    pub const KEY_USE_BY_APPLICATION: u8 = b'u';
    /// Users (tenant, id).
    pub const USER: u8 = b'H';
    /// Users by folded login (tenant, login, id).
    pub const USER_LOGIN: u8 = b'h';
    /// Links of users to providers (tenant, provider, user).
    pub const LINK: u8 = b'I';
    /// The same the other way round (tenant, user, provider).
    pub const LINK_OF_USER: u8 = b'i';
    /// Vendor records (tenant, id).
    pub const VENDOR_RECORD: u8 = b'W';
    /// Vendor records by kind and folded name (tenant, kind, name, id).
    pub const VENDOR_RECORD_NAME: u8 = b'w';
    /// Vendor records by owner (tenant, owner, kind, id).
    pub const VENDOR_RECORD_OWNER: u8 = b'q';
    /// What the secrets of the store are sealed by ().
    pub const SEAL: u8 = b'$';
    /// The generations of records' sealed secrets (key of the record).
    pub const GENERATION: u8 = b'g';
    /// The sum of all generations ().
    pub const GENERATIONS: u8 = b'G';
    /// The tables of a seal.
    pub(crate) const OF_SEALS: [u8; 3] = [SEAL, GENERATION, GENERATIONS];
    /// The log of an engine with one owner (number of the unit).
    pub const CHANGE: u8 = b'C';
}

/// The version byte of records that this library writes.
pub const RECORD_VERSION: u8 = 2;

/// How many bytes of a text are in a key. Names are shorter at all vendors' APIs: of longer texts, only those that share
/// so many bytes are not in their order.
pub const LONGEST_TEXT: usize = 1024;

/// What begins the digest of a text that was cut.
pub(crate) const CUT: u8 = 2;

/// The part of a text that is in a key.
fn kept(text: &str) -> &str {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    // A character has at most four bytes.
    (LONGEST_TEXT - 3..=LONGEST_TEXT).rev().find_map(|end| text.get(..end)).unwrap_or(text)
}

/// A key under construction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key of the table with this tag.
    #[must_use]
    pub fn of(tag: u8) -> Self {
        let mut bytes = Vec::with_capacity(40);
        bytes.push(tag);
        Self(bytes)
    }

    /// Adds an id.
    #[must_use]
    pub fn id(mut self, id: Id) -> Self {
        self.0.extend_from_slice(&id.number().to_be_bytes());
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Adds a text and its end, or, of a text that is longer than [`LONGEST_TEXT`], its beginning and its digest.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let kept = kept(text);
        let mut key = self.bytes_of(kept);
        if kept.len() == text.len() {
            key.0.extend_from_slice(&[0, 1]);
        } else {
            key.0.extend_from_slice(&[0, CUT]);
            key.0.extend_from_slice(&thumbprint::sha256(text.as_bytes()));
        }
        key
    }

    /// Adds a text and its end, however long it is. Such a key is not stored.
    #[must_use]
    pub(crate) fn whole_text(self, text: &str) -> Self {
        let mut key = self.bytes_of(text);
        key.0.extend_from_slice(&[0, 1]);
        key
    }

    /// Adds the start of a text: the key is then a prefix of all keys whose text starts so. If the start is longer than
    /// [`LONGEST_TEXT`], it is also one of keys whose text starts otherwise.
    #[must_use]
    pub fn text_start(self, text: &str) -> Self {
        self.bytes_of(kept(text))
    }

    fn bytes_of(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self
    }

    /// The tag.
    pub(crate) fn tag(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first key that does not start with this one.
    #[must_use]
    pub fn end(&self) -> Vec<u8> {
        prefix_end(&self.0)
    }

    /// The first key after this one.
    #[must_use]
    pub fn next(&self) -> Vec<u8> {
        let mut next = self.0.clone();
        next.push(0);
        next
    }
}

/// The first key that does not start with these bytes; empty if all after them do.
pub(crate) fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            break;
        }
    }
    end
}

/// The id that ends a key, if it ends in one.
#[must_use]
pub fn last_id(key: &[u8]) -> Option<Id> {
    Id::try_from(u64::from_be_bytes(*key.last_chunk()?)).ok()
}

/// The bytes of a record.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if the record has no JSON form; none of ours is without.
pub fn encode(record: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1024);
    bytes.push(RECORD_VERSION);
    serde_json::to_writer(&mut bytes, record)
        .map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    Ok(bytes)
}

/// A value as JSON that is written into a record as it is.
///
/// # Errors
///
/// As [`encode`].
pub(crate) fn raw_json(value: &impl Serialize) -> Result<Box<RawValue>> {
    serde_json::value::to_raw_value(value).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))
}

/// The record that these bytes hold.
///
/// # Errors
///
/// [`ErrorKind::Corrupt`] if they hold none, [`ErrorKind::TooNew`] if this library does not know its version.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match bytes.split_first() {
        // Text is checked once as a whole, and not each part of it when it is read.
        Some((&RECORD_VERSION, json)) => std::str::from_utf8(json)
            .map_err(|cause| cause.valid_up_to() + 1)
            .and_then(|text| serde_json::from_str(text).map_err(|cause| cause.column()))
            .map_err(|byte| {
                // The cause's own words may repeat what the record holds, secrets included.
                let words = format!("a record cannot be read from its byte {byte} on");
                Error::new(ErrorKind::Corrupt).context(words)
            }),
        Some((version, _)) => {
            let kind = if *version > RECORD_VERSION { ErrorKind::TooNew } else { ErrorKind::Corrupt };
            Err(Error::new(kind).context(format!("a record has the version {version}")))
        }
        None => Err(Error::new(ErrorKind::Corrupt).context("a record is empty")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_sort_as_such_and_end_where_they_end() {
        let key = |text: &str| Key::of(b'x').text(text).id(Id::from_number(7));
        let mut texts = ["b", "a", "a\0", "a\0b", "ab", "", "a\u{1}"].map(str::to_owned);
        texts.sort();
        let keys: Vec<_> = texts.iter().map(|text| key(text)).collect();
        assert!(keys.is_sorted());
        assert!(key("ab").bytes().starts_with(Key::of(b'x').text_start("a").bytes()));
        assert!(!key("ab").bytes().starts_with(Key::of(b'x').text("a").bytes()));
    }

    #[test]
    fn long_texts_are_cut_and_told_apart() {
        let key = |text: &str| Key::of(b'x').text(text).id(Id::from_number(7));
        let long = "ab\0é".repeat(LONGEST_TEXT);
        let longest = 1 + 2 * LONGEST_TEXT + 2 + 32 + size_of::<u64>();
        let mut keys = Vec::new();
        for end in (0..long.len()).filter(|end| long.is_char_boundary(*end)) {
            let (key, start) = (key(&long[..end]), Key::of(b'x').text_start(&long[..end]));
            assert!(key.bytes().starts_with(start.bytes()) && key.bytes().len() <= longest);
            assert!(end > LONGEST_TEXT || key.bytes().len() >= end, "a text that is not too long is whole");
            keys.push(key);
        }
        let whole = keys.iter().filter(|key| key.bytes().len() < 1000).count();
        assert!(whole > 100 && keys[..whole].is_sorted());
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "no two texts share a key");
    }

    #[test]
    fn the_end_of_a_prefix_is_after_all_that_start_with_it() {
        assert_eq!(Key(vec![1, 2]).end(), [1, 3]);
        assert_eq!(Key(vec![1, 0xff]).end(), [2]);
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let error = decode::<u8>(&[9, b'1']).expect_err("unknown");
        assert_eq!(error.kind(), &ErrorKind::TooNew);
        assert_eq!(decode::<u8>(&encode(&5_u8).expect("encoded")).expect("decoded"), 5);
    }
}
