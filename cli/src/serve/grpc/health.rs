//! `grpc.health.v1`: whether the server and its services are up: they are if the store can be read.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use idpstore::IdpStore;
use serde_json::Value;

use super::descriptors;
use super::status::{Code, Status};

/// Whether a call is one that is answered here. Anyone may make it, as at every server of gRPC.
pub(super) fn is_check(path: &str) -> bool {
    path == "/grpc.health.v1.Health/Check"
}

/// The state of the service that a message names; without a name that of the server.
pub(super) fn check(message: &[u8], store: &IdpStore) -> Response<Bytes> {
    let message: Value = serde_json::from_slice(message).unwrap_or_default();
    let service = message.get("service").and_then(Value::as_str).unwrap_or_default();
    if service.is_empty() || descriptors::pool().get_service_by_name(service).is_some() {
        let body: &[u8] = match store.service().last_change() {
            Ok(_) => br#"{"status":"SERVING"}"#,
            Err(_) => br#"{"status":"NOT_SERVING"}"#,
        };
        let mut response = Response::new(Bytes::from_static(body));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return response;
    }
    Status::new(Code::NOT_FOUND, "unknown service").to_response(Response::default())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::serve::upkeep::tests::shared;

    #[test]
    fn a_server_whose_store_is_unavailable_does_not_serve() {
        let (store, lag) = shared();
        for (millis, status) in [(0, "SERVING"), (9_999, "SERVING"), (10_000, "NOT_SERVING"), (0, "SERVING")]
        {
            lag.store(millis, Ordering::Relaxed);
            let body = format!(r#"{{"status":"{status}"}}"#);
            assert_eq!(*check(b"{}", &store).body(), body, "{millis}");
        }
    }
}
