//! What goes wrong in ZITADEL's words: a text, the id by which its own errors are known, and a gRPC status; and how its REST
//! gateway, Connect and the pages for partners answer with them.

use std::fmt;

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Resource};
use crate::http::{Response, body};

/// The form in which callers of an operation read errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Rest,
    Connect,
    PlainText,
}

/// A gRPC status code, with the HTTP status of it and Connect's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) number: u8,
    pub(super) status: StatusCode,
    pub(super) name: &'static str,
}

const fn code(number: u8, status: StatusCode, name: &'static str) -> Code {
    Code { number, status, name }
}

pub(super) const INVALID_ARGUMENT: Code = code(3, StatusCode::BAD_REQUEST, "invalid_argument");
pub(super) const NOT_FOUND: Code = code(5, StatusCode::NOT_FOUND, "not_found");
pub(super) const ALREADY_EXISTS: Code = code(6, StatusCode::CONFLICT, "already_exists");
pub(super) const PERMISSION_DENIED: Code = code(7, StatusCode::FORBIDDEN, "permission_denied");
pub(super) const RESOURCE_EXHAUSTED: Code = code(8, StatusCode::TOO_MANY_REQUESTS, "resource_exhausted");
pub(super) const FAILED_PRECONDITION: Code = code(9, StatusCode::BAD_REQUEST, "failed_precondition");
pub(super) const ABORTED: Code = code(10, StatusCode::CONFLICT, "aborted");
pub(super) const UNIMPLEMENTED: Code = code(12, StatusCode::NOT_IMPLEMENTED, "unimplemented");
pub(super) const METHOD_NOT_ALLOWED: Code = code(12, StatusCode::METHOD_NOT_ALLOWED, "unimplemented");
pub(super) const UNSUPPORTED_MEDIA_TYPE: Code = code(12, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown");
pub(super) const INTERNAL: Code = code(13, StatusCode::INTERNAL_SERVER_ERROR, "internal");
pub(super) const UNAVAILABLE: Code = code(14, StatusCode::SERVICE_UNAVAILABLE, "unavailable");
pub(super) const UNAUTHENTICATED: Code = code(16, StatusCode::UNAUTHORIZED, "unauthenticated");

/// The text of every argument that is missing or blank.
pub(super) const INVALID: &str = "Errors.Invalid.Argument";

/// The text of every provider that is missing, where it has a translation.
pub(super) const NOT_EXISTING: &str = "Identity Provider Configuration doesn't exist";

/// An error in ZITADEL's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    /// The text, without the id.
    pub(super) text: String,
    /// The id by which ZITADEL's own errors are known; those of rules and of JSON have none.
    pub(super) id: Option<&'static str>,
}

impl Failure {
    /// A message that cannot be read, or a field that breaks its rule.
    pub(super) fn broken_rule(text: impl Into<String>) -> Self {
        Self { code: INVALID_ARGUMENT, text: text.into(), id: None }
    }

    /// An argument that the server does not accept.
    pub(super) fn invalid(text: &str, id: &'static str) -> Self {
        Self::with_id(INVALID_ARGUMENT, text, id)
    }

    /// A provider that is missing.
    pub(super) fn not_found(text: &str, id: &'static str) -> Self {
        Self::with_id(NOT_FOUND, text, id)
    }

    /// An organization that is missing.
    pub(super) fn no_organization() -> Self {
        Self::with_id(PERMISSION_DENIED, "Organisation doesn't exist", "AUTH-Bs7Ds")
    }

    /// A caller without a token that counts. ZITADEL's gateway has an id only for some of the causes.
    pub(super) fn unauthenticated(text: &str, id: Option<&'static str>) -> Self {
        Self { id, ..Self::plain(UNAUTHENTICATED, text) }
    }

    pub(super) fn plain(code: Code, text: &str) -> Self {
        Self { code, ..Self::broken_rule(text) }
    }

    pub(super) fn with_id(code: Code, text: &str, id: &'static str) -> Self {
        Self { id: Some(id), ..Self::plain(code, text) }
    }

    fn message(&self) -> String {
        match self.id {
            Some(id) => format!("{} ({id})", self.text),
            None => self.text.clone(),
        }
    }
}

