//! Lists of providers.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::documents::Version;
use super::documents::commands::Ids;
use super::documents::fields::{ID, NAME};
use super::documents::kinds::{KINDS, Kind};
use super::documents::provider::PROVIDER;
use super::documents::queries::{
    ANY, BY_ID, BY_NAME, BY_OWNER, END, IN_ANY_CASE, INSTANCE, LIMIT, METHOD, METHODS, OFFSET, OWNER_TYPE,
    QUERIES, RANGE, START, WHOLE,
};
use super::failure::Failure;
use super::owners::Surface;
use super::requested::Requested;
use super::{answers, ids, providers};
use crate::dialects::document::value_of;
use crate::dialects::if_there;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::protojson::Field;
use crate::error::Result;
use crate::http::body::{self, List};
use crate::http::{Call, Response};
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{ProviderQuery, Service};

/// The switch with which searches have no limit, as with ZITADEL before 2026. Without it a search that names no limit
/// returns at most 1000 providers, and one that names a higher limit is refused.
pub const UNLIMITED_SEARCH: &str = "zitadel-unlimited-search";

/// The most providers in one answer.
const MOST: usize = 1000;

/// The error of a condition that names nothing.
const EMPTY: Ids = Ids { instance: "ADMIN-Dr2aa", organization: "ORG-Dr2aa" };

/// The answer to a search.
#[derive(Serialize)]
struct Listed {
    details: Members,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Box<RawValue>>,
}

/// The providers that fit, in the order in which they were made: ZITADEL sorts by nothing else. An organization sees
/// its own and the instance's.
pub(super) fn list(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let (offset, limit) = window(call, requested)?;
    let services = services(call, requested);
    let found = matching(&services, &queries(requested, EMPTY)?, None)?;
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let mut shown = List::default();
    for (id, position) in found.into_iter().skip(offset).take(limit) {
        let Some(service) = services.get(position) else { continue };
        if let Some(record) = if_there(service.provider(id))? {
            let scene = providers::scene(service, &record, Version::V1)?;
            shown.push_with(|bytes| PROVIDER.write(&record, &scene, bytes))?;
        }
    }
    // The server reads the total from the rows of the page.
    let total = if shown.is_empty() { 0 } else { total };
    let details = answers::list_details(call.service, requested.surface, total)?;
    let result = (!shown.is_empty()).then(|| shown.member()).transpose()?;
    body::json(StatusCode::OK, &Listed { details, result })
}

/// The services whose providers an owner sees.
pub(super) fn services<'c>(call: &'c Call<'_>, requested: &'c Requested) -> Vec<&'c Service> {
    match requested.surface {
        Surface::Admin => vec![&requested.service],
        _ => vec![&requested.service, call.service],
    }
}

/// What must be true of providers besides what is searched for: their kind is one of these, and the condition holds.
pub(super) type Only = (&'static [&'static Kind], fn(&IdentityProvider) -> bool);

