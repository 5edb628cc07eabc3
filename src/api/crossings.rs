//! What crosses to another vendor, as documents and as reports for people.

use super::operation::Outcome;
use super::store::Bounded;
use super::{Call, documents, lists, providers};
use crate::error::Result;
use crate::service::ProviderQuery;
use crate::store::CrossingReport;

pub(super) fn of_provider(call: &Call<'_>) -> Result<Outcome> {
    let crossing = call.store.crossing(providers::named(call)?, call.given.required("to"))?;
    documents::crossing(&crossing).map(Outcome::Json)
}

pub(super) fn of_provider_as_text(call: &Call<'_>) -> Result<Outcome> {
    let to = call.given.required("to");
    let mut report = CrossingReport::new(to);
    report.add(&call.store.crossing(providers::named(call)?, to)?);
    Ok(Outcome::Bytes(report.markdown().into()))
}

/// Replaces a provider with what a document of a vendor describes.
pub(super) fn replace(call: &Call<'_>) -> Result<Outcome> {
    let (provider, document) = (providers::named(call)?, call.given.members()?);
    let changed = call.store.replace_document(provider, call.param("vendor"), &document)?;
    documents::provider(&changed).map(Outcome::Json)
}

pub(super) fn of_all(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Json(report(call)?.json()))
}

pub(super) fn of_all_as_text(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Bytes(report(call)?.markdown().into()))
}

pub(super) fn requests(call: &Call<'_>) -> Result<Outcome> {
    let to = call.given.required("to");
    let (after, limit) = (lists::after(call)?, call.given.length("limit"));
    let query = ProviderQuery { after, limit, ..ProviderQuery::default() };
    lists::shown(&call.store.providers().list(&query)?, |provider| {
        documents::json_of(&call.store.requests_for(provider, to)?)
    })
}

pub(super) fn script(call: &Call<'_>) -> Result<Outcome> {
    let to = call.given.required("to");
    Bounded::written(|out| call.store.crossing_script(to, out)).map(Outcome::Bytes)
}

/// How much of all providers of all tenants crosses.
fn report(call: &Call<'_>) -> Result<CrossingReport> {
    let to = call.given.required("to");
    let mut report = CrossingReport::new(to);
    call.store.crossings(to, |crossing| report.add(&crossing))?;
    Ok(report)
}
