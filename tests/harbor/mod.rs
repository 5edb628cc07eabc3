//! A fourth dialect, of a vendor that does not exist: Harbor. It is what adding a dialect takes, and the example of
//! `docs/adding-a-dialect.md`. In tests it is one line of the list of all dialects, as any other.
//!
//! Harbor calls identity providers connections. Clients choose their names (aliases), lists are paged by position and say how
//! many there are, and the service is found by its host, because Okta has the same paths.
//! May import everything but `store` and other dialects.

mod documents;
mod errors;
mod lens;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use http::header::LOCATION;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;

use self::documents::{CONNECTION, Kind, NAME, Scene, alias};
use super::document::Sent;
use super::kinds::ProviderKind as _;
use super::lens::Context;
use super::making::{Inactive, Making};
use super::{Dialect, if_there};
use crate::error::{Error, Reason, Resource, Result};
use crate::http::body::List;
use crate::http::{Call, Response, Route, body, route};
use crate::model::{Id, IdentityProvider};
use crate::service::Policy;

/// The dialect.
pub(super) static DIALECT: Dialect = Dialect {
    name: NAME,
    hosts: &[".harbor.example"],
    prefixes: &["/api/v1/connections"],
    routes: ROUTES,
    policy: &POLICY,
    spell: |id| id.to_string(),
    read_id: |text| Id::try_from(text.parse::<u64>().ok()?).ok(),
    lens: &lens::HarborLens,
    redraft: |_, draft, old, document, _| super::put(&DIALECT, Context::of(draft), Some(old), document),
    application: |_, _, _| None,
    making: &MAKING,
    ignores_trailing_slash: false,
    cors: None,
    wording: &errors::Words,
    finish: |_, _| {},
    cautions: |_, _| Vec::new(),
    #[cfg(test)]
    reference: String::new,
    #[cfg(test)]
    openapi: None,
};

/// The API.
#[rustfmt::skip] // one line for each operation
static ROUTES: &[Route] = &[
    route(Method::GET, "/api/v1/connections", "listConnections", list, &errors::Words),
    route(Method::POST, "/api/v1/connections", "createConnection", create, &errors::Words),
    route(Method::GET, "/api/v1/connections/{alias}", "getConnection", get, &errors::Words),
    route(Method::PUT, "/api/v1/connections/{alias}", "replaceConnection", replace, &errors::Words),
    route(Method::DELETE, "/api/v1/connections/{alias}", "deleteConnection", delete, &errors::Words),
];

/// What Harbor wants of the rules.
static POLICY: Policy = Policy { knows_provider: Kind::knows, name_length: 1..=120, ..Policy::NEUTRAL };

/// How clients make connections.
static MAKING: Making = Making {
    scheme: "Bearer",
    variables: &[],
    document: |record, shown| {
        CONNECTION.anew(record, shown, &Sent { servers: &["kind"], state: true }, &|_| false)
    },
    in_base64: &[],
    check: |cx, _, document| super::put(&DIALECT, cx, None, document.clone()).map(drop),
    certificate: None,
    path: |_, _| "/api/v1/connections".to_owned(),
    inactive: Inactive::ByDocument,
};

/// A part of the list of all connections.
#[derive(Serialize)]
struct Listed {
    first: usize,
    total: usize,
    connections: Box<RawValue>,
}

fn list(call: &Call<'_>) -> Result<Response> {
    let (first, max) = (number(call, "first", 0..=i64::MAX, 0)?, number(call, "max", 1..=100, 20)?);
    let portion = call.service.providers_from(first, max)?;
    let mut connections = List::default();
    for provider in portion.items.iter().filter(|provider| Kind::of(&provider.protocol).is_some()) {
        connections.push_json(&CONNECTION.show(provider, &Scene::of(call))?);
    }
    body::json(StatusCode::OK, &Listed { first, total: portion.total, connections: connections.member()? })
}

fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call
        .service
        .create_provider(|draft| super::put(&DIALECT, Context::of(draft), None, document.clone()))?;
    let mut response = shown(call, StatusCode::CREATED, &made)?;
    if let Ok(location) = HeaderValue::try_from(Scene::of(call).url(&made)) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

fn get(call: &Call<'_>) -> Result<Response> {
    shown(call, StatusCode::OK, &named(call)?)
}

fn replace(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.update_provider(named(call)?.id, |old, draft| {
        super::put(&DIALECT, Context::of(draft), Some(old), document.clone())
    })?;
    shown(call, StatusCode::OK, &made)
}

fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_provider(named(call)?.id)?;
    Ok(body::no_content())
}

/// The connection that the path names: by its alias, or by what is shown in place of one.
fn named(call: &Call<'_>) -> Result<IdentityProvider> {
    let name = call.param("alias");
    let by_id = || {
        let id = name.parse().ok().and_then(|number: u64| Id::try_from(number).ok())?;
        if_there(call.service.provider(id)).transpose()
    };
    let found = if_there(call.service.provider_with_alias(name))?.map(Ok).or_else(by_id).transpose()?;
    let missing = || Error::not_found(Resource::IdentityProvider, name);
    found.filter(|found| alias(found) == name).ok_or_else(missing)
}

fn shown(call: &Call<'_>, status: StatusCode, provider: &IdentityProvider) -> Result<Response> {
    Ok(body::with_body(status, body::JSON, CONNECTION.show(provider, &Scene::of(call))?))
}

/// A number of the query within bounds.
fn number(call: &Call<'_>, name: &str, bounds: RangeInclusive<i64>, default: i64) -> Result<usize> {
    let number = call.number(name)?.unwrap_or(default);
    let reason = Reason::OutOfRange(*bounds.start(), *bounds.end());
    let inside = Some(number).filter(|number| bounds.contains(number));
    let number = inside.ok_or_else(|| Error::invalid(format!("?{name}"), reason))?;
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}
