//! Applications.

use super::operation::Outcome;
use super::{Call, documents, lists, names};
use crate::error::{Resource, Result};
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
    let id = names::id(Resource::Application, call.param("application"))?;
    documents::application(&call.store.applications().get(id)?).map(Outcome::Json)
}
