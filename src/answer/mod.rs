//! How a request is answered: let in, routed, handled, and worded if it failed; also as a service of tower. May import
//! everything.

mod apis;
mod locked;
#[cfg(feature = "testing")]
mod observed;
mod revision;
#[cfg(feature = "tower")]
mod tower;

use std::borrow::Cow;
use std::mem;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, ORIGIN, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};

pub use self::apis::path_prefixes;
use self::apis::{Api, Operation};
use self::locked::leave_out_sealed;
use self::revision::View;
#[cfg(feature = "api")]
use crate::api;
use crate::error::{Error, ErrorKind, Result};
use crate::http::router::Params;
use crate::http::{Call, Request, Response, Wording, authority_of, path_of};
use crate::model::Tenant;
use crate::store::{ApiName, Grant, IdpStore};

/// What has been found out about a request by the time it is answered, or has failed.
struct Course {
    /// What words its errors.
    wording: &'static dyn Wording,
    /// What is seen of a shared store.
    view: Option<View>,
}

impl IdpStore {
    /// Answers a request to any of the vendors' APIs, or to the one of no vendor, whose paths start with `/_idpstore/`.
    /// Whatever goes wrong, too, is answered in the words of that API. Among the extensions of the response are then the
    /// [`ErrorKind`] and, for logs, the whole `Arc<`[`Error`](crate::Error)`>` with its causes; if something was written that
    /// the host should know more of, there are [`Warnings`](crate::http::Warnings).
    ///
    /// Where other processes write to the same store, answers have the header [`REVISION_HEADER`](crate::REVISION_HEADER) and, if what
    /// they show may be a second old or more, `Age`. A request with the former waits for that change for up to three seconds.
    #[must_use]
    pub fn handle(&self, request: Request) -> Response {
        self.respond(request, Ok(()))
    }

    /// As [`IdpStore::handle`], for a host that makes keys and signatures, or fetches documents, between calls: if one is
    /// missing the call has changed nothing, and the host repeats it once it has what was missing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`], and no other.
    pub fn try_handle(&self, request: Request) -> Result<Response> {
        let response = self.handle(request);
        match response.extensions().get() {
            Some(pending @ ErrorKind::Pending(_)) => {
                if let Some(limit) = &self.settings.rate_limit {
                    limit.give_back();
                }
                Err(pending.clone().into())
            }
            _ => Ok(response),
        }
    }

    /// As [`IdpStore::handle`], for a host that also reports whether it could read the body.
    fn respond(&self, request: Request, body_outcome: Result<()>) -> Response {
        #[cfg(feature = "testing")]
        if let Some(harness) = &self.settings.harness {
            #[cfg(feature = "api")]
            if self.settings.serves_controls && api::is_control(&request) {
                return self.served_by(Api::Controls, request, body_outcome);
            }
            return self.observed(harness, &request, || self.served(request.clone(), body_outcome));
        }
        self.served(request, body_outcome)
    }

    /// The answer of the store.
    fn served(&self, request: Request, body_outcome: Result<()>) -> Response {
        match Api::of(&request) {
            Some(api) => self.served_by(api, request, body_outcome),
            None => unknown_path(),
        }
    }

    /// The answer of an API.
    fn served_by(&self, api: Api, mut request: Request, body_outcome: Result<()>) -> Response {
        let is_head = request.method() == Method::HEAD;
        let mut course = Course { wording: api.wording(), view: None };
        let origin = request.headers().get(ORIGIN).cloned();
        let (quota, passes) =
            match self.settings.rate_limit.as_ref().filter(|_| api.is_limited(path_of(&request))) {
                Some(limit) => limit.count(self.service.env().clock.now()),
                None => (None, Ok(())),
            };
        let outcome = passes.and_then(|()| self.answer(api, &mut request, body_outcome, &mut course));
        let mut response = outcome.unwrap_or_else(|error| {
            let mut response = self.worded(course.wording, &error, &request);
            response.extensions_mut().insert(error.kind().clone());
            response.extensions_mut().insert(Arc::new(error));
            response
        });
        leave_out_sealed(&mut response);
        if let Some(quota) = quota {
            response.extensions_mut().insert(quota);
        }
        if let Some(view) = course.view {
            view.mark(&mut response);
        }
        self.finish(api, &mut response, origin, is_head);
        response
    }

