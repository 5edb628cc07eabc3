//! Answers: JSON, which is called HAL if the caller requests that by name.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::Result;
use crate::http::{Call, Response, body, negotiate};

const HAL: &str = "application/hal+json";

/// An answer with this document.
///
/// # Errors
///
/// As [`body::json`].
pub(super) fn json(call: &Call<'_>, status: StatusCode, document: &impl Serialize) -> Result<Response> {
    Ok(written(call, status, body::bytes(document)?))
}

/// An answer with this document, which is JSON already.
pub(super) fn written(call: &Call<'_>, status: StatusCode, document: Bytes) -> Response {
    let mut response = body::with_body(status, body::JSON, document);
    if negotiate::names(call.headers(), HAL) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HAL));
    }
    response
}
