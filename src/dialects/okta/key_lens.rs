//! Okta's documents of keys and certification requests.

use serde_json::{Value, json};

use super::time;
use crate::dialects::lens::Members;
use crate::model::Key;
use crate::pki::{DistinguishedName, Jwk, NameAttribute};

/// A key. Trusted keys name their key type a second time, as `alg`.
pub(super) fn show(key: &Key) -> Value {
    let mut document = Members::new();
    let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
    set("kty", key.jwk.kty().into());
    set("created", time(key.created).into());
    set("lastUpdated", time(key.updated).into());
    set("expiresAt", key.expires.map(time).into());
    if !key.is_signing() {
        set("alg", key.jwk.kty().into());
    }
    set("kid", key.kid.as_str().into());
    set("use", "sig".into());
    set("x5c", key.chain.as_slice().into());
    set("x5t#S256", key.certificate_digest().into());
    match &key.jwk {
        Jwk::Rsa { n, e } => {
            set("e", e.as_str().into());
            set("n", n.as_str().into());
        }
        Jwk::Ec { crv, x, y } => {
            set("crv", crv.to_string().into());
            set("x", x.as_str().into());
            set("y", y.as_str().into());
        }
        Jwk::Okp { crv, x } => {
            set("crv", crv.to_string().into());
            set("x", x.as_str().into());
        }
    }
    Value::Object(document)
}

/// The key's pending request, which lies at `url`; null if it has none.
pub(super) fn show_request(key: &Key, url: &str) -> Value {
    let Some(request) = &key.request else { return Value::Null };
    json!({
        "id": request.id,
        "created": time(key.created),
        "csr": request.der,
        "kty": key.jwk.kty(),
        "_links": {
            "publish": {"href": format!("{url}/lifecycle/publish"), "hints": {"allow": ["POST"]}},
            "self": {"href": url, "hints": {"allow": ["GET", "DELETE"]}},
        },
    })
}

/// The members of a request's subject, in the order in which they stand in the certification request.
pub(super) const SUBJECT: [(&str, NameAttribute); 6] = [
    ("countryName", NameAttribute::Country),
    ("stateOrProvinceName", NameAttribute::StateOrProvince),
    ("localityName", NameAttribute::Locality),
    ("organizationName", NameAttribute::Organization),
    ("organizationalUnitName", NameAttribute::OrganizationalUnit),
    ("commonName", NameAttribute::CommonName),
];

/// The name in the certificates that Okta issues to itself for an org.
pub(super) fn org_name(org: &str) -> DistinguishedName {
    DistinguishedName::new()
        .with(NameAttribute::Country, "US")
        .with(NameAttribute::StateOrProvince, "California")
        .with(NameAttribute::Locality, "San Francisco")
        .with(NameAttribute::Organization, "Okta")
        .with(NameAttribute::OrganizationalUnit, "SSOProvider")
        .with(NameAttribute::CommonName, org)
        .with(NameAttribute::EmailAddress, "info@okta.com")
}
