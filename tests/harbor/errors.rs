//! Harbor's words for what went wrong.

use http::StatusCode;
use serde_json::{Value, json};

use super::documents::CONNECTION;
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Reason, Violation, pointer};
use crate::http::{Request, Response, Wording, body};
use crate::model::place;

/// The words. They are the same for all operations.
#[derive(Debug)]
pub(super) struct Words;

impl Wording for Words {
    fn answer(&self, error: &Error, _: &Request, _: &Environment) -> Response {
        let (status, code) = describe(error.kind());
        let message = if status.is_server_error() { "try again later".to_owned() } else { error.to_string() };
        let fields: Vec<_> = error.violations().iter().map(problem).collect();
        body::json(status, &json!({"error": {"code": code, "message": message, "fields": fields}}))
            .unwrap_or_default()
    }
}

/// One arm for each kind, so that a new kind does not compile without words.
fn describe(kind: &ErrorKind) -> (StatusCode, &'static str) {
    use StatusCode as S;
    match kind {
        ErrorKind::NotFound { .. } | ErrorKind::NoRoute => (S::NOT_FOUND, "not_found"),
        ErrorKind::Invalid { violations } if violations.iter().any(is_taken) => (S::CONFLICT, "taken"),
        ErrorKind::Invalid { .. } => (S::UNPROCESSABLE_ENTITY, "invalid"),
        ErrorKind::Malformed | ErrorKind::BadCursor | ErrorKind::Unsupported => {
            (S::BAD_REQUEST, "unreadable")
        }
        ErrorKind::AlreadyExists { .. }
        | ErrorKind::InUse { .. }
        | ErrorKind::WrongState
        | ErrorKind::Inactive { .. } => (S::CONFLICT, "conflict"),
        ErrorKind::UnsupportedMediaType => (S::UNSUPPORTED_MEDIA_TYPE, "media_type"),
        ErrorKind::NotAcceptable => (S::NOT_ACCEPTABLE, "media_type"),
        ErrorKind::Unauthorized => (S::UNAUTHORIZED, "unauthorized"),
        ErrorKind::Forbidden => (S::FORBIDDEN, "forbidden"),
        ErrorKind::MethodNotAllowed => (S::METHOD_NOT_ALLOWED, "method"),
        ErrorKind::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large"),
        ErrorKind::RateLimited { .. } => (S::TOO_MANY_REQUESTS, "rate_limited"),
        ErrorKind::Conflict | ErrorKind::Pending(_) | ErrorKind::Unavailable { .. } => {
            (S::SERVICE_UNAVAILABLE, "unavailable")
        }
        ErrorKind::Storage
        | ErrorKind::Corrupt
        | ErrorKind::NotAStore
        | ErrorKind::TooNew
        | ErrorKind::Locked
        | ErrorKind::Sealed
        | ErrorKind::WrongKey => (S::INTERNAL_SERVER_ERROR, "internal"),
    }
}

fn is_taken(violation: &Violation) -> bool {
    matches!(violation.reason, Reason::Taken(_))
}

/// A violation at the member in question.
fn problem(violation: &Violation) -> Value {
    let (start, rest) = violation.pointer.split_once('/').unwrap_or((&violation.pointer, ""));
    let core = place::core(start).and_then(|core| CONNECTION.place(core));
    let place = core.map_or_else(|| violation.pointer.clone(), |place| format!("{place}/{rest}"));
    json!({"field": pointer::dotted(&place), "problem": violation.reason.to_string()})
}
