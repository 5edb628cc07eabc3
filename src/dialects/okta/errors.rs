//! Okta's words for what went wrong.

use http::StatusCode;
use serde_json::{Value, json};

use super::documents::credential::{CLIENT_SECRET as SECRET, KID};
use super::{documents, ids};
use crate::dialects::base64url;
use crate::env::{Entropy, Environment};
use crate::error::{Error, ErrorKind, Identifier, Reason, Resource, Violation, pointer};
use crate::http::{Request, Response, Wording, body};
use crate::model::{Id, place};

/// What the words for an error depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    /// What Okta's summary names as validated.
    validated: &'static str,
    /// What the operation is about.
    of: Of,
    /// The member that is a certificate.
    certificate: &'static str,
    /// Whether it deletes what it is about.
    is_deletion: bool,
}

/// What an operation is about: itself, its keys or its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Provider,
    /// A provider as an application, whose users they are.
    ProviderOfUsers,
    Application,
    /// A vendor record, and what Okta's messages call it.
    Record(&'static str),
}

pub(super) const PROVIDER: Operation =
    Operation { validated: "IdpTrust", of: Of::Provider, certificate: "x5c", is_deletion: false };
pub(super) const PROVIDER_OF_USERS: Operation = Operation { of: Of::ProviderOfUsers, ..PROVIDER };
pub(super) const APPLICATION: Operation =
    Operation { validated: "mediated", of: Of::Application, ..PROVIDER };
pub(super) const USER: Operation = PROVIDER.validating("login");
pub(super) const GROUP: Operation = record("UserGroup", "name");
pub(super) const HOOK: Operation = record("InlineHook", "inlineHook");
pub(super) const MAPPING: Operation = record("ProfileMapping", "updateMapping");
pub(super) const POLICY: Operation = record("Policy", "Policy");
pub(super) const SCHEMA: Operation = record("Schema", "schema");
pub(super) const USER_TYPE: Operation = record("UserType", "userType");
pub(super) const ASSIGNED_GROUP: Operation = record("ApplicationGroupAssignment", "groupAssignment");
pub(super) const ASSIGNED_USER: Operation = record("AppUser", "appUser");
pub(super) const FEATURE: Operation = record("ApplicationFeature", "feature");
pub(super) const CLIENT_KEY: Operation =
    Operation { of: CLIENT_KEY_TYPE, ..PROVIDER.validating("JsonWebKey") };
pub(super) const CLIENT_SECRET: Operation =
    Operation { of: CLIENT_SECRET_TYPE, ..PROVIDER.validating("OAuth2ClientSecretMediated") };

/// What Okta's API description has for a key without an id beside others.
const NO_KID: &str = "Each key should have a unique kid when adding multiple keys. Use the Apps API to update the JWKS to add \
     a kid for the existing key, or delete the existing key and re-add the key with a kid using the JWKS APIs.";

const CLIENT_KEY_TYPE: Of = Of::Record("OAuth2ClientJsonWebKey");
const CLIENT_SECRET_TYPE: Of = Of::Record("OAuth2ClientSecret");

const fn record(name: &'static str, validated: &'static str) -> Operation {
    Operation { of: Of::Record(name), ..PROVIDER.validating(validated) }
}

impl Operation {
    const fn validating(self, validated: &'static str) -> Self {
        Self { validated, ..self }
    }

    /// The same for a list, or another operation whose parameters are validated.
    pub(super) const fn parameters(self) -> Self {
        self.validating("RequestParams")
    }

    /// The same for a new key.
    pub(super) const fn new_key(self) -> Self {
        self.validating("generateKey")
    }

    /// The same for a key that another may sign with.
    pub(super) const fn key_clone(self) -> Self {
        self.validating("cloneKey")
    }

    /// The same for a new certification request.
    pub(super) const fn new_request(self) -> Self {
        self.validating("csr")
    }

    /// The same for a deletion.
    pub(super) const fn deletion(self) -> Self {
        Self { is_deletion: true, ..self }
    }

    /// The same for a certificate, which is the whole body and no member of it.
    pub(super) const fn certificate(self) -> Self {
        Self { certificate: "certificate", ..self.validating("certificate") }
    }
}

/// Status, code and summary of an error, and its causes.
struct Words {
    status: StatusCode,
    code: &'static str,
    summary: String,
    causes: Vec<String>,
}

