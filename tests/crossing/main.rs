//! What crosses to another vendor, of one provider and of a whole store.

#![cfg(all(feature = "okta", feature = "pingone", feature = "zitadel", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod report;
mod requests;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use idpstore::env::CertificateSettings;
use idpstore::model::{IdentityProvider, Saml};
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock};
use idpstore::{Crossing, ErrorKind, IdpStore};
use serde_json::{Value, json};

const PINGONE: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";

struct House(IdpStore);

impl House {
    fn open() -> Self {
        let certificates = CertificateSettings { spec: KeySpec::Rsa { bits: 2048 }, ..Default::default() };
        let store = IdpStore::builder()
            .clock(FixedClock::at(Timestamp::from_unix_seconds(1_800_000_000)))
            .entropy(CountedEntropy::default())
            .keys(CannedKeys::default())
            .certificates(certificates);
        Self(store.open().unwrap())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.0.handle(request.body(body).unwrap());
        let answer = serde_json::from_slice(response.body()).unwrap_or_default();
        assert!(response.status().is_success(), "{method} {path}: {answer}");
        answer
    }

    /// What crosses of the only provider.
    fn crossing(&self, to: &str) -> Crossing {
        let only = self.0.providers().list_from(0, 2).unwrap();
        assert_eq!(only.total, 1);
        self.0.crossing(only.items[0].id, to).unwrap()
    }
}

/// What is lost and added, a line for each.
fn lines(crossing: &Crossing) -> Vec<String> {
    let lost = crossing.lost.iter().map(|lost| {
        let detail = lost.detail.as_ref().map(|detail| format!(", {detail}")).unwrap_or_default();
        let core = lost.core.map(|core| format!(" ({core})")).unwrap_or_default();
        let value = lost.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        format!("- {} {}{core}{value}: {}{detail}", lost.of, lost.member, lost.why)
    });
    let added = crossing.added.iter().map(|added| {
        let core = added.core.map(|core| format!(" ({core})")).unwrap_or_default();
        format!("+ {}{core} = {}", added.member, added.value)
    });
    lost.chain(added).collect()
}

/// The certificate of RFC 7517, appendix B, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("../vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

/// Metadata with two services to sign in, in base64.
fn metadata() -> String {
    let service = |binding: &str| {
        format!(
            "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}\" \
             Location=\"https://idp.example.com/{binding}\"/>"
        )
    };
    BASE64_STANDARD.encode(format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
         <IDPSSODescriptor><KeyDescriptor><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>\
         </KeyDescriptor>{}{}</IDPSSODescriptor></EntityDescriptor>",
        certificate(),
        service("POST"),
        service("Redirect"),
    ))
}

