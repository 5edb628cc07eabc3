//! The entry of the seal: the wrapped root key, and the data keys that it seals.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD_NO_PAD as BASE64, Engine as _};
use serde_json::Value;

use super::cipher::{self, KeyBytes, Place, SealingKey, derived, key_of};
use super::wrap::{KeyWrap, Wrapped, damaged, object};
use crate::engine::keyspace;
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result, excerpt};

/// The forms of seals: of the secrets of records, and of everything.
const SECRETS: u64 = 1;
const EVERYTHING: u64 = 2;

/// How many wraps a seal has at most: opening it tries one after the other.
const MOST_WRAPS: usize = 8;

/// How much work all passphrases require together, in KiB that are filled: a new one requires 38 912.
const MOST_WORK: u64 = 1 << 19;

/// How many data keys a seal has at most: two, while they change.
const MOST_KEYS: usize = 2;

/// The entry.
pub(super) struct Header {
    form: u64,
    pub(super) wraps: Vec<Wrapped>,
    keys: Vec<DataKey>,
}

/// A data key, sealed by the root key.
struct DataKey {
    number: u32,
    sealed: String,
}

/// The key that seals the data keys.
pub(super) struct Root {
    octets: KeyBytes,
    key: SealingKey,
    /// The key of marks.
    marks: KeyBytes,
    /// The key of the hashes of texts in keys.
    texts: KeyBytes,
}

impl Root {
    pub(super) fn fresh(random: &dyn Entropy) -> Self {
        Self::of(cipher::fresh(random))
    }

    fn of(octets: KeyBytes) -> Self {
        let [marks, texts] =
            [&b"idpstore marks"[..], b"idpstore texts in keys"].map(|it| derived(&octets, it));
        Self { key: SealingKey::new(&octets), marks, texts, octets }
    }

    /// The place of a data key. It depends on the form: without a key one form cannot be made to look like the other.
    fn place(form: u64, number: u32) -> Place {
        let what: &[u8] =
            if form == EVERYTHING { b"idpstore data key of everything" } else { b"idpstore data key" };
        Place::of(&[what, &number.to_be_bytes()])
    }
}

/// The keys of an open seal.
pub(super) struct Ring {
    root: Arc<Root>,
    /// The entry that they are from.
    pub(super) entry: Vec<u8>,
    /// By their numbers, the current one last.
    keys: Vec<(u32, SealingKey)>,
    /// Whether everything is sealed, and not only the secrets.
    pub(super) is_of_everything: bool,
}

impl Ring {
    /// The keys in an entry.
    pub(super) fn of(root: Arc<Root>, entry: &[u8]) -> Result<Self> {
        let header = Header::read(entry)?;
        let key = |key: &DataKey| {
            let sealed = BASE64.decode(&key.sealed).ok();
            let opened =
                sealed.and_then(|sealed| root.key.open(&Root::place(header.form, key.number), &sealed));
            let octets = opened.and_then(|opened| key_of(&opened));
            Ok((key.number, SealingKey::new(&octets.ok_or(ErrorKind::WrongKey)?)))
        };
        let keys = header.keys.iter().map(key).collect::<Result<_>>()?;
        Ok(Self { root, entry: entry.to_vec(), keys, is_of_everything: header.is_of_everything() })
    }

    /// The keys in another entry of the same seal.
    pub(super) fn of_same_root(&self, entry: &[u8]) -> Result<Self> {
        Self::of(Arc::clone(&self.root), entry)
    }

    /// The key with which everything is sealed now, and its number.
    pub(super) fn current(&self) -> Result<(u32, &SealingKey)> {
        self.keys.last().map(|(number, key)| (*number, key)).ok_or_else(damaged)
    }

    pub(super) fn key(&self, number: u32) -> Option<&SealingKey> {
        self.keys.iter().find(|(of, _)| *of == number).map(|(_, key)| key)
    }

    pub(super) fn root_key(&self) -> &SealingKey {
        &self.root.key
    }

    /// The key of marks.
    pub(super) fn marks(&self) -> &KeyBytes {
        &self.root.marks
    }

    /// The key of the hashes of texts in keys.
    pub(super) fn texts(&self) -> &KeyBytes {
        &self.root.texts
    }

    /// Whether the data key is being changed.
    pub(super) fn is_changing(&self) -> bool {
        self.keys.len() > 1
    }

    pub(super) fn header(&self) -> Result<Header> {
        Header::read(&self.entry)
    }

    /// The root key, wrapped once more.
    pub(super) fn wrap(&self, random: &dyn Entropy, by: &KeyWrap) -> Result<Wrapped> {
        by.wrap(random, &self.root.octets)
    }

    /// The entry with one more data key, by which everything is sealed from then on.
    pub(super) fn with_fresh_key(&self, random: &dyn Entropy) -> Result<Vec<u8>> {
        let mut header = self.header()?;
        header.add_key(random, &self.root)?;
        header.write()
    }

    /// The entry with no data key but the current one.
    pub(super) fn with_one_key(&self) -> Result<Vec<u8>> {
        let (mut header, current) = (self.header()?, self.current()?.0);
        header.keys.retain(|key| key.number == current);
        header.write()
    }