fn words(status: StatusCode, code: &'static str, summary: impl Into<String>) -> Words {
    Words { status, code, summary: summary.into(), causes: Vec::new() }
}

impl Words {
    fn because(mut self, causes: impl IntoIterator<Item = String>) -> Self {
        self.causes.extend(causes);
        self
    }
}

impl Wording for Operation {
    fn answer(&self, error: &Error, _: &Request, env: &Environment) -> Response {
        let Words { status, code, summary, causes } = describe(error, self);
        let causes: Vec<Value> = causes.into_iter().map(|cause| json!({"errorSummary": cause})).collect();
        let document = json!({
            "errorCode": code,
            "errorSummary": summary,
            "errorLink": code,
            "errorId": error_id(&*env.entropy),
            "errorCauses": causes,
        });
        body::json(status, &document).unwrap_or_default()
    }
}

/// An id by which Okta's support would find the error: `oae` and 22 characters.
fn error_id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    format!("oae{}", base64url(&bytes))
}

/// One arm for each kind, so that a new kind does not compile without words.
fn describe(error: &Error, operation: &Operation) -> Words {
    use StatusCode as S;
    match error.kind() {
        ErrorKind::NotFound { what, id } => {
            let type_name = type_of(*what, operation);
            let summary = format!("Not found: Resource not found: {} ({type_name})", spelled(*what, id));
            words(S::NOT_FOUND, "E0000007", summary)
        }
        ErrorKind::AlreadyExists { what: Resource::SigningKey, .. } => invalid(operation)
            .because(["Key already exists in the list of key credentials for the target app.".to_owned()]),
        ErrorKind::AlreadyExists { what: Resource::Record, .. } => invalid(operation).because([
            "name: An object with this field already exists in the current organization".to_owned(),
        ]),
        ErrorKind::AlreadyExists { what: Resource::User, .. } => invalid(operation).because([
            "login: An object with this field already exists in the current organization".to_owned(),
        ]),
        ErrorKind::AlreadyExists { id, .. } => words(
            S::CONFLICT,
            "E0000096",
            format!("This certificate has already been uploaded with kid={id}."),
        ),
        ErrorKind::Invalid { violations } => describe_violations(violations, operation),
        ErrorKind::InUse { by } => invalid(operation).because([format!(
            "The key credential cannot be deleted because it is in use by: {}.",
            by.join(", ")
        )]),
        ErrorKind::WrongState if operation.of == Of::Application && operation.is_deletion => {
            words(S::FORBIDDEN, "E0000056", "Delete application forbidden.")
                .because(["The application must be deactivated before deletion.".to_owned()])
        }
        ErrorKind::Inactive { what, id } => words(
            S::BAD_REQUEST,
            "E0000024",
            "Bad request. This operation on app metadata is not yet supported.",
        )
        .because([format!("{}: No active instances.", spelled(*what, id))]),
        ErrorKind::WrongState => {
            words(S::FORBIDDEN, "E0000107", "The operation is not allowed in the current state.")
        }
        ErrorKind::Unsupported => words(
            S::UNAUTHORIZED,
            "E0000015",
            "You do not have permission to access the feature you are requesting",
        ),
        ErrorKind::UnsupportedMediaType => words(S::BAD_REQUEST, "E0000021", HEADERS),
        ErrorKind::NotAcceptable => words(S::BAD_REQUEST, "E0000019", HEADERS),
        ErrorKind::Malformed => malformed(),
        ErrorKind::BadCursor => words(S::BAD_REQUEST, "E0000029", "Invalid paging request.")
            .because(["Invalid cursor.".to_owned()]),
        ErrorKind::RateLimited { .. } => {
            words(S::TOO_MANY_REQUESTS, "E0000047", "API call exceeded rate limit due to too many requests.")
        }
        ErrorKind::Unauthorized => words(S::UNAUTHORIZED, "E0000011", "Invalid token provided"),
        ErrorKind::Forbidden => {
            words(S::FORBIDDEN, "E0000006", "You do not have permission to perform the requested action")
        }
        ErrorKind::NoRoute => words(S::NOT_FOUND, "E0000008", "The requested path was not found"),
        ErrorKind::MethodNotAllowed => {
            words(S::METHOD_NOT_ALLOWED, "E0000022", "The endpoint does not support the provided HTTP method")
        }
        ErrorKind::TooLarge => {
            words(S::PAYLOAD_TOO_LARGE, "E0000003", "The request body was not well-formed.")
        }
        ErrorKind::Conflict => {
            words(S::CONFLICT, "E0000195", "The request conflicts with another one. Try again.")
        }
        ErrorKind::Pending(_) | ErrorKind::Sealed | ErrorKind::Unavailable { .. } => {
            words(S::SERVICE_UNAVAILABLE, "E0000009", "Internal Server Error")
        }
        ErrorKind::Storage
        | ErrorKind::Corrupt
        | ErrorKind::NotAStore
        | ErrorKind::TooNew
        | ErrorKind::Locked
        | ErrorKind::WrongKey => words(S::INTERNAL_SERVER_ERROR, "E0000009", "Internal Server Error"),
    }
}

