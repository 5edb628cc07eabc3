//! Calls about applications, as far as keys and certificates need them: which key signs what an application
//! gets, which certificates verify what it sends, and to which one is encrypted.

use http::StatusCode;
use serde_json::{Value, json};

use super::environment::Environment;
use super::members::{self, Form, Member, optional, required, unless, violation};
use super::wire::{NAME, SIGNATURE_NAMES};
use super::{answers, default_keys, ids, links, paging};
use crate::dialects::if_there;
use crate::dialects::lens::{Members, default, get as at_path, insert, remove};
use crate::error::{Error, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, Key, Remainder, State};
use crate::service::{ApplicationQuery, Cursor, Draft};

const SIGNING_KEY: &[&str] = &["idpSigning", "key", "id"];
const CERTIFICATES: &[&str] = &["spVerification", "certificates"];
const ENCRYPTION_KEY: &[&str] = &["spEncryption", "certificate", "id"];

/// What every application has.
const COMMON: &[Member] = &[
    required(&["name"], Form::Text),
    required(&["type"], Form::Text),
    required(&["protocol"], Form::Text),
    required(&["enabled"], Form::Switch),
];

/// What one that speaks SAML has besides.
const SAML: &[Member] = &[
    required(&["spEntityId"], Form::Text),
    required(&["acsUrls"], Form::Texts),
    required(&["assertionDuration"], Form::Between(0, i64::MAX)),
];

/// What is read of every application, whatever it speaks.
const REFERRING: &[Member] = &[
    optional(&["spEntityId"], Form::Text),
    optional(SIGNING_KEY, Form::Text),
    optional(&["idpSigning", "algorithm"], Form::OneOf(SIGNATURE_NAMES)),
    optional(CERTIFICATES, Form::References(0)),
    optional(&["spVerification", "authnRequestSigned"], Form::Switch),
    optional(ENCRYPTION_KEY, Form::Text),
    optional(&["spEncryption", "algorithm"], Form::OneOf(&["AES_128", "AES_256", "TRIPLEDES"])),
];

/// Objects that say nothing without what they refer to.
const REFERENCES: [(&str, &[&str]); 2] = [("idpSigning", SIGNING_KEY), ("spEncryption", ENCRYPTION_KEY)];

/// Members that the server alone writes.
const READ_ONLY: [&str; 5] = ["_links", "id", "environment", "createdAt", "updatedAt"];

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let (after, limit) = (paging::after(call)?.map(Cursor::Id), paging::limit(call)?);
    let page = environment.service.applications(&ApplicationQuery {
        after,
        limit,
        ..ApplicationQuery::default()
    })?;
    paging::forward(call, "applications", page, |item| show(&environment, item))
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
    paging::listed(call, "applications", using.map(|found| show(environment, found?)))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made = environment.service.create_application(|draft| {
        let new = Application::new(draft.id(), draft.now(), "");
        read(draft, &new, document.clone())
    })?;
    answers::json(call, StatusCode::CREATED, &show(&environment, made)?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let found = environment.service.application(id(call)?)?;
    answers::json(call, StatusCode::OK, &show(&environment, found)?)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let document = body::json_object(call)?;
    let made =
        environment.service.update_application(id(call)?, |old, draft| read(draft, old, document.clone()))?;
    answers::json(call, StatusCode::OK, &show(&environment, made)?)
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
fn read(draft: &mut Draft<'_, '_>, old: &Application, mut document: Members) -> Result<Application> {
    document.retain(|member, said| !READ_ONLY.contains(&member.as_str()) && !said.is_null());
    let saml = document.get("protocol").and_then(Value::as_str) == Some("SAML");
    check(&document, saml)?;
    let mut made = Application { trusted_keys: Vec::new(), ..old.clone() };
    made.entity_id = text(document.shift_remove("spEntityId"));
    made.signing_key = match remove(&mut document, SIGNING_KEY) {
        Some(Value::String(id)) => Some(lent(draft, &id, old.signing_key.as_deref(), "/idpSigning/key/id")?),
        _ => None,
    };
    if let Some(Value::Array(references)) = remove(&mut document, CERTIFICATES) {
        let ids = references.iter().filter_map(|reference| reference.get("id")?.as_str());
        made.trusted_keys = ids.map(str::to_owned).collect();
    }
    made.encryption_key = text(remove(&mut document, ENCRYPTION_KEY));
    made.name = text(document.shift_remove("name")).unwrap_or_default();
    let enabled = document.shift_remove("enabled") == Some(Value::Bool(true));
    made.state = if enabled { State::Active } else { State::Inactive };
    made.remainders.insert(NAME.to_owned(), Remainder::from(document));
    Ok(made)
}

fn text(said: Option<Value>) -> Option<String> {
    match said {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
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

/// Whether a document says what must be said of an application, and says it rightly.
fn check(document: &Members, saml: bool) -> Result<()> {
    let mut violations = Vec::new();
    members::read(document, COMMON, &mut violations);
    if saml {
        members::read(document, SAML, &mut violations);
    }
    members::read(document, REFERRING, &mut violations);
    for (object, reference) in REFERENCES {
        if document.get(object).is_some_and(Value::is_object) && at_path(document, reference).is_none() {
            violations.push(violation(reference, Reason::Missing));
        }
    }
    unless(violations, ())
}

/// The id of the signing key with this `kid`.
pub(super) fn key_id(environment: &Environment, kid: Option<&str>) -> Result<Option<Id>> {
    let key = kid.map_or(Ok(None), |kid| if_there(environment.service.signing_key(kid)))?;
    Ok(key.map(|key| key.id))
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
    let said = application.remainders.remove(NAME).unwrap_or_default().into_members();
    if said.is_empty() {
        document.insert("type".to_owned(), "WEB_APP".into());
        document.insert("protocol".to_owned(), "SAML".into());
    }
    document.extend(said);
    if let Some(entity_id) = application.entity_id {
        document.insert("spEntityId".to_owned(), entity_id.into());
    }
    if let Some(key) = key_id(environment, application.signing_key.as_deref())? {
        insert(&mut document, SIGNING_KEY, key.to_uuid().into());
    }
    if let Some(kid) = application.encryption_key {
        insert(&mut document, ENCRYPTION_KEY, kid.into());
    }
    if !application.trusted_keys.is_empty() {
        let certificates = application.trusted_keys.iter().map(|kid| json!({"id": kid})).collect();
        insert(&mut document, CERTIFICATES, certificates);
    }
    default(&mut document, &["spVerification", "authnRequestSigned"], false.into());
    document.insert("createdAt".to_owned(), application.created.to_string().into());
    document.insert("updatedAt".to_owned(), application.updated.to_string().into());
    Ok(document)
}
