//! PingOne's lens and Okta's over the same records: what each has received is kept, whichever API is used in between.

#![cfg(all(feature = "testing", feature = "okta", feature = "pingone"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use idpstore::Result;
use idpstore::model::{Id, IdentityProvider, Protocol};
use idpstore::pki::Timestamp;
use idpstore::saml::EncodingStandard;
use idpstore::testing::CountedEntropy;
use idpstore::testing::inside::lens::{Context, Members};
use idpstore::testing::inside::{Dialect, dialect, put};
use proptest::prelude::*;
use serde_json::{Value, json};

fn said(through: &Dialect, old: Option<&IdentityProvider>, document: &Value) -> Result<IdentityProvider> {
    let entropy = CountedEntropy::default();
    let (id, now) = (Id::from_number(1 << 60), Timestamp::from_unix_seconds(1_768_471_200));
    let Value::Object(document) = document.clone() else { panic!("no object") };
    let cx = Context { id, now, entropy: &entropy, character_sets: &EncodingStandard };
    put(through, cx, old, document)
}

fn shown(by: &Dialect, record: &IdentityProvider) -> Members {
    by.lens.show(record, "https://example.com").expect("both have this kind")
}

/// Documents that PingOne takes.
fn pingone_document() -> impl Strategy<Value = Value> {
    let name = "[A-Za-z ]{1,20}";
    let extra = prop::sample::subsequence(
        vec![
            ("description", json!("")),
            ("icon", json!({"id": "1", "href": "https://a.example/i"})),
            ("loginButtonIcon", json!({"id": "2"})),
            ("registration", json!({"population": {"id": "3"}})),
            ("sloEndpoint", json!("https://idp.example/slo")),
            ("sloResponseEndpoint", json!("http://idp.example/response")),
            ("sloWindow", json!(24)),
            ("sloBinding", json!("HTTP_REDIRECT")),
            ("spSigning", json!({"key": {"id": "kid"}, "algorithm": "SHA512withECDSA"})),
            ("spEntityId", json!("sp")),
            ("authnRequestSigned", json!(true)),
            ("discoveryEndpoint", json!("https://op.example/d")),
            ("userInfoEndpoint", json!("https://op.example/u")),
            ("pkceMethod", json!("S256")),
            ("tokenEndpointAuthMethod", json!("NONE")),
            ("tenantId", json!("t")),
        ],
        0..16,
    );
    let kinds = prop::sample::select(kinds());
    (kinds, name, any::<bool>(), extra).prop_map(|((kind, needed), name, enabled, extra)| {
        let mut document = json!({"type": kind, "name": name, "enabled": enabled});
        let members = document.as_object_mut().unwrap();
        members.extend(needed.as_object().unwrap().clone());
        let fits = |member: &str| match kind {
            "SAML" => ![
                "pkceMethod",
                "tokenEndpointAuthMethod",
                "discoveryEndpoint",
                "userInfoEndpoint",
                "tenantId",
            ]
            .contains(&member),
            "OPENID_CONNECT" => {
                !member.starts_with('s') && member != "authnRequestSigned" && member != "tenantId"
            }
            "MICROSOFT" => member == "tenantId" || COMMON.contains(&member),
            _ => COMMON.contains(&member),
        };
        members.extend(
            extra
                .into_iter()
                .filter(|(member, _)| fits(member))
                .map(|(member, value)| (member.to_owned(), value)),
        );
        document
    })
}

const COMMON: [&str; 4] = ["description", "icon", "loginButtonIcon", "registration"];

