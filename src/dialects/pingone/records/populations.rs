//! Calls about populations. No one is in them: users are not kept by population.

use http::StatusCode;
use serde_json::Value;

use super::{Sort, all, within};
use crate::dialects::lens::Members;
use crate::dialects::pingone::documents::population::{DEFAULT, NAME, POPULATION};
use crate::dialects::pingone::documents::record::Within;
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::filter::{Condition, NAMED};
use crate::dialects::pingone::{answers, default_records, ids, paging};
use crate::error::{Error, ErrorKind, Reason, Result, pointer};
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};
use crate::service::Draft;

static SORT: Sort = Sort { kind: "pingone.population", parameter: "populationID", document: &POPULATION };

/// The kind of the population that each environment has. It is kept once it is changed, and has the id of the environment.
const FIRST: &str = "pingone.firstPopulation";

pub(in crate::dialects::pingone) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let condition = Condition::of(call, &NAMED)?;
    let records = std::iter::once(first(&environment)).chain(all(&environment.service, SORT.kind));
    let found = records.filter(|record| {
        record.as_ref().map_or(true, |record| {
            condition.holds(&|member| {
                Some(if member == "id" { id(&environment, record).to_uuid() } else { record.name.clone() })
            })
        })
    });
    paging::listed(call, "populations", found.map(|record| Ok(shown(&environment, &record?))))
}

pub(in crate::dialects::pingone) fn create(call: &Call<'_>) -> Result<Response> {
    let (environment, document) = (Environment::of(call)?, body::json_object(call)?);
    let default = is_default(&document)?;
    let made = environment
        .service
        .create_vendor_record(|draft| drafted(&environment, draft, None, document.clone(), default))?;
    answer(call, StatusCode::CREATED, &made)
}

pub(in crate::dialects::pingone) fn get(call: &Call<'_>) -> Result<Response> {
    answer(call, StatusCode::OK, &named(call, &Environment::of(call)?)?)
}

/// Another population becomes the default one in its place, but it does not become another one by itself.
pub(in crate::dialects::pingone) fn replace(call: &Call<'_>) -> Result<Response> {
    let (environment, document) = (Environment::of(call)?, body::json_object(call)?);
    let record = named(call, &environment)?;
    let default = is_default(&document)?;
    if default == Some(false) && default_id(&environment) == id(&environment, &record) {
        return Err(Error::invalid(pointer::of([DEFAULT]), Reason::Immutable));
    }
    let made = if is_kept(&record) {
        environment.service.update_vendor_record(record.id, |old, draft| {
            drafted(&environment, draft, Some(old), document.clone(), default)
        })
    } else {
        environment.service.create_vendor_record(|draft| {
            drafted(&environment, draft, Some(&record), document.clone(), default)
        })
    };
    answer(call, StatusCode::OK, &made?)
}

pub(in crate::dialects::pingone) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let record = named(call, &environment)?;
    if record.kind == FIRST || default_id(&environment) == record.id {
        return Err(Error::new(ErrorKind::WrongState).context("the default population stays"));
    }
    environment.service.delete_vendor_record(record.id)?;
    Ok(body::no_content())
}

/// The population that the path names.
fn named(call: &Call<'_>, environment: &Environment) -> Result<VendorRecord> {
    if ids::read(call.param(SORT.parameter)) == Some(environment.tenant.id) {
        return first(environment);
    }
    SORT.named(call, environment)
}

/// The id of the population that the path names.
pub(super) fn named_id(call: &Call<'_>, environment: &Environment) -> Result<Id> {
    Ok(id(environment, &named(call, environment)?))
}

/// The population that each environment has.
fn first(environment: &Environment) -> Result<VendorRecord> {
    let kept = environment.service.vendor_records(FIRST, "", None, 1)?.pop();
    let created = environment.tenant.created;
    let blank = || VendorRecord { created, updated: created, ..VendorRecord::named(FIRST, "Default") };
    Ok(kept.unwrap_or_else(blank))
}

fn is_kept(record: &VendorRecord) -> bool {
    record.id.number() > 0
}

fn id(environment: &Environment, record: &VendorRecord) -> Id {
    if record.kind == FIRST { environment.tenant.id } else { record.id }
}

fn default_id(environment: &Environment) -> Id {
    default_records::of(&environment.tenant, SORT.kind).unwrap_or(environment.tenant.id)
}

/// The population that a document describes, in place of `old`.
fn drafted(
    environment: &Environment,
    draft: &mut Draft<'_, '_>,
    old: Option<&VendorRecord>,
    document: Members,
    default: Option<bool>,
) -> Result<VendorRecord> {
    let record = SORT.read(old, document)?;
    let mut tenant = draft.tenant()?;
    let is_first = record.kind == FIRST;
    let own = if is_first { tenant.id } else { draft.id() };
    let twin = environment.service.vendor_record_named(SORT.kind, &record.name)?.map(|twin| twin.id);
    let first = first(environment)?.name.to_lowercase() == record.name.to_lowercase();
    let twin = twin.or(first.then_some(tenant.id)).filter(|twin| *twin != own);
    if let Some(twin) = twin {
        return Err(Error::invalid(pointer::of([NAME]), Reason::Taken(twin.number().into())));
    }
    if default == Some(true) {
        default_records::set(&mut tenant, SORT.kind, own);
        draft.set_tenant(tenant)?;
    }
    Ok(record)
}

fn is_default(document: &Members) -> Result<Option<bool>> {
    match document.get(DEFAULT) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(default)) => Ok(Some(*default)),
        Some(_) => Err(Error::invalid(pointer::of([DEFAULT]), Reason::WrongType("boolean"))),
    }
}

fn shown(environment: &Environment, record: &VendorRecord) -> Members {
    let id = id(environment, record);
    let is_default = default_id(environment) == id;
    POPULATION.members(record, &Within { is_default, ..within(environment, "populations", id) })
}

/// The document, with the environment as it is now.
fn answer(call: &Call<'_>, status: StatusCode, record: &VendorRecord) -> Result<Response> {
    answers::json(call, status, &shown(&Environment::of(call)?, record))
}
