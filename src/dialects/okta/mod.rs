//! Okta's Identity Providers API.
//!
//! Answers follow recorded behaviour where it differs from Okta's own pages; what neither settles is listed in
//! `docs/decisions/0002-open-questions-of-okta.md`.

mod defaults;
mod errors;
mod fields;
mod ids;
mod key_lens;
mod keys;
mod lens;
mod links;
mod metadata;
mod paging;
mod providers;
mod requests;
mod routes;
mod rules;
mod wire;

use std::time::{Duration, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, DATE, EXPIRES, HeaderName, PRAGMA, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response as HttpResponse};

use super::{Dialect, base64url};
use crate::env::Environment;
use crate::http::Response;

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: wire::NAME,
    prefixes: &["/api/v1/"],
    routes: routes::ROUTES,
    lens: &lens::OktaLens,
    ignores_trailing_slash: true,
    render_error: errors::render,
    cors: None,
    finish,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-okta-request-id");

/// Adds the headers that all answers have.
fn finish(response: &mut Response, env: &Environment) {
    let mut id = [0; 20];
    env.entropy.fill(&mut id);
    let seconds = u64::try_from(env.clock.now().unix_seconds()).unwrap_or_default();
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    let headers = HttpResponse::headers_mut(response);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(EXPIRES, HeaderValue::from_static("0"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    for (name, value) in [(DATE, date), (REQUEST_ID, base64url(&id))] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}
