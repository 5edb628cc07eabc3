//! Calls about attribute mappings.

use http::StatusCode;

use super::environment::Environment;
use super::mappings::{self, Mapping};
use super::members::{self, Form, Member, required, unless};
use super::wire::UPDATES;
use super::{answers, ids, links, paging, providers};
use crate::dialects::lens::Members;
use crate::error::{Error, Reason, Resource, Result, Violation};
use crate::http::{Call, Response, body};
use crate::model::IdentityProvider;

/// Attributes that only the service itself writes.
const RESERVED: [&str; 7] = ["account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled"];

/// Attributes that have parts: only the parts are mapped.
const COMPLEX: [&str; 3] = ["name", "address", "photo"];

fn linked(environment: &Environment, provider: &IdentityProvider, mapping: &Mapping) -> Members {
    let provider_url = format!("{}/identityProviders/{}", environment.url, provider.id.to_uuid());
    let own = format!("{provider_url}/attributes/{}", mapping.id);
    let links = links::to(&[("self", &own), ("identityProvider", &provider_url)]);
    let mut document = Members::from_iter([("_links".to_owned(), links)]);
    document.extend(mappings::show(environment, provider, mapping));
    document
}

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    let mappings = mappings::of(&provider)?;
    let shown = mappings.iter().map(|mapping| Ok(linked(&environment, &provider, mapping)));
    paging::listed(call, "attributes", shown)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    shown(call, StatusCode::OK, (&environment, &provider), call.param("attributeID"))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let id = ids::drawn(&*call.service.env().entropy);
    let (environment, provider) = named(call)?;
    let document = body::json_object(call)?;
    let made = change(&environment, &provider, |mappings, now| {
        let said = read(&document, mappings, None)?;
        let (origin, created_at, updated_at) = ("CUSTOM".to_owned(), now.to_owned(), now.to_owned());
        mappings.push(Mapping { id: id.clone(), origin, created_at, updated_at, ..said });
        Ok(())
    })?;
    shown(call, StatusCode::CREATED, (&environment, &made), &id)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    let (environment, provider) = named(call)?;
    let document = body::json_object(call)?;
    let made = change(&environment, &provider, |mappings, now| {
        let current = found(mappings, id)?.clone();
        let Mapping { name, value, update, .. } = read(&document, mappings, Some(&current))?;
        let new = Mapping { name, value, update, updated_at: now.to_owned(), ..current };
        mappings.iter_mut().filter(|mapping| mapping.id == id).for_each(|mapping| *mapping = new.clone());
        Ok(())
    })?;
    shown(call, StatusCode::OK, (&environment, &made), id)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    let (environment, provider) = named(call)?;
    change(&environment, &provider, |mappings, _| {
        if found(mappings, id)?.is_core() {
            return Err(Error::invalid("", Reason::Immutable));
        }
        mappings.retain(|mapping| mapping.id != id);
        Ok(())
    })?;
    Ok(body::no_content())
}

/// The environment and the provider that the path names.
fn named(call: &Call<'_>) -> Result<(Environment, IdentityProvider)> {
    let environment = Environment::of(call)?;
    let provider = providers::named(call, &environment)?;
    Ok((environment, provider))
}

/// Changes the mappings of a provider, at a time that `change` is told.
fn change(
    environment: &Environment,
    provider: &IdentityProvider,
    mut change: impl FnMut(&mut Vec<Mapping>, &str) -> Result<()>,
) -> Result<IdentityProvider> {
    environment.service.update_provider(provider.id, |old, draft| {
        let mut mappings = mappings::of(old)?;
        change(&mut mappings, &draft.now().to_string())?;
        mappings::with(old, &mappings)
    })
}

fn found<'m>(mappings: &'m [Mapping], id: &str) -> Result<&'m Mapping> {
    mappings
        .iter()
        .find(|mapping| mapping.id == id)
        .ok_or_else(|| Error::not_found(Resource::IdentityProvider, id))
}

fn shown(
    call: &Call<'_>,
    status: StatusCode,
    (environment, provider): (&Environment, &IdentityProvider),
    id: &str,
) -> Result<Response> {
    let mappings = mappings::of(provider)?;
    answers::json(call, status, &linked(environment, provider, found(&mappings, id)?))
}

const MAPPING: &[Member] = &[
    required(&["name"], Form::Text),
    required(&["value"], Form::Text),
    required(&["update"], Form::OneOf(UPDATES)),
];

/// What a document says of a mapping that is new or replaces `current`; the other members are the caller's part.
fn read(document: &Members, others: &[Mapping], current: Option<&Mapping>) -> Result<Mapping> {
    let mut violations = Vec::new();
    let said = members::read(document, MAPPING, &mut violations);
    let text = |member: &str| members::text(&said, member).unwrap_or_default().to_owned();
    let (name, value, update) = (text("name"), text("value"), text("update"));
    let mut refuse = |member: &str, reason| violations.push(Violation::new(member, reason));
    let base = name.split('.').next().unwrap_or_default();
    if RESERVED.contains(&base) {
        refuse("/name", Reason::Other("is reserved".to_owned()));
    } else if COMPLEX.contains(&name.as_str()) {
        refuse("/name", Reason::Other("has parts, of which one must be named".to_owned()));
    }
    let id = current.map(|current| current.id.as_str());
    if let Some(twin) = others.iter().find(|other| other.name == name && Some(other.id.as_str()) != id) {
        refuse("/name", Reason::Taken(twin.id.as_str().into()));
    }
    if let Some(core) = current.filter(|current| current.is_core()) {
        for (member, said, fixed) in [("/name", &name, &core.name), ("/update", &update, &core.update)] {
            if !said.is_empty() && said != fixed {
                refuse(member, Reason::Immutable);
            }
        }
    }
    let (id, origin) = Default::default();
    let (created_at, updated_at) = Default::default();
    unless(violations, Mapping { name, value, update, id, origin, created_at, updated_at })
}
