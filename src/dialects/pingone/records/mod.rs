//! What an environment has beside identity providers, keys and applications, as far as those lead to it. It is kept in
//! vendor records. May import everything but `store` and other dialects.

pub(super) mod default_providers;
pub(super) mod images;
pub(super) mod populations;
pub(super) mod rotation_policies;

use super::documents::record::Within;
use super::environment::Environment;
use super::ids;
use crate::dialects::document::{Document, Reading};
use crate::dialects::lens::Members;
use crate::error::{Error, Resource, Result};
use crate::http::Call;
use crate::model::{Id, VendorRecord};
use crate::service::Service;

/// What is common to the vendor records of one kind.
struct RecordKind {
    /// Their kind.
    kind: &'static str,
    /// The parameter of paths that names one.
    parameter: &'static str,
    document: &'static Document<VendorRecord, Within>,
}

impl RecordKind {
    /// The record that the path names.
    fn named(&self, call: &Call<'_>, environment: &Environment) -> Result<VendorRecord> {
        let text = call.param(self.parameter);
        let found = environment.service.vendor_record(self.kind, ids::named(Resource::Record, text)?)?;
        found.ok_or_else(|| Error::not_found(Resource::Record, text))
    }

    /// The record that a document describes, in place of `old`.
    fn read(&self, old: Option<&VendorRecord>, document: Members) -> Result<VendorRecord> {
        let record = old.cloned().unwrap_or_else(|| VendorRecord::named(self.kind, ""));
        let shown = old.map(|old| self.document.members(old, &Within::default()));
        let replaced = old.zip(shown.as_ref());
        self.document.read(document, Reading { replaced, ..Reading::new(record) })
    }
}

/// All records of a kind, in the order of their names, of which few are in memory at a time.
fn all<'s>(service: &'s Service, kind: &'static str) -> impl Iterator<Item = Result<VendorRecord>> + 's {
    // Where everything in the store is sealed, each time opens all names of the kind.
    const AT_ONCE: usize = 256;
    let read = move |after: Option<&str>| service.vendor_records(kind, "", after, AT_ONCE);
    let parts = std::iter::successors(Some(read(None)), move |part| {
        let last = part.as_ref().ok()?.last()?;
        Some(read(Some(&last.name)))
    });
    parts.flat_map(|part| match part {
        Ok(part) => part.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

/// With what a record is shown.
fn within(environment: &Environment, collection: &str, id: Id) -> Within {
    let own = id.to_uuid();
    Within {
        environment: environment.id.clone(),
        url: environment.url.clone(),
        own: format!("{}/{collection}/{own}", environment.url),
        id: own,
        ..Within::default()
    }
}
