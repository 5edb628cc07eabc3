//! Calls about users, as far as links to providers need them. The caller is a user, too, who is not kept: the
//! administrator of the organization, with its id.

use serde_json::{Value, json};

use super::accounts::{self, Account};
use super::answers::{self, DETAILS, answer};
use super::documents::fields::ID;
use super::documents::provider::STATE;
use super::documents::users::{
    ADDRESS, DISPLAY_NAME, EMAIL, FAMILY_NAME, GENDER, GIVEN_NAME, IS_VERIFIED, LANGUAGE, LINKS, NICK_NAME,
    ORGANIZATION, PHONE, PROFILE, USER_ID, USER_NAME, USERNAME,
};
use super::documents::{NAME as DIALECT_NAME, Version, details, logins};
use super::failure::{Failure, NOT_FOUND};
use super::requested::{Requested, text_of};
use super::{ids, owners};
use crate::dialects::if_there;
use crate::dialects::lens::Members;
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::{Call, Response};
use crate::model::{Id, User};
use crate::service::{Service, UserName};

/// That there is no such user.
pub(super) const UNKNOWN: &str = "User could not be found";

/// A user that was found.
pub(super) struct Found {
    /// The rules for the user's organization.
    pub(super) service: Service,
    /// The id of the record, or of the organization for the caller.
    pub(super) record: Id,
    /// The id as it is spelled here.
    pub(super) id: String,
}

impl Found {
    fn is_caller(&self) -> bool {
        self.record == self.service.tenant_id()
    }
}

/// The user with this id, of the caller's organization or else of another.
pub(super) fn find(call: &Call<'_>, requested: &Requested, id: &str) -> Result<Option<Found>> {
    first(call, requested, id, &|found| {
        Ok(found.is_caller() || if_there(found.service.user(UserName::Id(found.record)))?.is_some())
    })
}

/// The first user with this id that fits. Other organizations are not read sooner than they are needed.
fn first(
    call: &Call<'_>,
    requested: &Requested,
    id: &str,
    fits: &dyn Fn(&Found) -> Result<bool>,
) -> Result<Option<Found>> {
    let (mut services, mut are_all) = (vec![requested.service.clone()], false);
    loop {
        while let Some(service) = services.pop() {
            if let Some(found) = candidate(service, id)?
                && fits(&found)?
            {
                return Ok(Some(found));
            }
        }
        if are_all {
            return Ok(None);
        }
        (services, are_all) = (owners::other_organizations(call, &requested.service)?, true);
    }
}

/// The user who would have this id in an organization.
fn candidate(service: Service, id: &str) -> Result<Option<Found>> {
    let account = accounts::account(&service, id)?;
    let number = account.as_ref().and_then(|account| account.owners.first().copied());
    let record = number.or_else(|| ids::read(id));
    Ok(record.map(|record| Found { service, record, id: id.to_owned() }))
}

/// The caller.
pub(super) fn caller(requested: &Requested) -> Found {
    let record = requested.service.tenant_id();
    Found { service: requested.service.clone(), record, id: ids::spell(record) }
}

/// What is kept of a user; passwords and codes are not.
const KEPT: [&str; 4] = [USERNAME.name, PROFILE.name, EMAIL.name, PHONE.name];

