//! Calls about the users who are linked to an identity provider.

use http::StatusCode;
use serde_json::{Value, json};

use super::documents::provider::forgets_users;
use super::rules::Rules;
use super::{ids, paging, providers, time, users};
use crate::error::{Error, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Id, IdentityProvider, Link};
use crate::service::{Cursor, LinkQuery};

/// What a provider may tell of a user; nobody has signed in yet, so nothing has been told.
const PROFILE: [&str; 8] = [
    "profileUrl",
    "firstName",
    "lastName",
    "honorificSuffix",
    "displayName",
    "honorificPrefix",
    "middleName",
    "email",
];

/// What is searched, and the user with whom the page before ended. Links keep only `limit` and `after`, so what is
/// searched travels in the cursor.
struct Asked {
    q: Option<String>,
    after: Option<Id>,
}

impl Asked {
    fn of(call: &Call<'_>) -> Result<Self> {
        let q = call.query("q").filter(|q| !q.is_empty());
        let Some(text) = paging::after(call) else { return Ok(Self { q, after: None }) };
        if let Some(id) = ids::read_as(ids::USER, &text) {
            return Ok(Self { q, after: Some(id) });
        }
        let (q, id) = paging::read_cursor(&text)?;
        Ok(Self { q: Some(q), after: Some(id) })
    }

    fn spell(q: Option<String>, after: Id) -> String {
        match q {
            None => ids::spell_as(ids::USER, after),
            Some(q) => paging::spell_cursor(&(q, after)),
        }
    }
}

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    let Asked { q, after } = Asked::of(call)?;
    let expands = paging::expand(call, |expand| expand == "user")?.is_some();
    let page = call.service.links(
        provider,
        &LinkQuery { contains: q.clone(), after: after.map(Cursor::Id), limit: paging::limit(call)? },
    )?;
    let next = page.next.and_then(|next| match next {
        Cursor::Id(id) => Some(Asked::spell(q, id)),
        Cursor::Name(_) => None,
    });
    let mut shown = List::default();
    for (link, user) in page.items {
        let mut document = show(&link, call.base_url);
        if expands && let Some(members) = document.as_object_mut() {
            let user = users::show(user, call.base_url);
            members.insert("_embedded".to_owned(), json!({"user": user}));
        }
        shown.push(&document)?;
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
    let mut rules = Rules::of(&document);
    rules.text(&["externalId"], 1, 512);
    rules.end()?;
    let external_id = document.get("externalId").and_then(Value::as_str).unwrap_or_default();
    shown(call, &call.service.link_user(provider, user, external_id)?)
}

pub(super) fn unlink(call: &Call<'_>) -> Result<Response> {
    let provider = providers::named(call)?.id;
    call.service.unlink_user(provider, users::named(call, "userId")?.id)?;
    Ok(body::no_content())
}

/// The tokens that a provider gave when a user signed in there; nobody signs in here.
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
    body::json(StatusCode::OK, &show(link, call.base_url))
}

fn show(link: &Link, base_url: &str) -> Value {
    let (provider, user) = (ids::spell(link.provider), ids::spell_as(ids::USER, link.user));
    let idp = format!("{base_url}/api/v1/idps/{provider}");
    let profile: serde_json::Map<_, _> =
        PROFILE.iter().map(|member| ((*member).to_owned(), Value::Null)).collect();
    json!({
        "id": user,
        "externalId": link.external_id,
        "created": time(link.created),
        "lastUpdated": time(link.updated),
        "profile": profile,
        "_links": {
            "self": {"href": format!("{idp}/users/{user}"), "hints": {"allow": ["GET", "DELETE"]}},
            "idp": {"href": idp, "hints": {"allow": ["GET"]}},
            "user": {"href": format!("{base_url}/api/v1/users/{user}"), "hints": {"allow": ["GET"]}},
        },
    })
}
