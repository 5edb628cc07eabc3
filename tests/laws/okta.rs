//! Documents of Okta's.

use idpstore::Reason;
use idpstore::model::Id;
use idpstore::pki::Timestamp;
use idpstore::saml::EncodingStandard;
use idpstore::testing::CountedEntropy;
use idpstore::testing::inside::dialect;
use idpstore::testing::inside::lens::{Context, Members, insert};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::generated::{add, known, name, record, unknown};
use super::{hold, hold_for_records};

/// All types of identity providers, with the protocol that each speaks.
pub(crate) const TYPES: [(&str, &str); 29] = [
    ("SAML2", "SAML2"),
    ("OIDC", "OIDC"),
    ("X509", "MTLS"),
    ("FACEBOOK", "OAUTH2"),
    ("LINKEDIN", "OAUTH2"),
    ("GOOGLE", "OIDC"),
    ("MICROSOFT", "OIDC"),
    ("APPLE", "OIDC"),
    ("AMAZON", "OIDC"),
    ("DISCORD", "OAUTH2"),
    ("GITHUB", "OAUTH2"),
    ("GITLAB", "OIDC"),
    ("LOGINGOV", "OIDC"),
    ("LOGINGOV_SANDBOX", "OIDC"),
    ("OKTA_INTEGRATION", "OIDC"),
    ("PAYPAL", "OIDC"),
    ("PAYPAL_SANDBOX", "OIDC"),
    ("XERO", "OIDC"),
    ("YAHOO", "OIDC"),
    ("YAHOOJP", "OIDC"),
    ("SALESFORCE", "OAUTH2"),
    ("SPOTIFY", "OIDC"),
    ("IDV_PERSONA", "ID_PROOFING"),
    ("IDV_CLEAR", "ID_PROOFING"),
    ("IDV_INCODE", "ID_PROOFING"),
    ("IDV_STANDARD", "ID_PROOFING"),
    ("AgentlessDSSO", "SAML2"),
    ("IWA", "SAML2"),
    ("OKTA", "OIDC"),
];

#[test]
fn the_laws_hold() {
    // The types of which most can be said come more often.
    let types = prop_oneof![Just(TYPES[0]), Just(TYPES[1]), select(TYPES.to_vec())];
    let pairs = types.prop_flat_map(|(kind, protocol)| (document(kind, protocol), document(kind, protocol)));
    hold(dialect("okta").unwrap().lens, &pairs, last);
}

#[test]
fn the_laws_hold_for_records_that_others_have_made() {
    hold_for_records(dialect("okta").unwrap().lens, &record());
}

#[test]
fn no_type_is_left_out() {
    let entropy = CountedEntropy::default();
    let (id, now) = (Id::from_number(7), Timestamp::from_unix_seconds(0));
    let cx = Context { id, now, entropy: &entropy, character_sets: &EncodingStandard };
    let Value::Object(document) = json!({"type": "?", "name": "x", "protocol": {}, "policy": {}}) else {
        unreachable!()
    };
    let refusal = dialect("okta").unwrap().lens.put(cx, None, document).expect_err("there is no such type");
    let Some(Reason::NotAllowed(mut types)) = refusal.violations().first().map(|it| it.reason.clone()) else {
        panic!("{refusal}");
    };
    types.sort_unstable();
    let mut ours = TYPES.map(|(name, _)| name);
    ours.sort_unstable();
    assert_eq!(types, ours);
}

/// A document that Okta would take.
pub(crate) fn document(kind: &'static str, protocol: &'static str) -> impl Strategy<Value = Members> {
    let additions =
        (vec(known(policy()), 0..6), vec(unknown(objects()), 0..5), vec(known(more(kind)), 0..12));
    (name(), additions).prop_map(move |(name, (policy, unknown, more))| {
        let Value::Object(mut document) = needed(kind, protocol, &name) else { unreachable!() };
        for additions in [policy, unknown, more] {
            add(&mut document, additions);
        }
        document
    })
}