/// The summary of both errors about media types.
const HEADERS: &str = "Bad request. Accept and/or Content-Type headers likely do not match supported values.";

/// The error of a body that is no document of the right shape.
fn malformed() -> Words {
    words(StatusCode::BAD_REQUEST, "E0000003", "The request body was not well-formed.")
}

/// The error of a document that was read but is not acceptable.
fn invalid(operation: &Operation) -> Words {
    let summary = format!("Api validation failed: {}", operation.validated);
    words(StatusCode::BAD_REQUEST, "E0000001", summary)
}

fn describe_violations(violations: &[Violation], operation: &Operation) -> Words {
    if violations.iter().any(|violation| violation.pointer == "?filter") {
        return words(StatusCode::BAD_REQUEST, "E0000031", "Invalid search criteria.")
            .because(["Invalid search syntax.".to_owned()]);
    }
    // Okta reads the body into its own types first; for what does not fit there it has no other words.
    let shapeless = |violation: &Violation| {
        matches!(violation.reason, Reason::WrongType(_)) && !violation.pointer.starts_with('?')
    };
    if violations.iter().any(shapeless) {
        return malformed();
    }
    let missing_parameter = violations
        .iter()
        .any(|violation| violation.pointer.starts_with('?') && violation.reason == Reason::Missing);
    if missing_parameter {
        return words(StatusCode::BAD_REQUEST, "E0000028", "The request is missing a required parameter.");
    }
    let of_secret = violations.iter().any(|violation| violation.pointer.strip_prefix('/') == Some(SECRET));
    let validated = if of_secret { operation.validating(SECRET) } else { *operation };
    invalid(&validated).because(violations.iter().map(|violation| cause(violation, operation)))
}

/// One cause: the place in Okta's spelling, and what is wrong there.
fn cause(violation: &Violation, operation: &Operation) -> String {
    let place = place_of(&violation.pointer, operation);
    match &violation.reason {
        Reason::Taken(_) if violation.pointer == place::ALIAS => {
            "Cannot create an existing App Wizard App".to_owned()
        }
        Reason::Missing if place == "label" => "label: Label must be specified".to_owned(),
        Reason::Other(_) if place == "expand" => "Expand query is malformed.".to_owned(),
        Reason::Missing if place == "protocol.issuer" => {
            "The protocol.issuer object cannot be left blank.".to_owned()
        }
        Reason::Missing if place == "policy.subject.matchAttribute" => {
            "The policy.subject.matchAttribute is invalid.".to_owned()
        }
        Reason::Missing if operation.of == CLIENT_KEY_TYPE && place == KID => NO_KID.to_owned(),
        Reason::Missing | Reason::Empty => format!("{place}: The field cannot be left blank"),
        Reason::OutOfRange(low, high) if place == "validityYears" => {
            format!("Validity years out of range. It should be {low} - {high} years")
        }
        Reason::OutOfRange(low, high) => {
            format!("{place}: The field must be between {low} and {high} in size")
        }
        Reason::Unknown(Resource::Record) => {
            format!("Invalid target field {}", place.rsplit('.').next().unwrap_or_default())
        }
        Reason::Unknown(what) => format!("{place}: The {what} does not exist"),
        Reason::Immutable => format!("{place}: The field cannot be changed"),
        Reason::UnreadableCertificate => format!("{place}: The certificate cannot be read"),
        Reason::NotCertificate(what) => format!("{place}: The certificate cannot be read: it is {what}"),
        Reason::CertificateMismatch => "The certificate does not match the CSR.".to_owned(),
        Reason::CertificateExpiresWithin(days) => {
            format!("The certificate must be valid for more than {days} days.")
        }
        // The rules for the credentials of clients have the words of Okta's API description.
        Reason::Other(words) if matches!(operation.of, CLIENT_KEY_TYPE | CLIENT_SECRET_TYPE) => words.clone(),
        Reason::KeyTypeNotAllowed => format!("{place}: The key type is not supported"),
        Reason::UnusableKey(why) => format!("{place}: The key cannot be used: {why}"),
        Reason::Taken(_) => format!("{place}: An object with this field already exists"),
        Reason::WrongType(_) | Reason::NotAllowed(_) | Reason::Other(_) => {
            format!("{place}: The field has an invalid value")
        }
    }
}

