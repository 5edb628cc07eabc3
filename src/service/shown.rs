//! What dialects have shown of providers, so that one that has not changed is not translated again.
//!
//! A document that is kept here stands beside the stored value that it was made from, and is used only while
//! the store still holds this value: nothing has to be told when a record changes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Cursor, ProviderQuery, Service};
use crate::engine::Value;
use crate::engine::records::{self, Stored};
use crate::error::{Error, Resource, Result};
use crate::model::{Id, IdentityProvider};

/// How many bytes are kept at most, of documents and of the records that they were made from; then all are forgotten.
const CAPACITY: usize = 16 << 20;

/// Who shows a provider, and how. The document depends on nothing else than the record and these.
pub(crate) struct View<'v> {
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

#[derive(Default)]
struct Documents {
    kept: BTreeMap<Place, Arc<Document>>,
    /// The bytes of all of them.
    size: usize,
}

/// Tenant, provider and dialect.
type Place = (Id, Id, &'static str);

struct Document {
    record: Value,
    base_url: String,
    bytes: Option<Bytes>,
}

impl Document {
    fn size(&self) -> usize {
        self.record.bytes.len() + self.bytes.as_ref().map_or(0, Bytes::len)
    }
}

impl Documents {
    fn keep(&mut self, place: Place, document: Document) {
        self.size += document.size();
        if let Some(before) = self.kept.insert(place, Arc::new(document)) {
            self.size -= before.size();
        }
        if self.size > CAPACITY {
            *self = Self::default();
        }
    }

    fn forget(&mut self, tenant: Id, provider: Id) {
        let is_other = |place: &Place| (place.0, place.1) != (tenant, provider);
        self.kept.retain(|place, _| is_other(place));
        self.size = self.kept.values().map(|document| document.size()).sum();
    }
}

impl Service {
    /// The provider with this id as a dialect shows it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) if it is not there or the dialect does not know its
    /// kind, and those of the storage.
    pub(crate) fn show_provider(&self, id: Id, view: &View<'_>) -> Result<Bytes> {
        let stored = self.read(|tx| records::stored_provider(tx, self.tenant, id))?;
        let shown = stored.map(|stored| self.shown(&stored, view)).transpose()?.flatten();
        shown.ok_or_else(|| Error::not_found(Resource::IdentityProvider, id.number()))
    }

    /// Hands over a page of providers as a dialect shows them, one after the other; those whose kind it does not know
    /// are left out. The answer is where the next page begins, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Service::providers`].
    pub(crate) fn show_providers(
        &self,
        query: &ProviderQuery,
        view: &View<'_>,
        mut take: impl FnMut(&[u8]),
    ) -> Result<Option<Cursor>> {
        let page = self.stored_providers(query)?;
        for stored in page.items {
            if let Some(document) = self.shown(&stored, view)? {
                take(&document);
            }
        }
        Ok(page.next)
    }

    fn shown(&self, stored: &Stored<IdentityProvider>, view: &View<'_>) -> Result<Option<Bytes>> {
        let place = (self.tenant, stored.id, view.dialect);
        let known = self.shown.lock().kept.get(&place).cloned();
        if let Some(known) =
            known.filter(|known| known.record == stored.value && known.base_url == view.base_url)
        {
            return Ok(known.bytes.clone());
        }
        let bytes = (view.show)(stored.record()?, view.base_url)?;
        let document = Document { record: stored.value.clone(), base_url: view.base_url.to_owned(), bytes };
        let bytes = document.bytes.clone();
        self.shown.lock().keep(place, document);
        Ok(bytes)
    }
}

impl Shown {
    /// Lets go of the documents of a provider that is no more: they may hold its secrets.
    pub(super) fn forget(&self, tenant: Id, provider: Id) {
        self.lock().forget(tenant, provider);
    }
}

impl fmt::Debug for Shown {
    // How many there are; records and documents hold secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Shown({})", self.lock().kept.len())
    }
}

impl Shown {
    fn lock(&self) -> MutexGuard<'_, Documents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
