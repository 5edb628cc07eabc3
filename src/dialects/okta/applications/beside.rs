//! What is kept beside an application.

use crate::dialects::okta::documents::application::Beside;
use crate::error::Result;
use crate::http::Call;
use crate::model::Id;

/// The kind of the record that says which access policy an application has.
pub(in crate::dialects::okta) const POLICY: &str = "okta.app.policy";

/// The kind of the record that says that an application has a logo of its own.
pub(in crate::dialects::okta) const LOGO: &str = "okta.app.logo";

/// What is kept beside an application.
pub(super) fn beside(call: &Call<'_>, app: Id) -> Result<Beside> {
    let mut beside = Beside::default();
    for record in call.service.vendor_records_of(app, "okta.app.")? {
        match &*record.kind {
            POLICY => beside.policy = record.owners.into_iter().find(|owner| *owner != app),
            LOGO => beside.logo = Some(record.id),
            _ => {}
        }
    }
    Ok(beside)
}