/// Nothing: what went wrong is in the kind of the error, and these words are for callers of this API alone.
impl fmt::Display for Failure {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// The error about this that is worded so.
    pub(super) fn about(self, what: Resource, id: &str) -> Error {
        let id = id.into();
        let kind = match self.code {
            NOT_FOUND => ErrorKind::NotFound { what, id },
            ALREADY_EXISTS => ErrorKind::AlreadyExists { what, id },
            PERMISSION_DENIED => ErrorKind::Forbidden,
            UNIMPLEMENTED | UNAVAILABLE => ErrorKind::Unsupported,
            FAILED_PRECONDITION => ErrorKind::WrongState,
            _ => ErrorKind::Invalid { violations: Vec::new() },
        };
        Error::new(kind).caused_by(self)
    }
}

/// The error that is worded so, and is about nothing that has a name.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.about(Resource::Record, "")
    }
}

impl Form {
    /// The answer.
    pub(super) fn answer(self, failure: &Failure) -> Response {
        match self {
            Self::Rest => rest(failure),
            Self::Connect => connect(failure),
            Self::PlainText => plain_text(failure),
        }
    }
}

/// As the REST gateway answers.
fn rest(failure: &Failure) -> Response {
    let message = failure.message();
    let mut document = json!({"code": failure.code.number, "message": message});
    if let (Some(id), Some(document)) = (failure.id, document.as_object_mut()) {
        let detail = json!({
            "@type": format!("type.googleapis.com/{DETAIL}"),
            "id": id,
            "message": failure.text,
        });
        document.insert("details".to_owned(), Value::Array(vec![detail]));
    }
    let mut response = body::json(failure.code.status, &document).unwrap_or_default();
    if failure.code == UNAUTHENTICATED
        && let Ok(message) = HeaderValue::try_from(message)
    {
        response.headers_mut().insert(WWW_AUTHENTICATE, message);
    }
    response
}

/// The type of the details of ZITADEL's own errors.
const DETAIL: &str = "zitadel.v1.ErrorDetail";

/// As Connect answers (Connect protocol, "Error end-stream and unary errors").
fn connect(failure: &Failure) -> Response {
    let mut document = json!({"code": failure.code.name, "message": failure.message()});
    if let (Some(id), Some(document)) = (failure.id, document.as_object_mut()) {
        let mut bytes = Vec::new();
        put_text(&mut bytes, 1, id);
        put_text(&mut bytes, 2, &failure.text);
        let detail = json!({
            "type": DETAIL,
            "value": BASE64_STANDARD_NO_PAD.encode(bytes),
            "debug": {"id": id, "message": failure.text},
        });
        document.insert("details".to_owned(), Value::Array(vec![detail]));
    }
    body::json(failure.code.status, &document).unwrap_or_default()
}

/// Writes a text as a field of a protobuf message (wire type 2).
fn put_text(bytes: &mut Vec<u8>, field: u8, text: &str) {
    bytes.push(field << 3 | 2);
    let mut length = text.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap_or_default());
    bytes.extend_from_slice(text.as_bytes());
}

/// As the pages of a service provider answer.
fn plain_text(failure: &Failure) -> Response {
    let text = match failure.id {
        Some(id) => format!("ID={id} Message={}\n", failure.text),
        None => format!("{}\n", failure.text),
    };
    // These pages have no other status for a provider that is missing.
    let is_missing = failure.code == NOT_FOUND && failure.id.is_some();
    let status = if is_missing { StatusCode::BAD_REQUEST } else { failure.code.status };
    body::with_body(status, HeaderValue::from_static("text/plain; charset=utf-8"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_protobuf_in_connect_and_json_in_rest() {
        let failure = Failure::invalid("text", "INST-1");
        let rest: Value = serde_json::from_slice(rest(&failure).body()).unwrap();
        assert_eq!(rest["message"], "text (INST-1)");
        assert_eq!(rest["details"][0]["@type"], "type.googleapis.com/zitadel.v1.ErrorDetail");
        let connect: Value = serde_json::from_slice(connect(&failure).body()).unwrap();
        assert_eq!(connect["code"], "invalid_argument");
        let value = connect["details"][0]["value"].as_str().unwrap();
        assert_eq!(BASE64_STANDARD_NO_PAD.decode(value).unwrap(), b"\x0a\x06INST-1\x12\x04text");
    }

    #[test]
    fn long_texts_have_a_length_of_two_bytes() {
        let mut bytes = Vec::new();
        put_text(&mut bytes, 2, &"x".repeat(300));
        assert_eq!(bytes[..3], [0x12, 0xac, 0x02]);
    }
}