fn kinds() -> Vec<(&'static str, Value)> {
    let client = json!({"clientId": "id", "clientSecret": "secret"});
    let mut kinds = vec![
        (
            "SAML",
            json!({"idpEntityId": "i", "ssoBinding": "HTTP_POST", "ssoEndpoint": "https://idp.example/sso", "idpVerification": {"certificates": [{"id": "a"}, {"id": "b"}]}}),
        ),
        (
            "OPENID_CONNECT",
            json!({"clientId": "id", "clientSecret": "secret", "authorizationEndpoint": "https://op.example/a", "tokenEndpoint": "https://op.example/t", "jwksEndpoint": "https://op.example/j", "issuer": "https://op.example", "scopes": ["openid"]}),
        ),
        ("FACEBOOK", json!({"appId": "id", "appSecret": "secret"})),
        (
            "APPLE",
            json!({"clientId": "id", "clientSecretSigningKey": "key", "keyId": "KEY4567890", "teamId": "TEAM567890"}),
        ),
        ("PAYPAL", json!({"clientId": "id", "clientSecret": "secret", "clientEnvironment": "live"})),
    ];
    let plain = ["GOOGLE", "LINKEDIN", "LINKEDIN_OIDC", "AMAZON", "TWITTER", "YAHOO", "MICROSOFT", "GITHUB"];
    kinds.extend(plain.map(|kind| (kind, client.clone())));
    kinds
}

/// Documents that Okta takes.
fn okta_document() -> impl Strategy<Value = Value> {
    let url =
        |end: &str| json!({"url": format!("https://partner.example/{end}"), "binding": "HTTP-REDIRECT"});
    let policy = json!({"provisioning": {"action": "AUTO"}, "accountLink": {"action": "AUTO"}, "subject": {"matchType": "EMAIL"}});
    let client = json!({"client": {"client_id": "id", "client_secret": "secret"}});
    let saml = json!({"type": "SAML2", "endpoints": {"sso": url("sso"), "slo": {"url": "https://partner.example/slo"}}, "credentials": {"trust": {"issuer": "i", "kid": "kid-0"}, "signing": {"kid": "ours"}}, "relayState": {"format": "OPAQUE"}});
    let mut sha1 = saml.clone();
    sha1["algorithms"] = json!({"request": {"signature": {"algorithm": "SHA-1", "scope": "REQUEST"}}});
    let oidc = json!({"type": "OIDC", "endpoints": {"authorization": url("a"), "token": url("t"), "jwks": url("j")}, "scopes": [], "issuer": {"url": "http://partner.example"}, "credentials": client});
    let mut signed = oidc.clone();
    signed["credentials"]["client"]["pkce_required"] = json!(true);
    signed["credentials"]["client"]["token_endpoint_auth_method"] = json!("private_key_jwt");
    let google = json!({"type": "OIDC", "credentials": client, "scopes": ["email"]});
    let kinds = vec![("SAML2", saml), ("SAML2", sha1), ("OIDC", oidc), ("OIDC", signed), ("GOOGLE", google)];
    ("[A-Za-z ]{1,20}", prop::sample::select(kinds), any::<bool>()).prop_map(move |(name, (kind, protocol), active)| {
        json!({"type": kind, "name": name, "status": if active {"ACTIVE"} else {"INACTIVE"}, "protocol": protocol, "policy": policy})
    })
}