/// What a document of this type needs.
fn needed(kind: &str, protocol: &str, name: &str) -> Value {
    let url =
        |end: &str| json!({"url": format!("https://partner.example/{end}"), "binding": "HTTP-REDIRECT"});
    let client = json!({"client": {"client_id": "id", "client_secret": "secret"}});
    let trust = json!({"trust": {"issuer": "urn:partner", "kid": "kid-0"}});
    let protocol = match kind {
        "SAML2" => json!({"type": protocol, "endpoints": {"sso": url("sso")}, "credentials": trust}),
        "X509" => json!({"type": protocol, "credentials": trust}),
        "OIDC" | "IDV_STANDARD" => json!({
            "type": protocol,
            "endpoints": {"authorization": url("a"), "token": url("t"), "jwks": url("j"), "par": url("p")},
            "scopes": ["openid"],
            "issuer": {"url": "https://partner.example"},
            "credentials": client,
        }),
        "APPLE" => json!({"type": protocol, "credentials": {
            "client": {"client_id": "id"},
            "signing": {"privateKey": "private", "kid": "kid", "teamId": "team"},
        }}),
        "OKTA_INTEGRATION" => {
            json!({"type": protocol, "credentials": client, "oktaIdpOrgUrl": "https://spoke.example"})
        }
        "IDV_PERSONA" => json!({"type": protocol, "credentials": {"bearer": {"apiKey": "key"}}}),
        _ => json!({"type": protocol, "credentials": client}),
    };
    let properties =
        if kind == "IDV_PERSONA" { json!({"inquiryTemplateId": "itmpl_1"}) } else { Value::Null };
    json!({"type": kind, "name": name, "protocol": protocol, "policy": {}, "properties": properties})
}

/// What may be said of every type.
fn policy() -> Vec<(&'static str, Vec<Value>)> {
    let object_or_nothing = || vec![json!({}), Value::Null];
    vec![
        ("id", vec![json!("0oa"), Value::Null, json!(5)]),
        ("created", vec![json!("2001-01-01T00:00:00.000Z"), Value::Null]),
        ("lastUpdated", vec![json!("2001-01-01T00:00:00.000Z"), Value::Null]),
        ("_links", vec![json!({"self": {"href": "x"}}), json!({}), Value::Null]),
        ("status", vec![json!("ACTIVE"), json!("INACTIVE"), Value::Null]),
        ("issuerMode", vec![json!("ORG_URL"), json!("CUSTOM_URL"), json!("DYNAMIC"), Value::Null]),
        ("policy/provisioning", object_or_nothing()),
        ("policy/accountLink", object_or_nothing()),
        ("policy/subject", object_or_nothing()),
        ("policy/provisioning/action", vec![json!("AUTO"), json!("DISABLED"), json!("CALLOUT"), Value::Null]),
        ("policy/provisioning/groups", vec![json!({"action": "ASSIGN", "assignments": []}), Value::Null]),
        ("policy/provisioning/profileMaster", vec![json!(true), json!(false), Value::Null]),
        ("policy/provisioning/conditions", object_or_nothing()),
        ("policy/accountLink/action", vec![json!("AUTO"), json!("DISABLED"), Value::Null]),
        ("policy/accountLink/filter", vec![json!({"groups": {"include": ["x"]}}), json!({}), Value::Null]),
        (
            "policy/subject/userNameTemplate",
            vec![json!({"template": "x".repeat(1024)}), json!({}), Value::Null],
        ),
        ("policy/subject/matchType", vec![json!("EMAIL"), json!("CUSTOM_ATTRIBUTE"), Value::Null]),
        ("policy/subject/matchAttribute", vec![json!("login"), json!(""), Value::Null]),
        ("policy/subject/filter", vec![json!(""), json!("ä".repeat(1024)), Value::Null]),
        ("policy/maxClockSkew", vec![json!(0), json!(u64::MAX), Value::Null]),
        ("policy/trustClaims", vec![json!(true), json!(false), Value::Null]),
        ("policy/mapAMRClaims", vec![json!(false), Value::Null]),
        ("policy/transformedUsernameMatchingEnabled", vec![json!(true), Value::Null]),
        ("properties/additionalAmr", vec![json!(["sc", "hwk"]), json!([]), Value::Null]),
    ]
}

