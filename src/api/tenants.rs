//! Tenants.

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::{Resource, Result};
use crate::model::Id;

pub(super) fn list(call: &Call<'_>) -> Result<Outcome> {
    lists::shown(&call.store.tenants().list(&lists::paging(call)?)?, documents::tenant)
}

pub(super) fn create(call: &Call<'_>) -> Result<Outcome> {
    let made = call.store.tenants().create(call.given.required("name"))?;
    documents::tenant(&made).map(Outcome::Json)
}

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    documents::tenant(&call.store.tenants().get(named(call)?)?).map(Outcome::Json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Outcome> {
    call.store.tenants().delete(named(call)?)?;
    Ok(Outcome::Nothing)
}

fn named(call: &Call<'_>) -> Result<Id> {
    names::id(Resource::Tenant, call.param("tenant"))
}
