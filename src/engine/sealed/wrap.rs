//! What the root key of a seal is wrapped by: a passphrase, a key of 32 octets, or whatever the host has.

use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::prelude::{BASE64_STANDARD_NO_PAD as BASE64, Engine as _};
use serde_json::Value;
use zeroize::Zeroizing;

use super::cipher::{KEY, KeyBytes, Place, SealingKey, key_of};
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result, excerpt};

/// Opens and closes what seals a store: by [`Builder::seal`](crate::Builder::seal) and
/// [`IdpStore::unlock`](crate::IdpStore::unlock).
///
/// A store has a root key of its own, which is kept wrapped by one or more of these, each of which opens it. Wraps have names, so
/// that one can be removed.
///
/// ```
/// use idpstore::IdpStore;
/// use idpstore::engine::KeyWrap;
///
/// let store = IdpStore::builder().seal(KeyWrap::passphrase("correct horse")).open()?;
/// store.add_wrap(&KeyWrap::key([7; 32]).named("recovery"))?;
/// store.lock();
/// assert!(store.unlock(&KeyWrap::passphrase("wrong")).is_err());
/// store.unlock(&KeyWrap::key([7; 32]))?;
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyWrap {
    name: String,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Passphrase(Passphrase),
    Key(KeyBytes),
    Host(Arc<dyn HostWrap>),
}

/// A passphrase, and the last key that was made from it: opening a file tries the key before anything is touched, and once more then.
#[derive(Clone)]
struct Passphrase {
    text: Zeroizing<String>,
    made: Arc<Mutex<Option<(Argon2id, KeyBytes)>>>,
}

impl Passphrase {
    fn key(&self, argon2: &Argon2id) -> Result<KeyBytes> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((by, key)) = &*made
            && by == argon2
        {
            return Ok(key.clone());
        }
        let key = argon2.key(&self.text)?;
        *made = Some((argon2.clone(), key.clone()));
        Ok(key)
    }
}

/// Wraps keys where the host keeps its own: a key-management service, or the keychain of the system.
pub trait HostWrap: Debug + Send + Sync {
    /// Wraps a key of 32 octets. What is returned is kept in the store, in the clear.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being wrapped.
    fn wrap(&self, key: &[u8; KEY]) -> Result<Vec<u8>>;

    /// The key of 32 octets that was wrapped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKey`] if it is not one of this host's; any other error is returned to the caller.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>>;
}

impl KeyWrap {
    /// Wraps by a key that is made from a passphrase, by Argon2id (RFC 9106). Its name is `passphrase`.
    #[must_use]
    pub fn passphrase(text: impl Into<String>) -> Self {
        let passphrase = Passphrase { text: Zeroizing::new(text.into()), made: Arc::default() };
        Self { name: "passphrase".to_owned(), way: Way::Passphrase(passphrase) }
    }

    /// Wraps by a key of 32 random octets. Its name is `key`.
    #[must_use]
    pub fn key(key: [u8; KEY]) -> Self {
        Self { name: "key".to_owned(), way: Way::Key(Zeroizing::new(key)) }
    }

    /// Wraps as the host does. Its name is `host`; what was wrapped is unwrapped by a host of the same name.
    #[must_use]
    pub fn host(host: impl HostWrap + 'static) -> Self {
        Self { name: "host".to_owned(), way: Way::Host(Arc::new(host)) }
    }

    /// The same by another name, of which the first 200 characters count.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: excerpt(name).into_owned(), ..self }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wraps a root key.
    pub(super) fn wrap(&self, random: &dyn Entropy, root: &KeyBytes) -> Result<Wrapped> {
        let by = match &self.way {
            Way::Passphrase(passphrase) if passphrase.text.is_empty() => {
                return Err(Error::new(ErrorKind::Unsupported).context("the passphrase is empty"));
            }
            Way::Passphrase(_) => By::Passphrase(Argon2id::new(random)),
            Way::Key(_) => By::Key,
            Way::Host(_) => By::Host,
        };
        let mut wrapped = Wrapped { name: self.name.clone(), by, root: String::new() };
        let octets = match &self.way {
            Way::Host(host) => host.wrap(root)?,
            _ => wrapped.key(self)?.seal(random, &wrapped.place(), &**root)?,
        };
        wrapped.root = BASE64.encode(octets);
        Ok(wrapped)
    }
}