/// What may be said of this type besides.
fn more(kind: &str) -> Vec<(&'static str, Vec<Value>)> {
    let endpoint = json!({"url": "https://partner.example/e", "binding": "HTTP-POST"});
    let settings = ("protocol/settings", vec![json!({}), Value::Null]);
    let name_formats = || vec![json!("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"), Value::Null];
    let persistent =
        ("protocol/settings/honorPersistentNameId", vec![json!(true), json!(false), Value::Null]);
    let signature = |algorithm: &str, scope: &str| json!({"algorithm": algorithm, "scope": scope});
    let signing =
        ("protocol/credentials/signing", vec![json!({"kid": "signing-kid"}), json!({}), Value::Null]);
    match kind {
        "SAML2" => vec![
            settings,
            persistent,
            signing,
            ("protocol/settings/nameFormat", name_formats()),
            (
                "protocol/endpoints/slo",
                vec![endpoint, json!({"binding": "HTTP-POST"}), json!({}), Value::Null],
            ),
            ("protocol/endpoints/sso/binding", vec![json!("HTTP-POST"), Value::Null]),
            (
                "protocol/endpoints/acs",
                vec![json!({"binding": "HTTP-POST", "type": "ORG"}), json!({}), Value::Null],
            ),
            ("protocol/algorithms", vec![json!({}), json!({"request": {"x": 5}}), Value::Null]),
            (
                "protocol/algorithms/request/signature",
                vec![
                    signature("SHA-1", "NONE"),
                    signature("SHA-256", "REQUEST"),
                    signature("new", "odd"),
                    json!({}),
                ],
            ),
            ("protocol/algorithms/request/digest", vec![json!("SHA-256"), Value::Null]),
            ("protocol/relayState", vec![json!({"format": "OPAQUE"}), json!({}), Value::Null]),
            ("protocol/credentials/trust/audience", vec![json!("urn:us"), Value::Null]),
            ("protocol/credentials/trust/additionalKids", vec![json!(["kid-1"]), json!([]), Value::Null]),
        ],
        "OIDC" => vec![
            settings,
            persistent,
            signing,
            ("protocol/settings/nameFormat", name_formats()),
            (
                "protocol/endpoints/slo",
                vec![endpoint.clone(), json!({"url": "https://x"}), json!({}), Value::Null],
            ),
            ("protocol/endpoints/userInfo", vec![endpoint, json!({}), Value::Null]),
            (
                "protocol/algorithms/request/signature",
                vec![signature("HS256", "REQUEST"), signature("SHA-256", "REQUEST"), Value::Null],
            ),
            ("protocol/algorithms/response", vec![json!({"signature": {"scope": "ANY"}})]),
            ("protocol/scopes", vec![json!([]), json!(["a", "", "a"])]),
            ("protocol/credentials/client/client_secret", vec![Value::Null]),
            ("protocol/credentials/client/pkce_required", vec![json!(true), json!(false), Value::Null]),
        ],
        "X509" => vec![
            ("protocol/credentials/trust/revocation", vec![json!("CRL"), Value::Null]),
            ("protocol/credentials/trust/revocationCacheLifetime", vec![json!(4320), Value::Null]),
            ("protocol/endpoints/sso/url", vec![json!("https://elsewhere.example"), Value::Null]),
        ],
        "IDV_STANDARD" => vec![("protocol/scopes", vec![json!([]), Value::Null])],
        _ => vec![
            ("protocol/type", vec![json!("OAUTH2"), json!("OIDC")]),
            ("protocol/scopes", vec![json!(["a"]), json!([]), Value::Null]),
            ("protocol/endpoints", vec![json!({"authorization": endpoint}), json!({}), Value::Null]),
            ("protocol/credentials/client/pkce_required", vec![json!(false), Value::Null]),
        ]
        .into_iter()
        .filter(|(path, _)| !kind.starts_with("IDV_") || *path != "protocol/type")
        .collect(),
    }
}

/// The objects in which there may be members that Okta does not know.
fn objects() -> Vec<&'static str> {
    vec![
        "",
        "policy",
        "policy/provisioning",
        "policy/accountLink",
        "policy/subject",
        "properties",
        "protocol",
        "protocol/credentials",
        "protocol/credentials/new",
        "protocol/new",
    ]
}

/// Okta's server keeps the signing key that a replacement leaves out; Apple's private key is in every document.
fn last(mut document: Members) -> Members {
    if let Some("SAML2" | "OIDC") = document.get("type").and_then(Value::as_str) {
        insert(&mut document, &["protocol", "credentials", "signing", "kid"], json!("last-kid"));
    }
    document
}
