//! Lists of providers.

use serde_json::Value;

use super::asked::Asked;
use super::failure::Failure;
use super::kinds::{KINDS, Kind};
use super::owners::Surface;
use super::{answer, ids, time};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::http::Call;
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{ProviderQuery, Service};

/// The switch with which searches are limited as ZITADEL does it since 2026: who names no limit gets at most 1000
/// providers, and who names a higher one is refused.
pub const SEARCH_LIMIT: &str = "zitadel-search-limit";

/// The most providers in one answer, where there is such a limit.
const MOST: usize = 1000;

/// The providers that fit, in the order in which they were made: ZITADEL sorts by nothing else. An organization sees
/// its own and the instance's.
pub(super) fn list(call: &Call<'_>, asked: &Asked) -> Result<Members> {
    let (offset, limit) = window(&asked.members, call.switches.contains(SEARCH_LIMIT))?;
    let queries = queries(asked)?;
    let services = match asked.surface {
        Surface::Admin => vec![&asked.service],
        Surface::Management => vec![&asked.service, call.service],
    };
    let mut found = Vec::new();
    for service in &services {
        found.extend(fitting(service, &queries)?);
    }
    found.sort_unstable();
    let total = found.len();
    let page: Vec<Id> = found.into_iter().skip(offset).take(limit).collect();
    let mut shown = Vec::new();
    for service in services {
        for record in service.providers_with(&page)? {
            shown.push((record.id, answer::provider(service, &record, answer::Version::V1)?));
        }
    }
    shown.sort_by_key(|(id, _)| *id);
    let shown: Vec<Value> = shown.into_iter().map(|(_, shown)| shown).collect();
    let mut details = Members::new();
    // The server reads the total from the rows of the page.
    answer::put(&mut details, "totalResult", if shown.is_empty() { 0 } else { total }.to_string());
    answer::put(&mut details, "processedSequence", call.service.last_change()?.to_string());
    answer::put(&mut details, "viewTimestamp", time(call.service.env().clock.now()));
    let mut answer = Members::new();
    answer::put(&mut answer, "details", Value::Object(details));
    answer::put(&mut answer, "result", shown);
    Ok(answer)
}

/// Offset and limit; no limit means all, or the most.
fn window(members: &Members, is_limited: bool) -> Result<(usize, usize), Failure> {
    let query = members.get("query");
    let offset = query.and_then(|query| query.get("offset")).and_then(Value::as_str);
    let offset = offset.map_or(0, |offset| offset.parse().unwrap_or(usize::MAX));
    let limit = query.and_then(|query| query.get("limit")).and_then(Value::as_u64);
    let most = if is_limited { MOST } else { usize::MAX };
    match limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)) {
        Some(limit) if limit > most => Err(Failure::invalid("Limit exceeded", "QUERY-4M0fs")),
        limit => Ok((offset, limit.unwrap_or(most))),
    }
}

/// One condition.
enum Query {
    Id(String),
    Name(String, Method),
    Owner { is_instance: bool },
}

/// How a name is compared.
#[derive(Clone, Copy)]
struct Method {
    part: Part,
    ignores_case: bool,
}

/// Where in a name a text has to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Start,
    End,
    Any,
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
    let part = match name {
        "STARTS_WITH" => Part::Start,
        "CONTAINS" => Part::Any,
        "ENDS_WITH" => Part::End,
        _ => Part::Whole,
    };
    Method { part, ignores_case }
}

impl Method {
    fn fits(self, name: &str, wanted: &str) -> bool {
        if self.ignores_case {
            let method = Self { ignores_case: false, ..self };
            return method.fits(&name.to_lowercase(), &wanted.to_lowercase());
        }
        match self.part {
            Part::Whole => name == wanted,
            Part::Start => name.starts_with(wanted),
            Part::End => name.ends_with(wanted),
            Part::Any => name.contains(wanted),
        }
    }
}

impl Query {
    /// Whether it is true of a provider whose owner it does not rule out.
    fn fits(&self, record: &IdentityProvider) -> bool {
        match self {
            Self::Id(id) => ids::spell(record.id) == *id,
            Self::Name(wanted, method) => method.fits(&record.name, wanted),
            Self::Owner { .. } => true,
        }
    }
}

/// The providers of one owner that ZITADEL can show and that fit all queries.
fn fitting(service: &Service, queries: &[Query]) -> Result<Vec<Id>> {
    let owned_by_instance = service.tenant_id() == Tenant::DEFAULT;
    let is_of_another =
        |query: &Query| matches!(query, Query::Owner { is_instance } if *is_instance != owned_by_instance);
    if queries.iter().any(is_of_another) {
        Ok(Vec::new())
    } else if queries.iter().all(|query| matches!(query, Query::Owner { .. })) {
        service.provider_ids(KINDS.iter().map(|kind| kind.blank().kind()))
    } else {
        let fits = |record: &IdentityProvider| {
            Kind::of(&record.protocol).is_some() && queries.iter().all(|query| query.fits(record))
        };
        let candidates = candidates(service, queries)?;
        Ok(candidates.into_iter().filter(fits).map(|record| record.id).collect())
    }
}

/// Few providers among which are all that fit: where an id, a name or its start is asked for, those to which the
/// indexes lead. Of long names no index knows what they contain near their ends.
fn candidates(service: &Service, queries: &[Query]) -> Result<Vec<IdentityProvider>> {
    let mut start = None;
    for query in queries {
        match query {
            Query::Id(id) => {
                return service.providers_with(ids::read(id).as_slice());
            }
            Query::Name(name, Method { part: Part::Whole, ignores_case: false }) => {
                return service.providers_named(name);
            }
            Query::Name(name, Method { part: Part::Whole | Part::Start, .. }) if !name.is_empty() => {
                start = Some(name.clone());
            }
            Query::Name(..) | Query::Owner { .. } => {}
        }
    }
    let query = ProviderQuery { name_contains: start, kind: None, after: None, limit: usize::MAX };
    Ok(service.providers(&query)?.items)
}