/// Makes a user, under an id that may have been chosen, with the first links.
pub(super) fn add(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let given = &requested.members;
    let service = organization(call, requested)?;
    let chosen = text_of(given, USER_ID);
    if !chosen.is_empty() && find(call, requested, chosen)?.is_some() {
        return Err(ErrorKind::AlreadyExists { what: Resource::User, id: chosen.into() }.into());
    }
    let first: Vec<_> = given.get(LINKS.name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut linked = Vec::new();
    for link in first.iter().filter_map(Value::as_object) {
        linked.push(accounts::checked(call, &service, link)?);
    }
    let email = given.get(EMAIL.name).and_then(Value::as_object);
    let email = email.map(|email| text_of(email, ADDRESS)).unwrap_or_default();
    let login = Some(text_of(given, USERNAME)).filter(|name| !name.is_empty()).unwrap_or(email);
    owners::found(&service)?;
    let made = service.create_user(|_| {
        let kept = KEPT.iter().filter_map(|name| given.get_key_value(*name));
        let kept: Members = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut user = User::named(login);
        user.remainders.insert(DIALECT_NAME.to_owned(), kept.into());
        Ok(user)
    })?;
    let id = if chosen.is_empty() { ids::spell(made.id) } else { chosen.to_owned() };
    if !chosen.is_empty() || !linked.is_empty() {
        let account = Account { owner: made.id, id: &id };
        if let Err(error) = accounts::put(&service, &account, &mut |links| {
            links.extend(linked.iter().cloned());
            Ok(())
        }) {
            service.delete_user(UserName::Id(made.id))?;
            return Err(error);
        }
    }
    let sequence = call.service.last_change()?;
    let (created, tenant) = (Some(made.created), service.tenant_id());
    answer(vec![
        (USER_ID.name, id.into()),
        (DETAILS, details(tenant, sequence, created, created, Version::V2)),
    ])
}

/// The organization that the request names, or else that of the caller.
fn organization(call: &Call<'_>, requested: &Requested) -> Result<Service> {
    let named = requested.members.get(ORGANIZATION.name).and_then(Value::as_object);
    match named.map(|named| text_of(named, logins::ORGANIZATION)) {
        Some("") if named.is_some_and(|named| !named.is_empty()) => {
            Err(Failure::no_organization().into()) // organizations have no domains here
        }
        None | Some("") => Ok(requested.service.clone()),
        Some(id) => Ok(call.service.for_tenant(owners::organization(call, id)?)),
    }
}

fn named(call: &Call<'_>, requested: &Requested) -> Result<Found> {
    let found = find(call, requested, requested.text(USER_ID))?;
    found.ok_or_else(|| unknown(requested))
}

fn unknown(requested: &Requested) -> Error {
    Failure::plain(NOT_FOUND, UNKNOWN).about(Resource::User, requested.text(USER_ID))
}

/// Removes a user with all links. The caller stays.
pub(super) fn delete(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let deleted = first(call, requested, requested.text(USER_ID), &|found| {
        Ok(!found.is_caller() && if_there(found.service.delete_user(UserName::Id(found.record)))?.is_some())
    })?;
    answers::answer_changed(&deleted.ok_or_else(|| unknown(requested))?.service)
}

/// A user as version 2 shows one.
pub(super) fn get(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = named(call, requested)?;
    let (user, kept) = read(&found)?;
    let profile = kept.get(PROFILE.name).cloned().unwrap_or_default();
    let login = user.login.as_str();
    let details = details_of(call, &found, &user, Version::V2)?;
    let human = answers::message(vec![
        (PROFILE.name, profile),
        (EMAIL.name, kept.get(EMAIL.name).map(verified).unwrap_or_default()),
        (PHONE.name, kept.get(PHONE.name).map(verified).unwrap_or_default()),
    ]);
    let shown = answers::message(vec![
        (USER_ID.name, found.id.as_str().into()),
        (STATE, ACTIVE.into()),
        (USERNAME.name, login.into()),
        ("loginNames", json!([login])),
        ("preferredLoginName", login.into()),
        ("human", human),
        (DETAILS, details.clone()),
    ]);
    answer(vec![(DETAILS, details), ("user", shown)])
}

const ACTIVE: &str = "USER_STATE_ACTIVE";

/// An address of e-mail or the number of a phone, as it is shown.
fn verified(given: &Value) -> Value {
    let is_kept = |name: &str| [ADDRESS.name, PHONE.name, IS_VERIFIED.name].contains(&name);
    let members =
        given.as_object().into_iter().flatten().filter(|(name, value)| is_kept(name) && **value != false);
    members.map(|(name, value)| (name.clone(), value.clone())).collect::<Members>().into()
}

/// The caller, as version 1 shows a user.
pub(super) fn get_mine(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let found = caller(requested);
    let (user, kept) = read(&found)?;
    let part =
        |part: &str, name: &str| kept.get(part).and_then(|part| part.get(name)).cloned().unwrap_or_default();
    let profile = answers::message(vec![
        ("firstName", part(PROFILE.name, GIVEN_NAME.name)),
        ("lastName", part(PROFILE.name, FAMILY_NAME.name)),
        (NICK_NAME.name, part(PROFILE.name, NICK_NAME.name)),
        (DISPLAY_NAME.name, part(PROFILE.name, DISPLAY_NAME.name)),
        (LANGUAGE.name, part(PROFILE.name, LANGUAGE.name)),
        (GENDER.name, part(PROFILE.name, GENDER.name)),
    ]);
    let email = answers::message(vec![
        (ADDRESS.name, part(EMAIL.name, ADDRESS.name)),
        ("isEmailVerified", part(EMAIL.name, IS_VERIFIED.name)),
    ]);
    let login = user.login.as_str();
    let shown = answers::message(vec![
        (ID.key(), found.id.as_str().into()),
        (DETAILS, details_of(call, &found, &user, Version::V1)?),
        (STATE, ACTIVE.into()),
        (USER_NAME.name, login.into()),
        ("loginNames", json!([login])),
        ("preferredLoginName", login.into()),
        ("human", answers::message(vec![(PROFILE.name, profile), (EMAIL.name, email)])),
    ]);
    answer(vec![("user", shown)])
}

fn details_of(call: &Call<'_>, found: &Found, user: &User, version: Version) -> Result<Value> {
    let sequence = call.service.last_change()?;
    Ok(details(found.service.tenant_id(), sequence, Some(user.created), Some(user.updated), version))
}

/// The record of a user, and what is kept of it.
fn read(found: &Found) -> Result<(User, Members)> {
    if found.is_caller() {
        let now = found.service.env().clock.now();
        let created = if_there(found.service.tenant())?.map_or(now, |tenant| tenant.created);
        let id = found.record;
        let login = "admin@example.com";
        let profile =
            json!({GIVEN_NAME.name: "Admin", FAMILY_NAME.name: "User", DISPLAY_NAME.name: "Admin User"});
        let email = json!({ADDRESS.name: login, IS_VERIFIED.name: true});
        let kept = [(PROFILE.name.to_owned(), profile), (EMAIL.name.to_owned(), email)];
        return Ok((User { id, created, updated: created, ..User::named(login) }, Members::from_iter(kept)));
    }
    let user = found.service.user(UserName::Id(found.record))?;
    let kept = user.remainders.get(DIALECT_NAME).map(|kept| (**kept).clone()).unwrap_or_default();
    Ok((user, kept))
}
