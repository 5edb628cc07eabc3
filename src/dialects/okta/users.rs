//! Calls about users, as far as identity providers need them.

use http::StatusCode;
use serde_json::{Value, json};

use super::documents::Scene;
use super::documents::provider::PROVIDER;
use super::lens::kind_of;
use super::rules::Rules;
use super::{ids, time, wire};
use crate::dialects::if_there;
use crate::dialects::lens::{Members, default, insert, remove};
use crate::error::{Error, Reason, Result};
use crate::http::body::List;
use crate::http::{Call, Response, body};
use crate::model::{Remainder, Remainders, User, UserState};
use crate::service::{Draft, ProviderQuery};

const LOGIN: [&str; 2] = ["profile", "login"];

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let activate = match call.query("activate").as_deref() {
        None | Some("" | "true") => true,
        Some("false") => false,
        Some(_) => return Err(Error::invalid("?activate", Reason::WrongType("boolean"))),
    };
    check(&document)?;
    let made = call.service.create_user(|draft| Ok(put(draft, document.clone(), activate)))?;
    shown(call, made)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    shown(call, named(call, "id")?)
}

pub(super) fn deactivate(call: &Call<'_>) -> Result<Response> {
    call.service.deactivate_user(named(call, "id")?.id)?;
    body::json(StatusCode::OK, &json!({}))
}

/// Removes a user who was deactivated before; any other is only deactivated.
pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    call.service.delete_user(named(call, "id")?.id)?;
    Ok(body::no_content())
}

pub(super) fn list_providers(call: &Call<'_>) -> Result<Response> {
    let mut shown = List::default();
    let linked = ProviderQuery { user: Some(named(call, "id")?.id), ..ProviderQuery::all() };
    for id in call.service.provider_ids(&linked)?.items {
        let provider = if_there(call.service.provider(id))?;
        if let Some(provider) = provider.filter(|provider| kind_of(provider).is_ok()) {
            shown.push_json(&PROVIDER.show(&provider, &Scene::at(call.base_url))?);
        }
    }
    Ok(shown.answer(StatusCode::OK))
}

/// The user that the path names, by id, by login or by the part of the login before the `@`.
pub(super) fn named(call: &Call<'_>, parameter: &str) -> Result<User> {
    let text = call.param(parameter);
    match ids::read_as(ids::USER, text) {
        Some(id) => call.service.user(id),
        None => call.service.user(text),
    }
}

fn check(document: &Members) -> Result<()> {
    let mut rules = Rules::of(document);
    rules.text(&LOGIN, 5, 100);
    rules.text(&["profile", "email"], 5, 100);
    rules.optional_object(&["credentials"]);
    rules.end()
}

fn put(draft: &Draft<'_, '_>, mut document: Members, activate: bool) -> User {
    let login = match remove(&mut document, &LOGIN) {
        Some(Value::String(login)) => login,
        _ => String::new(),
    };
    let (profile, credentials) = (document.shift_remove("profile"), document.shift_remove("credentials"));
    // Nobody signs in here, so that somebody has a password is all that is kept of it.
    let password = credentials.as_ref().and_then(|credentials| credentials.get("password"));
    let has_password = password.is_some_and(|password| !password.is_null());
    let mut said = Members::new();
    said.insert("profile".to_owned(), profile.unwrap_or_default());
    if has_password {
        insert(&mut said, &["credentials", "password"], json!({}));
    }
    User {
        id: draft.id(),
        created: draft.now(),
        updated: draft.now(),
        login,
        state: match (activate, has_password) {
            (false, _) => UserState::Staged,
            (true, false) => UserState::Provisioned,
            (true, true) => UserState::Active,
        },
        activated: activate.then(|| draft.now()),
        remainders: Remainders::from([(wire::NAME.to_owned(), Remainder::from(said))]),
    }
}

fn shown(call: &Call<'_>, user: User) -> Result<Response> {
    body::json(StatusCode::OK, &show(user, call.base_url))
}

/// The document of a user.
pub(super) fn show(mut user: User, base_url: &str) -> Value {
    let mut said = user.remainders.remove(wire::NAME).unwrap_or_default().into_members();
    insert(&mut said, &LOGIN, user.login.into());
    default(&mut said, &["profile", "mobilePhone"], Value::Null);
    default(&mut said, &["profile", "secondEmail"], Value::Null);
    insert(&mut said, &["credentials", "provider"], json!({"type": "OKTA", "name": "OKTA"}));
    let (status, changed) = match user.state {
        UserState::Staged => ("STAGED", None),
        UserState::Provisioned => ("PROVISIONED", Some(time(user.updated))),
        UserState::Active => ("ACTIVE", Some(time(user.updated))),
        UserState::Deprovisioned => ("DEPROVISIONED", Some(time(user.updated))),
    };
    let id = ids::spell_as(ids::USER, user.id);
    let own = format!("{base_url}/api/v1/users/{id}");
    let mut links = Members::from_iter([("self".to_owned(), json!({"href": own}))]);
    if user.state != UserState::Deprovisioned {
        let link = json!({"href": format!("{own}/lifecycle/deactivate"), "method": "POST"});
        links.insert("deactivate".to_owned(), link);
    }
    json!({
        "id": id,
        "status": status,
        "created": time(user.created),
        "activated": user.activated.map(time),
        "statusChanged": changed,
        "lastLogin": null,
        "lastUpdated": time(user.updated),
        "passwordChanged": null,
        "profile": said.shift_remove("profile"),
        "credentials": said.shift_remove("credentials"),
        "_links": links,
    })
}