/// The name and the kind, and nothing secret.
impl Debug for KeyWrap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.way {
            Way::Passphrase(_) => "passphrase",
            Way::Key(_) => "key",
            Way::Host(_) => "host",
        };
        write!(out, "KeyWrap({:?}, {kind})", self.name)
    }
}

/// A root key, wrapped.
#[derive(Clone)]
pub(super) struct Wrapped {
    pub(super) name: String,
    by: By,
    /// In base64.
    root: String,
}

/// The names of what Argon2id costs.
const COSTS: [&str; 3] = ["memory", "passes", "lanes"];

#[derive(Clone)]
enum By {
    Passphrase(Argon2id),
    Key,
    Host,
}

impl Wrapped {
    /// The JSON that [`Wrapped::read`] reads.
    pub(super) fn write(&self) -> Value {
        let (by, argon2) = match &self.by {
            By::Passphrase(argon2) => ("passphrase", Some(argon2)),
            By::Key => ("key", None),
            By::Host => ("host", None),
        };
        let mut members =
            vec![("name", self.name.as_str().into()), ("by", by.into()), ("root", self.root.as_str().into())];
        if let Some(Argon2id { salt, costs }) = argon2 {
            members.push(("salt", salt.as_str().into()));
            members.extend(COSTS.into_iter().zip(costs.map(Value::from)));
        }
        object(members)
    }

    /// Reads what is stored of it.
    pub(super) fn read(stored: &Value) -> Option<Self> {
        let text = |name| stored.get(name)?.as_str().map(str::to_owned);
        let cost = |name| stored.get(name)?.as_u64()?.try_into().ok();
        let by = match &*text("by")? {
            "passphrase" => {
                let [memory, passes, lanes] = COSTS;
                By::Passphrase(Argon2id {
                    salt: text("salt")?,
                    costs: [cost(memory)?, cost(passes)?, cost(lanes)?],
                })
            }
            "key" => By::Key,
            "host" => By::Host,
            _ => return None,
        };
        Some(Self { name: text("name")?, by, root: text("root")? })
    }

    /// The root key, if this is by what it was wrapped.
    pub(super) fn unwrap(&self, by: &KeyWrap) -> Result<Option<KeyBytes>> {
        let octets = BASE64.decode(&self.root).map_err(|cause| damaged().caused_by(cause))?;
        match (&self.by, &by.way) {
            (By::Passphrase(_), Way::Passphrase(_)) | (By::Key, Way::Key(_)) => {
                let opened = self.key(by)?.open(&self.place(), &octets);
                Ok(opened.and_then(|root| key_of(&root)))
            }
            (By::Host, Way::Host(host)) if self.name == by.name => match host.unwrap(&octets) {
                Ok(root) => Ok(key_of(&Zeroizing::new(root))),
                Err(error) if *error.kind() == ErrorKind::WrongKey => Ok(None),
                Err(error) => Err(error),
            },
            _ => Ok(None),
        }
    }

    /// The key that wraps.
    fn key(&self, by: &KeyWrap) -> Result<SealingKey> {
        match (&self.by, &by.way) {
            (By::Passphrase(argon2), Way::Passphrase(by)) => Ok(SealingKey::new(&by.key(argon2)?)),
            (_, Way::Key(key)) => Ok(SealingKey::new(key)),
            _ => Err(ErrorKind::WrongKey.into()),
        }
    }

    /// How much work it requires, in KiB that are filled.
    pub(super) fn work(&self) -> u64 {
        match &self.by {
            By::Passphrase(Argon2id { costs: [memory, passes, _], .. }) => {
                u64::from(*memory) * u64::from(*passes)
            }
            By::Key | By::Host => 0,
        }
    }

    fn place(&self) -> Place {
        Place::of(&[b"idpstore root key", self.name.as_bytes()])
    }
}

