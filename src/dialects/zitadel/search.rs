//! Lists of providers.

use serde_json::Value;

use super::errors::Failure;
use super::kinds::Kind;
use super::operations::Asked;
use super::owners::Surface;
use super::{answer, ids, time};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::model::{IdentityProvider, Tenant};
use crate::service::{ProviderQuery, Service};

/// The providers that fit, in the order in which they were made: ZITADEL sorts by nothing else. An organization sees
/// its own and the instance's.
pub(super) fn list(instance: &Service, asked: &Asked) -> Result<Members> {
    let queries = queries(asked)?;
    let mut found = fitting(&asked.service, &queries)?;
    if asked.surface == Surface::Management {
        found.extend(fitting(instance, &queries)?);
        found.sort_by_key(|(_, record)| record.id);
    }
    let total = found.len();
    let (offset, limit) = window(&asked.members);
    let page = found.into_iter().skip(offset).take(limit);
    let shown = page.map(|(service, record)| answer::provider(service, &record, answer::Version::V1));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    let mut details = Members::new();
    // The server reads the total from the rows of the page.
    answer::put(&mut details, "totalResult", if shown.is_empty() { 0 } else { total }.to_string());
    answer::put(&mut details, "processedSequence", instance.last_change()?.to_string());
    answer::put(&mut details, "viewTimestamp", time(instance.env().clock.now()));
    let mut answer = Members::new();
    answer::put(&mut answer, "details", Value::Object(details));
    answer::put(&mut answer, "result", shown);
    Ok(answer)
}

/// Offset and limit; no limit means all.
fn window(members: &Members) -> (usize, usize) {
    let query = members.get("query");
    let offset = query.and_then(|query| query.get("offset")).and_then(Value::as_str);
    let limit = query.and_then(|query| query.get("limit")).and_then(Value::as_u64);
    let offset = offset.map_or(0, |offset| offset.parse().unwrap_or(usize::MAX));
    (offset, limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX))
}

/// One condition.
enum Query {
    Id(String),
    Name(String, Method),
    Owner { is_instance: bool },
}

/// How a name is compared.
struct Method {
    compare: fn(&str, &str) -> bool,
    ignores_case: bool,
}

fn queries(asked: &Asked) -> Result<Vec<Query>, Failure> {
    let elements = asked.members.get("queries").and_then(Value::as_array).map(Vec::as_slice);
    elements.unwrap_or_default().iter().map(|element| query(asked.surface, element)).collect()
}

fn query(surface: Surface, element: &Value) -> Result<Query, Failure> {
    let text = |query: &Value, member: &str| {
        query.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    if let Some(query) = element.get("idpIdQuery") {
        return Ok(Query::Id(text(query, "id")));
    }
    if let Some(query) = element.get("idpNameQuery") {
        return Ok(Query::Name(text(query, "name"), method(&text(query, "method"))));
    }
    if let Some(query) = element.get("ownerTypeQuery") {
        return Ok(Query::Owner { is_instance: text(query, "ownerType") == "IDP_OWNER_TYPE_SYSTEM" });
    }
    let id = match surface {
        Surface::Admin => "ADMIN-Dr2aa",
        Surface::Management => "ORG-Dr2aa",
    };
    Err(Failure::invalid("List.Query.Invalid", id))
}

fn method(name: &str) -> Method {
    let name = name.strip_prefix("TEXT_QUERY_METHOD_").unwrap_or(name);
    let (name, ignores_case) = match name.strip_suffix("_IGNORE_CASE") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let compare: fn(&str, &str) -> bool = match name {
        "STARTS_WITH" => |text, wanted| text.starts_with(wanted),
        "CONTAINS" => |text, wanted| text.contains(wanted),
        "ENDS_WITH" => |text, wanted| text.ends_with(wanted),
        _ => |text, wanted| text == wanted,
    };
    Method { compare, ignores_case }
}

impl Query {
    fn fits(&self, service: &Service, record: &IdentityProvider) -> bool {
        match self {
            Self::Id(id) => ids::spell(record.id) == *id,
            Self::Name(wanted, method) if method.ignores_case => {
                (method.compare)(&record.name.to_lowercase(), &wanted.to_lowercase())
            }
            Self::Name(wanted, method) => (method.compare)(&record.name, wanted),
            Self::Owner { is_instance } => (service.tenant_id() == Tenant::DEFAULT) == *is_instance,
        }
    }
}

/// The providers of one owner that ZITADEL can show and that fit all queries.
fn fitting<'s>(service: &'s Service, queries: &[Query]) -> Result<Vec<(&'s Service, IdentityProvider)>> {
    let everything = ProviderQuery { name_contains: None, kind: None, after: None, limit: usize::MAX };
    let records = service.providers(&everything)?.items.into_iter();
    let fits = |record: &IdentityProvider| {
        Kind::of(&record.protocol).is_some() && queries.iter().all(|query| query.fits(service, record))
    };
    Ok(records.filter(fits).map(|record| (service, record)).collect())
}
