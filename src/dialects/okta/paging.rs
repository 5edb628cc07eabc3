//! Okta's pages: `limit`, `after` and `Link` headers.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use http::HeaderValue;
use http::header::LINK;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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

/// A cursor of a filtered list. Links keep only `limit` and `after`, so the filter travels in the cursor.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Filtered {
    /// The text that names contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) q: Option<String>,
    /// The type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    /// Where the page ended: an id, or a place of the name index in base64url.
    after: String,
}

impl Filtered {
    /// The cursor of a list with this filter.
    pub(super) fn spell(q: Option<&str>, kind: Option<&str>, after: &Cursor) -> String {
        let after = match after {
            Cursor::Id(id) => id.to_string(),
            Cursor::Name(place) => base64url(place),
        };
        let cursor = Self { q: q.map(str::to_owned), kind: kind.map(str::to_owned), after };
        spell_cursor(&cursor)
    }

    /// Reads [`Filtered::spell`] back.
    pub(super) fn read(text: &str) -> Result<Self> {
        read_cursor(text)
    }

    /// Where the page ended.
    pub(super) fn after(&self) -> Result<Cursor> {
        let bad = || Error::new(ErrorKind::BadCursor);
        match self.q {
            Some(_) => Ok(Cursor::Name(BASE64_URL_SAFE_NO_PAD.decode(&self.after).map_err(|_| bad())?)),
            None => Ok(Cursor::Id(Id::from_number(self.after.parse().map_err(|_| bad())?))),
        }
    }
}

/// A cursor that carries more than a place.
pub(super) fn spell_cursor(cursor: &impl Serialize) -> String {
    base64url(&serde_json::to_vec(cursor).unwrap_or_default())
}

/// Reads [`spell_cursor`] back.
pub(super) fn read_cursor<C: DeserializeOwned>(text: &str) -> Result<C> {
    let bad = || Error::new(ErrorKind::BadCursor);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    serde_json::from_str(&text).map_err(|_| bad())
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
