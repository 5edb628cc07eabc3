//! The two ways to call an operation: ZITADEL's REST gateway, and Connect with JSON.

use http::Method;

use super::failure::Form;
use super::operations::{self, Read};
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Request, Response, negotiate, path_of};

/// Answers a call of the REST gateway.
pub(super) fn rest(call: &Call<'_>) -> Result<Response> {
    answer(call, Form::Rest)
}

/// Answers a call of a procedure.
pub(super) fn connect(call: &Call<'_>) -> Result<Response> {
    answer(call, Form::Connect)
}

fn answer(call: &Call<'_>, form: Form) -> Result<Response> {
    let mut read = read(form, call.request, call.operation)?;
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
pub(super) fn read(form: Form, request: &Request, operation: &str) -> Result<Read> {
    let path = path_of(request);
    if form == Form::Connect {
        if negotiate::content_type(request.headers()).as_deref() != Some("application/json") {
            return Err(ErrorKind::UnsupportedMediaType.into());
        }
        let name = operation.rsplit('/').next().unwrap_or_default();
        return operations::read(name, path, request.body());
    }
    let has_body = matches!(*request.method(), Method::POST | Method::PUT);
    operations::read(operation, path, if has_body { request.body() } else { &[] })
}