/// The ids of the providers that fit, in the order in which they were made, each with the position of its service.
pub(super) fn matching(
    services: &[&Service],
    queries: &[Query],
    only: Option<&Only>,
) -> Result<Vec<(Id, usize)>> {
    let mut found = Vec::new();
    for (position, service) in services.iter().enumerate() {
        found.extend(fitting(service, queries, only)?.into_iter().map(|id| (id, position)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Offset and limit; no limit means the most.
pub(super) fn window(call: &Call<'_>, requested: &Requested) -> Result<(usize, usize)> {
    let member = |field: Field| requested.members.get(RANGE.name)?.get(field.name);
    let offset = member(OFFSET).and_then(Value::as_str);
    let offset = offset.map_or(0, |offset| offset.parse().unwrap_or(usize::MAX));
    let limit = member(LIMIT).and_then(Value::as_u64);
    let most = if call.switches.contains(UNLIMITED_SEARCH) { usize::MAX } else { MOST };
    match limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)) {
        Some(limit) if limit > most => Err(Failure::invalid("Limit exceeded", "QUERY-4M0fs").into()),
        limit => Ok((offset, limit.unwrap_or(most))),
    }
}

/// One condition.
pub(super) enum Query {
    Id(String),
    Name(String, Method),
    Owner { is_instance: bool },
}

/// How a name is compared.
#[derive(Clone, Copy)]
pub(super) struct Method {
    /// Which part of it, in the words of [`METHODS`].
    part: &'static str,
    ignores_case: bool,
}

/// The conditions; `ids` is the error of one that names nothing.
pub(super) fn queries(requested: &Requested, ids: Ids) -> Result<Vec<Query>> {
    let elements = requested.members.get(QUERIES.name).and_then(Value::as_array).map(Vec::as_slice);
    let empty = || Failure::invalid("List.Query.Invalid", requested.surface.id(ids));
    elements.unwrap_or_default().iter().map(|element| query(element).ok_or_else(|| empty().into())).collect()
}

fn query(element: &Value) -> Option<Query> {
    let text = |query: &Value, member: &str| {
        query.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    if let Some(query) = element.get(BY_ID.name) {
        return Some(Query::Id(text(query, ID.key())));
    }
    if let Some(query) = element.get(BY_NAME.name) {
        return Some(Query::Name(text(query, NAME.key()), method(query.get(METHOD.name))));
    }
    if let Some(query) = element.get(BY_OWNER.name) {
        return Some(Query::Owner { is_instance: text(query, OWNER_TYPE.name) == INSTANCE });
    }
    None
}

fn method(name: Option<&Value>) -> Method {
    let words = value_of(METHODS, name).unwrap_or(WHOLE);
    match words.strip_suffix(IN_ANY_CASE) {
        Some(part) => Method { part, ignores_case: true },
        None => Method { part: words, ignores_case: false },
    }
}

impl Method {
    fn fits(self, name: &str, wanted: &str) -> bool {
        if self.ignores_case {
            let method = Self { ignores_case: false, ..self };
            return method.fits(&name.to_lowercase(), &wanted.to_lowercase());
        }
        match self.part {
            START => name.starts_with(wanted),
            END => name.ends_with(wanted),
            ANY => name.contains(wanted),
            _ => name == wanted,
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
fn fitting(service: &Service, queries: &[Query], only: Option<&Only>) -> Result<Vec<Id>> {
    let owned_by_instance = service.tenant_id() == Tenant::DEFAULT;
    let is_of_another =
        |query: &Query| matches!(query, Query::Owner { is_instance } if *is_instance != owned_by_instance);
    if queries.iter().any(is_of_another) {
        return Ok(Vec::new());
    }
    let kinds = |kinds: &[&Kind]| kinds.iter().map(|kind| kind.blank().kind()).collect();
    if only.is_none() && queries.iter().all(|query| matches!(query, Query::Owner { .. })) {
        let query = ProviderQuery { kinds: kinds(KINDS), ..ProviderQuery::all() };
        return Ok(service.provider_ids(&query)?.items);
    }
    let fits = |record: &IdentityProvider| {
        Kind::of(&record.protocol).is_some()
            && only.is_none_or(|(_, holds)| holds(record))
            && queries.iter().all(|query| query.fits(record))
    };
    let kinds = only.map(|(among, _)| kinds(among)).unwrap_or_default();
    fitting_candidates(service, queries, kinds, fits)
}

/// How many candidates are read at once.
const AT_ONCE: usize = 16;

/// Those that fit of few providers among which are all that do: if an id, a name or its start is requested, those to which
/// the indexes lead. Of long names no index has what they contain near their ends.
fn fitting_candidates(
    service: &Service,
    queries: &[Query],
    kinds: Vec<String>,
    fits: impl Fn(&IdentityProvider) -> bool,
) -> Result<Vec<Id>> {
    let mut wanted = ProviderQuery { limit: AT_ONCE, kinds, ..ProviderQuery::default() };
    for query in queries {
        match query {
            Query::Id(id) => {
                let found = ids::read(id).map_or(Ok(None), |id| if_there(service.provider(id)))?;
                return Ok(found.filter(fits).map(|record| record.id).into_iter().collect());
            }
            Query::Name(name, Method { part: WHOLE, ignores_case: false }) => {
                wanted.name = Some(name.clone());
            }
            Query::Name(name, Method { part: WHOLE | START, .. }) if !name.is_empty() => {
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
