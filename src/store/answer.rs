//! How a request is answered: let in, routed, handled, and worded if it failed.

use std::mem;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, ORIGIN};
use http::{Method, StatusCode};

use super::IdpStore;
use crate::dialects::{self, Dialect};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Request, Response, Wording, authority_of, path_of, router};
use crate::model::Tenant;

impl IdpStore {
    /// Answers a request to any of the vendors' APIs. Whatever goes wrong, too, is answered in the vendor's
    /// words. Among the extensions of the response are then the [`ErrorKind`] and, for logs, the whole
    /// `Arc<`[`Error`](crate::Error)`>` with its causes; if something was written that the host should know more of, there are
    /// [`Warnings`](crate::http::Warnings).
    #[must_use]
    pub fn handle(&self, request: Request) -> Response {
        self.respond(request, Ok(()))
    }

    /// As [`IdpStore::handle`], for a host that also reports whether it could read the body.
    pub(super) fn respond(&self, mut request: Request, body_outcome: Result<()>) -> Response {
        let Some(dialect) = dialects::of(&request) else { return nobodys_path() };
        let (mut wording, is_head) = (dialect.wording, request.method() == Method::HEAD);
        let origin = request.headers().get(ORIGIN).cloned();
        let (quota, passes) = match &self.settings.rate_limit {
            Some(limit) => limit.count(self.service.env().clock.now()),
            None => (None, Ok(())),
        };
        let outcome = passes.and_then(|()| self.answer(dialect, &mut request, body_outcome, &mut wording));
        let mut response = outcome.unwrap_or_else(|error| {
            let mut response = wording.answer(&error, &request, self.service.env());
            response.extensions_mut().insert(error.kind().clone());
            response.extensions_mut().insert(Arc::new(error));
            response
        });
        if let Some(quota) = quota {
            response.extensions_mut().insert(quota);
        }
        (dialect.finish)(&mut response, self.service.env());
        if let (Some(cors), Some(origin)) = (dialect.cors, origin) {
            cors.allow(origin, response.headers_mut());
        }
        if is_head {
            leave_out_body(&mut response);
        }
        response
    }

    fn answer(
        &self,
        dialect: &'static Dialect,
        request: &mut Request,
        body_outcome: Result<()>,
        wording: &mut &'static dyn Wording,
    ) -> Result<Response> {
        if let Some(response) = dialect.cors.and_then(|cors| cors.preflight(request)) {
            return Ok(response);
        }
        let (parts, body) = mem::take(request).into_parts();
        let refusal =
            self.settings.authorizer.as_ref().and_then(|authorizer| authorizer.authorize(&parts).err());
        *request = Request::from_parts(parts, body);
        let path = match path_of(request) {
            path if dialect.ignores_trailing_slash => path.trim_end_matches('/'),
            path => path,
        };
        let routed = router::find(dialect.routes, request.method(), path);
        if let Ok((route, _)) = &routed {
            *wording = route.wording;
        }
        let is_too_large = request.body().len() > self.settings.body_limit;
        if let Some(refusal) = refusal {
            // Of the routes and limits, strangers learn only what the vendor's own server shows them.
            if is_too_large {
                return Err(refusal);
            }
            wording.refuse(refusal, request)?;
        }
        let (route, params) = routed?;
        if is_too_large {
            return Err(ErrorKind::TooLarge.into());
        }
        body_outcome?;
        let base_url = match &self.settings.base_url {
            Some(url) => url.clone(),
            None => base_url(request),
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

/// The answer to a request for a path that belongs to no vendor.
fn nobodys_path() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Turns the answer to a `GET` into that to a `HEAD` (RFC 9110, section 9.3.2).
fn leave_out_body(response: &mut Response) {
    let length = mem::take(response.body_mut()).len();
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
}
