//! What Okta's server adds to a document, and what it drops (recorded behaviour; `docs/okta.md`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::wire::{Core, Endpoint, Kind, MICROSOFT};
use crate::dialects::lens::{Members, default, get, insert, remove};

/// The name-id format of SAML providers that name none.
pub(super) const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// Makes a document of this type complete. Doing it again changes nothing.
pub(super) fn complete(kind: &Kind, document: &mut Members) {
    policy(kind, document);
    match kind.core {
        Core::Saml => saml(document),
        Core::OpenIdConnect => open_id_connect(document),
        Core::MutualTls => mutual_tls(document),
        Core::Social(_) | Core::Foreign => client(kind, document),
    }
    if get(document, &["protocol", "credentials", "client", "pkce_required"]) == Some(&Value::Null) {
        remove(document, &["protocol", "credentials", "client", "pkce_required"]);
    }
}

fn policy(kind: &Kind, document: &mut Members) {
    default(document, &["policy", "provisioning", "profileMaster"], json!(false));
    if matches!(kind.protocol, "MTLS" | "ID_PROOFING") {
        default(document, &["policy", "provisioning", "groups"], Value::Null);
    }
    default(document, &["policy", "accountLink", "filter"], Value::Null);
    default(document, &["policy", "subject", "filter"], Value::Null);
    default(document, &["policy", "subject", "matchAttribute"], Value::Null);
    default(document, &["policy", "maxClockSkew"], json!(0));
    if matches!(kind.core, Core::Saml | Core::OpenIdConnect) {
        default(document, &["policy", "trustClaims"], json!(false));
    }
    default(document, &["policy", "transformedUsernameMatchingEnabled"], json!(false));
}

fn saml(document: &mut Members) {
    document.shift_remove("issuerMode");
    let settings = get(document, &["protocol", "settings"]).is_some_and(Value::is_object);
    // Settings that were sent without the member mean the opposite of none at all.
    let honor = ["protocol", "settings", "honorPersistentNameId"];
    if settings {
        default(document, &honor, json!(true));
    } else {
        insert(document, &honor, json!(false));
    }
    default(document, &["protocol", "settings", "nameFormat"], json!(UNSPECIFIED));
    default(document, &["protocol", "algorithms", "request", "digest"], json!("SHA-1"));
    revocation(document);
}

fn revocation(document: &mut Members) {
    default(document, &["protocol", "credentials", "trust", "revocation"], Value::Null);
    default(document, &["protocol", "credentials", "trust", "revocationCacheLifetime"], json!(0));
}

fn mutual_tls(document: &mut Members) {
    remove(document, &["protocol", "endpoints"]);
    default(document, &["protocol", "credentials", "trust", "audience"], Value::Null);
    revocation(document);
}

fn open_id_connect(document: &mut Members) {
    default(document, &["issuerMode"], json!("ORG_URL"));
    remove(document, &["protocol", "settings", "honorPersistentNameId"]);
    if get(document, &["protocol", "settings", "nameFormat"]).is_none() {
        insert(document, &["protocol", "settings", "nameFormat"], Value::Null);
    }
    default(document, &["protocol", "endpoints", "slo", "binding"], json!("HTTP-REDIRECT"));
    drop_saml_signature(document);
}

/// Where requests are said to be signed, and with what.
const SIGNATURE: [&str; 4] = ["protocol", "algorithms", "request", "signature"];

/// Whether a document that is not about SAML has a signature as only SAML has it.
pub(super) fn has_saml_signature(document: &Members) -> bool {
    document.get("type").is_none_or(|kind| kind == "OIDC")
        && get(document, &SIGNATURE) == Some(&json!({"algorithm": "SHA-256", "scope": "REQUEST"}))
}

/// Drops such a signature, and the objects around it that hold nothing else.
fn drop_saml_signature(document: &mut Members) {
    if !has_saml_signature(document) {
        return;
    }
    remove(document, &SIGNATURE);
    for length in [3, 2] {
        let (around, _) = SIGNATURE.split_at(length);
        if get(document, around).and_then(Value::as_object).is_some_and(Members::is_empty) {
            remove(document, around);
        }
    }
}

fn client(kind: &Kind, document: &mut Members) {
    if !kind.scopes.is_empty() {
        default(document, &["protocol", "scopes"], json!(kind.scopes));
    }
    if kind.is_social() {
        default(document, &["issuerMode"], json!("DYNAMIC"));
    }
    if !kind.endpoints.is_empty() && get(document, &ENDPOINTS).is_none() {
        insert(document, &ENDPOINTS, endpoints(kind.endpoints, str::to_owned));
    }
}

pub(super) const ENDPOINTS: [&str; 2] = ["protocol", "endpoints"];

fn endpoints(endpoints: &[Endpoint], url_of: impl Fn(&str) -> String) -> Value {
    let endpoints = endpoints
        .iter()
        .map(|(name, url, binding)| ((*name).to_owned(), json!({"url": url_of(url), "binding": binding})));
    Value::Object(endpoints.collect())
}

/// The endpoints of one tenant at Microsoft.
pub(super) fn microsoft_endpoints(tenant: &str) -> Value {
    let segment = format!("/{}/", utf8_percent_encode(tenant, SEGMENT));
    endpoints(MICROSOFT, |url| url.replace("/common/", &segment))
}

/// What is not written as it is in a segment of a path (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
