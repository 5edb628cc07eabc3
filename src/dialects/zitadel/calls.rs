//! The two ways to call an operation: ZITADEL's REST gateway, and Connect with JSON.

use http::{Method, StatusCode};

use super::operations;
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Response, body, negotiate};

/// By method and path. Whatever the media type says, the body is read as JSON, if the method has one.
pub(super) fn rest(call: &Call<'_>) -> Result<Response> {
    let has_body = matches!(*call.request.method(), Method::POST | Method::PUT);
    let sent: &[u8] = if has_body { call.request.body() } else { &[] };
    let id = call.params.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.as_ref());
    body::json(StatusCode::OK, &operations::run(call, call.operation, sent, id)?)
}

/// As a procedure of a service, which is the whole path (Connect protocol, unary requests). Only JSON is spoken.
pub(super) fn connect(call: &Call<'_>) -> Result<Response> {
    if negotiate::content_type(call.headers()).as_deref() != Some("application/json") {
        return Err(ErrorKind::UnsupportedMediaType.into());
    }
    let name = call.operation.rsplit('/').next().unwrap_or_default();
    body::json(StatusCode::OK, &operations::run(call, name, call.request.body(), None)?)
}
