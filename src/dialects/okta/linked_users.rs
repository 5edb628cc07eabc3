//! Calls about the users who are linked to an identity provider.

use http::StatusCode;
use serde_json::json;

use super::documents::provider::forgets_users;
use super::documents::user::{LINK, Scene};
use super::paging::{self, Filtered};
use super::{ids, providers, users};
use crate::dialects::document::Reading;
use crate::error::{Error, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{IdentityProvider, Link};
use crate::pki::Timestamp;
use crate::service::LinkQuery;

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    let filtered = Filtered::of(call, ["q", ""], |text| ids::read_as(ids::USER, text))?;
    let expands = paging::expand(call, |expand| expand == "user")?.is_some();
    let page = call.service.links(
        provider,
        &LinkQuery {
            contains: filtered.by[0].clone(),
            after: filtered.after.clone(),
            limit: paging::limit(call)?,
        },
    )?;
    let next = page.next.map(|next| filtered.next(next, |id| ids::spell_as(ids::USER, id)));
    let mut shown = List::default();
    for (link, user) in page.items {
        let user = expands.then(|| users::show(call, &user));
        shown.push_json(&LINK.show(&link, &Scene { base_url: call.base_url.to_owned(), user })?);
    }
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    shown(call, &call.service.link(provider, users::named(call, "userId")?.id)?)
}

pub(super) fn link(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    let user = users::named(call, "userId")?.id;
    let document = body::json_object(call)?;
    let (external_id, now) = (String::new(), Timestamp::default());
    let blank = Link { provider, user, external_id, created: now, updated: now };
    let wanted = LINK.read(document, Reading::new(blank))?;
    shown(call, &call.service.link_user(provider, user, &wanted.external_id)?)
}

pub(super) fn unlink(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    call.service.unlink_user(provider, users::named(call, "userId")?.id)?;
    Ok(body::no_content())
}

/// The tokens that a provider gave when a user signed in there; no users sign in here.
pub(super) fn list_tokens(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    call.service.link(provider, users::named(call, "userId")?.id)?;
    body::json(StatusCode::OK, &json!([]))
}

/// With SAML people are known by names that last, or they cannot be linked.
pub(super) fn linkable(provider: &IdentityProvider) -> Result<()> {
    match forgets_users(provider) {
        Some(place) => {
            Err(Error::invalid(place, Reason::Other("must be set before users can be linked".to_owned())))
        }
        None => Ok(()),
    }
}

fn shown(call: &Call<'_>, link: &Link) -> Result<Response> {
    let scene = Scene { base_url: call.base_url.to_owned(), user: None };
    Ok(body::with_body(StatusCode::OK, body::JSON, LINK.show(link, &scene)?))
}
