//! Pages of lists: how many, and where the page before ended.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Call;
use super::documents;
use super::operation::Outcome;
use crate::error::{ErrorKind, Result};
use crate::model::Id;
use crate::service::{Cursor, Page, Paging};

/// The start of a cursor in a list that follows something else than ids.
const BY_NAME: char = '~';

/// Which part of a list is requested.
pub(super) fn paging(call: &Call<'_>) -> Result<Paging> {
    Ok(Paging { after: after(call)?, limit: call.given.length("limit") })
}

/// Where the page before ended.
pub(super) fn after(call: &Call<'_>) -> Result<Option<Cursor>> {
    call.given.text("after").map(read).transpose()
}

fn read(text: &str) -> Result<Cursor> {
    let place = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok().map(Cursor::Name);
    let id = |text: &str| Some(Cursor::Id(Id::try_from(text.parse::<u64>().ok()?).ok()?));
    let cursor = text.strip_prefix(BY_NAME).map_or_else(|| id(text), place);
    cursor.ok_or_else(|| ErrorKind::BadCursor.into())
}

fn spell(cursor: &Cursor) -> String {
    match cursor {
        Cursor::Id(id) => id.to_string(),
        Cursor::Name(place) => format!("{BY_NAME}{}", BASE64_URL_SAFE_NO_PAD.encode(place)),
    }
}

/// A page as it is answered.
pub(super) fn shown<T>(page: &Page<T>, show: impl Fn(&T) -> Result<Value>) -> Result<Outcome> {
    let items = page.items.iter().map(show).collect::<Result<_>>()?;
    Ok(Outcome::Json(documents::page(items, page.next.as_ref().map(spell))))
}

/// The part that is requested of a list that is there in whole: `after` is a position in it.
pub(super) fn part<T>(call: &Call<'_>, list: &[T], show: impl Fn(&T) -> Value) -> Result<Outcome> {
    let start: usize = match call.given.text("after") {
        Some(text) => text.parse().map_err(|_| ErrorKind::BadCursor)?,
        None => 0,
    };
    let end = start.saturating_add(call.given.length("limit"));
    let items = list.iter().skip(start).take(end - start).map(show).collect();
    Ok(Outcome::Json(documents::page(items, (end < list.len()).then(|| end.to_string()))))
}
