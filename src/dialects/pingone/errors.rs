//! PingOne's words for what went wrong.

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::filter::{self, Filterable};
use super::{documents, ids};
use crate::dialects::lens::Members;
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Identifier, Reason, Resource, Result, Violation, pointer};
use crate::http::{Request, Response, Wording, body};
use crate::model::{Id, place};

/// What the words for an error depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    /// Where a part of the core is in the document.
    place: fn(&str) -> Option<String>,
    /// What may be in use.
    thing: &'static str,
    /// By what a list is filtered.
    filterable: &'static Filterable,
    /// Whether it is for anyone, also without a token.
    is_open: bool,
}

pub(super) const PROVIDER: Operation = Operation {
    place: |core| documents::provider::PROVIDER.place(core),
    thing: "The Key",
    filterable: &filter::KEYS,
    is_open: false,
};
pub(super) const APPLICATION: Operation =
    Operation { place: |core| documents::application::APPLICATION.place(core), ..PROVIDER };
pub(super) const ENVIRONMENT: Operation = Operation {
    place: |core| documents::environment::ENVIRONMENT.place(core),
    filterable: &filter::NAMED,
    ..PROVIDER
};
pub(super) const KEY: Operation = Operation { place: |_| None, ..PROVIDER };
pub(super) const CERTIFICATE: Operation = Operation { thing: "Certificate", ..KEY };
pub(super) const RECORD: Operation =
    Operation { thing: "The Key Rotation Policy", filterable: &filter::NAMED, ..KEY };
pub(super) const OPEN: Operation = Operation { is_open: true, ..PROVIDER };

/// Status, code and message of an error, and its details.
struct Words {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Vec<Value>,
}

fn words(status: StatusCode, code: &'static str, message: impl Into<String>) -> Words {
    Words { status, code, message: message.into(), details: Vec::new() }
}

impl Words {
    fn because(mut self, details: impl IntoIterator<Item = Value>) -> Self {
        self.details.extend(details);
        self
    }
}

impl Wording for Operation {
    fn answer(&self, error: &Error, _: &Request, env: &Environment) -> Response {
        let Words { status, code, message, details } = describe(error, self);
        let mut document = Members::from_iter([
            ("id".to_owned(), ids::drawn(&*env.entropy).into()),
            ("code".to_owned(), code.into()),
            ("message".to_owned(), message.into()),
        ]);
        if !details.is_empty() {
            document.insert("details".to_owned(), details.into());
        }
        let mut response = body::json(status, &document).unwrap_or_default();
        if let ErrorKind::RateLimited { reset } = error.kind() {
            let wait = reset.saturating_sub(env.clock.now().unix_seconds()).max(1);
            response.headers_mut().insert(RETRY_AFTER, wait.into());
        }
        response
    }

    fn refuse(&self, refusal: Error, _: &Request) -> Result<()> {
        if self.is_open { Ok(()) } else { Err(refusal) }
    }
}

const INVALID: &str =
    "The request could not be completed. One or more validation errors were in the request.";
const NOT_FOUND: &str = "The request could not be completed. The requested resource was not found.";
const NO_ACCESS: &str = "The request could not be completed. You do not have access to this resource.";
const UNEXPECTED: &str = "The request could not be completed. An unexpected error occurred. Try again later.";

