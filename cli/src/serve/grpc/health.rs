//! `grpc.health.v1`: whether the server and its services are up. A caller that is answered finds them up.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::Value;

use super::descriptors;
use super::status::{Code, Status};

/// Whether a call is one that is answered here. Anyone may make it, as at every server of gRPC.
pub(super) fn is_check(path: &str) -> bool {
    path == "/grpc.health.v1.Health/Check"
}

/// The state of the service that a message names; without a name that of the server.
pub(super) fn check(message: &[u8]) -> Response<Bytes> {
    let message: Value = serde_json::from_slice(message).unwrap_or_default();
    let service = message.get("service").and_then(Value::as_str).unwrap_or_default();
    if service.is_empty() || descriptors::pool().get_service_by_name(service).is_some() {
        let mut response = Response::new(Bytes::from_static(br#"{"status":"SERVING"}"#));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return response;
    }
    Status::new(Code::NOT_FOUND, "unknown service").to_response(Response::default())
}
