//! Lists of providers.

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::documents::Version;
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
use super::{ids, providers, time};
use crate::dialects::document::value_of;
use crate::dialects::if_there;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::protojson::Field;
use crate::error::{Error, Reason, Result, Violation, pointer};
use crate::http::body::{self, List};
use crate::http::{Call, Response};
use crate::model::{Id, IdentityProvider, Tenant};
use crate::service::{ProviderQuery, Service};

/// The switch with which searches have no limit, as with ZITADEL before 2026. Without it a search that names no limit
/// returns at most 1000 providers, and one that names a higher limit is refused.
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
pub(super) fn list(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let (offset, limit) = window(&requested.members, call.switches.contains(UNLIMITED_SEARCH))?;
    let queries = queries(requested)?;
    let services = match requested.surface {
        Surface::Admin => vec![&requested.service],
        Surface::Management => vec![&requested.service, call.service],
    };
    let mut found = Vec::new();
    for (position, service) in services.iter().enumerate() {
        found.extend(fitting(service, &queries)?.into_iter().map(|id| (id, position)));
    }
    found.sort_unstable();
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
    let details = details(call, if shown.is_empty() { 0 } else { total })?;
    let result = (!shown.is_empty()).then(|| shown.member()).transpose()?;
    body::json(StatusCode::OK, &Listed { details, result })
}

/// Numbers are texts, and zeros are left out.
fn details(call: &Call<'_>, total: u64) -> Result<Members> {
    let numbers = [("totalResult", total), ("processedSequence", call.service.last_change()?)];
    let numbers = numbers.into_iter().filter(|(_, number)| *number > 0);
    let texts = numbers.map(|(name, number)| (name, number.to_string()));
    let texts = texts.chain([("viewTimestamp", time(call.service.env().clock.now()))]);
    Ok(texts.map(|(name, text)| (name.to_owned(), text.into())).collect())
}

/// Offset and limit; no limit means the most.
fn window(members: &Members, is_unlimited: bool) -> Result<(usize, usize)> {
    let member = |field: Field| members.get(RANGE.name)?.get(field.name);
    let offset = member(OFFSET).and_then(Value::as_str);
    let offset = offset.map_or(0, |offset| offset.parse().unwrap_or(usize::MAX));
    let limit = member(LIMIT).and_then(Value::as_u64);
    let most = if is_unlimited { usize::MAX } else { MOST };
    match limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)) {
        Some(limit) if limit > most => {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            Err(Error::invalid(pointer::of([RANGE.name, LIMIT.name]), Reason::OutOfRange(0, most)))
        }
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
    /// Which part of it, in the words of [`METHODS`].
    part: &'static str,
    ignores_case: bool,
}

fn queries(requested: &Requested) -> Result<Vec<Query>> {
    let elements = requested.members.get(QUERIES.name).and_then(Value::as_array).map(Vec::as_slice);
    elements.unwrap_or_default().iter().map(query).collect()
}

fn query(element: &Value) -> Result<Query> {
    let text = |query: &Value, member: &str| {
        query.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    if let Some(query) = element.get(BY_ID.name) {
        return Ok(Query::Id(text(query, ID.key())));
    }
    if let Some(query) = element.get(BY_NAME.name) {
        return Ok(Query::Name(text(query, NAME.key()), method(query.get(METHOD.name))));
    }
    if let Some(query) = element.get(BY_OWNER.name) {
        return Ok(Query::Owner { is_instance: text(query, OWNER_TYPE.name) == INSTANCE });
    }
    Err(Error::invalid(pointer::of([QUERIES.name]), Reason::Missing))
}

/// How ZITADEL words what is wrong with a search.
pub(super) fn refusal(surface: Surface, violation: &Violation) -> Failure {
    match (&violation.reason, surface) {
        (Reason::OutOfRange(..), _) => Failure::invalid("Limit exceeded", "QUERY-4M0fs"),
        (_, Surface::Admin) => Failure::invalid("List.Query.Invalid", "ADMIN-Dr2aa"),
        (_, Surface::Management) => Failure::invalid("List.Query.Invalid", "ORG-Dr2aa"),
    }
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

/// Those that fit of few providers among which are all that do: if an id, a name or its start is requested, those to which
/// the indexes lead. Of long names no index has what they contain near their ends.
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
