//! ZITADEL's identity providers, and what links logins and users to them: Admin, Management and Auth API v1, and APIs v2, v2beta and
//! v3alpha as far as they are about that, over REST and over Connect with JSON. May import everything but `store` and other
//! dialects.
//!
//! Answers follow recorded behaviour where it differs from ZITADEL's own pages. The document of a provider and all messages
//! are tables (`documents`), and so is what each command checks (`commands`).

mod accounts;
mod answers;
mod calls;
mod commands;
mod documents;
mod errors;
mod failure;
mod further;
mod health;
mod ids;
mod intents;
mod lens;
mod links;
mod logins;
mod making;
mod metadata;
mod older;
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
mod users;

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
        "/auth/v1/",
        "/v2/idps",
        "/v2/idp_intents",
        "/v2/settings/",
        "/v2/users",
        "/v2beta/",
        "/resources/v3alpha/",
        "/idps/",
        "/debug/",
        "/zitadel.admin.v1.AdminService/",
        "/zitadel.auth.v1.AuthService/",
        "/zitadel.idp.v2.IdentityProviderService/",
        "/zitadel.management.v1.ManagementService/",
        "/zitadel.resources.user.v3alpha.ZITADELUsers/",
        "/zitadel.settings.v2.SettingsService/",
        "/zitadel.settings.v2beta.SettingsService/",
        "/zitadel.user.v2.UserService/",
        "/zitadel.user.v2beta.UserService/",
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
