//! Calls about populations. No one is in them: users are not kept by population.

use http::StatusCode;
use serde_json::Value;

use super::{Sort, all, named_once, within};
use crate::dialects::lens::Members;
use crate::dialects::pingone::documents::population::{DEFAULT, POPULATION};
use crate::dialects::pingone::documents::record::Within;
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::filter::{Condition, NAMED};
use crate::dialects::pingone::{answers, default_records, paging};
use crate::error::{Error, Reason, Result};
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};
use crate::service::Draft;

const KIND: &str = "pingone.population";

static SORT: Sort = Sort {
    kind: KIND,
    parameter: "populationID",
    document: &POPULATION,
    first: |_| Ok(VendorRecord::named(KIND, "Default")),
};

pub(in crate::dialects::pingone) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = SORT.environment(call)?;
    let condition = Condition::of(call, &NAMED)?;
    let found = all(&environment.service, KIND).filter(|record| {
        record.as_ref().map_or(true, |record| {
            condition
                .holds(&|member| Some(if member == "id" { record.id.to_uuid() } else { record.name.clone() }))
        })
    });
    paging::listed(call, "populations", found.map(|record| Ok(shown(&environment, &record?))))
}

pub(in crate::dialects::pingone) fn create(call: &Call<'_>) -> Result<Response> {
    let (environment, document) = (SORT.environment(call)?, body::json_object(call)?);
    let is_default = is_default(&document)? == Some(true);
    let made = environment.service.create_vendor_record(|draft| {
        if is_default {
            make_default(draft)?;
        }
        SORT.read(None, document.clone())
    });
    answer(call, StatusCode::CREATED, &made.map_err(named_once)?)
}

pub(in crate::dialects::pingone) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = SORT.environment(call)?;
    answer(call, StatusCode::OK, &SORT.named(call, &environment)?)
}

/// Another population becomes the default one in its place, but none does.
pub(in crate::dialects::pingone) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = SORT.environment(call)?;
    let (id, document) = (named(call, &environment)?, body::json_object(call)?);
    let default = is_default(&document)?;
    if default == Some(false) && default_records::of(&environment.tenant, KIND) == Some(id) {
        return Err(Error::invalid("/default", Reason::Immutable));
    }
    let made = environment.service.update_vendor_record(id, |old, draft| {
        if default == Some(true) {
            make_default(draft)?;
        }
        SORT.read(Some(old), document.clone())
    });
    answer(call, StatusCode::OK, &made.map_err(named_once)?)
}

pub(in crate::dialects::pingone) fn delete(call: &Call<'_>) -> Result<Response> {
    SORT.delete(call, &SORT.environment(call)?)
}

/// The id of the population that the path names.
pub(super) fn named(call: &Call<'_>, environment: &Environment) -> Result<Id> {
    Ok(SORT.named(call, environment)?.id)
}

fn is_default(document: &Members) -> Result<Option<bool>> {
    match document.get(DEFAULT) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(default)) => Ok(Some(*default)),
        Some(_) => Err(Error::invalid("/default", Reason::WrongType("boolean"))),
    }
}

fn make_default(draft: &mut Draft<'_, '_>) -> Result<()> {
    let mut tenant = draft.tenant()?;
    default_records::set(&mut tenant, KIND, draft.id());
    draft.set_tenant(tenant)
}

fn shown(environment: &Environment, record: &VendorRecord) -> Members {
    let is_default = default_records::of(&environment.tenant, KIND) == Some(record.id);
    let within = Within { is_default, ..within(environment, "populations", record.id) };
    POPULATION.members(record, &within)
}

/// The document, with the environment as it is now.
fn answer(call: &Call<'_>, status: StatusCode, record: &VendorRecord) -> Result<Response> {
    answers::json(call, status, &shown(&Environment::of(call)?, record))
}
