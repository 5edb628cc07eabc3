//! Calls of the older API of identity providers: configurations for OpenID Connect and JSON Web Tokens, which are the same
//! records as the templates.

use serde_json::{Value, json};

use super::answers::{self, DETAILS, answer};
use super::documents::commands::{Ids, OF_ORGANIZATION};
use super::documents::fields::{
    AUDIENCE, AUTO_CREATION, CLIENT_ID, CLIENT_SECRET, CREATION_ALLOWED, HEADER_NAME, ID,
    IS_ID_TOKEN_MAPPING, ISSUER, JWT_ENDPOINT, KEYS_ENDPOINT, LINKING_ALLOWED, Line, NAME, OLDER, OPTIONS,
    SCOPES,
};
use super::documents::kinds::{self, Kind};
use super::documents::older::{AUTO_REGISTER, BY_ITS_NAME, COLUMN, DISPLAY_NAME, IDP_ID, STYLING, USERNAME};
use super::documents::provider::{PROVIDER, STATE, is_older, state};
use super::documents::queries::{ASCENDING, INSTANCE, ORGANIZATION, RANGE};
use super::documents::{NAME as DIALECT_NAME, Scene, Version, details};
use super::failure::{Code, FAILED_PRECONDITION, Failure, NOT_EXISTING, NOT_FOUND};
use super::lens::read;
use super::owners::Surface;
use super::providers::{create_in, replace_in};
use super::requested::Requested;
use super::search::{Only, matching, queries, services, window};
use super::{DIALECT, ids, owners};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Members};
use crate::dialects::parts::client_mut;
use crate::dialects::protojson::Field;
use crate::dialects::{if_there, settle};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::http::{Call, Response};
use crate::model::{Id, IdentityProvider, State, Tenant};
use crate::service::{Service, sorted_by};

