//! How a call ended: a code, words and details, as Connect's JSON and as the trailers of gRPC.

use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use prost::Message as _;
use prost_reflect::prost_types::Any;
use serde_json::{Value, json};

use super::{JSON, descriptors};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// What the types of details begin with in gRPC.
const TYPE_URL: &str = "type.googleapis.com/";

/// A code of gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(i32);

impl Code {
    pub(super) const OK: Self = Self(0);
    pub(super) const UNKNOWN: Self = Self(2);
    pub(super) const INVALID_ARGUMENT: Self = Self(3);
    pub(super) const DEADLINE_EXCEEDED: Self = Self(4);
    pub(super) const NOT_FOUND: Self = Self(5);
    pub(super) const PERMISSION_DENIED: Self = Self(7);
    pub(super) const UNIMPLEMENTED: Self = Self(12);
    pub(super) const INTERNAL: Self = Self(13);
    pub(super) const UNAVAILABLE: Self = Self(14);
    pub(super) const UNAUTHENTICATED: Self = Self(16);

    pub(super) fn number(self) -> i32 {
        self.0
    }

    /// The code of an answer that does not name one (gRPC, "HTTP to gRPC status code mapping").
    fn of_http(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::INTERNAL,
            401 => Self::UNAUTHENTICATED,
            403 => Self::PERMISSION_DENIED,
            404 => Self::UNIMPLEMENTED,
            429 | 502 | 503 | 504 => Self::UNAVAILABLE,
            _ => Self::UNKNOWN,
        }
    }

    fn named(name: &str) -> Option<Self> {
        let position = NAMES.iter().position(|(known, _)| *known == name)?;
        i32::try_from(position).ok().map(Self)
    }

    /// Connect's name of it, and the HTTP status.
    fn name(self) -> (&'static str, u16) {
        usize::try_from(self.0).ok().and_then(|number| NAMES.get(number)).copied().unwrap_or(("unknown", 500))
    }
}

/// Connect's names of the codes, by their numbers, and their HTTP statuses (Connect protocol, "Error codes").
const NAMES: [(&str, u16); 17] = [
    ("ok", 200),
    ("canceled", 499),
    ("unknown", 500),
    ("invalid_argument", 400),
    ("deadline_exceeded", 504),
    ("not_found", 404),
    ("already_exists", 409),
    ("permission_denied", 403),
    ("resource_exhausted", 429),
    ("failed_precondition", 400),
    ("aborted", 409),
    ("out_of_range", 400),
    ("unimplemented", 501),
    ("internal", 500),
    ("unavailable", 503),
    ("data_loss", 500),
    ("unauthenticated", 401),
];

/// How a call ended.
#[derive(Debug, PartialEq)]
pub(super) struct Status {
    code: Code,
    message: String,
    details: Vec<Any>,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct Packed {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

impl Status {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new() }
    }

    /// That of an answer in JSON which is no success.
    pub(super) fn of(response: &Response<Bytes>, path: &str) -> Self {
        let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let text = |name| document.get(name).and_then(Value::as_str);
        // A harness may have chosen the status alone; it is all that a caller of gRPC learns of it.
        let named = text("code").and_then(Code::named);
        let Some(code) = named.filter(|code| code.name().1 == response.status().as_u16()) else {
            return Self::of_http(response.status(), text("message"), path);
        };
        let details = document.get("details").and_then(Value::as_array);
        let details = details.into_iter().flatten().filter_map(detail).collect();
        Self { code, message: text("message").unwrap_or_default().to_owned(), details }
    }

    fn of_http(status: StatusCode, message: Option<&str>, path: &str) -> Self {
        let code = Code::of_http(status);
        if code != Code::UNIMPLEMENTED {
            return Self::new(code, message.map_or_else(|| status.to_string(), str::to_owned));
        }
        let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
        Self::new(
            code,
            match descriptors::pool().get_service_by_name(service) {
                Some(_) => format!("unknown method {method} for service {service}"),
                None => format!("unknown service {service}"),
            },
        )
    }

    /// In JSON, as Connect has it, with the headers of another answer.
    pub(super) fn to_response(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let (name, status) = self.code.name();
        let document = json!({"code": name, "message": self.message});
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = document.to_string().into();
        response
    }

    /// As gRPC has it.
    pub(super) fn trailers(&self) -> HeaderMap {
        let mut trailers = HeaderMap::new();
        trailers.insert(STATUS, self.code.0.into());
        let text = |text: String| HeaderValue::try_from(text).ok();
        if let Some(message) = text(escaped(&self.message)).filter(|message| !message.is_empty()) {
            trailers.insert(MESSAGE, message);
        }
        if !self.details.is_empty() {
            let packed =
                Packed { code: self.code.0, message: self.message.clone(), details: self.details.clone() };
            if let Some(details) = text(BASE64_STANDARD_NO_PAD.encode(packed.encode_to_vec())) {
                trailers.insert(DETAILS, details);
            }
        }
        trailers
    }
}

/// An answer of the store in Connect's words. What the store refuses before it looks at the path is worded as REST is,
/// with the number of the code; a path at which nothing is stays as it is.
pub(super) fn in_connects_words(response: Response<Bytes>) -> Response<Bytes> {
    if matches!(response.status(), StatusCode::OK | StatusCode::NOT_FOUND) {
        return response;
    }
    let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let number = document.get("code").and_then(Value::as_i64).and_then(|number| i32::try_from(number).ok());
    let Some(number) = number else { return response };
    let message = document.get("message").and_then(Value::as_str).unwrap_or_default();
    Status::new(Code(number), message).to_response(response)
}

/// A detail as Connect has it in JSON.
fn detail(document: &Value) -> Option<Any> {
    let text = |name| document.get(name)?.as_str();
    let value = BASE64_STANDARD_NO_PAD.decode(text("value")?.trim_end_matches('=')).ok()?;
    Some(Any { type_url: format!("{TYPE_URL}{}", text("type")?), value })
}

/// Percent-encodes what is not visible ASCII (gRPC over HTTP/2, "Responses").
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}"); // writing to a text does not fail
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &'static str) -> Status {
        Status::of(&Response::builder().status(status).body(body.into()).unwrap(), "/a.B/C")
    }

    #[test]
    fn a_code_that_fits_its_status_counts_and_otherwise_the_status() {
        let named =
            answered(404, r#"{"code":"not_found","message":"gone","details":[{"type":"t","value":"YQ=="}]}"#);
        assert_eq!((named.code, &*named.message), (Code::NOT_FOUND, "gone"));
        assert_eq!(
            named.details,
            [Any { type_url: "type.googleapis.com/t".to_owned(), value: b"a".to_vec() }]
        );
        assert_eq!(
            answered(503, r#"{"code":"internal","message":"x"}"#),
            Status::new(Code::UNAVAILABLE, "x")
        );
        let unavailable = answered(503, r#"{"code":"unavailable","message":"Errors.Unavailable"}"#);
        assert_eq!(unavailable, Status::new(Code::UNAVAILABLE, "Errors.Unavailable"));
        assert_eq!(answered(404, ""), Status::new(Code::UNIMPLEMENTED, "unknown service a.B"));
        assert_eq!(answered(500, "[]"), Status::new(Code::UNKNOWN, "500 Internal Server Error"));
    }

    #[test]
    fn words_are_percent_encoded() {
        assert_eq!(escaped("100 % \u{fc}\n~"), "100 %25 %C3%BC%0A~");
        assert!(Status::new(Code::OK, "").trailers().get(MESSAGE).is_none());
    }
}
