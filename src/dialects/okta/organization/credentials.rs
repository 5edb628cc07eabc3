//! What the keys and the secrets of clients have in common.

use http::StatusCode;

use super::{RecordKind, unknown};
use crate::dialects::okta::documents::Scene;
use crate::dialects::okta::documents::credential::OF;
use crate::dialects::okta::documents::hook::{STATUS, STATUSES};
use crate::dialects::okta::ids;
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};
use crate::service::Draft;

/// The id of the credential that the path names.
pub(super) fn id(call: &Call<'_>, kind: &RecordKind, parameter: &str) -> Result<Id> {
    let text = call.param(parameter);
    ids::read_as(kind.prefix, text).ok_or_else(|| unknown(text))
}

/// The one of these credentials that has this id.
pub(super) fn with_id<'c>(kind: &RecordKind, id: Id, all: &'c [VendorRecord]) -> Result<&'c VendorRecord> {
    let found = all.iter().find(|credential| credential.id == id);
    found.ok_or_else(|| unknown(&ids::spell_as(kind.prefix, id)))
}

/// A refusal in Okta's words, at a member or of the whole.
pub(super) fn refused(pointer: &str, words: &str) -> Error {
    Error::invalid(pointer, Reason::Other(words.to_owned()))
}

/// Sets the status of a credential, which need not be kept yet, if `check` allows it beside the others.
pub(super) fn set_status(
    call: &Call<'_>,
    kind: &RecordKind,
    id: Id,
    status: &str,
    all: &dyn Fn(&Draft<'_, '_>) -> Result<Vec<VendorRecord>>,
    check: &dyn Fn(&VendorRecord, &[VendorRecord]) -> Result<()>,
) -> Result<VendorRecord> {
    call.service.put_vendor_record(kind.kind, &id.to_string(), |mut record, draft| {
        let all = all(draft)?;
        let credential = with_id(kind, id, &all)?;
        check(credential, &all)?;
        record.owners.clone_from(&credential.owners);
        if let Some(of) = credential.kept(OF) {
            record.keep(OF, of.clone());
        }
        record.keep(STATUS, status.into());
        Ok(record)
    })
}

/// Active, or inactive.
pub(super) fn status(is_active: bool) -> &'static str {
    STATUSES.get(usize::from(!is_active)).copied().unwrap_or_default()
}

impl RecordKind {
    /// The answer to the call that has made a credential.
    pub(super) fn made(&self, call: &Call<'_>, credential: &VendorRecord) -> Result<Response> {
        let document = self.document.show(credential, &Scene::at(call.base_url))?;
        Ok(body::with_body(StatusCode::CREATED, body::JSON, document))
    }
}
