//! Lists of providers.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::asked::Asked;
use super::failure::Failure;
use super::kinds::{KINDS, Kind};
use super::owners::Surface;
use super::wire::answers;
use super::{answer, ids, protojson, time};
use crate::dialects::if_there;
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::http::body::{self, List};
use crate::http::{Call, Response};
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{ProviderQuery, Service};

/// The switch with which searches have no limit, as it was with ZITADEL before 2026. Without it whoever names no limit
/// gets at most 1000 providers, and whoever names a higher one is refused.
pub const UNLIMITED_SEARCH: &str = "zitadel-unlimited-search";

/// The most providers in one answer.
const MOST: usize = 1000;

/// The answer to a search.
#[derive(Serialize)]
struct Listed {
    details: Members,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Box<RawValue>>,
}

/// The providers that fit, in the order in which they were made: ZITADEL sorts by nothing else. An organization sees
/// its own and the instance's.
pub(super) fn list(call: &Call<'_>, asked: &Asked) -> Result<Response> {
    let (offset, limit) = window(&asked.members, call.switches.contains(UNLIMITED_SEARCH))?;
    let queries = queries(asked)?;
    let services = match asked.surface {
        Surface::Admin => vec![&asked.service],
        Surface::Management => vec![&asked.service, call.service],
    };
    let mut found = Vec::new();
    for service in services {
        found.extend(fitting(service, &queries)?.into_iter().map(|id| (id, service)));
    }
    found.sort_unstable_by_key(|(id, _)| *id);
    let total = found.len();
    let mut shown = List::default();
    for (id, service) in found.into_iter().skip(offset).take(limit) {
        if let Some(record) = if_there(service.provider(id))? {
            shown.push(&answer::listed(service, &record)?)?;
        }
    }
    // The server reads the total from the rows of the page.
    let details = details(call, if shown.is_empty() { 0 } else { total })?;
    let result = (!shown.is_empty()).then(|| shown.member()).transpose()?;
    body::json(StatusCode::OK, &Listed { details, result })
}

fn details(call: &Call<'_>, total: usize) -> Result<Members> {
    let mut details = Members::new();
    answer::put(&mut details, "totalResult", total.to_string());
    answer::put(&mut details, "processedSequence", call.service.last_change()?.to_string());
    answer::put(&mut details, "viewTimestamp", time(call.service.env().clock.now()));
    Ok(protojson::write(&answers::LIST_DETAILS, details))
}

/// Offset and limit; no limit means the most.
fn window(members: &Members, is_unlimited: bool) -> Result<(usize, usize), Failure> {
    let query = members.get("query");
    let offset = query.and_then(|query| query.get("offset")).and_then(Value::as_str);
    let offset = offset.map_or(0, |offset| offset.parse().unwrap_or(usize::MAX));
    let limit = query.and_then(|query| query.get("limit")).and_then(Value::as_u64);
    let most = if is_unlimited { usize::MAX } else { MOST };
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
        let kinds = KINDS.iter().map(|kind| kind.blank().kind()).collect();
        Ok(service.provider_ids(&ProviderQuery { kinds, ..ProviderQuery::all() })?.items)
    } else {
        let fits = |record: &IdentityProvider| {
            Kind::of(&record.protocol).is_some() && queries.iter().all(|query| query.fits(record))
        };
        fitting_candidates(service, queries, fits)
    }
}

/// How many candidates are read at once.
const AT_ONCE: usize = 16;

/// Those that fit of few providers among which are all that do: where an id, a name or its start is asked for, those to
/// which the indexes lead. Of long names no index knows what they contain near their ends.
fn fitting_candidates(
    service: &Service,
    queries: &[Query],
    fits: impl Fn(&IdentityProvider) -> bool,
) -> Result<Vec<Id>> {
    let mut wanted = ProviderQuery { limit: AT_ONCE, ..ProviderQuery::default() };
    for query in queries {
        match query {
            Query::Id(id) => {
                let found = ids::read(id).map_or(Ok(None), |id| if_there(service.provider(id)))?;
                return Ok(found.filter(fits).map(|record| record.id).into_iter().collect());
            }
            Query::Name(name, Method { part: Part::Whole, ignores_case: false }) => {
                wanted.name = Some(name.clone());
            }
            Query::Name(name, Method { part: Part::Whole | Part::Start, .. }) if !name.is_empty() => {
                wanted.name_contains = Some(name.clone());
            }
            Query::Name(..) | Query::Owner { .. } => {}
        }
    }
    let mut found = Vec::new();
    loop {
        let page = service.providers(&wanted)?;
        found.extend(page.items.into_iter().filter(&fits).map(|record| record.id));
        match page.next {
            Some(next) => wanted.after = Some(next),
            None => return Ok(found),
        }
    }
}
