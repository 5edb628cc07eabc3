//! The logo of an application.

use http::StatusCode;

use crate::dialects::okta::applications::{self, LOGO};
use crate::error::{Error, Reason, Result};
use crate::http::multipart::Form;
use crate::http::{Call, Response};
use crate::model::VendorRecord;

/// Gives an application a logo. No one can look at it, so only that there is one is kept: its links change with each.
pub(in crate::dialects::okta) fn upload(call: &Call<'_>) -> Result<Response> {
    let app = applications::named(call)?.id;
    let form = Form::of(call)?;
    if form.part("file").is_none_or(bytes::Bytes::is_empty) {
        return Err(Error::invalid("/file", Reason::Missing));
    }
    let name = app.to_string();
    if let Some(old) = call.service.vendor_record_named(LOGO, &name)? {
        call.service.delete_vendor_record(old.id)?;
    }
    call.service
        .put_vendor_record(LOGO, &name, |record, _| Ok(VendorRecord { owners: vec![app], ..record }))?;
    let mut response = Response::default();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}
