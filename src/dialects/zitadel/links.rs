//! Calls about what links users to providers.

use serde_json::Value;

use super::accounts::{Account, account, checked, put};
use super::answers;
use super::documents::older::IDP_ID;
use super::documents::users::{AUTHENTICATOR, LINK, LINKED_USER_ID, LINKS, USER_ID, USER_NAME};
use super::failure::{FAILED_PRECONDITION, Failure};
use super::logins::{IDP_NAME, IDP_TYPE, older_type};
use super::owners;
use super::requested::{Requested, text_of};
use super::search::window;
use super::users::{self, Found, UNKNOWN};
use crate::dialects::lens::Members;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::{Call, Response};
use crate::model::IdentityProvider;

/// The links of a user whose providers are still there.
fn links(call: &Call<'_>, found: &Found) -> Result<Vec<(Members, IdentityProvider)>> {
    let record = account(&found.service, &found.id)?;
    let kept = record.as_ref().and_then(|record| record.kept(LINKS.name)?.as_array());
    let mut links = Vec::new();
    for link in kept.into_iter().flatten().filter_map(Value::as_object) {
        let provider = owners::provider(call, &found.service, text_of(link, IDP_ID))?;
        links.extend(provider.map(|provider| (link.clone(), provider)));
    }
    Ok(links)
}

fn unknown_user() -> Error {
    Failure::with_id(FAILED_PRECONDITION, UNKNOWN, "COMMAND-vzktar7b7f").into()
}

fn no_link(requested: &Requested) -> Error {
    let failure = Failure::not_found("External IDP not found", "COMMAND-1M9xR");
    failure.about(Resource::IdentityProvider, requested.text(IDP_ID))
}

/// Links a user to a provider.
pub(super) fn add(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::find(call, requested, requested.text(USER_ID))?.ok_or_else(unknown_user)?;
    link(call, &found, requested.members.get(LINK.name))?;
    answers::answer_changed(&found.service)
}

/// The same in version 3.
pub(super) fn add_authenticator(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::find(call, requested, requested.id())?.ok_or_else(unknown_user)?;
    link(call, &found, requested.members.get(AUTHENTICATOR.name))?;
    answers::answer_changed_v3(&found.service, &found.id)
}

fn link(call: &Call<'_>, found: &Found, given: Option<&Value>) -> Result<()> {
    let nothing = Members::new();
    let given = given.and_then(Value::as_object).unwrap_or(&nothing);
    let link = checked(call, &found.service, given)?;
    let is_same =
        |known: &Value| [IDP_ID, USER_ID].iter().all(|field| known.get(field.name) == given.get(field.name));
    put(&found.service, &Account { owner: found.record, id: &found.id }, &mut |links| {
        if links.iter().any(is_same) {
            let (what, id) = (Resource::Record, text_of(given, USER_ID).into());
            return Err(ErrorKind::AlreadyExists { what, id }.into());
        }
        links.push(link.clone());
        Ok(())
    })
}

/// The links of a user, of which there are none if there is no such user.
pub(super) fn list(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::find(call, requested, requested.text(USER_ID))?;
    let links = found.map(|found| links(call, &found)).transpose()?.unwrap_or_default();
    let shown = links.into_iter().map(|(link, _)| link.into()).collect();
    answers::answer_list(call.service, requested.surface, RESULT, shown, window(call, requested)?)
}

const RESULT: &str = "result";

/// The same as version 1 shows them.
pub(super) fn list_human(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    list_v1(call, requested, users::find(call, requested, requested.text(USER_ID))?)
}

/// Those of the caller.
pub(super) fn list_mine(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    list_v1(call, requested, Some(users::caller(requested)))
}

fn list_v1(call: &Call<'_>, requested: &Requested, found: Option<Found>) -> Result<Response> {
    let mut shown = Vec::new();
    if let Some(found) = found {
        for (link, provider) in links(call, &found)? {
            shown.push(answers::message(vec![
                (USER_ID.name, found.id.as_str().into()),
                (IDP_ID.name, text_of(&link, IDP_ID).into()),
                (IDP_NAME, provider.name.as_str().into()),
                ("providedUserId", text_of(&link, USER_ID).into()),
                ("providedUserName", text_of(&link, USER_NAME).into()),
                (IDP_TYPE, older_type(&provider)),
            ]));
        }
    }
    answers::answer_list(call.service, requested.surface, RESULT, shown, window(call, requested)?)
}

/// Ends a link.
pub(super) fn remove(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::find(call, requested, requested.text(USER_ID))?.ok_or_else(|| no_link(requested))?;
    unlink(call, requested, &found)?;
    answers::answer_changed(&found.service)
}

/// Ends a link of the caller.
pub(super) fn remove_mine(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::caller(requested);
    unlink(call, requested, &found)?;
    answers::answer_changed(&found.service)
}

/// Ends all links of a user to a provider: version 3 names no other.
pub(super) fn remove_authenticator(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = users::find(call, requested, requested.id())?.ok_or_else(|| no_link(requested))?;
    unlink(call, requested, &found)?;
    answers::answer_changed_v3(&found.service, &found.id)
}

/// Ends the links of a user to a provider, or of these the one with the name that the request has.
fn unlink(call: &Call<'_>, requested: &Requested, found: &Found) -> Result<()> {
    let (idp, external) = (requested.text(IDP_ID), requested.text(LINKED_USER_ID));
    let is_it = |link: &Members| {
        text_of(link, IDP_ID) == idp && (external.is_empty() || text_of(link, USER_ID) == external)
    };
    if !links(call, found)?.iter().any(|(link, _)| is_it(link)) {
        return Err(no_link(requested));
    }
    put(&found.service, &Account { owner: found.record, id: &found.id }, &mut |links| {
        links.retain(|link| !link.as_object().is_some_and(is_it));
        Ok(())
    })
}
