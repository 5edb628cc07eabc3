//! Calls about applications, as far as keys and certificates need them: which key signs what an application
//! gets, which certificates verify what it sends, and to which one is encrypted.

use http::StatusCode;

use super::documents::Scene;
use super::documents::application::{APPLICATION, PROTOCOL};
use super::environment::{Environment, url_at};
use super::key_lens::is_rotated;
use super::wire::NAME;
use super::{answers, default_keys, ids, paging};
use crate::dialects::document::Reading;
use crate::dialects::if_there;
use crate::dialects::lens::Members;
use crate::error::{Error, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, Key, Remainder, Tenant};
use crate::service::{ApplicationQuery, Cursor, Draft};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let (after, limit) = (paging::after(call)?.map(Cursor::Id), paging::limit(call)?);
    let page = environment.service.applications(&ApplicationQuery {
        after,
        limit,
        ..ApplicationQuery::default()
    })?;
    paging::forward(call, "applications", page, |item| show(&environment, &item))
}

/// The applications that refer to a key.
pub(super) fn of_key(call: &Call<'_>, environment: &Environment, key: &Key) -> Result<Response> {
    let using = paging::all(|after, limit| {
        let key = Some(key.kid.clone());
        environment.service.applications(&ApplicationQuery {
            key,
            after,
            limit,
            ..ApplicationQuery::default()
        })
    });
    paging::listed(call, "applications", using.map(|found| show(environment, &found?)))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made = environment.service.create_application(|draft| {
        let new = Application::new(draft.id(), draft.now(), "");
        read(draft, &new, document.clone())
    })?;
    answers::json(call, StatusCode::CREATED, &show(&environment, &made)?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let found = environment.service.application(id(call)?)?;
    answers::json(call, StatusCode::OK, &show(&environment, &found)?)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made =
        environment.service.update_application(id(call)?, |old, draft| read(draft, old, document.clone()))?;
    answers::json(call, StatusCode::OK, &show(&environment, &made)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    environment.service.delete_application(id(call)?)?;
    Ok(body::no_content())
}

fn id(call: &Call<'_>) -> Result<Id> {
    ids::named(Resource::Application, call.param("applicationID"))
}

/// The application once a document describes it.
fn read(draft: &mut Draft<'_, '_>, old: &Application, document: Members) -> Result<Application> {
    let mut record = Application { trusted_keys: Vec::new(), ..old.clone() };
    // What else the document must have depends on this.
    let protocol = document.get(PROTOCOL).map(|protocol| (PROTOCOL.to_owned(), protocol.clone()));
    record.remainders.insert(NAME.to_owned(), Remainder::from(Members::from_iter(protocol)));
    let current = old.signing_key.as_deref();
    let resolve = Box::new(|pointer: &str, id: &str| lent(draft, id, current, pointer));
    APPLICATION.read(document, Reading { resolve, ..Reading::new(record) })
}

/// The `kid` of the key with this id, with which the record may sign from now on. A key for another use is refused,
/// unless the record had `current` before.
pub(super) fn lent(
    draft: &mut Draft<'_, '_>,
    id: &str,
    current: Option<&str>,
    pointer: &str,
) -> Result<String> {
    let key = Id::from_uuid(id).map(|id| draft.lend_signing_key(id)).transpose()?.flatten();
    let key = key.filter(|key| !is_rotated(key));
    let key = key.ok_or_else(|| Error::invalid(pointer, Reason::Unknown(Resource::SigningKey)))?;
    if default_keys::usage(&key.remainders) != default_keys::SIGNING && current != Some(&key.kid) {
        let environment = draft.tenant()?.id.to_uuid();
        let words = format!(
            "Key with ID '{id}' in Environment '{environment}' is not for SIGNING. Usage type should be SIGNING."
        );
        return Err(Error::invalid(pointer, Reason::Other(words)));
    }
    Ok(key.kid)
}

/// The id of the signing key with this `kid`.
pub(super) fn key_id(environment: &Environment, kid: Option<&str>) -> Result<Option<Id>> {
    let key = kid.map_or(Ok(None), |kid| if_there(environment.service.signing_key(kid)))?;
    Ok(key.map(|key| key.id))
}

/// The document of an application for plans. It names the signing key by its `kid`.
pub(super) fn members(application: &Application, tenant: &Tenant, base_url: &str) -> Members {
    let scene = Scene {
        environment: tenant.id.to_uuid(),
        url: url_at(base_url, tenant.id),
        signing_key: application.signing_key.clone(),
        attributes: None,
    };
    APPLICATION.members(application, &scene)
}

fn show(environment: &Environment, application: &Application) -> Result<Members> {
    let key = key_id(environment, application.signing_key.as_deref())?;
    let scene = Scene {
        environment: environment.id.clone(),
        url: environment.url.clone(),
        signing_key: key.map(Id::to_uuid),
        attributes: None,
    };
    Ok(APPLICATION.members(application, &scene))
}