/// One arm for each kind, so that a new kind does not compile without words.
fn describe(error: &Error, operation: &Operation) -> Words {
    use StatusCode as S;
    match error.kind() {
        ErrorKind::NotFound { what, id } => words(S::NOT_FOUND, "NOT_FOUND", not_found(*what, id)),
        ErrorKind::AlreadyExists { id, .. } => words(S::BAD_REQUEST, "INVALID_DATA", INVALID)
            .because([detail("UNIQUENESS_VIOLATION", "", "must be unique", Some(existing(id)))]),
        ErrorKind::Invalid { violations } => describe_violations(violations, operation),
        ErrorKind::InUse { by } => {
            let message = format!("{} must not be in use", operation.thing);
            let inner = json!({"referencedValues": by});
            words(S::CONFLICT, "INVALID_DATA", format!("The request could not be completed. {message}."))
                .because([detail("CONSTRAINT_VIOLATION", "", &message, Some(inner))])
        }
        ErrorKind::WrongState | ErrorKind::Inactive { .. } => words(S::BAD_REQUEST, "INVALID_DATA", INVALID)
            .because([detail("CONSTRAINT_VIOLATION", "", &error.to_string(), None)]),
        ErrorKind::Unsupported => words(S::BAD_REQUEST, "REQUEST_FAILED", error.to_string()),
        ErrorKind::UnsupportedMediaType => words(
            S::UNSUPPORTED_MEDIA_TYPE,
            "INVALID_REQUEST",
            "The request could not be completed. The media type of the request is not supported.",
        ),
        ErrorKind::NotAcceptable => words(
            S::NOT_ACCEPTABLE,
            "INVALID_REQUEST",
            "The request could not be completed. None of the accepted media types can be produced.",
        ),
        ErrorKind::Malformed => words(
            S::BAD_REQUEST,
            "INVALID_REQUEST",
            "The request could not be completed. The request body was not readable.",
        ),
        ErrorKind::BadCursor => words(S::BAD_REQUEST, "INVALID_REQUEST", INVALID).because([detail(
            "INVALID_PARAMETER",
            "cursor",
            "is not a cursor of this collection",
            None,
        )]),
        ErrorKind::Unauthorized => words(
            S::UNAUTHORIZED,
            "ACCESS_FAILED",
            "The request could not be completed. The access token is missing or not valid.",
        )
        .because([detail("INVALID_TOKEN", "", "The access token is missing or not valid.", None)]),
        ErrorKind::Forbidden => words(S::FORBIDDEN, "ACCESS_FAILED", NO_ACCESS).because([detail(
            "INSUFFICIENT_PERMISSIONS",
            "",
            "The actor attempting to perform the request is not authorized.",
            None,
        )]),
        ErrorKind::NoRoute => words(S::NOT_FOUND, "NOT_FOUND", NOT_FOUND),
        ErrorKind::MethodNotAllowed => words(
            S::METHOD_NOT_ALLOWED,
            "INVALID_REQUEST",
            "The request could not be completed. The method is not supported for this resource.",
        ),
        ErrorKind::TooLarge => words(S::PAYLOAD_TOO_LARGE, "INVALID_REQUEST", INVALID).because([detail(
            "SIZE_LIMIT_EXCEEDED",
            "",
            "The request body is too large.",
            None,
        )]),
        ErrorKind::RateLimited { .. } => words(
            S::TOO_MANY_REQUESTS,
            "REQUEST_LIMITED",
            "The request could not be completed. Too many requests were made in a short time.",
        )
        .because([detail("LIMIT_EXCEEDED", "", "The limit of requests is exceeded.", None)]),
        ErrorKind::Conflict | ErrorKind::Pending(_) | ErrorKind::Sealed | ErrorKind::Unavailable { .. } => {
            words(S::SERVICE_UNAVAILABLE, "UNEXPECTED_ERROR", UNEXPECTED)
        }
        ErrorKind::Storage
        | ErrorKind::Corrupt
        | ErrorKind::NotAStore
        | ErrorKind::TooNew
        | ErrorKind::Locked
        | ErrorKind::WrongKey => words(S::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR", UNEXPECTED),
    }
}

fn not_found(what: Resource, id: &Identifier) -> String {
    match what {
        Resource::Tenant => format!("Unable to find environment with ID: '{}'", spelled(id)),
        Resource::SigningKey => format!("Key not found for id: {}", spelled(id)),
        Resource::TrustedKey => format!("Certificate not found for id: {}", spelled(id)),
        Resource::IdentityProvider
        | Resource::Application
        | Resource::CertificationRequest
        | Resource::User
        | Resource::Change
        | Resource::Record => NOT_FOUND.to_owned(),
    }
}

/// The answer about places that are wrong: in the query, or in the document.
fn describe_violations(violations: &[Violation], operation: &Operation) -> Words {
    let in_query = violations.iter().any(|violation| violation.pointer.starts_with('?'));
    let code = if in_query { "INVALID_REQUEST" } else { "INVALID_DATA" };
    words(StatusCode::BAD_REQUEST, code, INVALID)
        .because(violations.iter().map(|violation| describe_violation(violation, operation)))
}

fn describe_violation(violation: &Violation, operation: &Operation) -> Value {
    let target = target(&violation.pointer, operation);
    let (code, inner) = match &violation.reason {
        _ if violation.pointer == "?filter" => (
            "INVALID_FILTER",
            Some(json!({
                "supportedAttributes": operation.filterable.attributes,
                "supportedOperators": operation.filterable.operators,
            })),
        ),
        _ if violation.pointer.starts_with('?') => ("INVALID_PARAMETER", None),
        Reason::Missing => ("REQUIRED_VALUE", None),
        Reason::Empty => ("EMPTY_VALUE", None),
        Reason::Taken(by) => ("UNIQUENESS_VIOLATION", Some(existing(by))),
        Reason::OutOfRange(low, high) => {
            ("OUT_OF_RANGE", Some(json!({"rangeMinimumValue": low, "rangeMaximumValue": high})))
        }
        Reason::NotAllowed(allowed) => ("INVALID_VALUE", Some(json!({"allowedValues": allowed}))),
        Reason::Immutable if target != "type" => ("CONSTRAINT_VIOLATION", None),
        Reason::Immutable
        | Reason::WrongType(_)
        | Reason::Unknown(_)
        | Reason::UnreadableCertificate
        | Reason::NotCertificate(_)
        | Reason::CertificateMismatch
        | Reason::CertificateExpiresWithin(_)
        | Reason::KeyTypeNotAllowed
        | Reason::UnusableKey(_)
        | Reason::Other(_) => ("INVALID_VALUE", None),
    };
    detail(code, &target, &message(&violation.reason), inner)
}

fn message(reason: &Reason) -> String {
    match reason {
        Reason::Missing => "is required".to_owned(),
        Reason::Empty => "must not be empty".to_owned(),
        Reason::Taken(_) => "must be unique".to_owned(),
        Reason::OutOfRange(low, high) => format!("must be between {low} and {high}"),
        reason => reason.to_string(),
    }
}

fn detail(code: &str, target: &str, message: &str, inner: Option<Value>) -> Value {
    let mut detail = Members::from_iter([("code".to_owned(), code.into())]);
    if !target.is_empty() {
        detail.insert("target".to_owned(), target.into());
    }
    detail.insert("message".to_owned(), message.into());
    if let Some(inner) = inner {
        detail.insert("innerError".to_owned(), inner);
    }
    detail.into()
}

fn existing(id: &Identifier) -> Value {
    json!({"existingId": spelled(id)})
}

/// A pointer in PingOne's spelling: members separated by dots, elements in brackets.
fn target(pointer: &str, operation: &Operation) -> String {
    let (start, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    match start {
        // All of an upload is one file.
        place::CERTIFICATE => "file".to_owned(),
        start => match place::core(start).and_then(operation.place) {
            Some(place) => pointer::dotted(&format!("{place}/{rest}")),
            None => pointer::dotted(pointer.trim_start_matches('?')),
        },
    }
}

fn spelled(id: &Identifier) -> String {
    match id {
        Identifier::Number(number) => Id::from_number(*number).to_uuid(),
        Identifier::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spelled_with_dots_and_brackets() {
        for (operation, pointer, spelled) in [
            (PROVIDER, "", ""),
            (PROVIDER, "?limit", "limit"),
            (PROVIDER, "/icon/href", "icon.href"),
            (PROVIDER, place::NAME, "name"),
            (PROVIDER, place::SIGNING_KEY, "spSigning.key.id"),
            (PROVIDER, "core:trusted_keys/1", "idpVerification.certificates[1]"),
            (PROVIDER, place::SINGLE_SIGN_ON, "ssoEndpoint"),
            (PROVIDER, place::TOKEN_ENDPOINT, "tokenEndpoint"),
            (APPLICATION, "core:trusted_keys/1", "spVerification.certificates[1]"),
            (APPLICATION, place::SIGNING_KEY, "idpSigning.key.id"),
            (APPLICATION, place::ENCRYPTION_KEY, "spEncryption.certificate.id"),
            (APPLICATION, place::ENTITY_ID, "spEntityId"),
            (ENVIRONMENT, place::NAME, "name"),
            (KEY, "core:certificate/1", "file"),
        ] {
            assert_eq!(target(pointer, &operation), spelled, "{operation:?} {pointer}");
        }
    }
}
