//! Calls about attribute mappings: which of a provider's attributes fill which of ours.
//!
//! No other vendor has them, so they lie in PingOne's remainder of the provider, and go with it
//! (`docs/decisions/0011-attribute-mappings-in-the-remainder.md`).

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::environments::Environment;
use super::members::{self, Form, Member, required, unless};
use super::wire::{Kind, NAME, UPDATES};
use super::{answers, ids, links, paging, providers};
use crate::dialects::lens::Members;
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation};
use crate::http::{Call, Response, body};
use crate::model::IdentityProvider;

/// Under which name the mappings lie in the remainder; no provider's document has such a member.
const KEPT: &str = "attributes";

/// The mapping that each provider has from the start.
const USERNAME: &str = "username";

/// Attributes that only the service itself writes.
const RESERVED: [&str; 7] = ["account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled"];

/// Attributes that have parts: only the parts are mapped.
const COMPLEX: [&str; 3] = ["name", "address", "photo"];

/// One mapping, in the order in which PingOne lists its members.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    name: String,
    value: String,
    update: String,
    id: String,
    #[serde(rename = "mappingType")]
    origin: String,
    created_at: String,
    updated_at: String,
}

impl Mapping {
    fn is_core(&self) -> bool {
        self.origin == "CORE"
    }
}

/// The mappings of a provider, the one of the user name first.
fn of(provider: &IdentityProvider) -> Result<Vec<Mapping>> {
    let kept = provider.remainders.get(NAME).and_then(|remainder| remainder.0.get(KEPT));
    let kept = kept.map(|kept| serde_json::from_value::<Vec<Mapping>>(kept.clone())).transpose();
    let mut mappings =
        kept.map_err(|cause| Error::new(ErrorKind::Corrupt).caused_by(cause))?.unwrap_or_default();
    if !mappings.iter().any(Mapping::is_core)
        && let Some(kind) = Kind::of(&provider.protocol)
    {
        mappings.insert(0, username(provider, kind));
    }
    Ok(mappings)
}

/// The mapping that a provider has as long as nobody has changed it.
fn username(provider: &IdentityProvider, kind: &Kind) -> Mapping {
    /// The bytes `userna` in place of those that end the ids of records.
    const TAIL: &str = "757365726e61";
    let id = provider.id.to_uuid();
    let start = id.rsplit_once('-').map_or(id.as_str(), |(start, _)| start);
    Mapping {
        name: USERNAME.to_owned(),
        value: kind.username.to_owned(),
        update: "EMPTY_ONLY".to_owned(),
        id: format!("{start}-{TAIL}"),
        origin: "CORE".to_owned(),
        created_at: provider.created.to_string(),
        updated_at: provider.created.to_string(),
    }
}

/// A provider with these mappings.
fn with(provider: &IdentityProvider, mappings: &[Mapping]) -> Result<IdentityProvider> {
    let mut provider = provider.clone();
    let kept =
        serde_json::to_value(mappings).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    provider.remainders.entry(NAME.to_owned()).or_default().0.insert(KEPT.to_owned(), kept);
    Ok(provider)
}

/// A replacement of a provider leaves its mappings as they were.
pub(super) fn keep(old: Option<&IdentityProvider>, remainder: &mut Members) {
    let kept = old.and_then(|old| old.remainders.get(NAME)?.0.get(KEPT));
    if let Some(kept) = kept {
        remainder.insert(KEPT.to_owned(), kept.clone());
    }
}

/// The document of a provider does not show them.
pub(super) fn leave_out(remainder: &mut Members) {
    remainder.shift_remove(KEPT);
}

/// The mappings as a provider's document shows them on demand: without links.
pub(super) fn embedded(environment: &Environment, provider: &IdentityProvider) -> Result<Vec<Value>> {
    Ok(of(provider)?.iter().map(|mapping| show(environment, provider, mapping).into()).collect())
}

fn show(environment: &Environment, provider: &IdentityProvider, mapping: &Mapping) -> Members {
    Members::from_iter([
        ("name".to_owned(), mapping.name.as_str().into()),
        ("value".to_owned(), mapping.value.as_str().into()),
        ("update".to_owned(), mapping.update.as_str().into()),
        ("id".to_owned(), mapping.id.as_str().into()),
        ("mappingType".to_owned(), mapping.origin.as_str().into()),
        ("environment".to_owned(), links::environment(environment)),
        ("identityProvider".to_owned(), json!({"id": provider.id.to_uuid()})),
        ("createdAt".to_owned(), mapping.created_at.as_str().into()),
        ("updatedAt".to_owned(), mapping.updated_at.as_str().into()),
    ])
}

