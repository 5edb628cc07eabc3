//! What an environment has beside identity providers, keys and applications, as far as those lead to it. It is kept in
//! vendor records. May import everything but `store` and other dialects.

pub(super) mod default_providers;
pub(super) mod images;
pub(super) mod populations;
pub(super) mod rotation_policies;

use super::documents::record::Within;
use super::environment::Environment;
use super::{default_records, ids, wire};
use crate::dialects::document::{Document, Reading};
use crate::dialects::lens::Members;
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};
use crate::service::{Draft, Service};

/// What is common to the vendor records of one kind.
struct Sort {
    /// Their kind.
    kind: &'static str,
    /// The parameter of paths that names one.
    parameter: &'static str,
    document: &'static Document<VendorRecord, Within>,
    /// Makes the one that each environment has.
    first: fn(&mut Draft<'_, '_>) -> Result<VendorRecord>,
}

impl Sort {
    /// The environment of a call, with the record that each has. It is made when any of its kind is looked for.
    fn environment(&self, call: &Call<'_>) -> Result<Environment> {
        let environment = Environment::of(call)?;
        if default_records::of(&environment.tenant, self.kind).is_some() {
            return Ok(environment);
        }
        let made = environment.service.create_vendor_record(|draft| {
            let mut tenant = draft.tenant()?;
            if default_records::of(&tenant, self.kind).is_some() {
                return Err(ErrorKind::WrongState.into());
            }
            default_records::set(&mut tenant, self.kind, draft.id());
            draft.set_tenant(tenant)?;
            (self.first)(draft)
        });
        match made {
            // Another was faster, or the caller may only read.
            Err(error) if matches!(error.kind(), ErrorKind::WrongState | ErrorKind::Forbidden) => {}
            made => drop(made?),
        }
        Environment::of(call)
    }

    /// The record that the path names.
    fn named(&self, call: &Call<'_>, environment: &Environment) -> Result<VendorRecord> {
        let text = call.param(self.parameter);
        let found =
            ids::named(Resource::Record, text).map(|id| environment.service.vendor_record(self.kind, id));
        found??.ok_or_else(|| Error::not_found(Resource::Record, text))
    }

    /// Deletes the record that the path names, unless it is the one that each environment has.
    fn delete(&self, call: &Call<'_>, environment: &Environment) -> Result<Response> {
        let id = self.named(call, environment)?.id;
        if default_records::of(&environment.tenant, self.kind) == Some(id) {
            return Err(Error::new(ErrorKind::WrongState).context("the default one stays"));
        }
        environment.service.delete_vendor_record(id)?;
        Ok(body::no_content())
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
    const AT_ONCE: usize = 16;
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

/// A name that is taken is a fault of the document.
fn named_once(error: Error) -> Error {
    match error.kind() {
        ErrorKind::AlreadyExists { id, .. } => Error::invalid("/name", Reason::Taken(id.clone())),
        _ => error,
    }
}

/// What is kept of a record under this name.
fn kept<'r>(record: &'r VendorRecord, name: &str) -> Option<&'r serde_json::Value> {
    record.remainders.get(wire::NAME)?.get(name)
}

/// Keeps something of a record under this name.
fn keep(record: &mut VendorRecord, name: &str, value: serde_json::Value) {
    record.remainders.entry(wire::NAME.to_owned()).or_default().insert(name.to_owned(), value);
}

/// With what a record is shown.
fn within(environment: &Environment, collection: &str, id: Id) -> Within {
    Within {
        environment: environment.id.clone(),
        url: environment.url.clone(),
        own: format!("{}/{collection}/{}", environment.url, id.to_uuid()),
        ..Within::default()
    }
}
