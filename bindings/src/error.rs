//! Errors as texts: a code, a space, and what there is to say. TypeScript makes its `IdpStoreError` of them.

use std::error::Error as _;

use idpstore::{Error, ErrorKind};

/// A code and what there is to say.
pub(crate) type Text = String;

/// The text of an error and of its cause. The codes are part of the npm package's interface.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
pub(crate) fn text(error: Error) -> Text {
    if let ErrorKind::KeyPending { spec } = error.kind() {
        return format!("ERR_KEY_PENDING {spec}");
    }
    let mut text = format!("{} {error}", code(error.kind()));
    if let Some(cause) = error.source().map(ToString::to_string).filter(|cause| !text.ends_with(cause)) {
        text = format!("{text}: {cause}");
    }
    text
}

/// What can go wrong outside of a request has a code of its own; a request's own failures are answers.
fn code(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Locked => "ERR_LOCKED",
        ErrorKind::Corrupt => "ERR_CORRUPT",
        ErrorKind::Invalid { .. } | ErrorKind::Malformed => "ERR_KEY",
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
    format!("ERR_OPTIONS `{name}` {cause}")
}

/// What no HTTP request can be.
pub(crate) fn request(cause: &http::Error) -> Text {
    format!("ERR_REQUEST {cause}")
}
