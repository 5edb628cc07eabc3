//! Calls about applications. May import everything but `store` and other dialects.

mod beside;
mod filter;
mod lens;
mod list;
mod metadata;
pub(super) mod modes;

pub(super) use beside::{LOGO, POLICY as ASSIGNED_POLICY};
pub(super) use lens::{is_named_by_org, members, name as shown_name, signing_key};
pub(super) use list::{list, push};

use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::providers::is_strict;
use super::{ids, paging};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, State};
use crate::service::{Draft, Owner};
use beside::beside;
use modes::Mode;

/// The id of the application that the path names.
pub(super) fn id(call: &Call<'_>) -> Result<Id> {
    ids::application(call.param("appId"))
}

/// The application that the path names.
pub(super) fn named(call: &Call<'_>) -> Result<Application> {
    call.service.application(id(call)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let state = match call.query("activate").as_deref() {
        None | Some("" | "true") => State::Active,
        Some("false") => State::Inactive,
        Some(_) => return Err(Error::invalid("?activate", Reason::WrongType("boolean"))),
    };
    let made = call.service.create_application(|draft| {
        let made = lens::put(draft, None, document.clone(), is_strict(call))?;
        Ok(Application { state, ..made })
    })?;
    shown(call, made, true)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = update(call, id(call)?, &mut |old, draft| {
        lens::put(draft, Some(old), document.clone(), is_strict(call))
    })?;
    shown(call, made, true)
}

/// Saves what `make` makes of an application.
pub(super) fn update(
    call: &Call<'_>,
    id: Id,
    make: &mut dyn FnMut(&Application, &mut Draft<'_, '_>) -> Result<Application>,
) -> Result<Application> {
    call.service.update_application(id, |old, draft| make(old, draft))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    paging::expand(call, list::is_one_user)?;
    shown(call, named(call)?, false)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_application(id(call)?)?;
    Ok(body::no_content())
}

pub(super) fn activate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Active)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Response> {
    set_state(call, State::Inactive)
}

fn set_state(call: &Call<'_>, state: State) -> Result<Response> {
    call.service.set_application_state(id(call)?, state)?;
    body::json(StatusCode::OK, &json!({}))
}

fn shown(call: &Call<'_>, application: Application, shows_secrets: bool) -> Result<Response> {
    let beside = beside(call, application.id)?;
    let document = lens::show(application, &call.service.tenant()?, call.base_url, shows_secrets, beside)?;
    Ok(body::with_body(StatusCode::OK, body::JSON, document.unwrap_or_default()))
}

/// What the application needs to know of us.
pub(super) fn identity_provider_metadata(call: &Call<'_>) -> Result<Response> {
    let application = named(call)?;
    let media_type = metadata::media_type(call.headers()).ok_or(ErrorKind::NotAcceptable)?;
    let missing = || Error::not_found(Resource::Application, application.id.number());
    let kid = call.query("kid").filter(|kid| !kid.is_empty()).or_else(|| application.signing_key.clone());
    let kid = match Mode::of(&application) {
        Some(mode) if mode.has_metadata() => kid.ok_or_else(missing)?,
        _ => return Err(missing()),
    };
    let key = call.service.signing_key((Owner::Application(application.id), kid.as_str()))?;
    let org = call.service.tenant()?;
    let xml = metadata::identity_provider(&application, &key, &org, call.base_url)?;
    Ok(body::with_body(StatusCode::OK, HeaderValue::from_static(media_type), xml))
}
