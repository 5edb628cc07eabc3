//! Okta's pages: `limit`, `after` and `Link` headers.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use http::HeaderValue;
use http::header::LINK;

use crate::dialects::base64url;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::http::{Call, Response, path_of};
use crate::model::Id;
use crate::service::Cursor;

/// How many elements a page has if the caller does not say.
pub(super) const DEFAULT_LIMIT: usize = 20;

/// How many elements a page has at most.
const MAXIMUM_LIMIT: usize = 200;

/// How many elements the caller wants; an empty text says nothing. More than 200 are never given.
pub(super) fn limit(call: &Call<'_>) -> Result<usize> {
    if call.query("limit").is_some_and(|limit| limit.is_empty()) {
        return Ok(DEFAULT_LIMIT);
    }
    match call.number("limit")? {
        None => Ok(DEFAULT_LIMIT),
        Some(limit @ 1..) => Ok(usize::try_from(limit).unwrap_or(MAXIMUM_LIMIT).min(MAXIMUM_LIMIT)),
        Some(_) => Err(Error::invalid("?limit", Reason::OutOfRange(1, 200))),
    }
}

/// What is to be embedded: one reference that `is_known`, or nothing. Okta calls everything else malformed.
pub(super) fn expand(call: &Call<'_>, is_known: impl Fn(&str) -> bool) -> Result<Option<String>> {
    match call.query("expand").filter(|expand| !expand.is_empty()) {
        Some(expand) if !is_known(&expand) => {
            Err(Error::invalid("?expand", Reason::Other("is malformed".to_owned())))
        }
        expand => Ok(expand),
    }
}

/// Where the page before ended, as its link has it; an empty text is none.
pub(super) fn after(call: &Call<'_>) -> Option<String> {
    call.query("after").filter(|after| !after.is_empty())
}

/// By what a list is filtered, and where the page before ended. Links keep only `limit` and `after`, so the filter travels in
/// the cursor; that of a list without one is the id alone.
#[derive(Debug)]
pub(super) struct Filtered {
    pub(super) by: [Option<String>; 2],
    pub(super) after: Option<Cursor>,
}

/// As they are in a cursor: the two filters, and an id, or a place in base64url.
type Spelled = (Option<String>, Option<String>, Option<u64>, Option<String>);

impl Filtered {
    /// What is requested by the parameters with these names; a list with one filter has no second name. `read` reads the ids
    /// of what is listed.
    pub(super) fn of(call: &Call<'_>, names: [&str; 2], read: fn(&str) -> Option<Id>) -> Result<Self> {
        let after = after(call);
        let id = after.as_deref().and_then(read);
        if let Some(cursor) = after.filter(|_| id.is_none()) {
            return Self::read(&cursor);
        }
        let by = names.map(|name| call.query(name).filter(|text| !text.is_empty()));
        Ok(Self { by, after: id.map(Cursor::Id) })
    }

    fn read(cursor: &str) -> Result<Self> {
        let read = || {
            let octets = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let (one, other, id, place): Spelled =
                serde_json::from_str(&String::from_utf8(octets).ok()?).ok()?;
            let place = place.map(|place| BASE64_URL_SAFE_NO_PAD.decode(place)).transpose().ok()?;
            let after = id.map(Id::from_number).map(Cursor::Id).or(place.map(Cursor::Name))?;
            Some(Self { by: [one, other], after: Some(after) })
        };
        read().ok_or_else(|| ErrorKind::BadCursor.into())
    }

    /// The place where the page before ended, in a list that follows places and no ids.
    pub(super) fn place(&self) -> Result<Option<&[u8]>> {
        match &self.after {
            Some(Cursor::Name(place)) => Ok(Some(place)),
            Some(Cursor::Id(_)) => Err(ErrorKind::BadCursor.into()),
            None => Ok(None),
        }
    }

    /// The cursor of the next page. `spell` writes the ids of what is listed.
    pub(super) fn next(self, next: Cursor, spell: fn(Id) -> String) -> String {
        let spelled: Spelled = match (self.by, next) {
            ([None, None], Cursor::Id(id)) => return spell(id),
            ([one, other], Cursor::Id(id)) => (one, other, Some(id.number()), None),
            ([one, other], Cursor::Name(place)) => (one, other, None, Some(base64url(&place))),
        };
        base64url(&serde_json::to_vec(&spelled).unwrap_or_default())
    }
}

/// Adds the links to this page and, if there is one, to the next.
pub(super) fn link(call: &Call<'_>, response: &mut Response, next: Option<&str>) -> Result<()> {
    let limit = call.query("limit").filter(|limit| !limit.is_empty());
    let mut add = |after: Option<&str>, relation: &str| {
        let mut query = Serializer::new(String::new());
        for (name, value) in [("after", after), ("limit", limit.as_deref())] {
            value.map(|value| query.append_pair(name, value));
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        let path = path_of(call.request);
        let value =
            HeaderValue::try_from(format!("<{}{path}{mark}{query}>; rel=\"{relation}\"", call.base_url))
                .map_err(|cause| Error::new(ErrorKind::Malformed).caused_by(cause))?;
        response.headers_mut().append(LINK, value);
        Ok(())
    };
    add(after(call).as_deref(), "self")?;
    next.map_or(Ok(()), |next| add(Some(next), "next"))
}