#[test]
fn a_saml_provider_of_oktas() {
    let house = House::open();
    let key = house.ask("POST", "/api/v1/idps/credentials/keys", &json!({"x5c": [certificate()]}));
    house.ask("POST", "/api/v1/idps", &json!({
        "type": "SAML2", "name": "Partner",
        "protocol": {
            "type": "SAML2",
            "endpoints": {
                "sso": {"url": "https://idp.example.com/sso", "binding": "HTTP-REDIRECT"},
                "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
            },
            "algorithms": {"request": {"signature": {"algorithm": "SHA-256", "scope": "REQUEST"}}},
            "settings": {"nameFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
            "credentials": {"trust": {"issuer": "urn:partner", "kid": key["kid"], "audience": "urn:us"}},
        },
        "policy": {
            "provisioning": {"action": "CALLOUT", "profileMaster": true},
            "accountLink": {"action": "AUTO"},
            "subject": {"userNameTemplate": {"template": "idpuser.email"}, "matchType": "USERNAME_OR_EMAIL"},
            "maxClockSkew": 120_000,
        },
    }));
    let signing =
        house.ask("GET", "/api/v1/idps", &Value::Null)[0]["protocol"]["credentials"]["signing"].take();

    let template = r#"- okta /policy/subject/userNameTemplate/template = "idpuser.email": no word for it"#;
    let skew = "- okta /policy/maxClockSkew = 120000: no word for it";
    let persistent = "- okta /protocol/settings/honorPersistentNameId = true: no word for it";
    let crossing = house.crossing("pingone");
    assert_eq!(
        lines(&crossing),
        [
            r#"- okta /protocol/settings/nameFormat (saml.name_id_format) = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient": no word for it"#,
            persistent,
            r#"- okta /policy/provisioning/action (linking.creation) = "CALLOUT": a value that is not taken, `/registration` shows nothing of it"#,
            "- okta /policy/provisioning/profileMaster (linking.updates) = true: no word for it",
            r#"- okta /policy/accountLink/action (linking.link) = "AUTO": no word for it"#,
            template,
            r#"- okta /policy/subject/matchType (linking.matched_by) = "USERNAME_OR_EMAIL": no word for it"#,
            skew,
        ]
    );
    let shown = crossing.shown.unwrap();
    assert_eq!(
        (&shown["ssoBinding"], &shown["spEntityId"], &shown["idpVerification"]["certificates"][0]["id"]),
        (&json!("HTTP_REDIRECT"), &json!("urn:us"), &key["kid"])
    );

    let crossing = house.crossing("zitadel");
    assert_eq!(lines(&crossing), [
            persistent.to_owned(),
        r#"- okta /protocol/credentials/trust/audience (saml.service_provider_entity_id) = "urn:us": no word for it"#.to_owned(),
        format!("- okta /protocol/credentials/signing/kid (signing_key) = {}: no word for it", signing["kid"]),
        r#"- okta /policy/provisioning/action (linking.creation) = "CALLOUT": a value that is not taken, `/providerOptions/isCreationAllowed` shows nothing of it"#.to_owned(),
        template.to_owned(),
        r#"- okta /policy/subject/matchType (linking.matched_by) = "USERNAME_OR_EMAIL": another meaning, `/providerOptions/autoLinking` is `AUTO_LINKING_OPTION_USERNAME`"#.to_owned(),
        skew.to_owned(),
        "+ /federatedLogoutEnabled (saml.logout_requests) = false".to_owned(),
    ]);
    // The document is the one that the API returns, with the certificate in the metadata.
    let answer = house.ask("POST", "/admin/v1/idps/templates/_search", &json!({}));
    assert_eq!(crossing.shown.as_ref(), Some(&answer["result"][0]));

    assert_eq!(house.crossing("okta").lost, []);
}

#[test]
fn a_saml_provider_of_zitadels() {
    let house = House::open();
    house.ask("POST", "/admin/v1/idps/saml", &json!({
        "name": "Partner", "metadataXml": metadata(), "withSignedRequest": true,
        "signatureAlgorithm": "SAML_SIGNATURE_RSA_SHA512", "nameIdFormat": "SAML_NAME_ID_FORMAT_TRANSIENT",
        "transientMappingAttributeName": "uid", "federatedLogoutEnabled": true,
        "providerOptions": {
            "isCreationAllowed": true, "isLinkingAllowed": true, "autoLinking": "AUTO_LINKING_OPTION_EMAIL",
        },
    }));
    let post = r#"[{"location":"https://idp.example.com/POST","binding":"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"}]"#;
    let lost = |crossing: &Crossing| {
        lines(crossing).into_iter().filter(|line| line.starts_with('-')).collect::<Vec<_>>()
    };
    assert_eq!(
        lost(&house.crossing("okta")),
        [
            "- zitadel /providerOptions/isCreationAllowed (linking.creation) = true: another meaning, `/policy/provisioning/action` is `DISABLED`",
            &format!("- zitadel /metadataXml (saml.single_sign_on.alternatives) = {post}: no word for it"),
            r#"- zitadel /transientMappingAttributeName = "uid": no word for it"#,
            r#"- zitadel /signatureAlgorithm (saml.signature_algorithm) = "SAML_SIGNATURE_RSA_SHA512": another meaning, `/protocol/algorithms/request/signature/algorithm` is `SHA-256`"#,
        ]
    );
    assert_eq!(
        lost(&house.crossing("pingone")),
        [
            "- zitadel /providerOptions/isLinkingAllowed (linking.link) = true: no word for it",
            "- zitadel /providerOptions/isCreationAllowed (linking.creation) = true: a value that is not taken, `/registration` shows nothing of it",
            r#"- zitadel /providerOptions/autoLinking (linking.link) = {"allowed":true,"automatic":true}: no word for it"#,
            r#"- zitadel /providerOptions/autoLinking (linking.matched_by) = "email": no word for it"#,
            &format!("- zitadel /metadataXml (saml.single_sign_on.alternatives) = {post}: no word for it"),
            r#"- zitadel /nameIdFormat (saml.name_id_format) = "SAML_NAME_ID_FORMAT_TRANSIENT": no word for it"#,
            r#"- zitadel /transientMappingAttributeName = "uid": no word for it"#,
            "- zitadel /federatedLogoutEnabled (saml.logout_requests) = true: no word for it",
        ]
    );
    assert_eq!(house.crossing("zitadel").lost, []);
}

#[test]
fn what_is_derived_is_added_and_secrets_cross_unseen() {
    let house = House::open();
    house.ask(
        "POST",
        "/admin/v1/idps/generic_oidc",
        &json!({
            "name": "OP", "issuer": "https://op.example.com", "clientId": "us", "clientSecret": "hush-hush",
            "isIdTokenMapping": true, "usePkce": true,
        }),
    );
    let crossing = house.crossing("pingone");
    assert_eq!(
        lines(&crossing),
        [
            "- zitadel /isIdTokenMapping = true: no word for it",
            r#"+ /authorizationEndpoint (open_id_connect.authorization_endpoint) = "https://op.example.com/authorize""#,
            r#"+ /tokenEndpoint (open_id_connect.token_endpoint) = "https://op.example.com/token""#,
            r#"+ /jwksEndpoint (open_id_connect.jwks_uri) = "https://op.example.com/jwks""#,
            r#"+ /discoveryEndpoint (open_id_connect.discovery_endpoint) = "https://op.example.com/.well-known/openid-configuration""#,
            r#"+ /scopes (client.scopes) = ["openid","profile","email"]"#,
            r#"+ /tokenEndpointAuthMethod (client.token_endpoint_auth_method) = "CLIENT_SECRET_BASIC""#,
        ]
    );
    assert_eq!(crossing.shown.as_ref().unwrap().get("clientSecret"), None);
    for to in ["okta", "pingone", "zitadel"] {
        assert!(!format!("{:?}", house.crossing(to)).contains("hush"), "{to}");
    }
}

#[test]
fn what_a_vendor_would_refuse_does_not_cross() {
    let house = House::open();
    let name = "x".repeat(150);
    house.ask("POST", "/admin/v1/idps/google", &json!({"name": name, "clientId": "us", "clientSecret": "s"}));
    let crossing = house.crossing("okta");
    let lost = format!(
        "- zitadel /name (name) = \"{name}\": a value that is not taken, `/name` is not within 1 to 100"
    );
    assert_eq!(lines(&crossing)[0], lost);

    // Okta knows two certificates of a partner.
    let house = House::open();
    let other = house.0.signing_keys(idpstore::Owner::Tenant);
    let new = idpstore::NewSigningKey { spec: KeySpec::Rsa { bits: 2048 }, ..Default::default() };
    let mut provider = IdentityProvider::named("Partner", Saml::new("urn:partner"));
    for _ in 0..3 {
        let key = house.0.trusted_keys().import(&other.generate(&new).unwrap().chain[0]).unwrap();
        provider = provider.trusting(&key);
    }
    house.0.providers().create(provider.clone()).unwrap();
    let crossing = house.crossing("okta");
    let lost = crossing.lost.iter().find(|lost| lost.core == Some("trusted_keys")).unwrap();
    assert_eq!(lost.member, "/idpVerification/certificates");
    let detail = "`/protocol/credentials/trust/additionalKids` is not within 0 to 1";
    assert_eq!(lost.detail.as_deref(), Some(detail));
}

#[test]
fn a_kind_that_a_vendor_does_not_have() {
    let house = House::open();
    house.ask("POST", "/admin/v1/idps/ldap", &json!({
        "name": "own", "servers": ["ldap://ldap.example.com"], "baseDn": "dc=example", "bindDn": "cn=admin",
        "bindPassword": "p", "userBase": "dn", "userObjectClasses": ["user"], "userFilters": ["uid"],
    }));
    let crossing = house.crossing("okta");
    let id = crossing.provider.to_string();
    let expected = json!({
        "tenant": "1", "provider": id, "name": "own", "to": "okta", "shown": null,
        "lost": [{"member": "", "of": "zitadel", "core": null, "value": null, "why": "no_word", "detail": null}],
        "added": [],
    });
    assert_eq!(serde_json::to_value(&crossing).unwrap(), expected);
    assert_eq!(house.crossing("zitadel").lost, []);
}

#[test]
fn what_no_dialect_has_received_is_looked_at_through_all_others() {
    let house = House::open();
    let saml = Saml::new("urn:partner").sign_on("https://idp.example.com/sso");
    house.0.providers().create(IdentityProvider::named("Partner", saml).inactive()).unwrap();
    let lost: Vec<_> =
        lines(&house.crossing("zitadel")).into_iter().filter(|line| line.starts_with('-')).collect();
    assert_eq!(
        lost,
        [
            r#"- okta /status (state) = "INACTIVE": no word for it"#,
            "- pingone /enabled (state) = false: no word for it",
        ]
    );
    assert_eq!(house.crossing("okta").lost, []);
    assert_eq!(house.crossing("pingone").lost, []);
}

#[test]
fn a_population_of_pingones_is_its_own() {
    let house = House::open();
    house.ask(
        "POST",
        PINGONE,
        &json!({
            "type": "GOOGLE", "name": "Google", "enabled": true, "clientId": "us", "clientSecret": "s",
            "registration": {"population": {"id": "p"}}, "description": "of old",
        }),
    );
    let lost: Vec<_> =
        lines(&house.crossing("zitadel")).into_iter().filter(|line| line.starts_with('-')).collect();
    assert_eq!(
        lost,
        [
            r#"- pingone /description = "of old": no word for it"#,
            r#"- pingone /registration/population/id = "p": no word for it"#,
        ]
    );
}

#[test]
fn a_dialect_that_there_is_not_and_a_provider_that_is_missing() {
    let house = House::open();
    let missing = house.0.crossing(idpstore::model::Id::from_number(7), "okta").unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }));
    for error in [
        house.0.crossing(idpstore::model::Id::from_number(7), "harbor").unwrap_err(),
        house.0.crossings("harbor", |_| ()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Unsupported);
        assert!(error.to_string().ends_with("there is no dialect `harbor`"), "{error}");
    }
}