/// How a key is made from a passphrase: Argon2id (RFC 9106) with these parameters.
#[derive(Clone, PartialEq, Eq)]
struct Argon2id {
    /// In base64.
    salt: String,
    /// Memory in KiB, passes over it, and lanes.
    costs: [u32; 3],
}

impl Argon2id {
    const SALT: usize = 16;
    /// The most that one passphrase may require; all together, the header has a bound for.
    const MOST: [u32; 3] = [1 << 16, 8, 4];

    fn new(random: &dyn Entropy) -> Self {
        let mut salt = [0; Self::SALT];
        random.fill(&mut salt);
        Self { salt: BASE64.encode(salt), costs: [19456, 2, 1] }
    }

    fn key(&self, passphrase: &str) -> Result<KeyBytes> {
        if self.costs.iter().zip(Self::MOST).any(|(given, most)| *given > most) {
            return Err(damaged().context("a passphrase requires too much work"));
        }
        let [memory, passes, lanes] = self.costs;
        let mut key = Zeroizing::new([0; KEY]);
        let mut make = || {
            let params = Params::new(memory, passes, lanes, Some(KEY)).ok()?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password_into(passphrase.as_bytes(), &BASE64.decode(&self.salt).ok()?, &mut *key).ok()
        };
        make().ok_or_else(damaged)?;
        Ok(key)
    }
}

/// A JSON object of these members.
pub(super) fn object(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::Corrupt).context("the entry of the seal cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SeededEntropy;

    /// Adds 1 to each octet, unless it is locked.
    #[derive(Debug)]
    struct Service(Option<ErrorKind>);

    impl HostWrap for Service {
        fn wrap(&self, key: &[u8; KEY]) -> Result<Vec<u8>> {
            Ok(key.iter().map(|octet| octet.wrapping_add(1)).collect())
        }

        fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>> {
            match &self.0 {
                Some(kind) => Err(kind.clone().into()),
                None => Ok(wrapped.iter().map(|octet| octet.wrapping_sub(1)).collect()),
            }
        }
    }

    #[test]
    fn each_wrap_is_opened_by_its_like_alone() {
        let (random, root) = (SeededEntropy::new([7; 32]), Zeroizing::new([9; KEY]));
        let wraps = [
            KeyWrap::passphrase("a"),
            KeyWrap::passphrase("b").named("a"),
            KeyWrap::key([1; KEY]),
            KeyWrap::key([2; KEY]),
            KeyWrap::host(Service(None)),
            KeyWrap::host(Service(None)).named("other"),
        ];
        for (at, wrap) in wraps.iter().enumerate() {
            let wrapped = wrap.wrap(&random, &root).unwrap();
            for (other, by) in wraps.iter().enumerate() {
                let opened = wrapped.unwrap(by).unwrap();
                assert_eq!(opened.as_deref() == Some(&*root), at == other, "{wrap:?} by {by:?}");
            }
        }
    }

    #[test]
    fn a_host_that_fails_is_no_wrong_key() {
        let wrapped = KeyWrap::host(Service(None))
            .wrap(&SeededEntropy::new([7; 32]), &Zeroizing::new([9; KEY]))
            .unwrap();
        let by = |kind| wrapped.unwrap(&KeyWrap::host(Service(Some(kind))));
        assert!(by(ErrorKind::WrongKey).unwrap().is_none());
        assert_eq!(by(ErrorKind::Storage).unwrap_err().kind(), &ErrorKind::Storage);
    }

    #[test]
    fn a_file_cannot_require_much_work() {
        let wrap = KeyWrap::passphrase("a");
        let wrapped = wrap.wrap(&SeededEntropy::new([7; 32]), &Zeroizing::new([9; KEY])).unwrap();
        for (at, most) in Argon2id::MOST.into_iter().enumerate() {
            let mut wrapped = wrapped.clone();
            let By::Passphrase(argon2) = &mut wrapped.by else { panic!("a passphrase") };
            argon2.costs[at] = most + 1;
            assert_eq!(wrapped.unwrap(&wrap).unwrap_err().kind(), &ErrorKind::Corrupt);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", KeyWrap::passphrase("hush")), "KeyWrap(\"passphrase\", passphrase)");
    }
}
