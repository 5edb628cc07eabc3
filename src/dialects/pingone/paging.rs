//! PingOne's collections: `limit`, `cursor` and the links to the pages around.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{answers, base64url, links};
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response};
use crate::model::Id;
use crate::service::{Cursor, Page};

/// How many elements a page has at most, and if the caller does not say.
const MAXIMUM_LIMIT: usize = 1000;

/// The URL of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    After(Id),
    Before(Id),
    /// At this position, in collections that are read in whole.
    At(usize),
}

impl Place {
    /// The page that a call asks for.
    pub(super) fn of(call: &Call<'_>) -> Result<Self> {
        let Some(text) = call.query("cursor") else { return Ok(Self::Start) };
        Self::read(&text).ok_or_else(|| ErrorKind::BadCursor.into())
    }

    fn read(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let id = |number: &str| number.parse().ok().map(Id::from_number);
        match text.split_once(':')? {
            ("after", number) => Some(Self::After(id(number)?)),
            ("at", number) => Some(Self::At(number.parse().ok()?)),
            ("before", number) => Some(Self::Before(id(number)?)),
            _ => None,
        }
    }

    fn cursor(self) -> Option<String> {
        let text = match self {
            Self::Start => return None,
            Self::After(id) => format!("after:{id}"),
            Self::Before(id) => format!("before:{id}"),
            Self::At(start) => format!("at:{start}"),
        };
        Some(base64url(text.as_bytes()))
    }
}

/// Where a page begins in a collection that is only read forward.
pub(super) fn after(call: &Call<'_>) -> Result<Option<Id>> {
    match Place::of(call)? {
        Place::Start => Ok(None),
        Place::After(id) => Ok(Some(id)),
        Place::Before(_) | Place::At(_) => Err(ErrorKind::BadCursor.into()),
    }
}

/// How many elements the caller wants; more than the maximum are never given.
pub(super) fn limit(call: &Call<'_>) -> Result<usize> {
    match call.number("limit")? {
        None => Ok(MAXIMUM_LIMIT),
        Some(limit @ 1..) => Ok(usize::try_from(limit).unwrap_or(MAXIMUM_LIMIT).min(MAXIMUM_LIMIT)),
        Some(_) => Err(Error::invalid("?limit", Reason::OutOfRange(1, 1000))),
    }
}

/// A collection as PingOne shows it.
#[derive(Serialize)]
struct Collection {
    #[serde(rename = "_links")]
    links: Value,
    #[serde(rename = "_embedded")]
    embedded: BTreeMap<&'static str, Box<RawValue>>,
    /// How many there are in all, where that is known: of what was read in whole, or fits on one page.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    size: usize,
}

/// A page of a collection that is only read forward.
pub(super) fn forward<R, T: Serialize>(
    call: &Call<'_>,
    name: &'static str,
    page: Page<R>,
    show: impl Fn(R) -> Result<T>,
) -> Result<Response> {
    let next = match page.next {
        Some(Cursor::Id(id)) => Some(Place::After(id)),
        Some(Cursor::Name(_)) | None => None,
    };
    let mut shown = List::default();
    for item in page.items {
        shown.push(&show(item)?)?;
    }
    around(call, name, shown, (None, next), None)
}

/// A page with links to those around it, which ask for the same but for the place.
pub(super) fn around(
    call: &Call<'_>,
    name: &'static str,
    items: List,
    (previous, next): (Option<Place>, Option<Place>),
    count: Option<usize>,
) -> Result<Response> {
    let url = |cursor: Option<String>| {
        let asked = call.request.uri().query().unwrap_or_default();
        let asked = form_urlencoded::parse(asked.as_bytes()).filter(|(name, _)| name != "cursor");
        let mut query = Serializer::new(String::new());
        query.extend_pairs(asked).extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let (query, path) = (query.finish(), call.request.uri().path());
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{query}", call.base_url)
    };
    let neighbours = [("next", next), ("prev", previous)];
    let neighbours =
        neighbours.into_iter().filter_map(|(relation, place)| Some((relation, url(place?.cursor()))));
    let mut relations = vec![("self", url(call.query("cursor")))];
    relations.extend(neighbours);
    let relations: Vec<_> = relations.iter().map(|(relation, href)| (*relation, href.as_str())).collect();
    let size = items.len();
    let collection = Collection {
        links: links::to(&relations),
        embedded: BTreeMap::from([(name, items.member()?)]),
        count: count.or_else(|| (next.is_none() && call.query("cursor").is_none()).then_some(size)),
        size,
    };
    answers::json(call, StatusCode::OK, &collection)
}

/// The page that a call requests of a collection whose elements are counted: all are looked at, and those of the page
/// are written.
pub(super) fn listed<T: Serialize>(
    call: &Call<'_>,
    name: &'static str,
    mut items: impl Iterator<Item = Result<T>>,
) -> Result<Response> {
    // How a page is made is compiled once.
    counted(call, name, &mut |shown| match items.next() {
        Some(item) => {
            let item = item?;
            shown.map_or(Ok(()), |shown| shown.push(&item)).map(|()| true)
        }
        None => Ok(false),
    })
}

/// The page of a collection of which `next` looks at one more element, and writes it if it is on the page; false if there is
/// none.
fn counted(
    call: &Call<'_>,
    name: &'static str,
    next: &mut dyn FnMut(Option<&mut List>) -> Result<bool>,
) -> Result<Response> {
    let (limit, place) = (limit(call)?, Place::of(call)?);
    let start = match place {
        Place::Start => 0,
        Place::At(start) => start,
        Place::After(_) | Place::Before(_) => return Err(ErrorKind::BadCursor.into()),
    };
    let end = start.saturating_add(limit);
    let (mut total, mut shown) = (0, List::default());
    while next(Some(&mut shown).filter(|_| (start..end).contains(&total)))? {
        total += 1;
    }
    if place != Place::Start && start >= total {
        return Err(ErrorKind::BadCursor.into());
    }
    let previous = (start > 0).then(|| Place::At(start.saturating_sub(limit)));
    let following = (end < total).then_some(Place::At(end));
    around(call, name, shown, (previous, following), Some(total))
}

/// How many elements are read at once of a collection of which all are looked at.
const AT_ONCE: usize = 16;

/// All elements of a collection, of which few are in memory at a time; `read` gives a page of it.
pub(super) fn all<R>(
    read: impl Fn(Option<Cursor>, usize) -> Result<Page<R>>,
) -> impl Iterator<Item = Result<R>> {
    let first = read(None, AT_ONCE);
    let pages = std::iter::successors(Some(first), move |page| match page {
        Ok(Page { next: Some(next), .. }) => Some(read(Some(next.clone()), AT_ONCE)),
        _ => None,
    });
    pages.flat_map(|page| match page {
        Ok(page) => page.items.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back_and_others_are_not() {
        for place in [Place::After(Id::from_number(7)), Place::Before(Id::from_number(u64::MAX >> 1))] {
            assert_eq!(Place::read(&place.cursor().expect("a cursor")), Some(place));
        }
        for foreign in ["", "x", "no-such-cursor", &base64url(b"after:x"), &base64url(b"start:1")] {
            assert_eq!(Place::read(foreign), None, "{foreign}");
        }
    }
}
