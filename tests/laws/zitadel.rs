//! Documents of ZITADEL's.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::model::IdentityProvider;
use idpstore::testing::inside::dialect;
use idpstore::testing::inside::lens::{Members, insert};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::generated::{name, record, text};
use super::{hold, hold_for_records};

/// All kinds, with the secret that each has.
pub(crate) const KINDS: [(&str, &str); 12] = [
    ("SAML", ""),
    ("OIDC", "clientSecret"),
    ("GOOGLE", "clientSecret"),
    ("GITHUB", "clientSecret"),
    ("GITLAB", "clientSecret"),
    ("AZURE_AD", "clientSecret"),
    ("APPLE", "privateKey"),
    ("OAUTH", "clientSecret"),
    ("JWT", ""),
    ("LDAP", "bindPassword"),
    ("GITHUB_ES", "clientSecret"),
    ("GITLAB_SELF_HOSTED", "clientSecret"),
];

#[test]
fn the_laws_hold() {
    // SAML has the most members.
    let kinds = prop_oneof![Just(KINDS[0]), select(KINDS.to_vec())];
    let pairs = kinds.prop_flat_map(|kind| (document(kind), document(kind)));
    hold(dialect("zitadel").unwrap().lens, &pairs, last);
}

#[test]
fn the_laws_hold_for_records_that_others_have_made() {
    let shown = |record: &IdentityProvider| dialect("zitadel").unwrap().lens.show(record, "").is_some();
    hold_for_records(
        dialect("zitadel").unwrap().lens,
        &record().prop_filter("a kind that ZITADEL has", shown),
    );
}

/// What an update that leaves it out keeps: no document leaves it out.
fn last(mut document: Members) -> Members {
    for (member, value) in [("scopes", json!(["kept"])), ("rootCa", json!("AAAA"))] {
        document.entry(member).or_insert(value);
    }
    // By what users are found outlives the linking.
    insert(&mut document, &["providerOptions", "autoLinking"], json!("AUTO_LINKING_OPTION_USERNAME"));
    if document.get("type").is_some_and(|kind| kind == "PROVIDER_TYPE_SAML") {
        document.entry("nameIdFormat").or_insert_with(|| "SAML_NAME_ID_FORMAT_TRANSIENT".into());
        // Once it was on, it is known to be off.
        document.entry("federatedLogoutEnabled").or_insert(true.into());
    }
    document
}

/// A request as it is once its message was read: only members that the message has.
pub(crate) fn document((kind, secret): (&'static str, &'static str)) -> impl Strategy<Value = Members> {
    let members = more(kind);
    let count = members.len();
    (name(), text(1..9), subsequence(members, 0..=count), vec(text(1..9), 1..4)).prop_map(
        move |(name, secret_text, more, scopes)| {
            let mut document = Members::from_iter([
                ("type".to_owned(), format!("PROVIDER_TYPE_{kind}").into()),
                ("name".to_owned(), name.into()),
            ]);
            for (member, value) in more {
                document.insert(member.to_owned(), value);
            }
            if kind == "SAML" {
                document.entry("metadataXml").or_insert_with(|| metadata("https://idp.example.com", "POST"));
            } else if kind != "JWT" && kind != "LDAP" {
                document.insert("scopes".to_owned(), scopes.into());
            }
            if !secret.is_empty() {
                document.insert(secret.to_owned(), BASE64_STANDARD.encode(secret_text).into());
            }
            document
        },
    )
}

fn metadata(entity_id: &str, binding: &str) -> Value {
    let xml = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\"><IDPSSODescriptor>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}\" \
         Location=\"{entity_id}/sso\"/></IDPSSODescriptor></EntityDescriptor>"
    );
    BASE64_STANDARD.encode(xml).into()
}

/// What a request may have besides name, scopes and secret.
fn more(kind: &str) -> Vec<(&'static str, Value)> {
    let options =
        json!({"isLinkingAllowed": true, "isAutoCreation": true, "autoLinking": "AUTO_LINKING_OPTION_EMAIL"});
    let others = json!({"isCreationAllowed": true, "isAutoUpdate": true});
    let mut members = vec![("providerOptions", options), ("providerOptions", others)];
    let client_id = ("clientId", json!("id"));
    let issuer = ("issuer", json!("https://op.example.com"));
    let endpoint = |name| (name, json!("https://op.example.com/endpoint"));
    members.extend(match kind {
        "SAML" => vec![
            ("metadataXml", metadata("https://third.example.com", "Redirect")),
            ("metadataXml", metadata("https://other.example.com", "Redirect")),
            ("binding", json!("SAML_BINDING_ARTIFACT")),
            ("withSignedRequest", json!(true)),
            ("nameIdFormat", json!("SAML_NAME_ID_FORMAT_UNSPECIFIED")),
            ("nameIdFormat", json!("SAML_NAME_ID_FORMAT_EMAIL_ADDRESS")),
            ("transientMappingAttributeName", json!("uid")),
            ("federatedLogoutEnabled", json!(true)),
            ("signatureAlgorithm", json!("SAML_SIGNATURE_RSA_SHA512")),
        ],
        "AZURE_AD" => vec![
            client_id,
            ("tenant", json!({"tenantType": "AZURE_AD_TENANT_TYPE_COMMON"})),
            ("tenant", json!({"tenantId": "tenant"})),
            ("emailVerified", json!(true)),
        ],
        "LDAP" => vec![
            ("servers", json!(["ldap://ldap.example.com"])),
            ("startTls", json!(true)),
            ("baseDn", json!("dc=example")),
            ("timeout", json!("1.500s")),
            ("attributes", json!({"idAttribute": "uid"})),
            ("rootCa", json!("QUJD")),
        ],
        "APPLE" => vec![client_id, ("teamId", json!("team")), ("keyId", json!("key"))],
        "JWT" => vec![issuer, endpoint("jwtEndpoint"), endpoint("keysEndpoint"), ("headerName", json!("x"))],
        "OIDC" => vec![client_id, issuer, ("isIdTokenMapping", json!(true)), ("usePkce", json!(true))],
        "OAUTH" => vec![
            client_id,
            endpoint("tokenEndpoint"),
            endpoint("userEndpoint"),
            ("idAttribute", json!("sub")),
            ("usePkce", json!(true)),
        ],
        "GITHUB_ES" => vec![client_id, endpoint("authorizationEndpoint"), endpoint("userEndpoint")],
        "GITLAB_SELF_HOSTED" => vec![client_id, issuer],
        _ => vec![client_id],
    });
    members
}
