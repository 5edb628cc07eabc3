//! PingOne's management of environments with their identity providers, keys and certificates. May import everything but `store` and other
//! dialects.
//!
//! Answers follow what the service was seen to do where that differs from its pages; what neither settles is
//! listed in `docs/decisions/0010-open-questions-of-pingone.md`.

mod answers;
mod applications;
mod attributes;
mod certificates;
mod default_keys;
mod default_records;
mod discovery;
mod documents;
mod environment;
mod environments;
mod errors;
mod filter;
mod files;
mod ids;
mod key_lens;
mod key_rules;
mod keys;
mod lens;
mod links;
mod making;
mod mappings;
mod metadata;
mod names;
#[cfg(test)]
mod openapi;
mod paging;
mod policy;
mod providers;
mod records;
mod routes;
mod wire;

pub use ids::{read as read_id, spell as id};
pub use providers::KEEP_LOGIN_BUTTON_ICONS;

use super::{Dialect, base64url};

/// The dialect.
pub(super) static DIALECT: Dialect = Dialect {
    name: wire::NAME,
    hosts: &[],
    prefixes: &["/v1/environments", "/*/saml20/"],
    routes: routes::ROUTES,
    policy: &policy::POLICY,
    spell: ids::spell,
    read_id: ids::read,
    lens: &lens::PingOneLens,
    redraft: providers::redraft,
    application: |application, tenant, base_url| Some(applications::members(application, tenant, base_url)),
    making: &making::MAKING,
    ignores_trailing_slash: false,
    cors: None,
    wording: &errors::PROVIDER,
    finish: |_, _| {},
    cautions: |_, _| Vec::new(),
    #[cfg(test)]
    reference: documents::tests::reference,
    #[cfg(test)]
    openapi: Some(openapi::description),
};
