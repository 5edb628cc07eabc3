//! The identity provider of a population: who is in it signs in there, if nowhere else is chosen.

use http::StatusCode;
use serde_json::{Value, json};

use super::populations;
use crate::dialects::if_there;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::wire::Kind;
use crate::dialects::pingone::{answers, links};
use crate::error::{Error, Reason, Resource, Result};
use crate::http::{Call, Response, body};
use crate::model::{Id, VendorRecord};

/// A record belongs to a population and to its provider, and goes with either. Its name is the id of the population.
const KIND: &str = "pingone.defaultProvider";

pub(in crate::dialects::pingone) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let population = populations::named_id(call, &environment)?;
    answer(call, &environment, population)
}

/// Sets the provider, or takes it away if none is named.
pub(in crate::dialects::pingone) fn replace(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let population = populations::named_id(call, &environment)?;
    let (service, name) = (&environment.service, population.to_string());
    match body::json_object(call)?.get("id") {
        None | Some(Value::Null) => {
            if let Some(old) = service.vendor_record_named(KIND, &name)? {
                service.delete_vendor_record(old.id)?;
            }
        }
        Some(id) => {
            let id = id.as_str().ok_or_else(|| Error::invalid("/id", Reason::WrongType("string")))?;
            let found = Id::from_uuid(id).map(|id| if_there(service.provider(id))).transpose()?.flatten();
            let provider =
                found.ok_or_else(|| Error::invalid("/id", Reason::Unknown(Resource::IdentityProvider)))?.id;
            service.put_vendor_record(KIND, &name, |record, _| {
                Ok(VendorRecord { owners: vec![population, provider], ..record })
            })?;
        }
    }
    answer(call, &environment, population)
}

fn answer(call: &Call<'_>, environment: &Environment, population: Id) -> Result<Response> {
    let url = format!("{}/populations/{}", environment.url, population.to_uuid());
    let own = format!("{url}/defaultIdentityProvider");
    let links = links::to(&[("self", &own), ("population", &url), ("environment", &environment.url)]);
    let mut document = Members::from_iter([("_links".to_owned(), links)]);
    let record = environment.service.vendor_record_named(KIND, &population.to_string())?;
    if let Some(id) = record.and_then(|record| record.owners.last().copied()) {
        let provider = environment.service.provider(id)?;
        document.insert("id".to_owned(), id.to_uuid().into());
        document.insert("type".to_owned(), json!(Kind::of(&provider.protocol).map(|kind| kind.name)));
    }
    answers::json(call, StatusCode::OK, &document)
}
