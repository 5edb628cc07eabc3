//! The logo of an application, and what else is shown of one that is kept beside it.

use http::StatusCode;

use super::policies;
use crate::dialects::okta::applications;
use crate::dialects::okta::documents::application::Beside;
use crate::error::{Error, Reason, Result};
use crate::http::multipart::Form;
use crate::http::{Call, Response};
use crate::model::{Id, VendorRecord};

/// The kind of the record that says that an application has a logo of its own.
const LOGO: &str = "okta.app.logo";

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

/// What is kept beside an application.
pub(in crate::dialects::okta) fn beside(call: &Call<'_>, app: Id) -> Result<Beside> {
    let mut beside = Beside::default();
    for record in call.service.vendor_records_of(app, "okta.app.")? {
        match &*record.kind {
            policies::ASSIGNED => beside.policy = record.owners.into_iter().find(|owner| *owner != app),
            LOGO => beside.logo = Some(record.id),
            _ => {}
        }
    }
    Ok(beside)
}
