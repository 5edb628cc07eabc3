//! The change log.

use serde_json::{Value, json};

use super::operation::Outcome;
use super::{Call, documents};
use crate::error::{Error, Resource, Result};
use crate::store::difference;

pub(super) fn list(call: &Call<'_>) -> Result<Outcome> {
    let after = call.given.number("after");
    let changes = call.store.service.changes(after, call.given.length("limit"))?;
    let next = changes.last().map_or(after, |change| change.sequence);
    let items: Vec<Value> = changes.iter().map(documents::change).collect();
    let last = call.store.service.last_change()?;
    Ok(Outcome::Json(json!({"items": items, "next": next, "last": last})))
}

pub(super) fn undo(call: &Call<'_>) -> Result<Outcome> {
    let text = call.param("number");
    let number = text.parse().map_err(|_| Error::not_found(Resource::Change, text))?;
    Ok(Outcome::Json(json!({"undone": number, "by": call.store.undo(number)?})))
}

pub(super) fn diff(call: &Call<'_>) -> Result<Outcome> {
    let to = match call.given.optional_number("to") {
        Some(to) => to,
        None => call.store.service.last_change()?,
    };
    let differences = call.store.diff(call.given.number("from"), to)?;
    super::lists::part(call, &differences, difference)
}