/// A pointer in Okta's spelling: members separated by dots, elements in brackets.
fn place_of(pointer: &str, operation: &Operation) -> String {
    let (start, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let (part, rest) = match place::core(start) {
        Some("trusted_keys") if matches!(rest, "" | "0") => (Some("trusted_keys[0]"), ""),
        // All but the first are in a list of their own; the rules let it have one.
        Some("trusted_keys") => (Some("trusted_keys[1..]"), "0"),
        part => (part, rest),
    };
    let member = part.and_then(|part| match operation.of {
        Of::Application => documents::application::APPLICATION.place(part),
        Of::Provider | Of::ProviderOfUsers => documents::provider::PROVIDER.place(part),
        Of::Record(_) => documents::group::GROUP.place(part),
    });
    let start = match (start, &member) {
        (_, Some(member)) => member,
        (place::CERTIFICATE, _) => operation.certificate,
        (place::SUBJECT_ALT_NAME, _) => "subjectAltNames.dnsNames",
        (parameter, _) => parameter.trim_start_matches('?'),
    };
    pointer::dotted(&format!("{start}/{rest}"))
}

fn spelled(what: Resource, id: &Identifier) -> String {
    match id {
        Identifier::Number(number) if what == Resource::User => {
            ids::spell_as(ids::USER, Id::from_number(*number))
        }
        Identifier::Number(number) => ids::spell(Id::from_number(*number)),
        Identifier::Text(text) => text.clone(),
    }
}

/// The name of Okta's type.
fn type_of(what: Resource, operation: &Operation) -> &'static str {
    match what {
        Resource::SigningKey if operation.of == Of::Application => "AppInstance",
        Resource::CertificationRequest => "CertificateSigningRequest",
        Resource::Tenant => "Org",
        Resource::IdentityProvider if operation.of == Of::ProviderOfUsers => "IdpAppInstance",
        Resource::Application => "AppInstance",
        Resource::User => "User",
        Resource::Change => "Change",
        Resource::Record => match operation.of {
            Of::Record(name) => name,
            _ => "Record",
        },
        Resource::IdentityProvider | Resource::TrustedKey | Resource::SigningKey => "IdpTrust",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Need;

    #[test]
    fn pointers_are_spelled_with_dots_and_brackets() {
        for (pointer, spelled) in [
            ("/name", "name"),
            ("/protocol/issuer/url", "protocol.issuer.url"),
            ("core:name", "name"),
            ("core:signing_key", "protocol.credentials.signing.kid"),
            ("core:trusted_keys/0", "protocol.credentials.trust.kid"),
            ("core:trusted_keys/1", "protocol.credentials.trust.additionalKids[0]"),
            ("core:certificate/1", "x5c[1]"),
            ("?limit", "limit"),
            ("", ""),
        ] {
            assert_eq!(place_of(pointer, &PROVIDER), spelled);
        }
    }

    #[test]
    fn what_no_request_can_cause_has_words_too() {
        for (kind, status, code) in [
            (ErrorKind::Unauthorized, 401, "E0000011"),
            (ErrorKind::Forbidden, 403, "E0000006"),
            (ErrorKind::Unsupported, 401, "E0000015"),
            (ErrorKind::WrongState, 403, "E0000107"),
            (ErrorKind::Conflict, 409, "E0000195"),
            (ErrorKind::Pending(Need::Key { spec: "RSA-2048".to_owned() }), 503, "E0000009"),
            (ErrorKind::Unavailable { retry_after: 1 }, 503, "E0000009"),
            (ErrorKind::Storage, 500, "E0000009"),
            (ErrorKind::Corrupt, 500, "E0000009"),
            (ErrorKind::Locked, 500, "E0000009"),
        ] {
            let words = describe(&kind.into(), &PROVIDER);
            assert_eq!((words.status.as_u16(), words.code), (status, code));
        }
    }
}
