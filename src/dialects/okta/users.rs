//! Calls about users, as far as identity providers need them.

use http::StatusCode;
use serde_json::{Value, json};

use super::documents::provider::PROVIDER;
use super::documents::user::{Scene, USER, has_password};
use super::{documents, ids};
use crate::dialects::document::Reading;
use crate::dialects::if_there;
use crate::dialects::lens::Members;
use crate::error::{Error, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Tenant, User, UserState};
use crate::service::{Draft, ProviderQuery, UserName};

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let activate = match call.query("activate").as_deref() {
        None | Some("" | "true") => true,
        Some("false") => false,
        Some(_) => return Err(Error::invalid("?activate", Reason::WrongType("boolean"))),
    };
    let made = call.service.create_user(|draft| read(draft, document.clone(), activate))?;
    shown(call, &made)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let org = call.service.tenant()?;
    let id = call.param("id");
    if id == "me" || ids::read_as(ids::USER, id) == Some(org.id) {
        return shown(call, &caller(&org)?);
    }
    shown(call, &named(call, "id")?)
}

/// The caller: the administrator of the org, who is no user that is kept. The id is that of the org.
fn caller(org: &Tenant) -> Result<User> {
    let login = "admin@example.com";
    let blank = User { id: org.id, created: org.created, updated: org.created, ..User::named(login) };
    let profile = json!({"firstName": "Admin", "lastName": "User", "email": login, "login": login});
    let document = Members::from_iter([("profile".to_owned(), profile)]);
    Ok(User { activated: Some(org.created), ..USER.read(document, Reading::new(blank))? })
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Response> {
    call.service.deactivate_user(name(call, "id"))?;
    body::json(StatusCode::OK, &json!({}))
}

/// Removes a user who was deactivated before; any other is only deactivated.
pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_user(name(call, "id"))?;
    Ok(body::no_content())
}

pub(super) fn list_providers(call: &Call<'_>) -> Result<Response> {
    let mut shown = List::default();
    let linked = ProviderQuery { user: Some(named(call, "id")?.id), ..ProviderQuery::all() };
    for id in call.service.provider_ids(&linked)?.items {
        if let Some(provider) = if_there(call.service.provider(id))? {
            shown.push_json(&PROVIDER.show(&provider, &documents::Scene::at(call.base_url))?);
        }
    }
    Ok(shown.answer(StatusCode::OK))
}

/// The name by which the path names a user: an id, a login or the part of the login before the `@`.
fn name<'c>(call: &'c Call<'_>, parameter: &str) -> UserName<'c> {
    let text = call.param(parameter);
    ids::read_as(ids::USER, text).map_or(UserName::Login(text), UserName::Id)
}

/// The user that the path names.
pub(super) fn named(call: &Call<'_>, parameter: &str) -> Result<User> {
    call.service.user(name(call, parameter))
}

/// The user that a document describes.
fn read(draft: &Draft<'_, '_>, document: Members, activate: bool) -> Result<User> {
    let blank = User { id: draft.id(), created: draft.now(), updated: draft.now(), ..User::named("") };
    let user = USER.read(document, Reading::new(blank))?;
    let state = match (activate, has_password(&user)) {
        (false, _) => UserState::Staged,
        (true, false) => UserState::Provisioned,
        (true, true) => UserState::Active,
    };
    Ok(User { state, activated: activate.then(|| draft.now()), ..user })
}

fn shown(call: &Call<'_>, user: &User) -> Result<Response> {
    Ok(body::with_body(StatusCode::OK, body::JSON, USER.show(user, &scene(call))?))
}

fn scene(call: &Call<'_>) -> Scene {
    Scene { base_url: call.base_url.to_owned(), user: None }
}

/// The document of a user, to be embedded.
pub(super) fn show(call: &Call<'_>, user: &User) -> Value {
    USER.members(user, &scene(call)).into()
}
