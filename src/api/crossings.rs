//! What crosses to another vendor, as documents and as reports for people.

use super::operation::Outcome;
use super::{Call, documents, providers};
use crate::error::Result;
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

/// How much of all providers of all tenants crosses.
fn report(call: &Call<'_>) -> Result<CrossingReport> {
    let to = call.given.required("to");
    let mut report = CrossingReport::new(to);
    call.store.crossings(to, |crossing| report.add(&crossing))?;
    Ok(report)
}
