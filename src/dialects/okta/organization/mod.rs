//! What an org has beside identity providers, applications and users, as far as the settings of those lead to it. Most of it
//! is kept in vendor records. May import everything but `store` and other dialects.

pub(super) mod assignments;
pub(super) mod client_keys;
pub(super) mod client_secrets;
mod credentials;
pub(super) mod features;
pub(super) mod groups;
pub(super) mod hooks;
pub(super) mod logos;
pub(super) mod mappings;
pub(super) mod org;
pub(super) mod policies;
pub(super) mod schema;

use http::StatusCode;

use super::documents::Scene;
use super::ids;
use crate::dialects::document::{Document, Reading};
use crate::dialects::lens::Members;
use crate::error::{Error, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::VendorRecord;
use crate::service::Draft;

/// What is common to the vendor records of one kind.
pub(super) struct RecordKind {
    /// Their kind.
    kind: &'static str,
    /// How their ids start.
    prefix: &'static str,
    document: &'static Document<VendorRecord, Scene>,
}

impl RecordKind {
    /// The record that a parameter of the path names.
    fn named(&self, call: &Call<'_>, parameter: &str) -> Result<VendorRecord> {
        let text = call.param(parameter);
        let found = ids::read_as(self.prefix, text).map(|id| call.service.vendor_record(self.kind, id));
        found.transpose()?.flatten().ok_or_else(|| unknown(text))
    }

    /// The record that a document describes, in place of `old`.
    fn read(
        &self,
        draft: &Draft<'_, '_>,
        old: Option<&VendorRecord>,
        document: Members,
    ) -> Result<VendorRecord> {
        let blank = VendorRecord::named(self.kind, draft.id().to_string());
        let record = old.cloned().unwrap_or(blank);
        self.document.read(document, Reading::new(record))
    }

    fn create(&self, call: &Call<'_>) -> Result<Response> {
        let document = body::json_object(call)?;
        let made = call.service.create_vendor_record(|draft| self.read(draft, None, document.clone()))?;
        self.shown(call, &made)
    }

    fn replace(&self, call: &Call<'_>, parameter: &str) -> Result<Response> {
        let (old, document) = (self.named(call, parameter)?, body::json_object(call)?);
        let made = call
            .service
            .update_vendor_record(old.id, |old, draft| self.read(draft, Some(old), document.clone()))?;
        self.shown(call, &made)
    }

    fn get(&self, call: &Call<'_>, parameter: &str) -> Result<Response> {
        self.shown(call, &self.named(call, parameter)?)
    }

    fn delete(&self, call: &Call<'_>, parameter: &str) -> Result<Response> {
        call.service.delete_vendor_record(self.named(call, parameter)?.id)?;
        Ok(body::no_content())
    }

    /// Keeps something of a record, whatever it was before.
    fn set_member(&self, call: &Call<'_>, parameter: &str, name: &str, value: &str) -> Result<Response> {
        let id = self.named(call, parameter)?.id;
        let made = call.service.update_vendor_record(id, |old, _| {
            let mut new = old.clone();
            new.keep(name, value.into());
            Ok(new)
        })?;
        self.shown(call, &made)
    }

    fn shown(&self, call: &Call<'_>, record: &VendorRecord) -> Result<Response> {
        let document = self.document.show(record, &Scene::at(call.base_url))?;
        Ok(body::with_body(StatusCode::OK, body::JSON, document))
    }

    fn list(&self, call: &Call<'_>, records: &[VendorRecord]) -> Result<Response> {
        let mut shown = List::default();
        for record in records {
            shown.push_json(&self.document.show(record, &Scene::at(call.base_url))?);
        }
        Ok(shown.answer(StatusCode::OK))
    }
}

/// That there is nothing with this id.
fn unknown(id: &str) -> Error {
    Error::not_found(Resource::Record, id)
}
