//! Bodies: reading and writing JSON.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, Response, negotiate};
use crate::error::{Error, ErrorKind, Result};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The JSON object that was sent.
///
/// # Errors
///
/// [`ErrorKind::UnsupportedMediaType`] if it is not said to be JSON, [`ErrorKind::Malformed`] if it is not, is
/// nested deeper than 128 levels, or is no object.
pub fn json_object(call: &Call<'_>) -> Result<Map<String, Value>> {
    if negotiate::content_type(call.headers()).as_deref() != Some("application/json") {
        return Err(ErrorKind::UnsupportedMediaType.into());
    }
    object(call.request.body())
}

/// The JSON object that these octets are.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] as [`json_object`].
pub fn object(body: &[u8]) -> Result<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::new(ErrorKind::Malformed).context("the body is no JSON object")),
        Err(cause) => Err(Error::new(ErrorKind::Malformed).context(cause.to_string()).caused_by(cause)),
    }
}

/// An answer in JSON.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if the value has no JSON form; none of ours is without.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response> {
    let body = serde_json::to_vec(value).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    Ok(with_body(status, JSON, body))
}

/// An answer with a body of this media type.
#[must_use]
pub fn with_body(status: StatusCode, media_type: HeaderValue, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// An answer without a body: 204.
#[must_use]
pub fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