fn linked(environment: &Environment, provider: &IdentityProvider, mapping: &Mapping) -> Members {
    let provider_url = format!("{}/identityProviders/{}", environment.url, provider.id.to_uuid());
    let own = format!("{provider_url}/attributes/{}", mapping.id);
    let links = links::to(&[("self", &own), ("identityProvider", &provider_url)]);
    let mut document = Members::from_iter([("_links".to_owned(), links)]);
    document.extend(show(environment, provider, mapping));
    document
}

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    let shown: Vec<_> =
        of(&provider)?.iter().map(|mapping| linked(&environment, &provider, mapping)).collect();
    paging::listed(call, "attributes", shown)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, provider) = named(call)?;
    shown(call, StatusCode::OK, (&environment, &provider), call.param("attributeID"))
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let id = ids::drawn(&*call.service.env().entropy);
    let (environment, provider) = named(call)?;
    let document = body::json_object(call)?;
    let made = change(&environment, &provider, |mappings, now| {
        let said = read(&document, mappings, None)?;
        let (origin, created_at, updated_at) = ("CUSTOM".to_owned(), now.to_owned(), now.to_owned());
        mappings.push(Mapping { id: id.clone(), origin, created_at, updated_at, ..said });
        Ok(())
    })?;
    shown(call, StatusCode::CREATED, (&environment, &made), &id)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    let (environment, provider) = named(call)?;
    let document = body::json_object(call)?;
    let made = change(&environment, &provider, |mappings, now| {
        let current = found(mappings, id)?.clone();
        let Mapping { name, value, update, .. } = read(&document, mappings, Some(&current))?;
        let new = Mapping { name, value, update, updated_at: now.to_owned(), ..current };
        mappings.iter_mut().filter(|mapping| mapping.id == id).for_each(|mapping| *mapping = new.clone());
        Ok(())
    })?;
    shown(call, StatusCode::OK, (&environment, &made), id)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let id = call.param("attributeID");
    let (environment, provider) = named(call)?;
    change(&environment, &provider, |mappings, _| {
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

/// Changes the mappings of a provider, at a time that `change` is told.
fn change(
    environment: &Environment,
    provider: &IdentityProvider,
    mut change: impl FnMut(&mut Vec<Mapping>, &str) -> Result<()>,
) -> Result<IdentityProvider> {
    environment.service.replace_provider(provider.id, |old, draft| {
        let mut mappings = of(old)?;
        change(&mut mappings, &draft.now().to_string())?;
        with(old, &mappings)
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
    let mappings = of(provider)?;
    answers::json(call, status, &linked(environment, provider, found(&mappings, id)?))
}

const MAPPING: &[Member] = &[
    required(&["name"], Form::Text),
    required(&["value"], Form::Text),
    required(&["update"], Form::OneOf(UPDATES)),
];

/// What a document says of a mapping that is new or replaces `current`; the other members are the caller's part.
fn read(document: &Members, others: &[Mapping], current: Option<&Mapping>) -> Result<Mapping> {
    let mut violations = Vec::new();
    let said = members::read(document, MAPPING, &mut violations);
    let text = |member: &str| members::text(&said, member).unwrap_or_default().to_owned();
    let (name, value, update) = (text("name"), text("value"), text("update"));
    let mut refuse = |member: &str, reason| violations.push(Violation::new(member, reason));
    let base = name.split('.').next().unwrap_or_default();
    if RESERVED.contains(&base) {
        refuse("/name", Reason::Other("is reserved".to_owned()));
    } else if COMPLEX.contains(&name.as_str()) {
        refuse("/name", Reason::Other("has parts, of which one must be named".to_owned()));
    }
    let id = current.map(|current| current.id.as_str());
    if let Some(twin) = others.iter().find(|other| other.name == name && Some(other.id.as_str()) != id) {
        refuse("/name", Reason::Taken(twin.id.as_str().into()));
    }
    if let Some(core) = current.filter(|current| current.is_core()) {
        for (member, said, fixed) in [("/name", &name, &core.name), ("/update", &update, &core.update)] {
            if !said.is_empty() && said != fixed {
                refuse(member, Reason::Immutable);
            }
        }
    }
    let (id, origin) = Default::default();
    let (created_at, updated_at) = Default::default();
    unless(violations, Mapping { name, value, update, id, origin, created_at, updated_at })
}