/// Whether everything that one document says is in the other.
fn within(said: &Value, shown: &Value) -> bool {
    match (said, shown) {
        (Value::Object(said), Value::Object(shown)) => {
            said.iter().all(|(member, value)| shown.get(member).is_some_and(|shown| within(value, shown)))
        }
        _ => said == shown,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_put_is_shown(document in pingone_document()) {
        let record = said(dialect("pingone").unwrap(), None, &document).unwrap();
        let shown = Value::Object(shown(dialect("pingone").unwrap(), &record));
        prop_assert!(within(&document, &shown), "{document} {shown}");
    }

    #[test]
    fn what_is_shown_can_be_put_back_and_changes_nothing(document in pingone_document()) {
        let record = said(dialect("pingone").unwrap(), None, &document).unwrap();
        let before = shown(dialect("pingone").unwrap(), &record);
        prop_assert_eq!(said(dialect("pingone").unwrap(), Some(&record), &Value::Object(before)).unwrap(), record);
    }

    #[test]
    fn the_last_put_counts(document in pingone_document(), first in pingone_document()) {
        let record = said(dialect("pingone").unwrap(), None, &document).unwrap();
        let mut first = first;
        let last = document;
        if first["type"] == last["type"] {
            first["name"] = json!("first");
            let between = said(dialect("pingone").unwrap(), Some(&record), &first).unwrap();
            prop_assert_eq!(said(dialect("pingone").unwrap(), Some(&between), &last).unwrap(), record);
        }
    }

    #[test]
    fn reading_and_writing_back_at_the_second_door_is_harmless(document in okta_document()) {
        let made = said(dialect("okta").unwrap(), None, &document).unwrap();
        let before = shown(dialect("okta").unwrap(), &made);
        let read = shown(dialect("pingone").unwrap(), &made);
        let written = said(dialect("pingone").unwrap(), Some(&made), &Value::Object(read.clone())).unwrap();
        prop_assert_eq!(shown(dialect("okta").unwrap(), &written), before);
        prop_assert_eq!(shown(dialect("pingone").unwrap(), &written), read);
    }

    #[test]
    fn a_replacement_at_one_door_is_read_at_the_other_and_keeps_its_own(made in okta_document(), put in pingone_document()) {
        let first = said(dialect("okta").unwrap(), None, &made).unwrap();
        let kind = shown(dialect("pingone").unwrap(), &first)["type"].clone();
        if put["type"] == kind {
            let second = said(dialect("pingone").unwrap(), Some(&first), &put).unwrap();
            let okta = shown(dialect("okta").unwrap(), &second);
            prop_assert_eq!(&okta["name"], &put["name"]);
            prop_assert_eq!(&okta["policy"], &shown(dialect("okta").unwrap(), &first)["policy"]);
            // And back: Okta puts its old document again, and PingOne keeps what is PingOne's own.
            let third = said(dialect("okta").unwrap(), Some(&second), &made).unwrap();
            let pingone = shown(dialect("pingone").unwrap(), &third);
            prop_assert_eq!(&pingone["name"], &made["name"]);
            for own in COMMON.into_iter().filter(|own| put.get(own).is_some()) {
                prop_assert_eq!(&pingone[own], &put[own]);
            }
        }
    }
}

fn apple_key(record: &IdentityProvider) -> Option<&str> {
    match &record.protocol {
        Protocol::Social(social) => Some(social.apple_key.as_ref()?.private_key.as_ref()?.reveal().unwrap()),
        _ => None,
    }
}

#[test]
fn apples_key_is_returned_only_where_it_was_received() {
    let policy = json!({"provisioning": {"action": "AUTO"}, "accountLink": {"action": "AUTO"}, "subject": {"matchType": "EMAIL"}});
    let signing = |key: Value| json!({"privateKey": key, "kid": "KEY4567890", "teamId": "TEAM567890"});
    let at_okta = |key: Value| json!({"type": "APPLE", "name": "Apple", "policy": policy, "protocol": {"type": "OIDC", "credentials": {"client": {"client_id": "id"}, "signing": signing(key)}}});
    let returned = |record: &IdentityProvider| {
        shown(dialect("pingone").unwrap(), record).get("clientSecretSigningKey").cloned()
    };

    let made = said(dialect("okta").unwrap(), None, &at_okta(json!("received by Okta"))).unwrap();
    assert_eq!(returned(&made), None);
    // A client that reads and writes back changes nothing, and learns nothing.
    let mut document = shown(dialect("pingone").unwrap(), &made);
    document.insert("name".to_owned(), json!("Renamed"));
    let renamed = said(dialect("pingone").unwrap(), Some(&made), &document.clone().into()).unwrap();
    assert_eq!((apple_key(&renamed), returned(&renamed)), (Some("received by Okta"), None));

    document.insert("clientSecretSigningKey".to_owned(), json!("received by PingOne"));
    let replaced = said(dialect("pingone").unwrap(), Some(&renamed), &document.into()).unwrap();
    assert_eq!(returned(&replaced), Some(json!("received by PingOne")));
    // Okta never returns it; what leaves it out keeps it, and what changes it is not PingOne's any more.
    let kept = said(dialect("okta").unwrap(), Some(&replaced), &at_okta(Value::Null)).unwrap();
    assert_eq!(returned(&kept), Some(json!("received by PingOne")));
    let changed = said(dialect("okta").unwrap(), Some(&kept), &at_okta(json!("another"))).unwrap();
    assert_eq!((apple_key(&changed), returned(&changed)), (Some("another"), None));
}
