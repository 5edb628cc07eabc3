//! ZITADEL's words for what went wrong.

use std::error::Error as _;

use http::header::AUTHORIZATION;

use super::documents::commands::Command;
use super::documents::requests::TO_GOOGLE;
use super::failure::{
    ABORTED, ALREADY_EXISTS, FAILED_PRECONDITION, Failure, Form, INTERNAL, INVALID, INVALID_ARGUMENT,
    METHOD_NOT_ALLOWED, NOT_EXISTING, NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE,
    UNIMPLEMENTED, UNSUPPORTED_MEDIA_TYPE,
};
use super::operations::{Operation, Read};
use super::owners::Surface;
use super::{calls, commands, health, partner};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Resource, Result, Violation, pointer};
use crate::http::{Request, Response, Wording, path_of};

/// What the words for the errors of an operation depend on.
#[derive(Debug)]
pub(super) struct Words {
    form: Form,
    /// ZITADEL's name of the operation; the pages of our side of SAML have none.
    operation: &'static str,
}

/// What words the errors of requests for which there is no route.
#[derive(Debug)]
pub(super) struct NoRoute;

/// The one scheme of tokens, and what follows it (RFC 6750, section 2.1).
const BEARER: &[u8] = b"Bearer ";

impl Words {
    pub(super) const fn new(form: Form, operation: &'static str) -> Self {
        Self { form, operation }
    }

    /// The operation, on the surface to which the path leads.
    fn operation(&self, request: &Request) -> (Option<Operation>, Surface) {
        let surface = Surface::of_path(path_of(request));
        (Operation::named(self.operation, surface).map(|(operation, _)| operation), surface)
    }

    /// The error that the provider is missing.
    fn missing(&self, request: &Request) -> Failure {
        let (operation, surface) = self.operation(request);
        let command = match operation {
            None => return Failure::not_found("Errors.IDPConfig.NotExisting", "COMMAND-as02jin"),
            Some(Operation::Update(kind)) => &kind.updating,
            Some(Operation::Regenerate) => &commands::REGENERATE,
            Some(Operation::Delete) => &commands::DELETE,
            // Which of the two commands it is depends on the template.
            Some(Operation::Migrate) => match calls::read(self.form, request, self.operation) {
                Ok(Read { members, .. }) if members.contains_key(TO_GOOGLE.name) => {
                    &commands::MIGRATE_TO_GOOGLE
                }
                _ => &commands::MIGRATE_TO_AZURE,
            },
            Some(Operation::Add(_) | Operation::Get(_) | Operation::List | Operation::Further(_)) => {
                return Failure::not_found(NOT_EXISTING, "QUERY-SAFrt");
            }
        };
        command.missing(surface)
    }

    /// The error that the request is not acceptable, if ZITADEL has one of its own for that.
    fn invalid(&self, request: &Request, violation: &Violation) -> Option<Failure> {
        let (operation, surface) = self.operation(request);
        let refused = |command: &Command| command.refusal(surface, violation);
        match operation? {
            Operation::Add(kind) => {
                refused(&kind.adding).or_else(|| partner::refusal(true, surface, violation))
            }
            Operation::Update(kind) => {
                refused(&kind.updating).or_else(|| partner::refusal(false, surface, violation))
            }
            Operation::Migrate if violation.pointer.starts_with(&pointer::of([TO_GOOGLE.name])) => {
                refused(&commands::MIGRATE_TO_GOOGLE)
            }
            Operation::Migrate => refused(&commands::MIGRATE_TO_AZURE),
            Operation::Regenerate => refused(&commands::REGENERATE),
            Operation::Get(_) | Operation::Delete | Operation::List | Operation::Further(_) => None,
        }
    }

