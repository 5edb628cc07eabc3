//! Errors as texts: a code, a space, and what there is to say. TypeScript makes its `IdpStoreError` of them.

use idpstore::{Error, ErrorKind, Need};

/// A code and what there is to say.
pub(crate) type Text = String;

/// The text of an error and of its causes. The codes are part of the npm package's interface.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(crate) fn text(error: Error) -> Text {
    match error.kind() {
        ErrorKind::Pending(need) => pending(need),
        kind => format!("{} {}", code(kind), error.in_full()),
    }
}

/// What the host must bring before it repeats the call.
fn pending(need: &Need) -> Text {
    match need {
        Need::Key { spec } => format!("ERR_KEY_PENDING {spec}"),
        Need::Document { url } => format!("ERR_DOCUMENT_PENDING {url}"),
        Need::Signature => "ERR_SIGNATURE_PENDING".to_owned(),
        Need::Derivation => "ERR_DERIVATION_PENDING".to_owned(),
    }
}

/// What can go wrong outside of a request has a code of its own; a request's own failures are answers.
fn code(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Locked => "ERR_LOCKED",
        ErrorKind::Sealed => "ERR_SEALED",
        ErrorKind::WrongKey => "ERR_WRONG_KEY",
        ErrorKind::WrongState => "ERR_OPTIONS",
        ErrorKind::Corrupt | ErrorKind::NotAStore | ErrorKind::TooNew => "ERR_CORRUPT",
        ErrorKind::Invalid { .. } | ErrorKind::Malformed => "ERR_KEY",
        ErrorKind::Unsupported => "ERR_UNSUPPORTED",
        _ => "ERR_STORAGE",
    }
}

/// What keeps a test key from being had.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(crate) fn key(cause: Error) -> Text {
    format!("ERR_KEY {cause}")
}

/// What is wrong with an option.
pub(crate) fn option(name: &str, cause: &Error) -> Text {
    format!("ERR_OPTIONS `{name}` {}", cause.in_full())
}

/// What no HTTP request can be.
pub(crate) fn request(cause: &http::Error) -> Text {
    format!("ERR_REQUEST {cause}")
}
