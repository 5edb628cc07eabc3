//! What dialects have shown of providers, so that one that has not changed is not translated again.
//!
//! A document that is kept here stands beside the stored bytes that it was made from, and is used only while
//! the store still holds these bytes: nothing has to be told when a record changes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Page, ProviderQuery, Service};
use crate::engine::records::{self, Stored};
use crate::error::{Error, Resource, Result};
use crate::model::{Id, IdentityProvider};

/// How many documents are kept at most, some kilobytes each; then all are forgotten.
const CAPACITY: usize = 4096;

/// Who shows a provider, and how. The document depends on nothing else than the record and these.
pub struct View<'v> {
    /// The dialect that shows it.
    pub dialect: &'static str,
    /// With what URLs in the document begin.
    pub base_url: &'v str,
    /// Writes the document; `None` if the dialect does not know providers of this kind.
    pub show: &'v dyn Fn(IdentityProvider, &str) -> Result<Option<Bytes>>,
}

/// The documents that are kept.
#[derive(Default)]
pub(super) struct Shown(Mutex<Documents>);

/// By tenant, provider and dialect.
type Documents = BTreeMap<(Id, Id, &'static str), Arc<Document>>;

struct Document {
    record: Vec<u8>,
    base_url: String,
    bytes: Option<Bytes>,
}

impl Service {
    /// The provider with this id as a dialect shows it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there or the dialect does not know its
    /// kind, and those of the storage.
    pub fn show_provider(&self, id: Id, view: &View<'_>) -> Result<Bytes> {
        let stored = self.read(|tx| records::stored_provider(tx, self.tenant, id))?;
        let shown = stored.map(|stored| self.shown(&stored, view)).transpose()?.flatten();
        shown.ok_or_else(|| Error::not_found(Resource::IdentityProvider, id.number()))
    }

    /// A page of providers as a dialect shows them; those whose kind it does not know are left out.
    ///
    /// # Errors
    ///
    /// As [`Service::providers`].
    pub fn show_providers(&self, query: &ProviderQuery, view: &View<'_>) -> Result<Page<Bytes>> {
        let page = self.stored_providers(query)?;
        let shown = page.items.iter().filter_map(|stored| self.shown(stored, view).transpose());
        Ok(Page { items: shown.collect::<Result<_>>()?, next: page.next })
    }

    fn shown(&self, stored: &Stored<IdentityProvider>, view: &View<'_>) -> Result<Option<Bytes>> {
        let place = (self.tenant, stored.id, view.dialect);
        let known = self.shown.lock().get(&place).cloned();
        if let Some(known) =
            known.filter(|known| known.record == stored.bytes && known.base_url == view.base_url)
        {
            return Ok(known.bytes.clone());
        }
        let bytes = (view.show)(stored.record()?, view.base_url)?;
        let document = Document { record: stored.bytes.clone(), base_url: view.base_url.to_owned(), bytes };
        let bytes = document.bytes.clone();
        let mut shown = self.shown.lock();
        if shown.len() >= CAPACITY {
            shown.clear();
        }
        shown.insert(place, Arc::new(document));
        Ok(bytes)
    }
}

impl Shown {
    /// Lets go of the documents of a provider that is no more: they may hold its secrets.
    pub(super) fn forget(&self, tenant: Id, provider: Id) {
        self.lock().retain(|place, _| (place.0, place.1) != (tenant, provider));
    }
}

impl fmt::Debug for Shown {
    // How many there are; records and documents hold secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Shown({})", self.lock().len())
    }
}

impl Shown {
    fn lock(&self) -> MutexGuard<'_, Documents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
