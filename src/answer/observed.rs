//! How a store with a harness answers: scripted faults come first, and every request is noted.

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::ORIGIN;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::IdpStore;
use super::apis::{Api, Operation};
use crate::engine::records::is_secret;
use crate::error::{ErrorKind, Result};
use crate::harness::{Asked, Fault, Harness, ServedRequest};
use crate::http::body::{JSON, with_body};
use crate::http::{Quota, Request, Response, path_of};

/// The paths of the harness itself, at which no fault applies and nothing is noted.
#[cfg(feature = "api")]
const CONTROLS: &str = "/_idpstore/harness/";

/// Marks the answers of paths and methods at which nothing is served.
const MARK: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-idpstore"), HeaderValue::from_static("not-emulated"));

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

impl IdpStore {
    /// As [`IdpStore::served`], but for what the harness does to it.
    pub(super) fn observed(&self, harness: &Harness, request: Request, body_outcome: Result<()>) -> Response {
        #[cfg(feature = "api")]
        if path_of(&request).starts_with(CONTROLS) {
            return self.served_by(Api::Controls, request, body_outcome);
        }
        let api = Api::of(&request);
        let found = api.and_then(|api| api.find(request.method(), path_of(&request)).ok());
        let operation = found.map(|(operation, _)| operation);
        let mut noted = noted(api, operation, &request);
        let asked = Asked {
            dialect: noted.dialect.unwrap_or_default(),
            operation: noted.operation,
            method: request.method(),
            path: path_of(&request),
        };
        let scripted = harness.disturb(&asked);
        let before = self.service.last_change().unwrap_or_default();
        let answer = scripted.as_ref().and_then(|it| self.scripted(&it.fault, api, operation, &request));
        let mut response = answer.unwrap_or_else(|| self.served(request, body_outcome));
        if let Some(ErrorKind::Pending(_)) = response.extensions().get() {
            if let Some(scripted) = scripted {
                harness.give_back(scripted);
            }
            return response;
        }
        noted.time = self.service.env().clock.now();
        let is_dropped = scripted.as_ref().is_some_and(|scripted| scripted.fault.drop);
        noted.status = if is_dropped { 0 } else { response.status().as_u16() };
        noted.change = self.service.last_change().ok().filter(|after| *after > before);
        noted.fault = scripted.is_some();
        response.extensions_mut().insert(harness.note(noted));
        if operation.is_none() {
            response.headers_mut().extend([MARK]);
        }
        if let Some(scripted) = scripted {
            response.extensions_mut().insert(scripted.fault.disturbance());
        }
        response
    }

    /// What is answered in place of the call, if the fault says so.
    fn scripted(
        &self,
        fault: &Fault,
        api: Option<Api>,
        operation: Option<Operation>,
        request: &Request,
    ) -> Option<Response> {
        let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok());
        let env = self.service.env();
        let mut response = match (&fault.body, api, fault.error(env.clock.now())) {
            _ if fault.drop => Response::default(),
            (Some(serde_json::Value::String(text)), ..) => {
                with_body(StatusCode::OK, TEXT, Bytes::from(text.clone()))
            }
            (Some(body), ..) => with_body(StatusCode::OK, JSON, Bytes::from(body.to_string())),
            (None, Some(api), Some(error)) => {
                let wording = operation.map_or(api.wording(), Operation::wording);
                let mut response = wording.answer(&error, request, env);
                if let ErrorKind::RateLimited { reset } = *error.kind() {
                    response.extensions_mut().insert(Quota::used_up(reset));
                }
                response
            }
            (None, None, Some(_)) => Response::default(),
            (None, _, None) => return None,
        };
        *response.status_mut() = status.unwrap_or(StatusCode::OK);
        if let Some(api) = api {
            let is_head = request.method() == Method::HEAD;
            self.finish(api, &mut response, request.headers().get(ORIGIN).cloned(), is_head);
        }
        Some(response)
    }
}

/// What is noted of a request before it is answered.
fn noted(api: Option<Api>, operation: Option<Operation>, request: &Request) -> ServedRequest {
    ServedRequest {
        dialect: api.map(Api::name),
        operation: operation.map(Operation::name),
        method: request.method().to_string(),
        path: path_of(request).to_owned(),
        query: request.uri().query().map(without_secrets).unwrap_or_default(),
        ..ServedRequest::default()
    }
}

/// A query whose values that may be secrets are empty.
fn without_secrets(query: &str) -> String {
    let mut kept = Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        kept.append_pair(&name, if is_secret(&name) { "" } else { &value });
    }
    kept.finish()
}
