//! Calls about health, which need no token.

use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::requested::Requested;
use crate::error::Result;
use crate::http::{Call, Response, body};

/// The name of the operation on all surfaces.
pub(super) const OPERATION: &str = "Healthz";

/// Answers nothing, if the store can be read.
pub(super) fn check(call: &Call<'_>, _: &Requested) -> Result<Response> {
    call.service.last_change()?;
    body::json(StatusCode::OK, &json!({}))
}

/// The same as a text.
pub(super) fn healthz(call: &Call<'_>) -> Result<Response> {
    call.service.last_change()?;
    Ok(body::with_body(StatusCode::OK, HeaderValue::from_static("text/plain; charset=utf-8"), "ok"))
}

/// The same in JSON.
pub(super) fn ready(call: &Call<'_>) -> Result<Response> {
    call.service.last_change()?;
    body::json(StatusCode::OK, &"ok")
}