/// An error of a call: its code, its ids, and the last word of its text, if that is not translated.
struct Trouble(Code, &'static str, &'static str, &'static str);

const NOT_CHANGED: &str = "NotChanged";
const ALREADY_EXISTS: &str = "AlreadyExists"; // sic

const UNKNOWN: Trouble = Trouble(NOT_FOUND, "QUERY-rhR2o", "QUERY-rhR2o", "");
const UPDATE: [Trouble; 2] = [
    Trouble(NOT_FOUND, "INSTANCE-m0e3r", "Org-1J9fs", ""),
    Trouble(FAILED_PRECONDITION, "INSTANCE-3k0fs", "Org-jf9w", NOT_CHANGED),
];
const UPDATE_OIDC: [Trouble; 2] = [
    Trouble(NOT_FOUND, "INSTANCE-67J9d", "Org-67J9d", ALREADY_EXISTS),
    Trouble(FAILED_PRECONDITION, "INSTANCE-d8kwF", "Org-10ods", NOT_CHANGED),
];
const UPDATE_JWT: [Trouble; 2] = [
    Trouble(NOT_FOUND, "INSTANCE-2m00d", "Org-67J9d", ALREADY_EXISTS),
    Trouble(FAILED_PRECONDITION, "INSTANCE-3n9gg", "Org-2k9fs", NOT_CHANGED),
];
const DEACTIVATE: Trouble = Trouble(FAILED_PRECONDITION, "INSTANCE-2n0fs", "Org-BBmd0", "NotActive");
const REACTIVATE: Trouble = Trouble(FAILED_PRECONDITION, "INSTANCE-5Mo0d", "Org-5Mo0d", "NotInactive");
const REMOVE: Trouble = Trouble(NOT_FOUND, "INSTANCE-4M0xy", "QUERY-rhR2o", "");

impl Trouble {
    fn on(&self, surface: Surface, idp: &str) -> Error {
        let Self(code, instance, organization, word) = *self;
        let id = surface.id(Ids { instance, organization });
        let text = match (word, surface) {
            ("", Surface::Management) if id != UNKNOWN.2 => OF_ORGANIZATION.to_owned(),
            ("", _) => NOT_EXISTING.to_owned(),
            (_, Surface::Management) => format!("Errors.Org.IDPConfig.{word}"),
            _ => format!("Errors.Instance.IDPConfig.{word}"),
        };
        Failure::with_id(code, &text, id).about(Resource::IdentityProvider, idp)
    }
}

/// What only this API has of a configuration, in the order in which it is kept.
const OWN: [Field; 3] = [STYLING, DISPLAY_NAME, USERNAME];

fn kept(record: &IdentityProvider) -> Option<Members> {
    record.remainders.get(DIALECT_NAME)?.get(OLDER.key())?.as_object().cloned()
}

/// Keeps what only this API has: what is not in `given` becomes zero.
fn keep(record: &mut IdentityProvider, own: Members) {
    let remainder = record.remainders.entry(DIALECT_NAME.to_owned()).or_default();
    remainder.insert(OLDER.key().to_owned(), own.into());
}

/// The configuration with the id in this field, and the position of its service.
fn find(services: &[&Service], id: &str) -> Result<Option<(IdentityProvider, usize)>> {
    let Some(id) = ids::read(id) else { return Ok(None) };
    for (position, service) in services.iter().enumerate() {
        if let Some(record) = if_there(service.provider(id))?.filter(is_older) {
            return Ok(Some((record, position)));
        }
    }
    Ok(None)
}

/// Makes a configuration for OpenID Connect.
pub(super) fn add_oidc(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    add(requested, &kinds::OIDC)
}

/// Makes a configuration for JSON Web Tokens.
pub(super) fn add_jwt(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    add(requested, &kinds::JWT)
}

fn add(requested: &Requested, kind: &'static Kind) -> Result<Response> {
    let given = &requested.members;
    let mut template = given.clone();
    let registers = given.contains_key(AUTO_REGISTER.name);
    let options =
        json!({LINKING_ALLOWED.key(): true, CREATION_ALLOWED.key(): true, AUTO_CREATION.key(): registers});
    template.insert(OPTIONS.key().to_owned(), options);
    template.insert(IS_ID_TOKEN_MAPPING.key().to_owned(), true.into());
    let own: Members = OWN.iter().filter_map(|field| given.get_key_value(field.name)).map(owned).collect();
    owners::found(&requested.service)?;
    let made = create_in(&requested.service, &mut |draft| {
        let mut new = read(Context::of(draft), None, kind, template.clone(), None)?;
        keep(&mut new, own.clone());
        Ok(new)
    })?;
    let details =
        details(requested.service.tenant_id(), made.sequence, Some(made.created), None, Version::V1);
    answer(vec![(DETAILS, details), (IDP_ID.name, answers::id(made.id))])
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Replaces what all configurations have.
pub(super) fn update(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    change(requested, None, &UPDATE, &|update, own| {
        let given = &requested.members;
        set(update, given, NAME.key());
        if let Some(options) = update.get_mut(OPTIONS.key()).and_then(Value::as_object_mut) {
            let registers = given.contains_key(AUTO_REGISTER.name);
            options.insert(AUTO_CREATION.key().to_owned(), registers.into());
        }
        set(own, given, STYLING.name);
    })
}

/// Replaces the settings for OpenID Connect. Mappings that are left out stay.
pub(super) fn update_oidc(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    change(requested, Some(&kinds::OIDC), &UPDATE_OIDC, &|update, own| {
        let given = &requested.members;
        for line in [ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPES] {
            set(update, given, line.key());
        }
        own.extend(
            [DISPLAY_NAME, USERNAME].iter().filter_map(|field| given.get_key_value(field.name)).map(owned),
        );
    })
}

/// Replaces the settings for JSON Web Tokens.
pub(super) fn update_jwt(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    change(requested, Some(&kinds::JWT), &UPDATE_JWT, &|update, _| {
        for line in [JWT_ENDPOINT, ISSUER, KEYS_ENDPOINT, HEADER_NAME] {
            set(update, &requested.members, line.key());
        }
    })
}

/// Sets a member, or removes it if it was not sent.
fn set(members: &mut Members, given: &Members, name: &str) {
    members.shift_remove(name);
    members.extend(given.get_key_value(name).map(owned));
}

/// Changes the configuration that a request names: the update of its template, and what only this API has.
fn change(
    requested: &Requested,
    wanted: Option<&'static Kind>,
    [unknown, unchanged]: &[Trouble; 2],
    edit: &dyn Fn(&mut Members, &mut Members),
) -> Result<Response> {
    let surface = requested.surface;
    let named = requested.text(IDP_ID);
    let id = ids::read(named).ok_or_else(|| unknown.on(surface, named))?;
    let changed = replace_in(&requested.service, id, &mut |old, draft| {
        let kind = Kind::of_provider(old)?;
        let own = kept(old).filter(|_| wanted.is_none_or(|wanted| wanted == kind));
        let mut own = own.ok_or_else(|| unknown.on(surface, named))?;
        let mut update = PROVIDER.as_received(PROVIDER.members(old, &Scene::of(old)));
        edit(&mut update, &mut own);
        let (has_secret, has_scopes) =
            (update.contains_key(CLIENT_SECRET.key()), update.contains_key(SCOPES.key()));
        let mut new = read(Context::of(draft), Some(old), kind, update, None)?;
        if let Some(client) = client_mut(&mut new).filter(|_| !has_scopes) {
            client.scopes = None;
        }
        keep(&mut new, own);
        if new == *old && !has_secret {
            return Err(unchanged.on(surface, named));
        }
        settle(&DIALECT, old, &mut new);
        Ok(Some(new))
    });
    answer_changed(requested, changed, unknown)
}

fn answer_changed(
    requested: &Requested,
    changed: Result<IdentityProvider>,
    unknown: &Trouble,
) -> Result<Response> {
    let new = changed.map_err(|error| or_unknown(error, requested, unknown))?;
    let owner = requested.service.tenant_id();
    answer(vec![(DETAILS, details(owner, new.sequence, None, Some(new.updated), Version::V1))])
}

/// The error, in the words of this API if it is that the provider is not there.
fn or_unknown(error: Error, requested: &Requested, unknown: &Trouble) -> Error {
    let is_unworded = std::error::Error::source(&error).is_none();
    match error.kind() {
        ErrorKind::NotFound { .. } if is_unworded => unknown.on(requested.surface, requested.text(IDP_ID)),
        _ => error,
    }
}

/// Switches a configuration off.
pub(super) fn deactivate(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    switch(requested, State::Active, State::Inactive, &DEACTIVATE)
}

/// Switches it on again.
pub(super) fn reactivate(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    switch(requested, State::Inactive, State::Active, &REACTIVATE)
}

fn switch(requested: &Requested, from: State, to: State, refusal: &Trouble) -> Result<Response> {
    let named = requested.text(IDP_ID);
    let refused = || refusal.on(requested.surface, named);
    let id = ids::read(named).ok_or_else(refused)?;
    let changed = replace_in(&requested.service, id, &mut |old, _| {
        let old = Some(old).filter(|old| is_older(old) && old.state == from).ok_or_else(refused)?;
        Ok(Some(IdentityProvider { state: to, ..old.clone() }))
    });
    answer_changed(requested, changed, refusal)
}

/// Removes a configuration. ZITADEL's server says nothing of one of an organization.
pub(super) fn remove(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let named = requested.text(IDP_ID);
    let missing = || REMOVE.on(requested.surface, named);
    let id = ids::read(named).ok_or_else(missing)?;
    let deleted = requested
        .service
        .delete_provider_that(id, &|old| if is_older(old) { Ok(()) } else { Err(missing()) });
    let is_organization = requested.surface == Surface::Management;
    let deleted = match deleted {
        Err(error) if is_organization && matches!(error.kind(), ErrorKind::NotFound { .. }) => {
            return Err(match find(&[call.service], named)? {
                Some(_) => {
                    Failure::not_found(OF_ORGANIZATION, "Org-Yx9vd").about(Resource::IdentityProvider, named)
                }
                None => missing(),
            });
        }
        deleted => deleted.map_err(|error| or_unknown(error, requested, &REMOVE))?,
    };
    if is_organization {
        return answer(Vec::new());
    }
    let details = details(deleted.tenant, deleted.sequence, None, Some(deleted.time), Version::V1);
    answer(vec![(DETAILS, details)])
}

/// A configuration of the owner or, for an organization, of the instance.
pub(super) fn get(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let services = services(call, requested);
    let (record, position) =
        find(&services, requested.id())?.ok_or_else(|| UNKNOWN.on(requested.surface, requested.id()))?;
    let tenant = services.get(position).map_or(Tenant::DEFAULT, |service| service.tenant_id());
    answer(vec![("idp", shown(&record, tenant, requested.surface == Surface::Admin))])
}

/// Configurations are of these kinds, and were made here.
static ONLY: Only = (&[&kinds::OIDC, &kinds::JWT], is_older);

/// The configurations that fit, in the order in which they were made or of their names.
pub(super) fn list(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let (offset, limit) = window(call, requested)?;
    let services = services(call, requested);
    let queries = queries(requested, EMPTY)?;
    let mut found = Vec::new();
    for (id, position) in matching(&services, &queries, Some(&ONLY))? {
        let Some(service) = services.get(position) else { continue };
        found.extend(if_there(service.provider(id))?.map(|record| (record, service.tenant_id())));
    }
    if requested.text(COLUMN) == BY_ITS_NAME {
        found = sorted_by(found, |(one, _), (other, _)| one.name.cmp(&other.name));
        let is_ascending =
            requested.members.get(RANGE.name).is_some_and(|range| range.get(ASCENDING.name).is_some());
        if !is_ascending {
            found.reverse();
        }
    }
    let page = found.iter().skip(offset).take(limit);
    let shown = page.map(|(record, tenant)| shown(record, *tenant, false)).collect();
    answers::answer_page(call.service, requested.surface, "result", shown, found.len())
}

/// The error of a condition that names nothing.
const EMPTY: Ids = Ids { instance: "ADMIN-VmqQu", organization: "" };

/// A configuration as this API shows it. The instance's single one has two oddities.
fn shown(record: &IdentityProvider, tenant: Id, is_odd: bool) -> Value {
    let own = kept(record).unwrap_or_default();
    let own = |field: Field| own.get(field.name).cloned().unwrap_or_default();
    let template = PROVIDER.as_received(PROVIDER.members(record, &Scene::of(record)));
    let part = |line: Line| template.get(line.key()).cloned().unwrap_or_default();
    let is_jwt = Kind::of(&record.protocol) == Some(&kinds::JWT);
    let oidc = || {
        answers::message(vec![
            (CLIENT_ID.key(), part(CLIENT_ID)),
            (ISSUER.key(), part(ISSUER)),
            (SCOPES.key(), part(SCOPES)),
            (DISPLAY_NAME.name, own(DISPLAY_NAME)),
            (USERNAME.name, own(USERNAME)),
        ])
    };
    let jwt = || {
        answers::message(vec![
            (JWT_ENDPOINT.key(), part(JWT_ENDPOINT)),
            (ISSUER.key(), part(ISSUER)),
            (KEYS_ENDPOINT.key(), part(KEYS_ENDPOINT)),
            (HEADER_NAME.key(), if is_odd { Value::Null } else { part(HEADER_NAME) }),
            (AUDIENCE.key(), part(AUDIENCE)),
        ])
    };
    let owner = if is_odd { record.id } else { tenant };
    let registers = part(OPTIONS).get(AUTO_CREATION.key()).cloned();
    answers::message(vec![
        (ID.key(), answers::id(record.id)),
        (DETAILS, details(owner, record.sequence, Some(record.created), Some(record.updated), Version::V1)),
        (STATE, state(record.state).into()),
        (NAME.key(), record.name.as_str().into()),
        (STYLING.name, own(STYLING)),
        ("owner", if tenant == Tenant::DEFAULT { INSTANCE } else { ORGANIZATION }.into()),
        ("oidcConfig", if is_jwt { Value::Null } else { oidc() }),
        (AUTO_REGISTER.name, registers.unwrap_or_default()),
        ("jwtConfig", if is_jwt { jwt() } else { Value::Null }),
    ])
}
