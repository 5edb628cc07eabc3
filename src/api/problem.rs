//! What went wrong, as a problem document (RFC 9457).

use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::operation::{AS_OF, Access, Body, Field, Kind};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Result, Violation};
use crate::http::router::{find, methods};
use crate::http::{Request, Response, Wording, body, negotiate, path_of};
use crate::model::place;

/// The media type of problem documents.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// The start of the types of problems.
const TYPE: &str = "urn:idpstore:problem:";

/// Words all errors of this API.
#[derive(Debug)]
pub(crate) struct Problems;

impl Wording for Problems {
    fn answer(&self, error: &Error, request: &Request, env: &Environment) -> Response {
        let (status, name, title) = describe(error.kind());
        let places = Places::of(request);
        let violations: Vec<_> = error.violations().iter().map(|it| places.spell(it)).collect();
        let mut members = Map::from_iter([
            ("type".to_owned(), Value::from(format!("{TYPE}{name}"))),
            ("title".to_owned(), title.into()),
            ("status".to_owned(), status.as_u16().into()),
        ]);
        members.extend(detail(error, status, &violations).map(|detail| ("detail".to_owned(), detail.into())));
        if !violations.is_empty() {
            members.insert("violations".to_owned(), violations.iter().map(json_of).collect());
        }
        let document = body::bytes(&members).unwrap_or_default();
        let mut response = body::with_body(status, PROBLEM, document);
        let headers = response.headers_mut();
        match error.kind() {
            ErrorKind::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            ErrorKind::RateLimited { reset } => {
                let seconds = reset.saturating_sub(env.clock.now().unix_seconds()).max(1);
                headers.insert(RETRY_AFTER, seconds.into());
            }
            ErrorKind::MethodNotAllowed => {
                let allowed: Vec<_> = methods(super::operations(path_of(request)), path_of(request))
                    .map(http::Method::as_str)
                    .collect();
                headers
                    .extend(HeaderValue::try_from(allowed.join(", ")).ok().map(|allowed| (ALLOW, allowed)));
            }
            _ => {}
        }
        response
    }

    /// Partners have no token, and see what is now.
    fn refuse(&self, refusal: Error, request: &Request) -> Result<()> {
        match find(super::operations(path_of(request)), request.method(), path_of(request)) {
            Ok((operation, _))
                if operation.access == Access::Public
                    && *refusal.kind() == ErrorKind::Unauthorized
                    && !names_past(request) =>
            {
                Ok(())
            }
            _ => Err(refusal),
        }
    }
}

/// Whether the store is to be shown as it was.
fn names_past(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == AS_OF.name)
}

/// Where the caller has sent what the rules look at.
struct Places {
    /// The start of the places of members: of the body, or of the query beside a file.
    start: char,
    /// Which members there are.
    members: &'static [Field],
    /// The place of a document that is a member.
    content: String,
}

impl Places {
    fn of(request: &Request) -> Self {
        let is_json = negotiate::content_type(request.headers()).as_deref() == Some("application/json");
        let body = find(super::operations(path_of(request)), request.method(), path_of(request))
            .map(|(operation, _)| operation.body);
        match body {
            Ok(Body::File { content, others, .. }) if is_json => {
                Self { start: '/', members: others, content: format!("/{content}") }
            }
            Ok(Body::File { others, .. }) => Self { start: '?', members: others, content: String::new() },
            Ok(Body::Json(members)) => {
                let document = members.iter().find(|field| matches!(field.kind, Kind::Object));
                let content = document.map(|field| format!("/{}", field.name)).unwrap_or_default();
                Self { start: '/', members, content }
            }
            _ => Self { start: '/', members: &[], content: String::new() },
        }
    }

    fn spell(&self, violation: &Violation) -> Violation {
        let member = |name: &str| {
            let is_there = self.members.iter().any(|field| field.name == name);
            // What is no member of the request, such as the alias of what is copied, is named all the same.
            let is_named = is_there || self.content.is_empty();
            if is_named { format!("{}{name}", self.start) } else { self.content.clone() }
        };
        let pointer = match violation.pointer.as_str() {
            place::NAME => member("name"),
            place::ALIAS => member("alias"),
            place::SUBJECT_ALT_NAME => member("dns_names"),
            place::SOURCE if self.members.iter().any(|field| field.name == "url") => member("url"),
            other if other.is_empty() || place::core(other).is_some() => self.content.clone(),
            other => other.to_owned(),
        };
        Violation::new(pointer, violation.reason.clone())
    }
}

