//! Okta's documents of partners.

use serde_json::{Value, json};

/// Okta's document of a SAML provider that trusts this key.
pub(crate) fn saml(name: &str, issuer: &str, kid: &str) -> Value {
    json!({
        "type": "SAML2", "name": name,
        "protocol": {
            "type": "SAML2",
            "endpoints": {
                "sso": {"url": "https://idp.example.com/saml2/sso", "binding": "HTTP-REDIRECT", "destination": "https://idp.example.com/saml2/sso"},
                "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
            },
            "algorithms": {
                "request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}},
                "response": {"signature": {"algorithm": "SHA-256", "scope": "ANY"}},
            },
            "settings": {"nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"},
            "credentials": {"trust": {"issuer": issuer, "kid": kid}},
        },
        "policy": policy(),
    })
}

/// How Okta's documents say what users become of those who sign in.
pub(crate) fn policy() -> Value {
    json!({
        "provisioning": {"action": "AUTO", "profileMaster": true, "groups": {"action": "NONE"}},
        "accountLink": {"filter": null, "action": "AUTO"},
        "subject": {"userNameTemplate": {"template": "idpuser.subjectNameId"}, "matchType": "USERNAME"},
        "maxClockSkew": 120_000,
    })
}
