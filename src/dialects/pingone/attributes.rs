//! Calls about attribute mappings.

use http::StatusCode;

use super::documents::mapping::{MAPPING, NAME, Within};
use super::environment::Environment;
use super::mappings::{self, Mapping};
use super::{answers, ids, paging, providers};
use crate::dialects::document::Reading;
use crate::dialects::lens::Members;
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::http::{Call, Response, body};
use crate::model::{Id, IdentityProvider};

fn within(environment: &Environment, provider: Id) -> Within {
    let url = format!("{}/identityProviders/{}", environment.url, provider.to_uuid());
    Within { environment: environment.id.clone(), provider, url: Some(url) }
}

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    let mappings = mappings::of(&provider)?;
    let within = within(&environment, provider.id);
    paging::listed(call, "attributes", mappings.iter().map(|mapping| Ok(MAPPING.members(mapping, &within))))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    shown(call, StatusCode::OK, (&environment, &provider), call.param("attributeID"))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let id = ids::drawn(&*call.service.env().entropy);
    let environment = Environment::of(call)?;
    let made = change(call, &environment, |mappings, now| {
        let document = body::json_object(call)?;
        let (origin, created_at, updated_at) = ("CUSTOM".to_owned(), now.to_owned(), now.to_owned());
        let blank = Mapping { id: id.clone(), origin, created_at, updated_at, ..Mapping::default() };
        mappings.push(read(document, mappings, blank)?);
        Ok(())
    })?;
    shown(call, StatusCode::CREATED, (&environment, &made), &id)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    let environment = Environment::of(call)?;
    let made = change(call, &environment, |mappings, now| {
        let document = body::json_object(call)?;
        let current = Mapping { updated_at: now.to_owned(), ..found(mappings, id)?.clone() };
        let new = read(document, mappings, current)?;
        mappings.iter_mut().filter(|mapping| mapping.id == id).for_each(|mapping| *mapping = new.clone());
        Ok(())
    })?;
    shown(call, StatusCode::OK, (&environment, &made), id)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    change(call, &Environment::of(call)?, |mappings, _| {
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

/// Changes the mappings of the provider that the path names. `change` receives the time of the change.
fn change(
    call: &Call<'_>,
    environment: &Environment,
    mut change: impl FnMut(&mut Vec<Mapping>, &str) -> Result<()>,
) -> Result<IdentityProvider> {
    environment.service.update_provider(providers::id(call)?, |old, draft| {
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
    let document = MAPPING.show(found(&mappings, id)?, &within(environment, provider.id))?;
    Ok(answers::written(call, status, document))
}

/// The mapping that a document makes of this one, beside all others.
fn read(document: Members, others: &[Mapping], before: Mapping) -> Result<Mapping> {
    let new = MAPPING.read(document, Reading::new(before))?;
    match others.iter().find(|other| other.name == new.name && other.id != new.id) {
        Some(twin) => Err(Error::invalid(pointer::of([NAME]), Reason::Taken(twin.id.as_str().into()))),
        None => Ok(new),
    }
}
