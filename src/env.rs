//! Clock, entropy, keys, signatures and documents: what the store never obtains by itself.
//!
//! The host hands in an [`Environment`] when it opens a store. With the same seed and the same clock a store answers
//! byte for byte the same, so tests can compare whole bodies. May import: `error`, `pki`,
//! `saml`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::pki::{Hash, KeySpec, PrivateKey, Signer, Timestamp, pkcs12::KeyDerivation};
use crate::saml::CharacterSets;

/// The source of the time.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Supplies random bytes.
pub trait Entropy: Debug + Send + Sync {
    /// Overwrites all of `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// Supplies private keys.
///
/// A host that can make keys only in its own time gives what it has, and says what it lacks:
///
/// ```
/// use std::sync::Mutex;
///
/// use idpstore::env::KeySource;
/// use idpstore::pki::{KeySpec, PrivateKey};
/// use idpstore::{Error, Need, Result};
///
/// /// Keys that were made before they are needed.
/// #[derive(Debug, Default)]
/// struct Shelf(Mutex<Vec<PrivateKey>>);
///
/// impl KeySource for Shelf {
///     fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
///         let key = self.0.lock().expect("no panic").pop();
///         key.ok_or_else(|| Error::pending(Need::Key { spec: spec.to_string() }))
///     }
/// }
///
/// let pending = Shelf::default().generate(KeySpec::Rsa { bits: 2048 }).expect_err("an empty shelf");
/// assert_eq!(pending.to_string(), "a private key `RSA-2048` must be supplied first");
/// ```
pub trait KeySource: Debug + Send + Sync {
    /// A fresh private key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the host has to make the key first and then repeat the call;
    /// [`ErrorKind::Unsupported`] for a specification that the source cannot serve.
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey>;
}

/// Signs with RSA keys where the host has what is quicker than this library, or must not wait for it.
pub trait SignatureSource: Debug + Send + Sync {
    /// The signature of a message: RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the host can sign only in its own time: it repeats the call once it has the signature, and
    /// until then nothing has happened. Otherwise whatever keeps the signature from being made.
    fn sign(&self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>>;
}

/// A document that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The document.
    pub body: Vec<u8>,
    /// Its version: the `ETag` of the response (RFC 9110, section 8.8.3).
    pub etag: Option<String>,
}

/// Fetches documents over HTTP: discovery and metadata that a partner publishes.
pub trait Fetcher: Debug + Send + Sync {
    /// The body that a `GET` of this URL answers with status 200.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the host can fetch only in its own time. Otherwise whatever kept the document from being
    /// read, any other status included, with words for the caller in its context.
    fn get(&self, url: &str) -> Result<Vec<u8>>;

    /// As [`Fetcher::get`], with the version of the document. If that is still the one that is `known`, nothing: a
    /// `GET` with `If-None-Match` answers with status 304. Without an implementation of its own, a fetcher fetches the document
    /// each time, and knows of no versions.
    ///
    /// # Errors
    ///
    /// As [`Fetcher::get`].
    fn get_changed(&self, url: &str, known: Option<&str>) -> Result<Option<Fetched>> {
        let _ = known;
        Ok(Some(Fetched { body: self.get(url)?, etag: None }))
    }

    /// Whether documents are brought between calls: [`Fetcher::get`] then fails with [`ErrorKind::Pending`] until a document is
    /// there.
    fn fetches_later(&self) -> bool {
        false
    }
}

/// All that a store takes from its host.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The source of the time.
    pub clock: Arc<dyn Clock>,
    /// Supplies random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Supplies random bytes for what seals secrets; without it no store can be sealed. It is not the source of ids, so that a store
    /// with a seed gives the same ids, sealed or not.
    pub seal_entropy: Option<Arc<dyn Entropy>>,
    /// Supplies private keys.
    pub keys: Arc<dyn KeySource>,
    /// Signs with RSA keys; without one they sign here.
    pub signatures: Option<Arc<dyn SignatureSource>>,
    /// Makes the keys of PKCS #12 files from their passwords; without one they are made here.
    pub derivation: Option<Arc<dyn KeyDerivation>>,
    /// Fetches documents; without one nothing is ever fetched.
    pub fetcher: Option<Arc<dyn Fetcher>>,
    /// Knows the character sets of documents that are not in UTF-8.
    pub character_sets: Arc<dyn CharacterSets>,
    /// What a service provider's certificates are like, where the vendor leaves that to the server's settings.
    pub certificates: CertificateSettings,
}