    /// One arm for each kind, so that a new kind does not compile without words.
    fn describe(&self, error: &Error, request: &Request) -> Failure {
        if let Some(failure) = error.source().and_then(<dyn std::error::Error>::downcast_ref::<Failure>) {
            return failure.clone();
        }
        match error.kind() {
            ErrorKind::NotFound { what: Resource::IdentityProvider, .. } => self.missing(request),
            ErrorKind::NotFound { what: Resource::Tenant, .. } => Failure::no_organization(),
            ErrorKind::NotFound { .. } | ErrorKind::NoRoute => Failure::plain(NOT_FOUND, "Not Found"),
            ErrorKind::AlreadyExists { .. } => Failure::plain(ALREADY_EXISTS, "Errors.AlreadyExists"),
            ErrorKind::Invalid { violations } => match violations.first() {
                Some(violation) => self
                    .invalid(request, violation)
                    .unwrap_or_else(|| Failure::plain(INVALID_ARGUMENT, INVALID)),
                None => Failure::broken_rule(words(error)),
            },
            ErrorKind::InUse { .. } | ErrorKind::WrongState | ErrorKind::Inactive { .. } => {
                Failure::plain(FAILED_PRECONDITION, "Errors.PreconditionFailed")
            }
            ErrorKind::Unsupported if self.form == Form::PlainText => {
                Failure::invalid("Errors.Intent.IDPInvalid", "SAML-lrud8s9coi")
            }
            ErrorKind::Unsupported | ErrorKind::NotAcceptable => {
                Failure::plain(UNIMPLEMENTED, "Not Implemented")
            }
            ErrorKind::UnsupportedMediaType => {
                Failure::plain(UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
            }
            ErrorKind::Malformed | ErrorKind::BadCursor => Failure::broken_rule(words(error)),
            ErrorKind::Unauthorized => unauthenticated(request),
            ErrorKind::Forbidden => {
                Failure::with_id(PERMISSION_DENIED, "No matching permissions found", "AUTH-5mWD2")
            }
            ErrorKind::MethodNotAllowed => Failure::plain(METHOD_NOT_ALLOWED, "Method Not Allowed"),
            ErrorKind::TooLarge => {
                Failure::plain(RESOURCE_EXHAUSTED, "grpc: received message larger than allowed")
            }
            ErrorKind::RateLimited { .. } => Failure::plain(RESOURCE_EXHAUSTED, "quota exhausted"),
            ErrorKind::Conflict => Failure::plain(ABORTED, "Errors.Conflict"),
            ErrorKind::Pending(_) | ErrorKind::Sealed | ErrorKind::Unavailable { .. } => {
                Failure::plain(UNAVAILABLE, "Errors.Unavailable")
            }
            ErrorKind::Storage
            | ErrorKind::Corrupt
            | ErrorKind::NotAStore
            | ErrorKind::TooNew
            | ErrorKind::Locked
            | ErrorKind::WrongKey => Failure::plain(INTERNAL, "An internal error occurred"),
        }
    }
}

/// What is wrong with a message. ZITADEL's server shows the words of the libraries that read and check messages, which
/// `protojson` has as well.
fn words(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// What is wrong with the token, or with the header that should have one.
fn unauthenticated(request: &Request) -> Failure {
    let header = request.headers().get(AUTHORIZATION).map_or(&b""[..], |header| header.as_bytes());
    let is_bearer = header.get(..BEARER.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(BEARER));
    match (header, is_bearer) {
        (b"", _) => Failure::unauthenticated("auth header missing", None),
        (_, false) => Failure::unauthenticated("invalid auth header", Some("AUTH-toLo1")),
        (_, true) => Failure::unauthenticated("Errors.Token.Invalid", Some("AUTH-7fs1e")),
    }
}

impl Wording for Words {
    fn answer(&self, error: &Error, request: &Request, _: &Environment) -> Response {
        self.form.answer(&self.describe(error, request))
    }

    /// JSON is looked at before tokens. The pages of our side of SAML and the calls about health need none.
    fn refuse(&self, refusal: Error, request: &Request) -> Result<()> {
        let is_open = self.form == Form::PlainText || self.operation == health::OPERATION;
        match self.form {
            _ if is_open && *refusal.kind() == ErrorKind::Unauthorized => return Ok(()),
            Form::PlainText => {}
            Form::Rest | Form::Connect => drop(calls::read(self.form, request, self.operation)?),
        }
        Err(refusal)
    }
}

impl Wording for NoRoute {
    fn answer(&self, error: &Error, request: &Request, env: &Environment) -> Response {
        Words::new(Form::Rest, "").answer(error, request, env)
    }

    /// Routes are looked at before tokens.
    fn refuse(&self, _: Error, _: &Request) -> Result<()> {
        Ok(())
    }
}
