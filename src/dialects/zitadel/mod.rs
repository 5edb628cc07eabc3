//! ZITADEL's identity provider templates: Admin API v1, Management API v1 and the reading of API v2, over REST and
//! over Connect with JSON. May import everything but `store` and other dialects.
//!
//! Answers follow recorded behaviour where it differs from ZITADEL's own pages. The document of a provider and all messages
//! are tables (`documents`), and so is what each command checks (`commands`).

mod calls;
mod commands;
mod documents;
mod errors;
mod failure;
mod ids;
mod lens;
mod making;
mod metadata;
#[cfg(test)]
mod openapi;
mod operations;
mod owners;
mod partner;
mod policy;
mod providers;
mod requested;
mod routes;
mod search;
mod service_provider;
mod shown;
#[cfg(test)]
mod tests;

pub use ids::{read as read_id, spell as id};
pub use search::UNLIMITED_SEARCH;

use http::HeaderValue;
use http::header::{CACHE_CONTROL, EXPIRES, PRAGMA};

use super::Dialect;
use crate::env::Environment;
use crate::http::Response;
use crate::http::cors::Cors;
use crate::pki::Timestamp;

/// The dialect.
pub(super) static DIALECT: Dialect = Dialect {
    name: documents::NAME,
    hosts: &[],
    prefixes: &[
        "/admin/v1/",
        "/management/v1/",
        "/v2/idps",
        "/idps/",
        "/zitadel.admin.v1.AdminService/",
        "/zitadel.management.v1.ManagementService/",
        "/zitadel.idp.v2.IdentityProviderService/",
    ],
    routes: routes::ROUTES,
    policy: &policy::POLICY,
    spell: ids::spell,
    read_id: ids::read,
    lens: &lens::ZitadelLens,
    redraft: shown::redraft,
    application: |_, _, _| None,
    making: &making::MAKING,
    ignores_trailing_slash: false,
    wording: &errors::NoRoute,
    cors: Some(&CORS),
    finish,
    cautions: |_, _| Vec::new(),
    #[cfg(test)]
    reference: documents::tests::reference,
    #[cfg(test)]
    openapi: Some(openapi::description),
};

static CORS: Cors = Cors {
    methods: "OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE",
    request_headers: "origin, content-type, accept, accept-language, authorization, x-zitadel-orgid, x-user-agent, \
        x-grpc-web, x-requested-with, connect-protocol-version, connect-timeout-ms, grpc-timeout",
    exposed_headers: "location, content-length, grpc-status, grpc-message, grpc-status-details-bin",
};

/// Adds the headers that all answers have.
fn finish(response: &mut Response, _: &Environment) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(EXPIRES, HeaderValue::from_static("Mon, 01 Jan 1990 00:00:00 GMT"));
}

/// A time as ZITADEL spells it: with milliseconds, if there are any.
fn time(time: Timestamp) -> String {
    time.to_string().replace(".000Z", "Z")
}