    /// Whether everything that has been sealed by these keys could have been sealed by the others now.
    pub(super) fn is_sealed_like(&self, other: &Self) -> bool {
        let current = |ring: &Self| ring.keys.last().map(|(number, _)| *number);
        !self.is_changing() && current(self) == current(other)
    }
}

impl Header {
    /// A new seal, of the secrets or of everything.
    pub(super) fn found(random: &dyn Entropy, by: &KeyWrap, is_of_everything: bool) -> Result<Ring> {
        let root = Root::fresh(random);
        let form = if is_of_everything { EVERYTHING } else { SECRETS };
        let mut header = Self { form, wraps: vec![by.wrap(random, &root.octets)?], keys: Vec::new() };
        header.add_key(random, &root)?;
        Ring::of(Arc::new(root), &header.write()?)
    }

    /// Whether everything is sealed, and not only the secrets.
    pub(super) fn is_of_everything(&self) -> bool {
        self.form == EVERYTHING
    }

    fn add_key(&mut self, random: &dyn Entropy, root: &Root) -> Result<()> {
        let mut number = [0; 4];
        random.fill(&mut number);
        let number = u32::from_be_bytes(number);
        let sealed = root.key.seal(random, &Root::place(self.form, number), &*cipher::fresh(random))?;
        self.keys.push(DataKey { number, sealed: BASE64.encode(sealed) });
        Ok(())
    }

    pub(super) fn read(entry: &[u8]) -> Result<Self> {
        let header: Value = keyspace::decode(entry).map_err(|_| damaged())?;
        match header.get("seal").and_then(Value::as_u64) {
            Some(form) if form > EVERYTHING => {
                Err(Error::new(ErrorKind::TooNew).context(format!("the seal has the form {form}")))
            }
            _ => Self::parts(&header).ok_or_else(damaged),
        }
    }

    fn parts(header: &Value) -> Option<Self> {
        let form = header.get("seal")?.as_u64()?;
        let list = |name, most| header.get(name)?.as_array().filter(|list| list.len() <= most);
        let key = |key: &Value| {
            let number = key.get("number")?.as_u64()?.try_into().ok()?;
            Some(DataKey { number, sealed: key.get("sealed")?.as_str()?.to_owned() })
        };
        let wraps = list("wraps", MOST_WRAPS)?.iter().map(Wrapped::read).collect::<Option<_>>()?;
        let keys: Vec<_> = list("keys", MOST_KEYS)?.iter().map(key).collect::<Option<_>>()?;
        Some(Self { form, wraps, keys }).filter(Self::is_bounded)
    }

    /// Whether it can be used, and takes no more than half a second to open.
    fn is_bounded(&self) -> bool {
        !self.keys.is_empty() && self.wraps.iter().map(Wrapped::work).sum::<u64>() <= MOST_WORK
    }

    pub(super) fn write(&self) -> Result<Vec<u8>> {
        let key = |key: &DataKey| {
            object(vec![("number", key.number.into()), ("sealed", key.sealed.as_str().into())])
        };
        let wraps: Vec<_> = self.wraps.iter().map(Wrapped::write).collect();
        let keys: Vec<_> = self.keys.iter().map(key).collect();
        keyspace::encode(&object(vec![
            ("seal", self.form.into()),
            ("wraps", wraps.into()),
            ("keys", keys.into()),
        ]))
    }

    /// The keys of the seal, opened by this wrap.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKey`] if no wrap of the seal is like it.
    pub(super) fn open(entry: &[u8], by: &KeyWrap) -> Result<Ring> {
        let mut refusal = ErrorKind::WrongKey.into();
        for wrapped in &Self::read(entry)?.wraps {
            match wrapped.unwrap(by) {
                Ok(Some(root)) => return Ring::of(Arc::new(Root::of(root)), entry),
                Ok(None) => {}
                // Another one may not be damaged.
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Adds a wrap.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if there is one of this name, or no room for another.
    pub(super) fn add(&mut self, wrapped: Wrapped) -> Result<()> {
        if self.wraps.iter().any(|wrap| wrap.name == wrapped.name) {
            return Err(wrong(format!("there is a wrap `{}` already", excerpt(&wrapped.name))));
        }
        if self.wraps.len() == MOST_WRAPS {
            return Err(wrong(format!("a seal has at most {MOST_WRAPS} wraps")));
        }
        self.wraps.push(wrapped);
        Ok(())
    }

    /// Removes a wrap.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongState`] if there is none of this name, or no other.
    pub(super) fn remove(&mut self, name: &str) -> Result<()> {
        let Some(at) = self.wraps.iter().position(|wrap| wrap.name == name) else {
            return Err(wrong(format!("there is no wrap `{}`", excerpt(name))));
        };
        if self.wraps.len() == 1 {
            return Err(wrong("without its last wrap nothing could be opened any more".to_owned()));
        }
        self.wraps.remove(at);
        Ok(())
    }
}

fn wrong(words: String) -> Error {
    Error::new(ErrorKind::WrongState).context(words)
}
