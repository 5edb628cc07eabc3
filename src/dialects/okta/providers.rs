//! Calls about identity providers.

use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::lens::{OktaLens, blank, kind_of};
use super::paging::{self, Filtered};
use super::wire::{Kind, ORDER};
use super::{DIALECT, LENIENT_DOCUMENTS, ids, metadata, provider_rules};
use crate::dialects::lens::{Context, Lens as _, Ordered};
use crate::dialects::put;
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body, negotiate};
use crate::model::{IdentityProvider, Protocol, State};
use crate::service::{Cursor, Owner, ProviderQuery, View};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let limit = paging::limit(call)?;
    let said = |name| call.query(name).filter(|text| !text.is_empty());
    let (mut q, mut kind) = (said("q"), said("type"));
    let after = match paging::after(call) {
        None => None,
        Some(text) => match ids::read(&text) {
            Some(id) if q.is_none() => Some(Cursor::Id(id)),
            Some(_) => return Err(ErrorKind::BadCursor.into()),
            None => {
                let filtered = Filtered::read(&text)?;
                let after = filtered.after()?;
                (q, kind) = (filtered.q, filtered.kind);
                Some(after)
            }
        },
    };
    let indexed = kind.as_deref().map(indexed_kind).transpose()?;
    let kinds = indexed.into_iter().collect();
    let query = ProviderQuery { name_contains: q.clone(), kinds, after, limit, ..ProviderQuery::default() };
    let mut shown = List::default();
    let next = call.service.show_providers(&query, &view(call), |document| shown.push_json(document))?;
    let next = next.map(|next| match next {
        Cursor::Id(id) if kind.is_none() => ids::spell(id),
        next => Filtered::spell(q.as_deref(), kind.as_deref(), &next),
    });
    let mut response = shown.answer(StatusCode::OK);
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// Under which name providers of this type are indexed.
fn indexed_kind(name: &str) -> Result<String> {
    let kind = Kind::named(name).ok_or_else(|| Error::invalid("?type", Reason::NotAllowed(Vec::new())))?;
    Ok(blank(kind).kind())
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.create_provider(|draft| {
        if !call.switches.contains(LENIENT_DOCUMENTS) {
            provider_rules::check_strictly(&document, None)?;
        }
        put(&DIALECT, Context::of(draft), None, document.clone())
    })?;
    shown(call, made)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.update_provider(ids::provider(call.param("idpId"))?, |old, draft| {
        if !call.switches.contains(LENIENT_DOCUMENTS) {
            let shown = OktaLens.show(old.clone(), call.base_url).unwrap_or_default();
            provider_rules::check_strictly(&document, Some((kind_of(old)?, &shown)))?;
        }
        put(&DIALECT, Context::of(draft), Some(old), document.clone())
    })?;
    // The answer to a replacement does not tell when the provider was created; the next read does.
    let mut answer = OktaLens.show(made, call.base_url).unwrap_or_default();
    answer.insert("created".to_owned(), Value::Null);
    body::json(StatusCode::OK, &Ordered(answer, &ORDER))
}

/// The provider that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<IdentityProvider> {
    let provider = call.service.provider(ids::provider(call.param("idpId"))?)?;
    kind_of(&provider)?;
    Ok(provider)
}

fn shown(call: &Call<'_>, provider: IdentityProvider) -> Result<Response> {
    let document = OktaLens.show(provider, call.base_url).unwrap_or_default();
    body::json(StatusCode::OK, &Ordered(document, &ORDER))
}

/// How a stored provider is shown.
fn view<'v>(call: &'v Call<'_>) -> View<'v> {
    let show = &|provider, base_url: &str| {
        OktaLens.show(provider, base_url).map(|document| body::bytes(&Ordered(document, &ORDER))).transpose()
    };
    View { dialect: DIALECT.name, base_url: call.base_url, show }
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let document = call.service.show_provider(ids::provider(call.param("idpId"))?, &view(call))?;
    Ok(body::with_body(StatusCode::OK, body::JSON, document))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_provider(named(call)?.id)?;
    Ok(body::no_content())
}

pub(super) fn activate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Active)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Inactive)
}

fn set_state(call: &Call<'_>, state: State) -> Result<Response> {
    shown(call, call.service.set_provider_state(named(call)?.id, state)?)
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
