//! One store, three APIs: what is made through one is there through the others, and contradicts nothing.

#![cfg(all(feature = "okta", feature = "zitadel", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use idpstore::IdpStore;
use idpstore::env::CertificateSettings;
use idpstore::pki::KeySpec;
use idpstore::saml::{EncodingStandard, Metadata};
use idpstore::testing::CannedKeys;
use serde_json::{Value, json};

struct House(IdpStore);

impl House {
    fn open() -> Self {
        let certificates = CertificateSettings { spec: KeySpec::Rsa { bits: 2048 }, ..Default::default() };
        Self(IdpStore::builder().keys(CannedKeys::default()).certificates(certificates).open().unwrap())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.0.handle(request.body(body).unwrap());
        let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        assert_eq!(response.status(), 200, "{method} {path}: {answer}");
        answer
    }

    /// The only provider, as Okta shows it.
    fn okta(&self) -> Value {
        let mut all = self.ask("GET", "/api/v1/idps", &Value::Null);
        assert_eq!(all.as_array().unwrap().len(), 1);
        all[0].take()
    }

    /// The only provider, as ZITADEL shows it.
    fn zitadel(&self) -> Value {
        let mut all = self.ask("POST", "/admin/v1/idps/templates/_search", &json!({}));
        assert_eq!(all["details"]["totalResult"], "1");
        all["result"][0].take()
    }
}

/// The certificate of RFC 7517, appendix B, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

fn metadata(location: &str) -> String {
    BASE64_STANDARD.encode(format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
         <IDPSSODescriptor><KeyDescriptor><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>\
         </KeyDescriptor><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"{location}\"/></IDPSSODescriptor></EntityDescriptor>",
        certificate()
    ))
}

#[test]
fn metadata_given_to_zitadel_is_an_issuer_an_endpoint_and_a_key_at_okta() {
    let house = House::open();
    let said = metadata("https://idp.example.com/sso");
    house.ask("POST", "/admin/v1/idps/saml", &json!({
        "name": "Partner", "metadataXml": said, "withSignedRequest": true,
        "signatureAlgorithm": "SAML_SIGNATURE_RSA_SHA256", "nameIdFormat": "SAML_NAME_ID_FORMAT_TRANSIENT",
    }));
    let shown = house.okta();
    assert_eq!(shown["name"], "Partner");
    let protocol = &shown["protocol"];
    assert_eq!(protocol["endpoints"]["sso"]["url"], "https://idp.example.com/sso");
    assert_eq!(protocol["endpoints"]["sso"]["binding"], "HTTP-POST");
    assert_eq!(protocol["credentials"]["trust"]["issuer"], "https://idp.example.com");
    assert_eq!(protocol["settings"]["nameFormat"], "urn:oasis:names:tc:SAML:2.0:nameid-format:transient");
    let kid = protocol["credentials"]["trust"]["kid"].as_str().unwrap();
    let key = house.ask("GET", &format!("/api/v1/idps/credentials/keys/{kid}"), &Value::Null);
    assert_eq!(key["x5c"][0], certificate());

    // Okta renames it: the metadata stays as it was said. Okta moves the endpoint: it can stay no longer.
    let path = format!("/api/v1/idps/{}", shown["id"].as_str().unwrap());
    let mut changed = shown.clone();
    changed["name"] = "Renamed".into();
    house.ask("PUT", &path, &changed);
    assert_eq!(house.zitadel()["config"]["saml"]["metadataXml"], said);
    changed["protocol"]["endpoints"]["sso"]["url"] = "https://new.example.com/sso".into();
    house.ask("PUT", &path, &changed);
    let settings = house.zitadel()["config"]["saml"].take();
    let xml = BASE64_STANDARD.decode(settings["metadataXml"].as_str().unwrap()).unwrap();
    let written = Metadata::read(&xml, &EncodingStandard).unwrap();
    assert_eq!(written.entity_id.as_deref(), Some("https://idp.example.com"));
    assert_eq!(written.single_sign_on[0].location, "https://new.example.com/sso");
    assert_eq!(written.certificates, [certificate()]);
    assert_eq!(settings["withSignedRequest"], true);
}

#[test]
fn a_client_of_zitadels_that_writes_back_what_it_reads_changes_nothing_for_okta() {
    let house = House::open();
    let key = house.ask("POST", "/api/v1/idps/credentials/keys", &json!({"x5c": [certificate()]}));
    house.ask(
        "POST",
        "/api/v1/idps",
        &json!({
            "type": "SAML2", "name": "Partner", "protocol": {
                "type": "SAML2",
                "endpoints": {"sso": {"url": "https://idp.example.com/sso", "binding": "HTTP-REDIRECT"}},
                "credentials": {"trust": {"issuer": "urn:partner", "kid": key["kid"]}},
            }, "policy": {"accountLink": {"action": "AUTO"}, "provisioning": {"action": "DISABLED"}},
        }),
    );
    let before = house.okta();
    let shown = house.zitadel();
    assert_eq!(shown["config"]["saml"]["binding"], "SAML_BINDING_REDIRECT");
    assert_eq!(shown["config"]["options"]["autoLinking"], "AUTO_LINKING_OPTION_USERNAME");
    let mut update = shown["config"]["saml"].clone();
    update["name"] = shown["name"].clone();
    update["providerOptions"] = shown["config"]["options"].clone();
    house.ask("PUT", &format!("/admin/v1/idps/saml/{}", shown["id"].as_str().unwrap()), &update);
    let mut after = house.okta();
    after["lastUpdated"] = before["lastUpdated"].clone();

    assert_eq!(after, before);
    assert_eq!(house.zitadel()["config"], shown["config"]);
}

#[test]
fn a_provider_that_becomes_another_kind_forgets_what_was_said_of_the_old() {
    let house = House::open();
    let made = house.ask(
        "POST",
        "/admin/v1/idps/generic_oidc",
        &json!({
            "name": "Partner", "issuer": "https://op.example.com", "clientId": "id", "clientSecret": "secret",
        }),
    );
    assert_eq!(house.okta()["type"], "OIDC");
    let path = format!("/admin/v1/idps/generic_oidc/{}/_migrate", made["id"].as_str().unwrap());
    house.ask(
        "POST",
        &path,
        &json!({"google": {"name": "Google", "clientId": "new", "clientSecret": "secret"}}),
    );
    let shown = house.okta();
    assert_eq!(shown["type"], "GOOGLE");
    assert_eq!(shown["protocol"]["credentials"]["client"]["client_id"], "new");
    assert_eq!(house.zitadel()["type"], "PROVIDER_TYPE_GOOGLE");
}
