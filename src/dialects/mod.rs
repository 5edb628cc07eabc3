//! The vendors' doors: they translate and never decide. May import everything but `store`; dialects never
//! import each other.
//!
//! A dialect is a value ([`Dialect`]); [`ALL`] has one line for each.

pub mod lens;
pub mod laws;
#[cfg(feature = "okta")]
pub mod okta;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::env::Environment;
use crate::error::Error;
use crate::http::{Response, Route};

/// One vendor's management API.
pub struct Dialect {
    /// The name under which remainders and the change log speak of it.
    pub name: &'static str,
    /// The starts of the paths that are its own.
    pub prefixes: &'static [&'static str],
    /// The whole API.
    pub routes: &'static [Route],
    /// How it shows and reads identity providers.
    pub lens: &'static dyn lens::Lens,
    /// Whether a slash at the end of a path means nothing.
    pub ignores_trailing_slash: bool,
    /// Words an error; the operation is known once a route was found.
    pub render_error: fn(&Error, Option<&str>, &Environment) -> Response,
    /// Adds the headers that all answers have.
    pub finish: fn(&mut Response, &Environment),
}

/// All dialects.
pub static ALL: &[&Dialect] = &[
    #[cfg(feature = "okta")]
    &okta::DIALECT,
];

/// The dialect to which a path belongs.
#[must_use]
pub fn of_path(path: &str) -> Option<&'static Dialect> {
    ALL.iter().copied().find(|dialect| dialect.prefixes.iter().any(|prefix| path.starts_with(prefix)))
}

/// base64url without padding (RFC 4648, section 5), in which vendors write what is opaque.
fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
