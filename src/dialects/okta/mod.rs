//! Okta's Identity Providers API, and that of the applications that sign people in through us. May import
//! everything but `store` and other dialects.
//!
//! Answers follow recorded behaviour where it differs from Okta's own pages; what neither settles is listed in
//! `docs/decisions/0002-open-questions-of-okta.md`.

mod applications;
mod cautions;

mod documents;
mod errors;
mod ids;
mod keys;
mod lens;
mod linked_users;
mod links;
mod making;
mod metadata;
mod organization;
#[cfg(test)]
mod openapi;
mod paging;
mod policy;
mod providers;
mod requests;
mod routes;
mod urls;
mod users;
mod wire;

pub use ids::{read as read_id, read_user as read_user_id, spell as id, spell_user as user_id};
pub use providers::LENIENT_DOCUMENTS;

use std::time::{Duration, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, DATE, EXPIRES, HeaderName, PRAGMA, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response as HttpResponse};

use super::{Dialect, base64url};
use crate::env::Environment;
use crate::http::{Quota, Response};
use crate::pki::Timestamp;

/// The dialect.
pub(super) static DIALECT: Dialect = Dialect {
    name: wire::NAME,
    hosts: &[],
    prefixes: &["/api/v1/", "/.well-known/okta-organization"],
    routes: routes::ROUTES,
    policy: &policy::POLICY,
    spell: ids::spell,
    read_id: ids::read,
    lens: &lens::OktaLens,
    redraft: providers::redraft,
    application: applications::members,
    making: &making::MAKING,
    ignores_trailing_slash: true,
    wording: &errors::PROVIDER,
    cors: None,
    finish,
    cautions: cautions::cautions,
    #[cfg(test)]
    reference: documents::tests::reference,
    #[cfg(test)]
    openapi: Some(openapi::description),
};

/// How much of the rate limit is left, and when there is more, in seconds since the epoch.
const RATE_LIMIT: [HeaderName; 3] = [
    HeaderName::from_static("x-rate-limit-limit"),
    HeaderName::from_static("x-rate-limit-remaining"),
    HeaderName::from_static("x-rate-limit-reset"),
];

/// A time as Okta spells it: whole seconds, with the digits of milliseconds.
fn time(time: Timestamp) -> String {
    time.truncated_to_seconds().to_string()
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-okta-request-id");

/// Adds the headers that all answers have.
fn finish(response: &mut Response, env: &Environment) {
    let mut id = [0; 20];
    env.entropy.fill(&mut id);
    // A date outside of these years has no spelling (RFC 9110, section 5.6.7).
    let now = env.clock.now().clamp(Timestamp::default(), Timestamp::LAST);
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or_default();
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    let quota = response.extensions().get::<Quota>().copied();
    let headers = HttpResponse::headers_mut(response);
    if let Some(Quota { limit, remaining, reset }) = quota {
        let values = [limit.into(), remaining.into(), reset.unix_seconds()];
        headers.extend(RATE_LIMIT.into_iter().zip(values.map(HeaderValue::from)));
    }
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
