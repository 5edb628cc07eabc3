//! Calls about identity providers.

use std::collections::BTreeSet;

use http::{HeaderValue, StatusCode};

use super::documents::Scene;
use super::documents::provider::PROVIDER;
use super::lens::read;
use super::paging::{self, Filtered};
use super::wire::Kind;
use super::{DIALECT, ids, metadata};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Members};
use crate::dialects::settle;
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body, negotiate};
use crate::model::{Id, IdentityProvider, Protocol, State};
use crate::service::{Draft, Owner, ProviderQuery, Service};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let limit = paging::limit(call)?;
    let filtered = Filtered::of(call, ["q", "type"], ids::read)?;
    let [q, kind] = &filtered.by;
    let kinds = kind.as_deref().map(indexed_kind).transpose()?.into_iter().collect();
    let (name_contains, after) = (q.clone(), filtered.after.clone());
    let query = ProviderQuery { name_contains, kinds, after, limit, ..ProviderQuery::default() };
    let mut shown = List::default();
    let scene = Scene::at(call.base_url);
    let next = call.service.each_provider(&query, |provider| {
        if Kind::of(&provider.protocol).is_some() {
            shown.push_with(|bytes| PROVIDER.write(&provider, &scene, bytes))?;
        }
        Ok(())
    })?;
    let next = next.map(|next| filtered.next(next, ids::spell));
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// Under which name providers of this type are indexed.
fn indexed_kind(name: &str) -> Result<String> {
    let kind = Kind::named(name).ok_or_else(|| Error::invalid("?type", Reason::NotAllowed(Vec::new())))?;
    Ok(kind.blank().kind())
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call
        .service
        .create_provider(|draft| read(Context::of(draft), None, document.clone(), is_strict(call)))?;
    shown(&made, &Scene::at(call.base_url))
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.update_provider(id(call)?, |old, draft| {
        redraft(call.service, draft, old, document.clone(), call.switches)
    })?;
    // The answer to a replacement does not name the time of creation; the next read does.
    shown(&made, &Scene { is_replaced: true, ..Scene::at(call.base_url) })
}

/// What a replacement makes of a provider and a document.
pub(super) fn redraft(
    _: &Service,
    draft: &mut Draft<'_, '_>,
    old: &IdentityProvider,
    document: Members,
    switches: &BTreeSet<String>,
) -> Result<IdentityProvider> {
    let mut new = read(Context::of(draft), Some(old), document, !switches.contains(LENIENT_DOCUMENTS))?;
    settle(&DIALECT, old, &mut new);
    Ok(new)
}

/// The switch with which documents may hold what Okta's API description leaves out. Without it they are refused; what a
/// provider or an application already shows may be sent back all the same.
pub const LENIENT_DOCUMENTS: &str = "okta-lenient-documents";

/// Whether documents may hold only what Okta's API description lists.
pub(super) fn is_strict(call: &Call<'_>) -> bool {
    !call.switches.contains(LENIENT_DOCUMENTS)
}

/// The id of the provider that the path names.
fn id(call: &Call<'_>) -> Result<Id> {
    ids::provider(call.param("idpId"))
}

/// The provider that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<IdentityProvider> {
    call.service.provider(id(call)?)
}

fn shown(provider: &IdentityProvider, scene: &Scene) -> Result<Response> {
    Ok(body::with_body(StatusCode::OK, body::JSON, PROVIDER.show(provider, scene)?))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    shown(&named(call)?, &Scene::at(call.base_url))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_provider(id(call)?)?;
    Ok(body::no_content())
}

pub(super) fn activate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Active)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Inactive)
}

fn set_state(call: &Call<'_>, state: State) -> Result<Response> {
    let made = call.service.set_provider_state(id(call)?, state)?;
    shown(&made, &Scene::at(call.base_url))
}

pub(super) fn service_provider_metadata(call: &Call<'_>) -> Result<Response> {
    let provider = named(call)?;
    let (Protocol::Saml(_), Some(kid)) = (&provider.protocol, &provider.signing_key) else {
        return Err(Error::not_found(Resource::IdentityProvider, provider.id.number()));
    };
    let readable = ["application/xml", "text/xml", "application/octet-stream"];
    if !readable.iter().any(|media_type| negotiate::accepts(call.headers(), media_type)) {
        return Err(ErrorKind::NotAcceptable.into());
    }
    let key = call.service.signing_key((Owner::Provider(provider.id), kid.as_str()))?;
    let org = call.service.tenant()?.name;
    let xml = metadata::service_provider(&provider, &key, &org, call.base_url)?;
    Ok(body::with_body(StatusCode::OK, HeaderValue::from_static("application/octet-stream"), xml))
}
