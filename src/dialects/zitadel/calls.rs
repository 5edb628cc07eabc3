//! The two ways to call an operation: ZITADEL's REST gateway, and Connect with JSON.

use std::borrow::Cow;

use http::Method;

use super::documents::users;
use super::failure::Form;
use super::operations::{self, Read};
use crate::dialects::protojson;
use crate::error::{ErrorKind, Result};
use crate::http::{Call, Request, Response, body, negotiate, path_of};

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
    // The ids in the path count more than those in the body.
    for (name, id) in &call.params {
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
        return operations::read(name, path, |_| Ok(Cow::Borrowed(request.body())));
    }
    operations::read(operation, path, |message| match *request.method() {
        // The one body that is a part of its message.
        Method::POST if message.name() == users::ADD_AUTHENTICATOR.name() && !request.body().is_empty() => {
            let part = format!("{{\"{}\":", users::AUTHENTICATOR.name);
            Ok(Cow::Owned([part.as_bytes(), request.body(), b"}"].concat()))
        }
        Method::POST | Method::PUT => Ok(Cow::Borrowed(request.body())),
        Method::GET | Method::HEAD => {
            let query = request.uri().query().unwrap_or_default();
            let members = protojson::of_query(message, form_urlencoded::parse(query.as_bytes()));
            Ok(Cow::Owned(body::bytes(&members)?.into()))
        }
        _ => Ok(Cow::Borrowed(&[])),
    })
}
