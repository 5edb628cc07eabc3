//! The two ways to call an operation: ZITADEL's REST gateway, and Connect with JSON.

use http::Method;

use super::operations::{self, Read};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Request, Response, negotiate, path_of};

/// Whether an operation is called as a procedure of a service, which is the whole path then.
pub(super) fn is_procedure(operation: &str) -> bool {
    operation.contains('/')
}

/// Answers a call, whichever way it came.
pub(super) fn answer(call: &Call<'_>) -> Result<Response> {
    let mut read = read(call.request, call.operation)?;
    // The id in the path counts more than one in the body.
    if let Some((name, id)) = call.params.first() {
        read.members.insert((*name).to_owned(), id.as_ref().into());
    }
    operations::run(call, read)
}

/// Reads the message in a request.
///
/// Over REST the body is read as JSON whatever the media type says, if the method has one. Over Connect (Connect
/// protocol, unary requests) only JSON is spoken.
pub(super) fn read(request: &Request, operation: &str) -> Result<Read> {
    let path = path_of(request);
    if is_procedure(operation) {
        if negotiate::content_type(request.headers()).as_deref() != Some("application/json") {
            return Err(ErrorKind::UnsupportedMediaType.into());
        }
        let name = operation.rsplit('/').next().unwrap_or_default();
        return operations::read(name, path, request.body());
    }
    let has_body = matches!(*request.method(), Method::POST | Method::PUT);
    operations::read(operation, path, if has_body { request.body() } else { &[] })
}
