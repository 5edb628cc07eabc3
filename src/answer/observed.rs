//! How a store with a harness answers: scripted faults come first, and every request is noted.

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::ORIGIN;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::IdpStore;
use super::apis::{Api, Operation};
use crate::engine::records::is_secret;
use crate::error::ErrorKind;
use crate::harness::{Fault, Harness, ServedRequest, Target};
use crate::http::body::{JSON, with_body};
use crate::http::{Quota, Request, Response, path_of};

/// Marks the answers of paths and methods at which nothing is served.
const MARK: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-idpstore"), HeaderValue::from_static("not-emulated"));

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

impl IdpStore {
    /// The answer of `call`, but for what the harness does to it.
    pub(super) fn observed(
        &self,
        harness: &Harness,
        request: &Request,
        call: impl FnOnce() -> Response,
    ) -> Response {
        let api = Api::of(request);
        let found = api.and_then(|api| api.find(request.method(), path_of(request)).ok());
        let operation = found.map(|(operation, _)| operation);
        let mut noted = noted(api, operation, request);
        let (dialect, path) = (noted.dialect.unwrap_or_default(), path_of(request));
        let met =
            harness.meet(&Target { dialect, operation: noted.operation, method: request.method(), path });
        let before = self.service.last_change().unwrap_or_default();
        let scripted = met.fault.as_ref().and_then(|fault| self.scripted(fault, api, operation, request));
        let is_scripted = scripted.is_some();
        let mut response = scripted.unwrap_or_else(call);
        if let Some(ErrorKind::Pending(_)) = response.extensions().get() {
            // The host brings something, and repeats the call.
            harness.give_back(met);
            return response;
        }
        let is_dropped = met.fault.as_ref().is_some_and(|fault| fault.drop);
        noted.time = self.service.env().clock.now();
        noted.status = if is_dropped { 0 } else { response.status().as_u16() };
        noted.change = self.service.last_change().ok().filter(|after| *after > before);
        noted.fault = met.fault.is_some();
        response.extensions_mut().insert(harness.note(noted));
        if operation.is_none() && !is_scripted && response.status().is_client_error() {
            response.headers_mut().extend([MARK]);
        }
        if let Some(fault) = met.fault {
            response.extensions_mut().insert(fault.disturbance());
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
        let env = self.service.env();
        let mut response = match (&fault.body, fault.error(env.clock.now())) {
            _ if fault.drop => Response::default(),
            (Some(Value::String(text)), _) => with_body(StatusCode::OK, TEXT, Bytes::from(text.clone())),
            (Some(body), _) => with_body(StatusCode::OK, JSON, Bytes::from(body.to_string())),
            (None, Some(error)) => {
                let wording = operation.map(Operation::wording).or(api.map(Api::wording));
                let mut response =
                    wording.map_or_else(Response::default, |it| self.worded(it, &error, request));
                if let ErrorKind::RateLimited { reset } = *error.kind() {
                    response.extensions_mut().insert(Quota::used_up(reset));
                }
                response
            }
            (None, None) => return None,
        };
        if let Some(status) = fault.status.and_then(|status| StatusCode::from_u16(status).ok()) {
            *response.status_mut() = status;
        }
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
