//! Calls about applications, as far as keys and certificates need them: which key signs what an application
//! gets, and which certificates verify what it sends.

use http::StatusCode;
use serde_json::{Value, json};

use super::environments::Environment;
use super::wire::{NAME, SIGNATURE_NAMES};
use super::{ids, links, paging};
use crate::dialects::lens::{Members, get as at_path, insert, remove};
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, Key, Remainder, State};
use crate::service::{ApplicationQuery, Cursor, Draft};

const SIGNING_KEY: &[&str] = &["idpSigning", "key", "id"];
const CERTIFICATES: &[&str] = &["spVerification", "certificates"];

/// Members that the server alone writes.
const READ_ONLY: [&str; 5] = ["_links", "id", "environment", "createdAt", "updatedAt"];

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let after = match paging::Place::of(call)? {
        paging::Place::Start => None,
        paging::Place::After(id) => Some(Cursor::Id(id)),
        paging::Place::Before(_) | paging::Place::At(_) => return Err(ErrorKind::BadCursor.into()),
    };
    let query = ApplicationQuery { after, limit: paging::limit(call)?, ..ApplicationQuery::default() };
    let page = environment.service.applications(&query)?;
    let next = page.next.and_then(|next| match next {
        Cursor::Id(id) => Some(paging::Place::After(id)),
        Cursor::Name(_) => None,
    });
    let shown: Result<Vec<_>> = page.items.into_iter().map(|item| show(&environment, item)).collect();
    paging::page(call, "applications", shown?, None, next)
}

