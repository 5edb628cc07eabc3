//! Lists of applications.

use http::StatusCode;

use super::beside::beside;
use super::filter::{self, Narrowed};
use super::lens;
use super::modes::is_saml;
use crate::dialects::okta::documents::sign_on::logs_out;
use crate::dialects::okta::ids;
use crate::dialects::okta::paging::{self, Filtered};
use crate::error::Result;
use crate::http::body::List;
use crate::http::{Call, Response};
use crate::model::{Application, Tenant};
use crate::service::{ApplicationQuery, Page};

pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    // Another way to leave the number to the server.
    let limit = match call.query("limit").as_deref() {
        Some("-1") => paging::DEFAULT_LIMIT,
        _ => paging::limit(call)?,
    };
    paging::expand(call, is_one_user)?;
    let filtered = Filtered::of(call, ["q", "filter"], ids::read)?;
    let page = page(call, &filtered, limit)?;
    let next = page.next.map(|next| filtered.next(next, ids::spell));
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

fn page(call: &Call<'_>, filtered: &Filtered, limit: usize) -> Result<Page<Application>> {
    let [q, filter] = &filtered.by;
    let (name_starts, after) = (q.clone(), filtered.after.clone());
    let query = ApplicationQuery { name_starts, after, limit, ..ApplicationQuery::default() };
    let Some(filter) = filter else { return call.service.applications(&query) };
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
