//! Lists of applications.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::beside::beside;
use super::filter::{self, Narrowed};
use super::lens;
use super::modes::is_saml;
use crate::dialects::base64url;
use crate::dialects::okta::documents::sign_on::logs_out;
use crate::dialects::okta::{ids, paging};
use crate::error::{ErrorKind, Result};
use crate::http::body::List;
use crate::http::{Call, Response};
use crate::model::{Application, Id, Tenant};
use crate::service::{ApplicationQuery, Cursor, Page};

/// What is requested, and where the page before ended. Links keep only `limit` and `after`, so all of it travels
/// in the cursor.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Asked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    /// The last id, in lists that follow the ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    /// The last place of an index, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    // Another way to leave the number to the server.
    let limit = match call.query("limit").as_deref() {
        Some("-1") => paging::DEFAULT_LIMIT,
        _ => paging::limit(call)?,
    };
    paging::expand(call, is_one_user)?;
    let asked = asked(call)?;
    let page = page(call, &asked, limit)?;
    let next = page.next.map(|next| spell(asked, next));
    let org = call.service.tenant()?;
    let mut shown = List::default();
    for application in page.items {
        push(call, &org, application, &mut shown)?;
    }
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// Adds an application to a list, if it is of a kind that Okta has.
pub(in crate::dialects::okta) fn push(
    call: &Call<'_>,
    org: &Tenant,
    application: Application,
    shown: &mut List,
) -> Result<()> {
    let beside = beside(call, application.id)?;
    if let Some(document) = lens::show(application, org, call.base_url, false, beside)? {
        shown.push_json(&document);
    }
    Ok(())
}

/// Whether `expand` names one user of an application, the only thing that can be embedded at Okta. Here
/// nothing is.
pub(super) fn is_one_user(expand: &str) -> bool {
    let user = expand.strip_prefix("user/");
    user.is_some_and(|user| !user.is_empty() && !user.contains(['/', ',']))
}

fn page(call: &Call<'_>, asked: &Asked, limit: usize) -> Result<Page<Application>> {
    let query = ApplicationQuery {
        name_starts: asked.q.clone(),
        after: after(asked)?,
        limit,
        ..ApplicationQuery::default()
    };
    let Some(filter) = &asked.filter else { return call.service.applications(&query) };
    match filter::narrow(query, filter)? {
        Some(Narrowed { query, logs_out }) => {
            let also = logs_out.map(|wanted| if wanted { logs_out_of } else { stays_in });
            call.service.applications(&ApplicationQuery { also, ..query })
        }
        None => Ok(Page { items: Vec::new(), next: None }),
    }
}

/// Whether people are logged out of a SAML application when they log out of us.
fn logs_out_of(application: &Application) -> bool {
    is_saml(application) && logs_out(application)
}

/// Whether people stay logged in to a SAML application when they log out of us.
fn stays_in(application: &Application) -> bool {
    is_saml(application) && !logs_out_of(application)
}

/// Where the page before ended.
fn after(asked: &Asked) -> Result<Option<Cursor>> {
    let place = asked.place.as_ref().map(|place| BASE64_URL_SAFE_NO_PAD.decode(place)).transpose();
    let place = place.map_err(|_| ErrorKind::BadCursor)?;
    Ok(place.map(Cursor::Name).or(asked.id.map(Cursor::Id)))
}

fn asked(call: &Call<'_>) -> Result<Asked> {
    let said = |name| call.query(name).filter(|text| !text.is_empty());
    let (q, filter) = (said("q"), said("filter"));
    match paging::after(call) {
        None => Ok(Asked { q, filter, ..Asked::default() }),
        Some(text) => match ids::read(&text) {
            Some(id) => Ok(Asked { q, filter, id: Some(id), place: None }),
            None => paging::read_cursor(&text).and_then(|asked: Asked| match asked {
                Asked { id: None, place: None, .. } => Err(ErrorKind::BadCursor.into()),
                asked => Ok(asked),
            }),
        },
    }
}

/// The cursor of the page that begins there.
fn spell(asked: Asked, next: Cursor) -> String {
    match (asked, next) {
        (Asked { q: None, filter: None, .. }, Cursor::Id(id)) => ids::spell(id),
        (asked, Cursor::Id(id)) => paging::spell_cursor(&Asked { id: Some(id), place: None, ..asked }),
        (asked, Cursor::Name(place)) => {
            paging::spell_cursor(&Asked { id: None, place: Some(base64url(&place)), ..asked })
        }
    }
}