/// The applications that use a key.
pub(super) fn of_key(call: &Call<'_>, environment: &Environment, key: &Key) -> Result<Response> {
    let found = environment.service.key_applications(&key.kid)?;
    let shown: Result<Vec<_>> = found.into_iter().map(|item| show(environment, item)).collect();
    paging::listed(call, "applications", shown?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let default = default_key(&environment)?;
    let made = environment.service.create_application(|draft| read(draft, default, document.clone()))?;
    body::json(StatusCode::CREATED, &show(&environment, made)?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let found = environment.service.application(id(call)?)?;
    body::json(StatusCode::OK, &show(&environment, found)?)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let default = default_key(&environment)?;
    let made = environment.service.replace_application(id(call)?, |old, draft| {
        let mut new = read(draft, default, document.clone())?;
        for (dialect, remainder) in old.remainders.iter().filter(|(dialect, _)| *dialect != NAME) {
            new.remainders.insert(dialect.clone(), remainder.clone());
        }
        Ok(Application { alias: old.alias.clone(), ..new })
    })?;
    body::json(StatusCode::OK, &show(&environment, made)?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    environment.service.delete_application(id(call)?)?;
    Ok(body::no_content())
}

fn id(call: &Call<'_>) -> Result<Id> {
    ids::named(Resource::Application, call.param("applicationID"))
}

/// The application that a document describes. One that speaks SAML and names no key gets the environment's
/// default key, if there is one; it keeps that when another becomes the default.
fn read(draft: &mut Draft<'_, '_>, default: Option<Id>, mut document: Members) -> Result<Application> {
    document.retain(|member, said| !READ_ONLY.contains(&member.as_str()) && !said.is_null());
    check(&document)?;
    let mut made = Application::new(draft.id(), draft.now(), "");
    made.signing_key = match remove(&mut document, SIGNING_KEY) {
        Some(Value::String(id)) => Some(lent(draft, &id, "/idpSigning/key/id")?),
        _ if is_saml(&document) => default.map(|id| draft.lend_signing_key(id)).transpose()?.flatten(),
        _ => None,
    };
    if let Some(Value::Array(references)) = remove(&mut document, CERTIFICATES) {
        let ids = references.iter().filter_map(|reference| reference.get("id")?.as_str());
        made.trusted_keys = ids.map(str::to_owned).collect();
    }
    if let Some(Value::String(name)) = document.shift_remove("name") {
        made.name = name;
    }
    if let Some(Value::String(entity_id)) = document.shift_remove("spEntityId") {
        made.entity_id = Some(entity_id);
    }
    let enabled = document.shift_remove("enabled") == Some(Value::Bool(true));
    made.state = if enabled { State::Active } else { State::Inactive };
    made.remainders.insert(NAME.to_owned(), Remainder(document));
    Ok(made)
}

fn is_saml(document: &Members) -> bool {
    document.get("protocol").and_then(Value::as_str) == Some("SAML")
}

/// The environment's default key.
fn default_key(environment: &Environment) -> Result<Option<Id>> {
    let kid = environment.default_key.as_deref();
    Ok(kid.map(|kid| environment.service.signing_key_id(kid)).transpose()?.flatten())
}

/// The `kid` of the key with this id, with which the record may sign from now on.
pub(super) fn lent(draft: &mut Draft<'_, '_>, id: &str, pointer: &str) -> Result<String> {
    let kid = Id::from_uuid(id).map(|id| draft.lend_signing_key(id)).transpose()?.flatten();
    kid.ok_or_else(|| Error::invalid(pointer, Reason::Unknown(Resource::SigningKey)))
}

/// What must be said of an application.
fn check(document: &Members) -> Result<()> {
    let mut violations = Vec::new();
    let saml = is_saml(document);
    let texts = ["name", "type", "protocol", "spEntityId"];
    for member in texts.into_iter().filter(|member| saml || *member != "spEntityId") {
        match document.get(member) {
            Some(Value::String(text)) if !text.is_empty() => {}
            Some(Value::String(_)) => violations.push(violation(&[member], Reason::Empty)),
            Some(_) => violations.push(violation(&[member], Reason::WrongType("string"))),
            None => violations.push(violation(&[member], Reason::Missing)),
        }
    }
    match document.get("enabled") {
        None => violations.push(violation(&["enabled"], Reason::Missing)),
        Some(Value::Bool(_)) => {}
        Some(_) => violations.push(violation(&["enabled"], Reason::WrongType("boolean"))),
    }
    if saml {
        match document.get("acsUrls") {
            None => violations.push(violation(&["acsUrls"], Reason::Missing)),
            Some(Value::Array(urls)) if urls.is_empty() => {
                violations.push(violation(&["acsUrls"], Reason::Empty));
            }
            Some(Value::Array(urls)) if urls.iter().all(Value::is_string) => {}
            Some(_) => violations.push(violation(&["acsUrls"], Reason::WrongType("array of strings"))),
        }
        match document.get("assertionDuration") {
            None => violations.push(violation(&["assertionDuration"], Reason::Missing)),
            Some(seconds) if seconds.is_u64() => {}
            Some(_) => violations.push(violation(&["assertionDuration"], Reason::WrongType("integer"))),
        }
    }
    check_keys(document, &mut violations);
    if violations.is_empty() { Ok(()) } else { Err(ErrorKind::Invalid { violations }.into()) }
}

/// Where keys are named they must be named rightly.
fn check_keys(document: &Members, violations: &mut Vec<Violation>) {
    if document.contains_key("idpSigning") {
        match at_path(document, SIGNING_KEY) {
            Some(Value::String(_)) => {}
            None => violations.push(violation(SIGNING_KEY, Reason::Missing)),
            Some(_) => violations.push(violation(SIGNING_KEY, Reason::WrongType("string"))),
        }
        let path = &["idpSigning", "algorithm"];
        let algorithm = at_path(document, path);
        if algorithm.is_some_and(|said| said.as_str().is_none_or(|said| !SIGNATURE_NAMES.contains(&said))) {
            violations.push(violation(path, Reason::NotAllowed(SIGNATURE_NAMES.to_vec())));
        }
    }
    let references = at_path(document, CERTIFICATES);
    let named = |reference: &Value| reference.get("id").is_some_and(Value::is_string);
    if references.is_some_and(|said| said.as_array().is_none_or(|said| !said.iter().all(named))) {
        violations.push(violation(CERTIFICATES, Reason::WrongType("array of objects")));
    }
}

fn violation(path: &[&str], reason: Reason) -> Violation {
    Violation::new(path.iter().flat_map(|step| ["/", step]).collect::<String>(), reason)
}

fn show(environment: &Environment, mut application: Application) -> Result<Members> {
    let id = application.id.to_uuid();
    let own = format!("{}/applications/{id}", environment.url);
    let mut document = Members::from_iter([
        ("_links".to_owned(), links::to(&[("self", &own), ("environment", &environment.url)])),
        ("environment".to_owned(), links::environment(environment)),
        ("id".to_owned(), id.into()),
        ("name".to_owned(), application.name.into()),
        ("enabled".to_owned(), (application.state == State::Active).into()),
    ]);
    let said = application.remainders.remove(NAME).unwrap_or_default().0;
    if said.is_empty() {
        document.insert("type".to_owned(), "WEB_APP".into());
        document.insert("protocol".to_owned(), "SAML".into());
    }
    document.extend(said);
    if let Some(entity_id) = application.entity_id {
        document.insert("spEntityId".to_owned(), entity_id.into());
    }
    let key = application.signing_key.map(|kid| environment.service.signing_key_id(&kid)).transpose()?;
    if let Some(key) = key.flatten() {
        insert(&mut document, SIGNING_KEY, key.to_uuid().into());
    }
    if !application.trusted_keys.is_empty() {
        let certificates = application.trusted_keys.iter().map(|kid| json!({"id": kid})).collect();
        insert(&mut document, CERTIFICATES, certificates);
    }
    document.insert("createdAt".to_owned(), application.created.to_string().into());
    document.insert("updatedAt".to_owned(), application.updated.to_string().into());
    Ok(document)
}
