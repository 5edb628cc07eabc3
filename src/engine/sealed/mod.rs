//! An engine over another, in which the secrets of records are sealed: no private key and no secret reaches the storage in the
//! clear. May import what the folder above may.
//!
//! The seal is one entry: the root key of the store, wrapped by what the host has (`wrap.rs`), and the data keys that it seals
//! (`header.rs`). Without that entry all passes through. With it each record is sealed when it is written and opened when it is
//! read (`record.rs`); while the store is locked, records are read with their secrets sealed, and written if these stay as they are.
//! In its other form the seal is one of everything (`everything.rs`, `ranges.rs`): a store that is locked is then not read at all.

mod cipher;
mod document;
mod everything;
mod generations;
mod header;
mod ranges;
mod record;
mod transaction;
mod turnover;
mod wrap;

pub use document::{SealedDocument, is_sealed_document, open_document};
pub use wrap::{HostWrap, KeyWrap};

use std::fmt::{self, Debug};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::keyspace::{Key, tag};
use super::one_owner::{self, OneOwner, RawRead, stamped};
use super::{Capabilities, Engine, ReadTx, Scan, Snapshot, WriteTx};
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Tenant;
use header::{Header, Ring};
use transaction::{Raw, Transaction};

/// After all keys.
const END: &[u8] = &[0xff; 256];

/// The key of the entry of the seal.
fn seal_key() -> Key {
    Key::of(tag::SEAL)
}

/// The key of the generation of a record's secrets.
fn generation_key(record: &[u8]) -> Vec<u8> {
    [&[tag::GENERATION], record].concat()
}

/// The engine.
pub(crate) struct Sealed {
    inner: Arc<dyn Engine>,
    /// Draws keys, nonces and generations, so that sealing takes nothing from the stream of ids.
    random: Option<Arc<dyn Entropy>>,
    keys: Mutex<Keys>,
}

/// The keys of the seal, and what is known of it without them.
#[derive(Default)]
enum Keys {
    /// They have never been here.
    #[default]
    Unknown,
    /// They were here: there is a seal, whatever is stored now.
    Forgotten {
        is_of_everything: bool,
    },
    Here(Arc<Ring>),
}

/// What a transaction knows of the seal.
#[derive(Clone)]
enum State {
    /// There is none.
    Unsealed,
    /// The keys are not here.
    Locked,
    /// Nor can anything be read without them.
    Hidden,
    Open(Arc<Ring>),
}

impl State {
    /// The keys to this entry of a seal are not here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Corrupt`] or [`ErrorKind::TooNew`] if it cannot be known from it how the store is sealed.
    fn locked(entry: &[u8]) -> Result<Self> {
        Ok(if Header::read(entry)?.is_of_everything() { Self::Hidden } else { Self::Locked })
    }

    /// # Errors
    ///
    /// [`ErrorKind::Sealed`] if nothing can be read.
    fn readable(self) -> Result<Self> {
        if matches!(self, Self::Hidden) { Err(ErrorKind::Sealed.into()) } else { Ok(self) }
    }
}

impl Sealed {
    pub(crate) fn new(inner: Arc<dyn Engine>, random: Option<Arc<dyn Entropy>>) -> Self {
        Self { inner, random, keys: Mutex::default() }
    }

    /// The engine below, in which secrets are sealed.
    pub(crate) fn inner(&self) -> &dyn Engine {
        &*self.inner
    }

