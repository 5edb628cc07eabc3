//! What goes wrong in ZITADEL's words: a text, the id by which its own errors are known, and a gRPC status.

use std::fmt;

use http::StatusCode;

use crate::error::{Error, ErrorKind, Resource};

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

/// The text of every provider that is not there, where it has a translation.
pub(super) const NOT_EXISTING: &str = "Identity Provider Configuration doesn't exist";

/// An error in ZITADEL's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    /// The text, without the id.
    pub(super) text: String,
    /// The id by which ZITADEL's own errors are known; those of rules and of JSON have none.
    pub(super) id: Option<&'static str>,
    /// Whether the body could not be read at all.
    is_malformed: bool,
}

impl Failure {
    /// A body that cannot be read.
    pub(super) fn malformed(text: impl Into<String>) -> Self {
        Self { is_malformed: true, ..Self::broken_rule(text) }
    }

    /// A field that breaks its rule.
    pub(super) fn broken_rule(text: impl Into<String>) -> Self {
        Self { code: INVALID_ARGUMENT, text: text.into(), id: None, is_malformed: false }
    }

    /// An argument that the server does not accept.
    pub(super) fn invalid(text: &str, id: &'static str) -> Self {
        Self::with_id(INVALID_ARGUMENT, text, id)
    }

    /// A provider that is not there.
    pub(super) fn not_found(text: &str, id: &'static str) -> Self {
        Self::with_id(NOT_FOUND, text, id)
    }

    /// An organization that is not there.
    pub(super) fn no_organization() -> Self {
        Self::with_id(PERMISSION_DENIED, "Organisation doesn't exist", "AUTH-Bs7Ds")
    }

    /// A caller who does not say who it is; ZITADEL's gateway has an id only for some of the ways to fail at that.
    pub(super) fn unauthenticated(text: &str, id: Option<&'static str>) -> Self {
        Self { id, ..Self::plain(UNAUTHENTICATED, text) }
    }

    /// In place of an error of the rules that a provider is not there; any other error stays.
    pub(super) fn if_missing(self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::NotFound { what: Resource::IdentityProvider, .. } => self.into(),
            _ => error,
        }
    }

    /// In place of an error that keeps a document from being fetched; if the host has yet to fetch it, that stays.
    pub(super) fn unless_pending(self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Pending(_) => error,
            _ => self.into(),
        }
    }

    pub(super) fn plain(code: Code, text: &str) -> Self {
        Self { code, ..Self::broken_rule(text) }
    }

    pub(super) fn with_id(code: Code, text: &str, id: &'static str) -> Self {
        Self { id: Some(id), ..Self::plain(code, text) }
    }

    pub(super) fn message(&self) -> String {
        match self.id {
            Some(id) => format!("{} ({id})", self.text),
            None => self.text.clone(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = match failure.code {
            NOT_FOUND => {
                ErrorKind::NotFound { what: Resource::IdentityProvider, id: failure.text.clone().into() }
            }
            PERMISSION_DENIED => {
                ErrorKind::NotFound { what: Resource::Tenant, id: failure.text.clone().into() }
            }
            UNAUTHENTICATED => ErrorKind::Unauthorized,
            _ if failure.is_malformed => ErrorKind::Malformed,
            _ => ErrorKind::Invalid { violations: Vec::new() },
        };
        Self::new(kind).caused_by(failure)
    }
}