/// The key and the lifetime of certificates that a vendor's server makes by settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateSettings {
    /// Type and size of the key.
    pub spec: KeySpec,
    /// For how many hours the certificate is valid.
    pub lifetime_hours: u32,
}

impl Default for CertificateSettings {
    /// RSA with 4096 bits, and a year of 365 days and 6 hours.
    fn default() -> Self {
        Self { spec: KeySpec::Rsa { bits: 4096 }, lifetime_hours: 8766 }
    }
}

impl Environment {
    /// Signs as the host wants it.
    pub(crate) fn signer(&self) -> impl Signer {
        HostSigner(self)
    }

    /// Fetches the document at this URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if the host has given no fetcher, and those of [`Fetcher::get`].
    pub fn fetch(&self, url: &str) -> Result<Vec<u8>> {
        self.fetcher()?.get(url)
    }

    /// As [`Environment::fetch`], unless the document is still in the version that is `known`.
    ///
    /// # Errors
    ///
    /// As [`Environment::fetch`].
    pub(crate) fn fetch_changed(&self, url: &str, known: Option<&str>) -> Result<Option<Fetched>> {
        self.fetcher()?.get_changed(url, known)
    }

    fn fetcher(&self) -> Result<&dyn Fetcher> {
        let none = || Error::new(ErrorKind::Unsupported).context("this store fetches no documents");
        self.fetcher.as_deref().ok_or_else(none)
    }
}

struct HostSigner<'a>(&'a Environment);

impl Signer for HostSigner<'_> {
    fn sign(&mut self, key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0.signatures {
            Some(source) if key.is_rsa() => source.sign(key, hash, message),
            _ => Generator(&*self.0.entropy).sign(key, hash, message),
        }
    }
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for the time"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A stream of random bytes from a 32-byte seed (ChaCha20): the same seed gives the same bytes.
///
/// ```
/// use idpstore::env::{Entropy, SeededEntropy};
///
/// let draw = |seed| {
///     let mut bytes = [0; 8];
///     SeededEntropy::new([seed; 32]).fill(&mut bytes);
///     bytes
/// };
/// assert_eq!(draw(1), draw(1));
/// assert_ne!(draw(1), draw(2));
/// ```
pub struct SeededEntropy(Mutex<ChaCha20Rng>);

impl SeededEntropy {
    /// A reproducible stream.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self(Mutex::new(ChaCha20Rng::from_seed(seed)))
    }

    /// An unpredictable stream, seeded once by the operating system.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if the operating system has no randomness to give.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for randomness"
    )]
    pub fn from_system() -> Result<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|cause| {
            Error::new(ErrorKind::Unsupported).context("no randomness from the system").caused_by(cause)
        })?;
        Ok(Self::new(*seed))
    }

    /// How much has been drawn, in words of 32 bits.
    #[must_use]
    pub fn position(&self) -> u128 {
        self.stream().get_word_pos()
    }

    /// Goes back, or on, to a position: from there on the stream is what it was there.
    pub fn seek(&self, position: u128) {
        self.stream().set_word_pos(position);
    }

    fn stream(&self) -> MutexGuard<'_, ChaCha20Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.stream().fill_bytes(bytes);
    }
}

impl Debug for SeededEntropy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SeededEntropy")
    }
}

/// Makes each key at the moment it is needed, from the given entropy.
#[derive(Clone, Debug)]
pub struct GeneratedKeys(pub Arc<dyn Entropy>);

impl KeySource for GeneratedKeys {
    fn generate(&self, spec: KeySpec) -> Result<PrivateKey> {
        PrivateKey::generate(spec, &mut Generator(&*self.0))
    }
}

/// [`Entropy`] in the shape that the crypto crates ask for.
pub struct Generator<'a>(pub &'a dyn Entropy);

impl rand_core::TryRng for Generator<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Generator<'_> {}
