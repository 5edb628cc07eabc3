//! Calls about populations. No one is in them: users are not kept by population.

use http::StatusCode;
use serde_json::Value;

use super::{RecordKind, all, within};
use crate::dialects::lens::Members;
use crate::dialects::pingone::documents::population::{DEFAULT, NAME, POPULATION};
use crate::dialects::pingone::documents::record::Within;
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::filter::{Condition, NAMED};
use crate::dialects::pingone::{answers, default_records, ids, paging};
use crate::error::{Error, ErrorKind, Reason, Result, pointer};
use crate::http::{Call, Response, body};
use crate::model::{Id, Tenant, VendorRecord};
use crate::service::Draft;

static RECORDS: RecordKind =
    RecordKind { kind: "pingone.population", parameter: "populationID", document: &POPULATION };

/// The kind of the population that each environment has. It is kept once it is changed, and has the id of the environment.
const FIRST: &str = "pingone.firstPopulation";

pub(in crate::dialects::pingone) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let condition = Condition::of(call, &NAMED)?;
    let records = std::iter::once(first(&environment)).chain(all(&environment.service, RECORDS.kind));
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
    let made =
        environment.service.create_vendor_record(|draft| drafted(draft, None, document.clone(), default))?;
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
    let made = if is_kept(&record) {
        environment.service.update_vendor_record(record.id, |old, draft| {
            drafted(draft, Some(old), document.clone(), default)
        })
    } else {
        environment.service.create_vendor_record(|draft| {
            if !draft.vendor_records(FIRST, 1)?.is_empty() {
                return Err(Error::new(ErrorKind::WrongState).context("another call was faster"));
            }
            drafted(draft, Some(&record), document.clone(), default)
        })
    };
    answer(call, StatusCode::OK, &made?)
}

pub(in crate::dialects::pingone) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let record = named(call, &environment)?;
    let stays = || Error::new(ErrorKind::WrongState).context("the default population stays");
    if record.kind == FIRST {
        return Err(stays());
    }
    environment.service.delete_vendor_record_that(record.id, &|record, draft| {
        if default_id(&draft.tenant()?) == record.id { Err(stays()) } else { Ok(()) }
    })?;
    Ok(body::no_content())
}

/// The population that the path names.
fn named(call: &Call<'_>, environment: &Environment) -> Result<VendorRecord> {
    if ids::read(call.param(RECORDS.parameter)) == Some(environment.tenant.id) {
        return first(environment);
    }
    RECORDS.named(call, environment)
}

/// The id of the population that the path names.
pub(super) fn named_id(call: &Call<'_>, environment: &Environment) -> Result<Id> {
    Ok(id(environment, &named(call, environment)?))
}

fn first(environment: &Environment) -> Result<VendorRecord> {
    let kept = environment.service.vendor_records(FIRST, "", None, 1)?;
    Ok(first_of(&environment.tenant, kept))
}

/// The population that each environment has; it may be `kept`.
fn first_of(tenant: &Tenant, mut kept: Vec<VendorRecord>) -> VendorRecord {
    let updated = tenant.created;
    kept.pop().unwrap_or_else(|| VendorRecord { updated, ..VendorRecord::named(FIRST, "Default") })
}

fn is_kept(record: &VendorRecord) -> bool {
    record.id.number() > 0
}

fn id(environment: &Environment, record: &VendorRecord) -> Id {
    if record.kind == FIRST { environment.tenant.id } else { record.id }
}

fn default_id(tenant: &Tenant) -> Id {
    default_records::of(tenant, RECORDS.kind).unwrap_or(tenant.id)
}

/// The population that a document describes, in place of `old`.
fn drafted(
    draft: &mut Draft<'_, '_>,
    old: Option<&VendorRecord>,
    document: Members,
    default: Option<bool>,
) -> Result<VendorRecord> {
    let record = RECORDS.read(old, document)?;
    let mut tenant = draft.tenant()?;
    let is_first = record.kind == FIRST;
    let own = if is_first { tenant.id } else { draft.id() };
    if default == Some(false) && default_id(&tenant) == own {
        return Err(Error::invalid(pointer::of([DEFAULT]), Reason::Immutable));
    }
    let twin = draft.vendor_record_named(RECORDS.kind, &record.name)?.map(|twin| twin.id);
    let first = first_of(&tenant, draft.vendor_records(FIRST, 1)?);
    let first = first.name.to_lowercase() == record.name.to_lowercase();
    let twin = twin.or(first.then_some(tenant.id)).filter(|twin| *twin != own);
    if let Some(twin) = twin {
        return Err(Error::invalid(pointer::of([NAME]), Reason::Taken(twin.number().into())));
    }
    if default == Some(true) {
        default_records::set(&mut tenant, RECORDS.kind, own);
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

/// The population of the environment is as old as the environment.
fn shown(environment: &Environment, record: &VendorRecord) -> Members {
    let id = id(environment, record);
    let is_default = default_id(&environment.tenant) == id;
    let created = if record.kind == FIRST { environment.tenant.created } else { record.created };
    let record = VendorRecord { created, ..record.clone() };
    POPULATION.members(&record, &Within { is_default, ..within(environment, "populations", id) })
}

/// The document, with the environment as it is now.
fn answer(call: &Call<'_>, status: StatusCode, record: &VendorRecord) -> Result<Response> {
    answers::json(call, status, &shown(&Environment::of(call)?, record))
}
