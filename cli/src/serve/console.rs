//! The admin console at `/`: a page and what it loads. It uses the APIs as every other client does.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use idpstore::env::{Entropy as _, SeededEntropy};
use idpstore::{Grant, Tokens};

use crate::failure::Failure;

/// How a program is made that has the console.
pub(crate) const MISSING: &str = "the console is not in this program: `cargo install idpstore-cli --features console` builds one that \
     has it\n";

/// Whether it is in this program.
pub(crate) const IS_HERE: bool = cfg!(feature = "console");

/// Who uses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Console {
    /// All that open the address, with a token where the server requires one.
    #[default]
    Served,
    /// Those alone that have the token.
    Guarded,
    /// The same, and it is opened in a browser.
    Opened,
}

/// A file: its path, its type, and its content.
type File = (&'static str, &'static str, &'static [u8]);

#[cfg(feature = "console")]
const FILES: &[File] = &[
    ("/", "text/html; charset=utf-8", include_bytes!("../../console/index.html")),
    ("/console.js", "text/javascript; charset=utf-8", include_bytes!("../../console/console.js")),
    ("/icon.svg", "image/svg+xml", include_bytes!("../../console/icon.svg")),
];

#[cfg(not(feature = "console"))]
const FILES: &[File] = &[("/", "text/plain; charset=utf-8", MISSING.as_bytes())];

/// Of all files; it changes with each of them.
const VERSION: Option<&str> = option_env!("CONSOLE_ETAG");

/// The headers of all files. The page needs nothing of other servers, and no page may show it in a frame.
const HEADERS: [(http::HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-cache"), // another version may listen on this port tomorrow
    (CONTENT_SECURITY_POLICY, "default-src 'self'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// The answer to a request for the console, if it is one.
pub(super) fn answer(request: &Parts) -> Option<Response<Bytes>> {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    let (_, content_type, content) = FILES.iter().find(|(path, ..)| *path == request.uri.path())?;
    let mut response = Response::default();
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(version) = VERSION {
        headers.insert(ETAG, HeaderValue::from_static(version));
    }
    if is_known(&request.headers) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Some(response);
    }
    if !IS_HERE {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    *response.body_mut() = Bytes::from_static(content);
    Some(response)
}

/// Whether the browser has this version.
fn is_known(headers: &HeaderMap) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    VERSION.is_some_and(|version| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == version))
}

/// A token for the console, which is valid as long as the process runs.
pub(super) fn token() -> Result<String, Failure> {
    let entropy =
        SeededEntropy::from_system().map_err(|error| Failure::new("cannot make a token", &error))?;
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The tokens with that of the console.
pub(super) fn allow(tokens: Tokens, token: &str) -> Tokens {
    tokens.allow(token, Grant::full().named("console"))
}

/// Opens the link in the browser.
#[cfg(feature = "console")]
pub(super) fn open(link: &str) -> std::io::Result<()> {
    open::that_detached(link)
}

#[cfg(not(feature = "console"))]
pub(super) fn open(_: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