    /// The random octets for what is sealed.
    pub(crate) fn random(&self) -> Result<&dyn Entropy> {
        let none =
            || Error::new(ErrorKind::Unsupported).context("the host supplies no random octets to seal with");
        self.random.as_deref().ok_or_else(none)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a transaction knows of the seal: another process may have changed it.
    fn state(&self, tx: &dyn ReadTx) -> Result<State> {
        self.state_of(tx.get(seal_key().bytes())?.as_deref())
    }

    /// What is known of a seal with this entry.
    fn state_of(&self, entry: Option<&[u8]>) -> Result<State> {
        let mut keys = self.keys();
        match (entry, &*keys) {
            (None, Keys::Unknown) => Ok(State::Unsealed),
            (None, _) => Err(Error::new(ErrorKind::Corrupt).context("the entry of the seal is gone")),
            (Some(_), Keys::Forgotten { is_of_everything: true }) => Ok(State::Hidden),
            (Some(entry), Keys::Unknown | Keys::Forgotten { .. }) => State::locked(entry),
            (Some(entry), Keys::Here(known)) if known.entry == entry => Ok(State::Open(Arc::clone(known))),
            (Some(entry), Keys::Here(known)) => {
                let changed = Arc::new(known.of_same_root(entry)?);
                *keys = Keys::Here(Arc::clone(&changed));
                Ok(State::Open(changed))
            }
        }
    }

    /// Whether it is sealed, and then whether it is open.
    pub(crate) fn is_open(&self) -> Result<Option<bool>> {
        Ok(match self.state(&*self.inner.read()?)? {
            State::Unsealed => None,
            State::Locked | State::Hidden => Some(false),
            State::Open(_) => Some(true),
        })
    }

    /// Opens the seal, or seals a store that is new: its secrets, or everything.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKey`], or [`ErrorKind::WrongState`] if the store is not sealed and not new, or only its secrets are sealed and
    /// everything has to be.
    pub(crate) fn open_or_found(&self, by: &KeyWrap, is_of_everything: bool) -> Result<()> {
        loop {
            match self.open_or_found_once(by, is_of_everything) {
                // Another process has founded or sealed it at the same moment.
                Err(error) if *error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
    }

    fn open_or_found_once(&self, by: &KeyWrap, is_of_everything: bool) -> Result<()> {
        let mut tx = self.inner.write()?;
        if let Some(entry) = tx.get(seal_key().bytes())? {
            tx.release()?;
            if is_of_everything && !Header::read(&entry.bytes)?.is_of_everything() {
                let words = "only the secrets of the store are sealed: unseal it, and seal everything";
                return Err(Error::new(ErrorKind::WrongState).context(words));
            }
            return self.unlock(by);
        }
        if !is_new(&*tx)? {
            let words = "the store is not sealed: `idpstore seal` seals it";
            return Err(Error::new(ErrorKind::WrongState).context(words));
        }
        let ring = Header::found(self.random()?, by, is_of_everything)?;
        let sealed = turnover::with_seal(&ring, self.random()?, &Snapshot::of_units(&*tx)?)?;
        match tx.raw() {
            Some(raw) => sealed.put(raw)?,
            None => sealed.put_values(&mut *tx)?,
        }
        tx.commit(None)?;
        *self.keys() = Keys::Here(Arc::new(ring));
        Ok(())
    }

    /// Opens the seal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKey`], [`ErrorKind::WrongState`] if the store is not sealed, [`ErrorKind::Corrupt`] if some secrets are older
    /// than others.
    pub(crate) fn unlock(&self, by: &KeyWrap) -> Result<()> {
        let tx = self.inner.read()?;
        let entry = tx.get(seal_key().bytes())?;
        let entry =
            entry.ok_or_else(|| Error::new(ErrorKind::WrongState).context("the store is not sealed"))?;
        let ring = Header::open(&entry.bytes, by)?;
        ring.compare_sum(&*tx)?;
        *self.keys() = Keys::Here(Arc::new(ring));
        Ok(())
    }

    /// Forgets the keys. Transactions that are open keep them until they end.
    pub(crate) fn lock(&self) {
        let mut keys = self.keys();
        if let Keys::Here(ring) = &*keys {
            *keys = Keys::Forgotten { is_of_everything: ring.is_of_everything };
        }
    }

    /// Names of the wraps.
    pub(crate) fn wraps(&self) -> Result<Vec<String>> {
        match self.inner.read()?.get(seal_key().bytes())? {
            Some(entry) => Ok(Header::read(&entry.bytes)?.wraps.into_iter().map(|wrap| wrap.name).collect()),
            None => Ok(Vec::new()),
        }
    }

    /// Adds a wrap.
    pub(crate) fn add_wrap(&self, by: &KeyWrap) -> Result<()> {
        self.change(|ring| {
            let mut header = ring.header()?;
            header.add(ring.wrap(self.random()?, by)?)?;
            header.write()
        })
    }

    /// Removes a wrap.
    pub(crate) fn remove_wrap(&self, name: &str) -> Result<()> {
        self.change(|ring| {
            let mut header = ring.header()?;
            header.remove(name)?;
            header.write()
        })
    }

    /// Changes the entry of the seal.
    fn change(&self, change: impl Fn(&Ring) -> Result<Vec<u8>>) -> Result<()> {
        loop {
            let tx = self.inner.write()?;
            let ring = self.open(&*tx)?;
            match put_entry(tx, &change(&ring)?) {
                Err(error) if *error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
    }

    /// The keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sealed`] if it is locked, [`ErrorKind::WrongState`] if it is not sealed.
    fn open(&self, tx: &dyn ReadTx) -> Result<Arc<Ring>> {
        match self.state(tx)? {
            State::Open(ring) => Ok(ring),
            State::Locked | State::Hidden => Err(ErrorKind::Sealed.into()),
            State::Unsealed => Err(Error::new(ErrorKind::WrongState).context("the store is not sealed")),
        }
    }
}

/// Refuses a wrap that does not open the seal, if there is one.
///
/// # Errors
///
/// [`ErrorKind::WrongKey`].
pub(super) fn check(engine: &dyn OneOwner, by: &KeyWrap) -> Result<()> {
    match engine.raw_read()?.get(seal_key().bytes())? {
        Some(stored) => Header::open(&one_owner::read(&stored), by).map(drop),
        None => Ok(()),
    }
}

/// Writes the entry of the seal, which no unit writes.
fn put_entry(mut tx: Box<dyn WriteTx + '_>, entry: &[u8]) -> Result<()> {
    put_without_unit(&mut *tx, seal_key().bytes(), entry, 0)?;
    tx.commit(None).map(drop)
}

/// Writes a value that stays that of an earlier unit, where the engine can.
fn put_without_unit(tx: &mut dyn WriteTx, key: &[u8], value: &[u8], version: u64) -> Result<()> {
    match tx.raw() {
        Some(raw) => raw.put(key, &stamped(value, version)),
        None => tx.put(key, value),
    }
}

/// Whether a store holds nothing but what each is founded with. What else it holds may have been put in the place of a sealed one.
fn is_new(tx: &dyn ReadTx) -> Result<bool> {
    let founded = [Key::of(tag::FORM), Key::of(tag::TENANT).id(Tenant::DEFAULT)];
    let mut is_new = tx.number()? == 0;
    tx.scan(Scan::ascending(&[], END), &mut |key, _| {
        is_new &= founded.iter().any(|founded| founded.bytes() == key);
        Ok(if is_new { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(is_new)
}

impl Engine for Sealed {
    fn read(&self) -> Result<Box<dyn ReadTx + '_>> {
        let tx = self.inner.read()?;
        Ok(Box::new(Transaction::new(self.state(&*tx)?.readable()?, tx, self)))
    }

    fn write(&self) -> Result<Box<dyn WriteTx + '_>> {
        let tx = self.inner.write()?;
        Ok(Box::new(Transaction::new(self.state(&*tx)?.readable()?, tx, self)))
    }

    /// As it is stored.
    fn snapshot(&self) -> Result<Snapshot> {
        self.inner.snapshot()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn wait_for(&self, number: u64, timeout: Duration) -> Result<u64> {
        self.inner.wait_for(number, timeout)
    }

    fn catch_up(&self, timeout: Duration) -> Result<()> {
        self.inner.catch_up(timeout)
    }

    fn lag(&self) -> Duration {
        self.inner.lag()
    }

    fn is_keeper(&self) -> bool {
        self.inner.is_keeper()
    }

    fn read_raw(&self) -> Result<Option<Box<dyn RawRead + '_>>> {
        let Some(raw) = self.inner.read_raw()? else { return Ok(None) };
        let entry = raw.get(seal_key().bytes())?;
        let state = self.state_of(entry.as_deref().map(|entry| one_owner::read(entry).bytes))?;
        Ok(Some(Box::new(Raw { raw, state: state.readable()? })))
    }
}

/// What is below it; nothing of the keys.
impl Debug for Sealed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sealed").field("inner", &self.inner).finish_non_exhaustive()
    }
}
