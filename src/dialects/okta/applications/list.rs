//! Lists of applications.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::filter;
use super::lens::{self, Secrets};
use crate::dialects::okta::{ids, paging};
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::Id;
use crate::service::{ApplicationQuery, Cursor, Page};

/// What is asked for, and where the page before ended. Links keep only `limit` and `after`, so all of it travels
/// in the cursor.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Asked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Id>,
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    // Another way to leave the number to the server.
    let limit = match call.query("limit").as_deref() {
        Some("-1") => paging::DEFAULT_LIMIT,
        _ => paging::limit(call)?,
    };
    if call.query("expand").is_some_and(|expand| !expand.starts_with("user/")) {
        return Err(Error::invalid("?expand", Reason::Other("is malformed".to_owned())));
    }
    let asked = asked(call)?;
    let page = page(call, &asked, limit)?;
    let next = page.next.and_then(|next| match next {
        Cursor::Id(id) => Some(spell(asked, id)),
        Cursor::Name(_) => None,
    });
    let org = call.service.tenant()?;
    let shown: Vec<_> = page
        .items
        .into_iter()
        .filter_map(|application| lens::show(application, &org, call.base_url, Secrets::Kept))
        .collect();
    let mut response = body::json(StatusCode::OK, &shown)?;
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

fn page(call: &Call<'_>, asked: &Asked, limit: usize) -> Result<Page<crate::model::Application>> {
    let query = ApplicationQuery {
        name_starts: asked.q.clone(),
        after: asked.after,
        limit,
        ..ApplicationQuery::default()
    };
    let query = match &asked.filter {
        Some(filter) => filter::narrow(query, filter)?,
        None => Some(query),
    };
    match query {
        Some(query) => call.service.applications(&query),
        None => Ok(Page { items: Vec::new(), next: None }),
    }
}

fn asked(call: &Call<'_>) -> Result<Asked> {
    let said = |name| call.query(name).filter(|text| !text.is_empty());
    let (q, filter) = (said("q"), said("filter"));
    match paging::after(call) {
        None => Ok(Asked { q, filter, after: None }),
        Some(text) => match ids::read(&text) {
            Some(id) => Ok(Asked { q, filter, after: Some(id) }),
            None => paging::read_cursor(&text),
        },
    }
}

/// The cursor of the page that begins after `id`.
fn spell(asked: Asked, id: Id) -> String {
    match asked {
        Asked { q: None, filter: None, .. } => ids::spell(id),
        asked => paging::spell_cursor(&Asked { after: Some(id), ..asked }),
    }
}
