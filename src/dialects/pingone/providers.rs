//! Calls about identity providers.

use http::StatusCode;
use serde_json::{Value, json};

use super::environment::Environment;
use super::lens::{PingOneLens, kind_of};
use super::paging::{self, Place};
use super::wire::ORDER;
use super::{DIALECT, answers, applications, discovery, ids, links, mappings};
use crate::dialects::lens::{Context, Lens as _, Members, Ordered, get as at_path, insert};
use crate::dialects::{if_there, put};
use crate::engine::Direction;
use crate::error::{ErrorKind, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body, negotiate};
use crate::model::{Id, IdentityProvider};
use crate::service::{Cursor, Draft, ProviderQuery};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let (place, limit) = (Place::of(call)?, paging::limit(call)?);
    let (after, direction) = match place {
        Place::At(_) => return Err(ErrorKind::BadCursor.into()),
        Place::Before(id) => (Some(id), Direction::Descending),
        Place::After(id) => (Some(id), Direction::Ascending),
        Place::Start => (None, Direction::Ascending),
    };
    let query = ProviderQuery { after: after.map(Cursor::Id), direction, limit, ..ProviderQuery::default() };
    let page = environment.service.provider_ids(&query)?;
    let more = page.next.is_some();
    let last = page.items.last().copied().map(Place::After);
    let first = page.items.first().copied().map(Place::Before);
    let (previous, next) = match place {
        Place::Start | Place::At(_) => (None, last.filter(|_| more)),
        Place::After(_) => (first, last.filter(|_| more)),
        Place::Before(_) => (first.filter(|_| more), last),
    };
    let mut shown = List::default();
    for id in page.items {
        let Some(provider) = if_there(environment.service.provider(id))? else { continue };
        if let Some(document) = show(&environment, provider, expands_attributes(call))? {
            shown.push(&document)?;
        }
    }
    paging::around(call, "identityProviders", shown, (previous, next), None)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    if negotiate::content_type(call.headers()).as_deref() == Some(discovery::MEDIA_TYPE) {
        return discovery::discover(call);
    }
    let document = body::json_object(call)?;
    let made = environment.service.create_provider(|draft| drafted(draft, None, document.clone()))?;
    let shown = show(&environment, made, expands_attributes(call))?;
    answers::json(call, StatusCode::CREATED, &shown)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let found = named(call, &environment)?;
    answers::json(call, StatusCode::OK, &show(&environment, found, expands_attributes(call))?)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made = environment.service.update_provider(id(call)?, |old, draft| {
        let mut document = document.clone();
        if kind_of(old)?.trademarked && !call.switches.contains(KEEP_LOGIN_BUTTON_ICONS) {
            keep_icon(old, &mut document);
        }
        drafted(draft, Some(old), document)
    })?;
    answers::json(call, StatusCode::OK, &show(&environment, made, true)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    environment.service.delete_provider(named(call, &environment)?.id)?;
    Ok(body::no_content())
}

/// The switch with which the login buttons of trademarked providers take new icons, as the service was seen to
/// do; without it updates of them are ignored, as its documents say.
pub const KEEP_LOGIN_BUTTON_ICONS: &str = "pingone-login-button-icons";

/// The login button stays as it was, whatever a document says.
fn keep_icon(old: &IdentityProvider, document: &mut Members) {
    let kept = PingOneLens.show(old.clone(), "").and_then(|shown| shown.get("loginButtonIcon").cloned());
    document.insert("loginButtonIcon".to_owned(), kept.unwrap_or_default());
}

/// The provider that a document describes, once the other records can be seen.
fn drafted(
    draft: &mut Draft<'_, '_>,
    old: Option<&IdentityProvider>,
    mut document: Members,
) -> Result<IdentityProvider> {
    if let Some(id) = at_path(&document, SIGNING_KEY).and_then(Value::as_str) {
        let current = old.and_then(|old| old.signing_key.as_deref());
        let kid = applications::lent(draft, id, current, "/spSigning/key/id")?;
        insert(&mut document, SIGNING_KEY, kid.into());
    }
    put(&DIALECT, Context::of(draft), old, document)
}

/// Where a document names the key with which we sign: PingOne by its id, the record by its `kid`.
const SIGNING_KEY: &[&str] = &["spSigning", "key", "id"];

fn id(call: &Call<'_>) -> Result<Id> {
    ids::named(Resource::IdentityProvider, call.param("providerID"))
}

/// The provider that the path names.
pub(super) fn named(call: &Call<'_>, environment: &Environment) -> Result<IdentityProvider> {
    let provider = environment.service.provider(id(call)?)?;
    kind_of(&provider)?;
    Ok(provider)
}

/// Whether the caller wants the attribute mappings along with their provider.
fn expands_attributes(call: &Call<'_>) -> bool {
    call.query("expand").is_some_and(|expand| expand.split(',').any(|name| name.trim() == "attributes"))
}

/// A provider as its environment shows it; `None` if it is of a kind that PingOne does not have.
fn show(environment: &Environment, provider: IdentityProvider, expand: bool) -> Result<Option<Ordered>> {
    let own = format!("{}/identityProviders/{}", environment.url, provider.id.to_uuid());
    let embedded = expand.then(|| mappings::embedded(environment, &provider)).transpose()?;
    let key = applications::key_id(environment, provider.signing_key.as_deref())?;
    let Some(mut document) = PingOneLens.show(provider, "") else { return Ok(None) };
    if let Some(key) = key.filter(|_| at_path(&document, SIGNING_KEY).is_some()) {
        insert(&mut document, SIGNING_KEY, key.to_uuid().into());
    }
    let links = links::to(&[
        ("self", &own),
        ("environment", &environment.url),
        ("attributes", &format!("{own}/attributes")),
    ]);
    document.insert("_links".to_owned(), links);
    document.insert("environment".to_owned(), links::environment(environment));
    if let Some(attributes) = embedded {
        document.insert("_embedded".to_owned(), json!({"attributes": attributes}));
    }
    Ok(Some(Ordered(document, &ORDER)))
}
