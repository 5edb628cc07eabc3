//! What is kept of users beside their records: the ids that were chosen for them, and what links them to providers. It is one
//! record for each user, which goes with the user; its name is the user's id as it is spelled here.

use serde_json::Value;

use super::documents::older::IDP_ID;
use super::documents::users::LINKS;
use super::failure::{FAILED_PRECONDITION, Failure, NOT_EXISTING};
use super::owners;
use super::requested::text_of;
use crate::dialects::lens::Members;
use crate::error::{ErrorKind, Resource, Result};
use crate::http::Call;
use crate::model::{Id, VendorRecord};
use crate::service::Service;

/// The kind of these records.
const ACCOUNT: &str = "zitadel.user";

/// Whose links are written.
pub(super) struct Account<'a> {
    pub(super) owner: Id,
    pub(super) id: &'a str,
}

/// What is kept of the user with this id, if anything is.
pub(super) fn account(service: &Service, id: &str) -> Result<Option<VendorRecord>> {
    let found = service.vendor_record_named(ACCOUNT, id)?;
    Ok(found.filter(|record| record.name == id)) // names are found in any case
}

/// Changes the links of a user.
pub(super) fn put(
    service: &Service,
    account: &Account<'_>,
    change: &mut dyn FnMut(&mut Vec<Value>) -> Result<()>,
) -> Result<()> {
    owners::found(service)?;
    put_record(service, ACCOUNT, account.id, &mut |mut record| {
        if record.owners.first().is_some_and(|owner| *owner != account.owner) {
            let (what, id) = (Resource::User, account.id.into());
            return Err(ErrorKind::AlreadyExists { what, id }.into());
        }
        record.owners = vec![account.owner];
        let mut links = record.kept(LINKS.name).and_then(Value::as_array).cloned().unwrap_or_default();
        change(&mut links)?;
        record.keep(LINKS.name, links.into());
        Ok(record)
    })
    .map(drop)
}

/// Saves what `change` makes of the record of this kind and name, or of a blank one. Units of work are compiled once for all
/// (decision 102).
pub(super) fn put_record(
    service: &Service,
    kind: &str,
    name: &str,
    change: &mut dyn FnMut(VendorRecord) -> Result<VendorRecord>,
) -> Result<VendorRecord> {
    service.put_vendor_record(kind, name, |record, _| change(record))
}

/// A link that was sent, if there is such a provider.
pub(super) fn checked(call: &Call<'_>, service: &Service, link: &Members) -> Result<Value> {
    match owners::provider(call, service, text_of(link, IDP_ID))? {
        Some(_) => Ok(link.clone().into()),
        None => Err(Failure::with_id(FAILED_PRECONDITION, NOT_EXISTING, "COMMAND-39nf2").into()),
    }
}
