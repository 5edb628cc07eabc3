//! Applications.

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::{Resource, Result};
use crate::model::Id;
use crate::service::ApplicationQuery;

pub(super) fn list(call: &Call<'_>) -> Result<Outcome> {
    let query = ApplicationQuery {
        name_starts: call.given.text("name").map(str::to_owned),
        after: lists::after(call)?,
        limit: call.given.length("limit"),
        ..ApplicationQuery::default()
    };
    lists::shown(&call.store.applications().list(&query)?, documents::application)
}

pub(super) fn get(call: &Call<'_>) -> Result<Outcome> {
    documents::application(&call.store.applications().get(named(call)?)?).map(Outcome::Json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Outcome> {
    call.store.applications().delete(named(call)?)?;
    Ok(Outcome::Nothing)
}

fn named(call: &Call<'_>) -> Result<Id> {
    names::id(Resource::Application, call.param("application"))
}
