//! The verbs of the store over HTTP, in no vendor's form, below `/_idpstore/`. One table ([`OPERATIONS`]) lists what there is;
//! what is served, who may call it, the OpenAPI document and `docs/api.md` follow from it. Handlers call the typed verbs and
//! have no rules of their own. May import everything but `answer`.

mod applications;
mod changes;
mod crossings;
mod documents;
mod given;
#[cfg(feature = "testing")]
mod harness;
mod imports;
mod keys;
mod lists;
mod names;
mod openapi;
mod operation;
mod owners;
mod problem;
mod providers;
#[cfg(test)]
mod reference;
mod records;
mod store;
mod table;
mod tenants;

#[cfg(feature = "testing")]
pub(crate) use harness::CONTROLS;
pub(crate) use operation::Operation;
pub(crate) use problem::Problems;
pub(crate) use table::OPERATIONS;

use http::header::{CACHE_CONTROL, LOCATION, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use self::given::Given;
use self::operation::{AS_OF, Answer, Outcome};
use crate::error::Result;
use crate::http::body::{self, JSON};
use crate::http::router::Params;
use crate::http::{Request, Response, path_of};
use crate::model::{Id, Tenant};
use crate::pki::Timestamp;
use crate::service::Policy;
use crate::store::IdpStore;

/// The start of all paths.
pub(crate) const PREFIX: &str = "/_idpstore/";

/// Whether the store is well.
pub(crate) const HEALTH: &str = "/_idpstore/health";

/// Under which name the change log has what is done through it by callers without a name.
const NAME: &str = "api";

/// Whether a path belongs to this API.
pub(crate) fn has_path(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Whether a request is for the controls of a harness.
#[cfg(feature = "testing")]
pub(crate) fn is_control(request: &Request) -> bool {
    path_of(request).starts_with(harness::PREFIX)
}

/// The operations at a path.
fn operations(path: &str) -> &'static [Operation] {
    #[cfg(feature = "testing")]
    if path.starts_with(harness::PREFIX) {
        return CONTROLS;
    }
    let _ = path;
    OPERATIONS
}

/// A request on its way through a handler.
#[derive(Clone)]
pub(crate) struct Call<'c> {
    /// The store, for the tenant that the request names.
    store: IdpStore,
    params: &'c Params<'c>,
    given: &'c Given,
}

impl Call<'_> {
    /// The segment of the path where the table has `{name}`.
    fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    fn now(&self) -> Timestamp {
        self.store.service.env().clock.now()
    }
}

/// Answers a request to an operation.
pub(crate) fn answer(
    store: &IdpStore,
    operation: &Operation,
    params: &Params<'_>,
    request: &Request,
) -> Result<Response> {
    let given = Given::read(operation, request)?;
    if operation.writes() && !given.flag("plan") {
        store.service.refuse_changes()?;
    }
    let tenant = given.id("?tenant")?.unwrap_or(Tenant::DEFAULT);
    let past = given.optional_number(AS_OF.name).map(|number| store.at(number)).transpose()?;
    let store = past.as_ref().unwrap_or(store);
    let service = store.service.for_tenant(tenant).through(NAME, &Policy::NEUTRAL);
    if tenant != Tenant::DEFAULT {
        service.tenant()?;
    }
    let call = Call { store: IdpStore { service, ..store.clone() }, params, given: &given };
    if given.flag("plan") && !table::PLAN_THEMSELVES.contains(&operation.id) {
        return respond(Answer::Json("Plan"), StatusCode::OK, planned(operation, &call)?);
    }
    let outcome = (operation.handler)(&call)?;
    let location = match &outcome {
        Outcome::Json(made) if operation.status == StatusCode::CREATED => location(request, tenant, made),
        _ => None,
    };
    let mut response = respond(operation.answer, operation.status, outcome)?;
    response.headers_mut().extend(location.map(|location| (LOCATION, location)));
    Ok(response)
}

/// Where a new record is: below the path of the request, or among the providers.
fn location(request: &Request, tenant: Id, made: &Value) -> Option<HeaderValue> {
    let (folder, record) = match made.get("provider") {
        Some(provider) => ("/_idpstore/v1/providers", provider),
        None => (path_of(request), made),
    };
    let id = record.get("id")?.as_str()?;
    let of_tenant =
        made.get("tenant").and_then(Value::as_str).map_or_else(|| tenant.to_string(), str::to_owned);
    let is_default = of_tenant == Tenant::DEFAULT.to_string();
    let query = if is_default { String::new() } else { format!("?tenant={of_tenant}") };
    HeaderValue::try_from(format!("{folder}/{id}{query}")).ok()
}

/// What a call would change, and what it would answer.
fn planned(operation: &Operation, call: &Call<'_>) -> Result<Outcome> {
    let mut answer = None;
    let plan = call.store.plan(|store| {
        let call = Call { store: store.clone(), ..call.clone() };
        if let Outcome::Json(document) = (operation.handler)(&call)? {
            answer = Some(document);
        }
        Ok(())
    })?;
    Ok(Outcome::Json(documents::plan(&plan, answer.as_ref())))
}

fn respond(answer: Answer, status: StatusCode, outcome: Outcome) -> Result<Response> {
    let (media_type, bytes) = match outcome {
        Outcome::Nothing => return Ok(body::no_content()),
        Outcome::Json(document) => (JSON, body::bytes(&document)?),
        Outcome::Bytes(bytes) => (JSON, bytes.into()),
    };
    let media_type = match answer {
        Answer::Other(other) => HeaderValue::from_static(other),
        Answer::Nothing | Answer::Json(_) | Answer::List(_) => media_type,
    };
    Ok(body::with_body(status, media_type, bytes))
}

/// Adds the headers that all answers have.
pub(crate) fn finish(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// The OpenAPI document that the table is.
fn description(_: &Call<'_>) -> Result<Outcome> {
    openapi::document(OPERATIONS).map(Outcome::Json)
}

/// That the store can be read, and what it is.
fn health(call: &Call<'_>) -> Result<Outcome> {
    call.store.service.last_change()?;
    let mut document = serde_json::json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "form": crate::engine::migrate::FORM,
    });
    if let (true, Some(members)) = (call.store.is_shared(), document.as_object_mut()) {
        members.insert("lag".to_owned(), call.store.lag().as_secs().into());
    }
    Ok(Outcome::Json(document))
}
