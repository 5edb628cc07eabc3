//! How ZITADEL's REST gateway, Connect and the pages for partners tell what went wrong.

use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::failure::{
    ABORTED, ALREADY_EXISTS, FAILED_PRECONDITION, Failure, INTERNAL, INVALID, INVALID_ARGUMENT,
    METHOD_NOT_ALLOWED, NOT_EXISTING, NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAUTHENTICATED,
    UNAVAILABLE, UNIMPLEMENTED, UNSUPPORTED_MEDIA_TYPE,
};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Resource};
use crate::http::{Response, Wording, body};

/// The form in which callers of an operation read errors.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Rest,
    Connect,
    PlainText,
}

impl Wording for Form {
    fn answer(&self, error: &Error, _: &Environment) -> Response {
        let own = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Failure>());
        let failure = own.cloned().unwrap_or_else(|| describe(error));
        match self {
            Self::Rest => rest(&failure),
            Self::Connect => connect(&failure),
            Self::PlainText => plain_text(&failure),
        }
    }
}

/// One arm for each kind, so that a new kind does not compile without words.
fn describe(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound { what: Resource::IdentityProvider, .. } => {
            Failure::not_found(NOT_EXISTING, "QUERY-SAFrt")
        }
        ErrorKind::NotFound { .. } | ErrorKind::NoRoute => Failure::plain(NOT_FOUND, "Not Found"),
        ErrorKind::AlreadyExists { .. } => Failure::plain(ALREADY_EXISTS, "Errors.AlreadyExists"),
        ErrorKind::Invalid { .. } => Failure::plain(INVALID_ARGUMENT, INVALID),
        ErrorKind::InUse { .. } | ErrorKind::WrongState | ErrorKind::Inactive { .. } => {
            Failure::plain(FAILED_PRECONDITION, "Errors.PreconditionFailed")
        }
        ErrorKind::Unsupported | ErrorKind::NotAcceptable => Failure::plain(UNIMPLEMENTED, "Not Implemented"),
        ErrorKind::UnsupportedMediaType => Failure::plain(UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"),
        ErrorKind::Malformed | ErrorKind::BadCursor => Failure::malformed(error.to_string()),
        ErrorKind::Unauthorized => Failure::unauthenticated("Errors.Token.Invalid", Some("AUTH-7fs1e")),
        ErrorKind::Forbidden => {
            Failure::with_id(PERMISSION_DENIED, "No matching permissions found", "AUTH-5mWD2")
        }
        ErrorKind::MethodNotAllowed => Failure::plain(METHOD_NOT_ALLOWED, "Method Not Allowed"),
        ErrorKind::TooLarge => {
            Failure::plain(RESOURCE_EXHAUSTED, "grpc: received message larger than allowed")
        }
        ErrorKind::RateLimited { .. } => Failure::plain(RESOURCE_EXHAUSTED, "quota exhausted"),
        ErrorKind::Conflict => Failure::plain(ABORTED, "Errors.Conflict"),
        ErrorKind::Pending(_) => Failure::plain(UNAVAILABLE, "Errors.Unavailable"),
        ErrorKind::Storage
        | ErrorKind::Corrupt
        | ErrorKind::NotAStore
        | ErrorKind::TooNew
        | ErrorKind::Locked => Failure::plain(INTERNAL, "An internal error occurred"),
    }
}

/// As the REST gateway tells it.
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

/// As Connect tells it (Connect protocol, "Error end-stream and unary errors").
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

/// As the pages of a service provider tell it.
fn plain_text(failure: &Failure) -> Response {
    let text = match failure.id {
        Some(id) => format!("ID={id} Message={}\n", failure.text),
        None => format!("{}\n", failure.text),
    };
    // These pages know no other way to say that a provider is not there.
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
