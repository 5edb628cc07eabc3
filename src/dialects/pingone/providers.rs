//! Calls about identity providers.

use std::collections::BTreeSet;

use http::StatusCode;

use super::documents::Scene;
use super::documents::mapping::embedded;
use super::documents::provider::PROVIDER;
use super::environment::Environment;
use super::lens::read;
use super::paging::{self, Place};
use super::{DIALECT, answers, applications, discovery, ids, metadata};
use crate::dialects::lens::{Context, Members};
use crate::dialects::{if_there, settle};
use crate::engine::Direction;
use crate::error::{ErrorKind, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body, negotiate};
use crate::model::{Id, IdentityProvider};
use crate::service::{Cursor, Draft, ProviderQuery, Service};

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
        let scene = scene(&environment, &provider, expands_attributes(call))?;
        shown.push_with(|bytes| PROVIDER.write(&provider, &scene, bytes))?;
    }
    paging::around(call, "identityProviders", shown, (previous, next), None)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    match negotiate::content_type(call.headers()).as_deref() {
        Some(discovery::MEDIA_TYPE) => return discovery::discover(call),
        Some(metadata::MEDIA_TYPE) => {
            let made = metadata::import(call, &environment)?;
            return answer(call, StatusCode::CREATED, &environment, &made, expands_attributes(call));
        }
        _ => {}
    }
    let document = body::json_object(call)?;
    let made = environment
        .service
        .create_provider(|draft| drafted(draft, None, document.clone(), true, &|id| Ok(id.to_owned())))?;
    answer(call, StatusCode::CREATED, &environment, &made, expands_attributes(call))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let found = named(call, &environment)?;
    answer(call, StatusCode::OK, &environment, &found, expands_attributes(call))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made = environment.service.update_provider(id(call)?, |old, draft| {
        let changes_fixed = call.switches.contains(KEEP_LOGIN_BUTTON_ICONS);
        drafted(draft, Some(old), document.clone(), changes_fixed, &|id| Ok(id.to_owned()))
    })?;
    answer(call, StatusCode::OK, &environment, &made, true)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    environment.service.delete_provider(id(call)?)?;
    Ok(body::no_content())
}

/// The switch with which the login buttons of trademarked providers take new icons, as the service was seen to
/// do; without it updates of them are ignored, as its documents say.
pub const KEEP_LOGIN_BUTTON_ICONS: &str = "pingone-login-button-icons";

/// The provider that a document describes, once the other records can be seen. `id_of` gives the id of a signing key that the
/// document names.
fn drafted(
    draft: &mut Draft<'_, '_>,
    old: Option<&IdentityProvider>,
    document: Members,
    changes_fixed: bool,
    id_of: &dyn Fn(&str) -> Result<String>,
) -> Result<IdentityProvider> {
    let env = draft.env().clone(); // the draft itself is needed to resolve keys
    let cx = Context {
        id: draft.id(),
        now: draft.now(),
        entropy: &*env.entropy,
        character_sets: &*env.character_sets,
    };
    let current = old.and_then(|old| old.signing_key.as_deref());
    let resolve =
        Box::new(|pointer: &str, name: &str| applications::lent(draft, &id_of(name)?, current, pointer));
    read(cx, old, document, changes_fixed, resolve).map(|mut made| {
        if let Some(old) = old {
            settle(&DIALECT, old, &mut made);
        }
        made
    })
}

/// What a replacement makes of a provider and a document, which may name a signing key by its `kid`, too.
pub(super) fn redraft(
    service: &Service,
    draft: &mut Draft<'_, '_>,
    old: &IdentityProvider,
    document: Members,
    switches: &BTreeSet<String>,
) -> Result<IdentityProvider> {
    let id_of = |name: &str| {
        let key = if_there(service.signing_key(name))?;
        Ok(key.map_or_else(|| name.to_owned(), |key| key.id.to_uuid()))
    };
    drafted(draft, Some(old), document, switches.contains(KEEP_LOGIN_BUTTON_ICONS), &id_of)
}

/// The id of the provider that the path names.
pub(super) fn id(call: &Call<'_>) -> Result<Id> {
    ids::named(Resource::IdentityProvider, call.param("providerID"))
}

/// The provider that the path names.
pub(super) fn named(call: &Call<'_>, environment: &Environment) -> Result<IdentityProvider> {
    environment.service.provider(id(call)?)
}

/// Whether the caller wants the attribute mappings along with their provider.
fn expands_attributes(call: &Call<'_>) -> bool {
    call.query("expand").is_some_and(|expand| expand.split(',').any(|name| name.trim() == "attributes"))
}

/// With what a provider is shown.
fn scene(environment: &Environment, provider: &IdentityProvider, expand: bool) -> Result<Scene> {
    let key = applications::key_id(environment, provider.signing_key.as_deref())?;
    Ok(Scene {
        environment: environment.id.clone(),
        url: environment.url.clone(),
        signing_key: key.map(Id::to_uuid),
        attributes: expand.then(|| embedded(environment, provider)).transpose()?,
    })
}

fn answer(
    call: &Call<'_>,
    status: StatusCode,
    environment: &Environment,
    provider: &IdentityProvider,
    expand: bool,
) -> Result<Response> {
    let document = PROVIDER.show(provider, &scene(environment, provider, expand)?)?;
    Ok(answers::written(call, status, document))
}
