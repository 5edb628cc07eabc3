//! What Okta refuses of an identity provider besides wrong shapes, and what its API description lists. `docs/okta.md` says
//! what shows each refusal.

use serde_json::Value;

use super::kinds::{is_openid, is_saml, is_without_provisioning, names_protocol, protocol};
use crate::dialects::document::Strict;
use crate::dialects::lens::Members;
use crate::dialects::okta::urls;
use crate::error::Reason;
use crate::model::IdentityProvider;

/// A URL that names a server, if it is not empty.
pub(super) const URL: Strict<IdentityProvider> = Strict::Check(|_, url, _| is_url(url));

/// Whether a text that is not empty is a URL that names a server.
pub(super) fn is_url(url: &Value) -> Result<(), Reason> {
    match url.as_str() {
        Some(text) if !text.is_empty() && !urls::is_url(text) => {
            Err(Reason::Other("must be an http or https URL".to_owned()))
        }
        _ => Ok(()),
    }
}

pub(super) const BINDINGS: &[&str] = &["HTTP-POST", "HTTP-REDIRECT"];

/// The format of name ids of a provider that names none.
pub(super) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

pub(super) const FORMATS: &[&str] = &[
    UNSPECIFIED,
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
];

/// How a client authenticates at a token endpoint. Of providers the description lists `private_key_jwt` alone.
pub(super) const METHODS: &[&str] =
    &["client_secret_basic", "client_secret_jwt", "client_secret_post", "none", "private_key_jwt"];

/// With what requests are signed. `SHA-256` is recorded of OpenID Connect: it is accepted, and dropped.
pub(super) fn request_algorithms(p: &IdentityProvider) -> &'static [&'static str] {
    match p {
        p if is_saml(p) => &["SHA-1", "SHA-256"],
        p if is_openid(p) => &["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "SHA-256"],
        _ => &[],
    }
}

/// What is done with users who are not known yet. `CALLOUT` is in the older reference alone.
pub(super) fn provisioning(p: &IdentityProvider) -> &'static [&'static str] {
    if is_without_provisioning(p) { &["DISABLED"] } else { &["AUTO", "DISABLED", "CALLOUT"] }
}

/// What is done with the groups of users.
pub(super) fn group_actions(p: &IdentityProvider) -> &'static [&'static str] {
    match p {
        p if is_without_provisioning(p) => &["NONE"],
        p if is_saml(p) => &["NONE", "ASSIGN", "APPEND", "SYNC"],
        _ => &["NONE", "ASSIGN"],
    }
}

/// The protocol must be the one that the type speaks; services speak theirs whatever is received.
pub(super) fn is_spoken(p: &IdentityProvider, name: &Value, _: &Members) -> Result<(), Reason> {
    match (protocol(p), name) {
        _ if !names_protocol(p) => Ok(()),
        (Some(spoken), Value::String(name)) if name != spoken => Err(Reason::NotAllowed(vec![spoken])),
        (_, Value::String(_)) => Ok(()),
        _ => Err(Reason::WrongType("string")),
    }
}

/// At most one certificate is trusted beside the first.
pub(super) fn is_at_most_one(_: &IdentityProvider, kids: &Value, _: &Members) -> Result<(), Reason> {
    if kids.as_array().is_some_and(|kids| kids.len() > 1) { Err(Reason::OutOfRange(0, 1)) } else { Ok(()) }
}

/// A whole number that is not negative.
pub(super) fn is_not_negative(_: &IdentityProvider, number: &Value, _: &Members) -> Result<(), Reason> {
    match (number.as_u64(), number.as_i64()) {
        (Some(_), _) => Ok(()),
        (None, Some(_)) => Err(Reason::Other("must not be negative".to_owned())),
        (None, None) => Err(Reason::WrongType("integer")),
    }
}

/// Only SAML has it.
pub(super) fn is_for_saml(p: &IdentityProvider, _: &Value, _: &Members) -> Result<(), Reason> {
    if is_openid(p) { Err(Reason::Other("is only for SAML".to_owned())) } else { Ok(()) }
}