fn json_of(violation: &Violation) -> Value {
    json!({"pointer": violation.pointer, "reason": violation.reason.to_string()})
}

/// What is particular to this time. Of a failure of ours that is for the log of the host alone.
fn detail(error: &Error, status: StatusCode, violations: &[Violation]) -> Option<String> {
    if status.is_server_error() {
        return None;
    }
    if violations.is_empty() {
        return Some(error.to_string());
    }
    let worded = |it: &Violation| {
        if it.pointer.is_empty() { format!("the body {}", it.reason) } else { it.to_string() }
    };
    let mut detail = violations.iter().map(worded).collect::<Vec<_>>().join("; ");
    if let Some(context) = error.added_context() {
        detail = format!("{detail}: {context}");
    }
    Some(detail)
}

/// Status, name and title. One arm for each kind, so that a new kind does not compile without words.
pub(super) fn describe(kind: &ErrorKind) -> (StatusCode, &'static str, &'static str) {
    use StatusCode as S;
    match kind {
        ErrorKind::NotFound { .. } => (S::NOT_FOUND, "not-found", "the record does not exist"),
        ErrorKind::AlreadyExists { .. } => (S::CONFLICT, "already-exists", "the record already exists"),
        ErrorKind::Invalid { .. } => (S::UNPROCESSABLE_ENTITY, "invalid", "the content is not acceptable"),
        ErrorKind::InUse { .. } => (S::CONFLICT, "in-use", "others refer to the record"),
        ErrorKind::WrongState => (S::CONFLICT, "wrong-state", "the state does not allow it"),
        ErrorKind::Inactive { .. } => (S::CONFLICT, "inactive", "the record is not active"),
        ErrorKind::Unsupported => (S::UNPROCESSABLE_ENTITY, "unsupported", "not supported"),
        ErrorKind::UnsupportedMediaType => (
            S::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "the media type is not one that is read here",
        ),
        ErrorKind::NotAcceptable => (S::NOT_ACCEPTABLE, "not-acceptable", "no acceptable representation"),
        ErrorKind::Malformed => (S::BAD_REQUEST, "malformed", "the body cannot be read"),
        ErrorKind::BadCursor => (S::BAD_REQUEST, "bad-cursor", "the place in the list cannot be read"),
        ErrorKind::RateLimited { .. } => (S::TOO_MANY_REQUESTS, "rate-limited", "too many requests"),
        ErrorKind::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "the token is missing or wrong"),
        ErrorKind::Forbidden => (S::FORBIDDEN, "forbidden", "the token does not allow it"),
        ErrorKind::NoRoute => (S::NOT_FOUND, "no-route", "no such path"),
        ErrorKind::MethodNotAllowed => (S::METHOD_NOT_ALLOWED, "method-not-allowed", "method not allowed"),
        ErrorKind::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "too large"),
        ErrorKind::Conflict => (S::CONFLICT, "conflict", "another writer was faster"),
        ErrorKind::Pending(_) => (S::SERVICE_UNAVAILABLE, "pending", "the host must supply something first"),
        ErrorKind::Unavailable { .. } => {
            (S::SERVICE_UNAVAILABLE, "unavailable", "the storage cannot be reached, or is behind")
        }
        ErrorKind::Storage => (S::INTERNAL_SERVER_ERROR, "storage", "the storage failed"),
        ErrorKind::Corrupt => (S::INTERNAL_SERVER_ERROR, "corrupt", "the store is damaged"),
        ErrorKind::NotAStore => (S::INTERNAL_SERVER_ERROR, "not-a-store", "not a store"),
        ErrorKind::TooNew => (S::UNPROCESSABLE_ENTITY, "too-new", "written by a newer version of idpstore"),
        ErrorKind::Sealed => {
            (S::SERVICE_UNAVAILABLE, "sealed", "the store is locked, and its secrets are sealed")
        }
        ErrorKind::WrongKey => (S::INTERNAL_SERVER_ERROR, "wrong-key", "the wrong key"),
        ErrorKind::Locked => (S::SERVICE_UNAVAILABLE, "locked", "the store is open elsewhere"),
    }
}
