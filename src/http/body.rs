//! Bodies: reading and writing JSON.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, Response, negotiate};
use crate::error::{Error, ErrorKind, Result};

/// The media type of JSON.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
    Ok(with_body(status, JSON, bytes(value)?))
}

/// An answer of documents that are JSON already.
#[must_use]
pub fn json_array(status: StatusCode, documents: &[Bytes]) -> Response {
    let mut body = Vec::with_capacity(documents.iter().map(|document| document.len() + 1).sum::<usize>() + 2);
    body.push(b'[');
    for (position, document) in documents.iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        body.extend_from_slice(document);
    }
    body.push(b']');
    with_body(status, JSON, body)
}

/// A value as JSON.
///
/// # Errors
///
/// [`ErrorKind::Storage`] if it has no JSON form; none of ours is without.
pub fn bytes(value: &impl Serialize) -> Result<Bytes> {
    let json = serde_json::to_vec(value).map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
    Ok(json.into())
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
