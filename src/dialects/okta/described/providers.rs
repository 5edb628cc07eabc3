//! What the API description says of identity providers.

use serde_json::Value;

use super::{Enumeration, Finding, unlisted, unreachable};
use crate::dialects::lens::{Members, get};
use crate::dialects::okta::wire::{Core, Kind};
use crate::error::{Reason, Violation};

/// The enumerations of providers of this type.
fn enumerations(kind: &Kind) -> impl Iterator<Item = &'static Enumeration> {
    let of_kind = match kind.core {
        Core::Saml => SAML,
        Core::OpenIdConnect => OPEN_ID_CONNECT,
        _ if matches!(kind.protocol, "MTLS" | "ID_PROOFING") => WITHOUT_PROVISIONING,
        _ => OTHERS,
    };
    EVERY.iter().chain(of_kind)
}

/// The members that are enumerations for some type, each once.
pub(in crate::dialects::okta) fn all_enumerations() -> impl Iterator<Item = &'static Enumeration> {
    EVERY.iter().chain(OPEN_ID_CONNECT)
}

/// What the description leaves out of a provider of this type.
pub(in crate::dialects::okta) fn findings<'v>(kind: &Kind, document: &'v Members) -> Vec<Finding<'v>> {
    let mut found: Vec<_> = enumerations(kind).flat_map(|members| unlisted(members, document)).collect();
    found.extend(URLS.iter().flat_map(|path| unreachable(path, document)));
    let value = |path: &[&str]| get(document, path).filter(|value| !value.is_null());

    let response = value(&["protocol", "algorithms", "response"]);
    if kind.core == Core::OpenIdConnect && response.is_some() {
        let reason = Reason::Other("is only for SAML".to_owned());
        found.push((Violation::new("/protocol/algorithms/response", reason), response));
    }
    let scopes = value(&["protocol", "scopes"]);
    let has_scopes = kind.core == Core::OpenIdConnect || !kind.scopes.is_empty();
    if has_scopes && scopes.and_then(Value::as_array).is_some_and(Vec::is_empty) {
        found.push((Violation::new("/protocol/scopes", Reason::Missing), scopes));
    }
    let text = |member| value(&["policy", "subject", member]).and_then(Value::as_str);
    if text("matchType") == Some("CUSTOM_ATTRIBUTE") && text("matchAttribute").is_none_or(str::is_empty) {
        found.push((Violation::new("/policy/subject/matchAttribute", Reason::Missing), None));
    }
    found
}

const BINDINGS: &[&str] = &["HTTP-POST", "HTTP-REDIRECT"];

static EVERY: &[Enumeration] = &[
    ("issuerMode", &["ORG_URL", "CUSTOM_URL", "DYNAMIC"]),
    ("policy/provisioning/conditions/deprovisioned/action", &["NONE", "REACTIVATE"]),
    ("policy/provisioning/conditions/suspended/action", &["NONE", "UNSUSPEND"]),
    ("policy/accountLink/action", &["AUTO", "DISABLED"]),
    ("policy/subject/matchType", &["USERNAME", "EMAIL", "USERNAME_OR_EMAIL", "CUSTOM_ATTRIBUTE"]),
    ("properties/additionalAmr/*", &["sc", "hwk", "pin", "mfa"]),
    ("protocol/endpoints/sso/binding", BINDINGS),
    ("protocol/endpoints/slo/binding", BINDINGS),
    ("protocol/endpoints/acs/binding", &["HTTP-POST"]),
    ("protocol/endpoints/acs/type", &["INSTANCE", "ORG"]),
    // For identity proofing the description lists one binding for each endpoint, and its example has another.
    ("protocol/endpoints/par/binding", BINDINGS),
    ("protocol/endpoints/authorization/binding", BINDINGS),
    ("protocol/endpoints/token/binding", BINDINGS),
    ("protocol/endpoints/userInfo/binding", BINDINGS),
    ("protocol/endpoints/jwks/binding", BINDINGS),
    ("protocol/algorithms/request/signature/scope", &["REQUEST", "NONE"]),
    ("protocol/algorithms/request/digest", &["SHA-1", "SHA-256"]),
    ("protocol/algorithms/response/signature/algorithm", &["SHA-1", "SHA-256"]),
    ("protocol/algorithms/response/signature/scope", &["RESPONSE", "TOKEN", "ANY"]),
    ("protocol/settings/nameFormat", NAME_ID_FORMATS),
    ("protocol/relayState/format", &["OPAQUE", "FROM_URL"]),
    ("protocol/credentials/trust/revocation", &["CRL", "DELTA_CRL", "OCSP"]),
    ("protocol/credentials/client/token_endpoint_auth_method", AUTHENTICATION_METHODS),
];

static SAML: &[Enumeration] = &[
    ("protocol/algorithms/request/signature/algorithm", &["SHA-1", "SHA-256"]),
    ("policy/provisioning/action", PROVISIONING),
    ("policy/provisioning/groups/action", &["NONE", "ASSIGN", "APPEND", "SYNC"]),
];

static OPEN_ID_CONNECT: &[Enumeration] = &[
    // `SHA-256` is recorded: it is accepted, and dropped.
    (
        "protocol/algorithms/request/signature/algorithm",
        &["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "SHA-256"],
    ),
    ("policy/provisioning/action", PROVISIONING),
    ("policy/provisioning/groups/action", &["NONE", "ASSIGN"]),
];

/// Smart cards and identity proofing.
static WITHOUT_PROVISIONING: &[Enumeration] =
    &[("policy/provisioning/action", &["DISABLED"]), ("policy/provisioning/groups/action", &["NONE"])];

static OTHERS: &[Enumeration] = &[
    ("policy/provisioning/action", PROVISIONING),
    ("policy/provisioning/groups/action", &["NONE", "ASSIGN"]),
];

/// `CALLOUT` is in the older reference alone.
const PROVISIONING: &[&str] = &["AUTO", "DISABLED", "CALLOUT"];

const NAME_ID_FORMATS: &[&str] = &[
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
];

/// How a client authenticates at a token endpoint. Of providers the description lists `private_key_jwt` alone.
pub(in crate::dialects::okta) const AUTHENTICATION_METHODS: &[&str] =
    &["client_secret_basic", "client_secret_jwt", "client_secret_post", "none", "private_key_jwt"];

/// What is the URL of a server.
const URLS: &[&str] = &[
    "protocol/endpoints/sso/url",
    "protocol/endpoints/sso/destination",
    "protocol/endpoints/slo/url",
    "protocol/endpoints/par/url",
    "protocol/endpoints/authorization/url",
    "protocol/endpoints/token/url",
    "protocol/endpoints/userInfo/url",
    "protocol/endpoints/jwks/url",
    "protocol/issuer/url",
    "protocol/oktaIdpOrgUrl",
];
