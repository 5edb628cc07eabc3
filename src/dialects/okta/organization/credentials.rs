//! What the keys and the secrets of clients have in common.

use http::StatusCode;

use super::{Sort, keep, unknown};
use crate::dialects::okta::documents::Scene;
use crate::dialects::okta::documents::hook::{STATUS, STATUSES};
use crate::dialects::okta::ids;
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, VendorRecord};

/// The one of these credentials that the path names.
pub(super) fn named(
    call: &Call<'_>,
    sort: &Sort,
    parameter: &str,
    all: Vec<VendorRecord>,
) -> Result<VendorRecord> {
    let text = call.param(parameter);
    let id = ids::read_as(sort.prefix, text);
    all.into_iter().find(|credential| Some(credential.id) == id).ok_or_else(|| unknown(text))
}

/// A refusal in Okta's words, at a member or of the whole.
pub(super) fn refused(pointer: &str, words: &str) -> Error {
    Error::invalid(pointer, Reason::Other(words.to_owned()))
}

/// Sets the status of a credential, which need not be kept yet.
pub(super) fn set_status(
    call: &Call<'_>,
    sort: &Sort,
    app: &Application,
    credential: &VendorRecord,
    status: &str,
) -> Result<VendorRecord> {
    call.service.put_vendor_record(sort.kind, &credential.name, |record, _| {
        let mut record = VendorRecord { owners: vec![app.id], ..record };
        keep(&mut record, STATUS, status.into());
        Ok(record)
    })
}

/// Active, or inactive.
pub(super) fn status(is_active: bool) -> &'static str {
    STATUSES.get(usize::from(!is_active)).copied().unwrap_or_default()
}

impl Sort {
    /// The answer to the call that has made a credential.
    pub(super) fn made(&self, call: &Call<'_>, credential: &VendorRecord) -> Result<Response> {
        let document = self.document.show(credential, &Scene::at(call.base_url))?;
        Ok(body::with_body(StatusCode::CREATED, body::JSON, document))
    }
}