    /// An error in the words of an API. When to try again is a header of HTTP, and the same at all vendors.
    fn worded(&self, wording: &dyn Wording, error: &Error, request: &Request) -> Response {
        let mut response = wording.answer(error, request, self.service.env());
        if let ErrorKind::Unavailable { retry_after } = *error.kind() {
            response.headers_mut().insert(RETRY_AFTER, retry_after.into());
        }
        response
    }

    /// Adds what all answers of an API have.
    fn finish(&self, api: Api, response: &mut Response, origin: Option<HeaderValue>, is_head: bool) {
        api.finish(response, self.service.env());
        if let (Some(cors), Some(origin)) = (api.cors(), origin) {
            cors.allow(origin, response.headers_mut());
        }
        if is_head {
            leave_out_body(response);
        }
    }

    fn answer(
        &self,
        api: Api,
        request: &mut Request,
        body_outcome: Result<()>,
        course: &mut Course,
    ) -> Result<Response> {
        if let Some(response) = api.cors().and_then(|cors| cors.preflight(request)) {
            return Ok(response);
        }
        let (mut parts, body) = mem::take(request).into_parts();
        let granted = match &self.settings.authorizer {
            Some(authorizer) => {
                parts.extensions.insert(ApiName(api.name()));
                authorizer.authorize(&parts)
            }
            None => Ok(Grant::full()),
        };
        *request = Request::from_parts(parts, body);
        let found = api.find(request.method(), path_of(request));
        if let Ok((operation, _)) = &found {
            course.wording = operation.wording();
        }
        let wording = course.wording;
        let is_too_large = request.body().len() > self.body_limit;
        let is_for_anyone = || wording.refuse(ErrorKind::Unauthorized.into(), request).is_ok();
        let grant = match granted {
            // Who may only read may do what those may who have no token.
            Ok(grant) if grant.only_reads && is_for_anyone() => Grant { only_reads: false, ..grant },
            Ok(grant) => grant,
            // Of the routes and limits, strangers learn only what the vendor's own server shows them.
            Err(refusal) if is_too_large => return Err(refusal),
            Err(refusal) => {
                wording.refuse(refusal, request)?;
                Grant::full() // it is for anyone, so that there is nothing to restrict
            }
        };
        let (operation, params) = found?;
        if is_too_large {
            return Err(ErrorKind::TooLarge.into());
        }
        body_outcome?;
        course.view = self.view(request.headers())?;
        self.granting(&grant).viewed(course.view.as_ref()).perform(operation, params, request)
    }

    /// The same store for a caller who may do this.
    fn granting(&self, grant: &Grant) -> Self {
        let named = match &grant.actor {
            Some(actor) => self.as_actor(actor),
            None => self.clone(),
        };
        if grant.only_reads { Self { service: named.service.only_reading(), ..named } } else { named }
    }

    fn perform(&self, operation: Operation, params: Params<'_>, request: &Request) -> Result<Response> {
        let (dialect, route) = match operation {
            Operation::Vendor(dialect, route) => (dialect, route),
            #[cfg(feature = "api")]
            Operation::Neutral(operation) => return api::answer(self, operation, &params, request),
        };
        let base_url: Cow<'_, str> = match &self.base_url {
            Some(url) => (&**url).into(),
            None => base_url(request).into(),
        };
        let service = self.service.for_tenant(Tenant::DEFAULT).through(dialect.name, dialect.policy);
        (route.handler)(&Call {
            request,
            operation: route.operation,
            params,
            service: &service,
            base_url: &base_url,
            switches: &self.settings.switches,
        })
    }
}

/// Scheme and authority by which a request names us.
fn base_url(request: &Request) -> String {
    let scheme = request.uri().scheme_str().unwrap_or("http");
    format!("{scheme}://{}", authority_of(request).unwrap_or("localhost"))
}

/// The answer to a request for a path that belongs to no API.
fn unknown_path() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Turns the answer to a `GET` into that to a `HEAD` (RFC 9110, section 9.3.2).
fn leave_out_body(response: &mut Response) {
    let length = mem::take(response.body_mut()).len();
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
}
