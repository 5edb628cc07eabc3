//! SAML providers at all three APIs: what two vendors can express, both show, and a put through one leaves alone what it
//! has no word for.

#![cfg(all(feature = "okta", feature = "pingone", feature = "zitadel", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use idpstore::env::CertificateSettings;
use idpstore::pki::KeySpec;
use idpstore::saml::{BINDINGS, EncodingStandard, Metadata};
use idpstore::testing::CannedKeys;
use idpstore::{IdpStore, Response};
use serde_json::{Value, json};

const PINGONE: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";

struct House(IdpStore);

impl House {
    fn open() -> Self {
        let certificates = CertificateSettings { spec: KeySpec::Rsa { bits: 2048 }, ..Default::default() };
        Self(IdpStore::builder().keys(CannedKeys::default()).certificates(certificates).open().unwrap())
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Response {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.0.handle(request.body(body).unwrap());
        assert!(response.status().is_success(), "{method} {path}: {response:?}");
        response
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        serde_json::from_slice(self.send(method, path, body).body()).unwrap()
    }

    /// The only provider, as Okta shows it.
    fn okta(&self) -> Value {
        self.ask("GET", "/api/v1/idps", &Value::Null)[0].take()
    }

    /// Changes it through Okta.
    fn put_okta(&self, document: &Value) {
        self.ask("PUT", &format!("/api/v1/idps/{}", document["id"].as_str().unwrap()), document);
    }

    /// The only provider, as PingOne shows it.
    fn pingone(&self) -> Value {
        self.ask("GET", PINGONE, &Value::Null)["_embedded"]["identityProviders"][0].take()
    }

    /// Changes it through PingOne.
    fn put_pingone(&self, document: &Value) {
        self.ask("PUT", &format!("{PINGONE}/{}", document["id"].as_str().unwrap()), document);
    }

    /// Makes a provider through PingOne, with more members than it must have.
    fn create_at_pingone(&self, more: &Value) -> Value {
        let body = json!({"x5c": [certificate()]});
        let key = self.ask("POST", "/api/v1/idps/credentials/keys", &body);
        let mut document = json!({
            "type": "SAML", "name": "Partner", "enabled": true, "idpEntityId": "https://idp.example.com",
            "ssoBinding": "HTTP_POST", "ssoEndpoint": "https://idp.example.com/sso",
            "idpVerification": {"certificates": [{"id": key["kid"]}]},
        });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask("POST", PINGONE, &document)
    }

    /// The only provider, as ZITADEL shows it.
    fn zitadel(&self) -> Value {
        self.ask("POST", "/admin/v1/idps/templates/_search", &json!({}))["result"][0].take()
    }

    /// Changes it through ZITADEL: what was read, but for these settings.
    fn put_zitadel(&self, changes: &Value) {
        let shown = self.zitadel();
        let mut update = shown["config"]["saml"].clone();
        update["name"] = shown["name"].clone();
        update["providerOptions"] = shown["config"]["options"].clone();
        update.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.ask("PUT", &format!("/admin/v1/idps/saml/{}", shown["id"].as_str().unwrap()), &update);
    }

    /// The partner's metadata, as ZITADEL has it.
    fn metadata(&self) -> Metadata {
        let shown = self.zitadel();
        let xml = BASE64_STANDARD.decode(shown["config"]["saml"]["metadataXml"].as_str().unwrap()).unwrap();
        Metadata::read(&xml, &EncodingStandard).unwrap()
    }

    /// Bindings and locations of the partner's sign-on services.
    fn sign_on(&self) -> Vec<(String, String)> {
        let services = self.metadata().single_sign_on.into_iter();
        services
            .map(|service| (service.binding.strip_prefix(BINDINGS).unwrap().to_owned(), service.location))
            .collect()
    }

    /// The page that a SAML partner gets from ZITADEL.
    fn page(&self, name: &str) -> String {
        let path = format!("/idps/{}/saml/{name}", self.zitadel()["id"].as_str().unwrap());
        String::from_utf8(self.send("GET", &path, &Value::Null).body().to_vec()).unwrap()
    }
}

/// The certificate of RFC 7517, appendix B, in base64.
fn certificate() -> String {
    let jwk: Value = serde_json::from_str(include_str!("vectors/rfc7517-b.json")).unwrap();
    jwk["x5c"][0].as_str().unwrap().to_owned()
}

/// Metadata with these services in base64, for ZITADEL.
fn metadata(services: &str) -> Value {
    let xml = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
         <IDPSSODescriptor><KeyDescriptor><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data>\
         </KeyInfo></KeyDescriptor>{services}</IDPSSODescriptor></EntityDescriptor>",
        certificate(),
    );
    json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(xml)})
}

fn service(element: &str, binding: &str, more: &str) -> String {
    let at = format!("https://idp.example.com/{binding}");
    format!("<{element} Binding=\"{BINDINGS}HTTP-{binding}\" Location=\"{at}\" {more}/>")
}

fn two_services() -> Value {
    let service = |binding| service("SingleSignOnService", binding, "");
    metadata(&[service("Redirect"), service("POST")].concat())
}

fn pairs(expected: [(&str, &str); 2]) -> Vec<(String, String)> {
    expected.map(|(binding, at)| (binding.to_owned(), at.to_owned())).to_vec()
}

#[test]
fn a_second_sign_on_service_survives_a_change_of_the_first() {
    let moved = pairs([
        ("HTTP-Redirect", "https://new.example.com/sso"),
        ("HTTP-POST", "https://idp.example.com/POST"),
    ]);
    let okta = House::open();
    okta.ask("POST", "/admin/v1/idps/saml", &two_services());
    let mut document = okta.okta();
    assert_eq!(document["protocol"]["endpoints"]["sso"]["url"], "https://idp.example.com/Redirect");
    document["protocol"]["endpoints"]["sso"]["url"] = "https://new.example.com/sso".into();
    okta.put_okta(&document);
    assert_eq!(okta.sign_on(), moved);
    // Writing back what ZITADEL shows changes nothing.
    okta.put_zitadel(&json!({}));
    assert_eq!(okta.sign_on(), moved);

    let pingone = House::open();
    pingone.ask("POST", "/admin/v1/idps/saml", &two_services());
    let mut document = pingone.pingone();
    document["ssoEndpoint"] = "https://new.example.com/sso".into();
    pingone.put_pingone(&document);
    assert_eq!(pingone.sign_on(), moved);
}

#[test]
fn the_first_sign_on_service_survives_a_change_to_the_second() {
    let exchanged = pairs([
        ("HTTP-POST", "https://idp.example.com/POST"),
        ("HTTP-Redirect", "https://idp.example.com/Redirect"),
    ]);
    let okta = House::open();
    okta.ask("POST", "/admin/v1/idps/saml", &two_services());
    let mut document = okta.okta();
    document["protocol"]["endpoints"]["sso"] =
        json!({"url": "https://idp.example.com/POST", "binding": "HTTP-POST"});
    okta.put_okta(&document);
    assert_eq!(okta.sign_on(), exchanged);

    let pingone = House::open();
    pingone.ask("POST", "/admin/v1/idps/saml", &two_services());
    let mut document = pingone.pingone();
    document["ssoBinding"] = "HTTP_POST".into();
    document["ssoEndpoint"] = "https://idp.example.com/POST".into();
    pingone.put_pingone(&document);
    assert_eq!(pingone.sign_on(), exchanged);
    document["ssoBinding"] = "HTTP_REDIRECT".into();
    document["ssoEndpoint"] = "https://new.example.com/sso".into();
    pingone.put_pingone(&document);
    let back = pairs([
        ("HTTP-Redirect", "https://new.example.com/sso"),
        ("HTTP-POST", "https://idp.example.com/POST"),
    ]);
    assert_eq!(pingone.sign_on(), back);
}

#[test]
fn an_endpoint_that_is_taken_away_leaves_no_others() {
    let house = House::open();
    let logout = |binding| service("SingleLogoutService", binding, "");
    let services = [service("SingleSignOnService", "POST", ""), logout("POST"), logout("Redirect")];
    house.ask("POST", "/admin/v1/idps/saml", &metadata(&services.concat()));
    let mut document = house.okta();
    document["protocol"]["endpoints"].as_object_mut().unwrap().remove("slo").unwrap();
    house.put_okta(&document);
    assert_eq!(house.metadata().single_logout, []);
    assert_eq!(house.pingone().get("sloEndpoint"), None);
}

#[test]
fn where_responses_to_a_logout_go_crosses() {
    let house = House::open();
    let sso = service("SingleSignOnService", "POST", "");
    let slo = service("SingleLogoutService", "POST", "ResponseLocation=\"https://idp.example.com/done\"");
    house.ask("POST", "/admin/v1/idps/saml", &metadata(&[sso, slo].concat()));
    let mut document = house.pingone();
    assert_eq!(document["sloResponseEndpoint"], "https://idp.example.com/done");

    // Okta has no word for it.
    let mut at_okta = house.okta();
    at_okta["protocol"]["endpoints"]["slo"]["url"] = "https://idp.example.com/slo".into();
    house.put_okta(&at_okta);
    assert_eq!(house.pingone()["sloResponseEndpoint"], "https://idp.example.com/done");

    let published = |house: &House| house.metadata().single_logout[0].response_location.clone();
    document["sloResponseEndpoint"] = "https://idp.example.com/other".into();
    house.put_pingone(&document);
    assert_eq!(published(&house).as_deref(), Some("https://idp.example.com/other"));
    document.as_object_mut().unwrap().remove("sloResponseEndpoint");
    house.put_pingone(&document);
    assert_eq!(published(&house), None);
    assert_eq!(house.pingone().get("sloResponseEndpoint"), None);
}

/// Each algorithm as PingOne, ZITADEL and Okta call it, or what comes nearest to it without being weaker.
const ALGORITHMS: [(&str, &str, &str); 7] = [
    ("SHA256withRSA", "SAML_SIGNATURE_RSA_SHA256", "SHA-256"),
    ("SHA384withRSA", "SAML_SIGNATURE_RSA_SHA512", "SHA-256"),
    ("SHA512withRSA", "SAML_SIGNATURE_RSA_SHA512", "SHA-256"),
    ("SHA256withECDSA", "SAML_SIGNATURE_RSA_SHA256", "SHA-256"),
    ("SHA384withECDSA", "SAML_SIGNATURE_RSA_SHA512", "SHA-256"),
    ("SHA512withECDSA", "SAML_SIGNATURE_RSA_SHA512", "SHA-256"),
    ("SHA256withRSA", "SAML_SIGNATURE_RSA_SHA1", "SHA-1"),
];

fn algorithms(house: &House) -> (Value, Value, Value) {
    let okta = house.okta()["protocol"]["algorithms"]["request"]["signature"]["algorithm"].take();
    let zitadel = house.zitadel()["config"]["saml"]["signatureAlgorithm"].take();
    (house.pingone()["spSigning"]["algorithm"].take(), zitadel, okta)
}

#[test]
fn every_vendor_shows_the_signature_algorithm_or_the_nearest_that_is_no_weaker() {
    for (pingone, zitadel, okta) in ALGORITHMS {
        let expected = (pingone.into(), zitadel.into(), okta.into());
        let house = House::open();
        if okta == "SHA-1" {
            let mut document = two_services();
            document["signatureAlgorithm"] = zitadel.into();
            house.ask("POST", "/admin/v1/idps/saml", &document);
        } else {
            house.create_at_pingone(&json!({"spSigning": {"algorithm": pingone}}));
        }
        assert_eq!(algorithms(&house), expected);
        // Writing back what is shown changes nothing.
        house.put_okta(&house.okta());
        house.put_zitadel(&json!({}));
        house.put_pingone(&house.pingone());
        assert_eq!(algorithms(&house), expected);
    }
}

#[test]
fn a_signature_algorithm_is_changed_by_every_vendor() {
    let house = House::open();
    house.create_at_pingone(&json!({"spSigning": {"algorithm": "SHA384withECDSA"}}));
    house.put_zitadel(&json!({"signatureAlgorithm": "SAML_SIGNATURE_RSA_SHA256"}));
    assert_eq!(algorithms(&house), expected("SHA256withRSA", "SAML_SIGNATURE_RSA_SHA256", "SHA-256"));
    let mut document = house.okta();
    document["protocol"]["algorithms"]["request"]["signature"]["algorithm"] = "SHA-1".into();
    house.put_okta(&document);
    assert_eq!(algorithms(&house), expected("SHA256withRSA", "SAML_SIGNATURE_RSA_SHA1", "SHA-1"));
    let mut document = house.pingone();
    document["spSigning"]["algorithm"] = "SHA512withRSA".into();
    house.put_pingone(&document);
    assert_eq!(algorithms(&house), expected("SHA512withRSA", "SAML_SIGNATURE_RSA_SHA512", "SHA-256"));
}

fn expected(pingone: &str, zitadel: &str, okta: &str) -> (Value, Value, Value) {
    (pingone.into(), zitadel.into(), okta.into())
}

#[test]
fn a_provider_of_pingones_has_a_key_for_zitadels_pages() {
    let house = House::open();
    house.create_at_pingone(&json!({}));
    let before = (house.pingone(), house.okta());
    let certificate = house.page("certificate");
    let bare: String = certificate.lines().filter(|line| !line.starts_with('-')).collect();
    assert!(house.page("metadata").contains(&bare), "both pages show one key");
    assert_eq!(house.page("certificate"), certificate, "it is made once");
    assert_eq!((house.pingone(), house.okta()), before, "nothing else was changed");

    // A new one takes its place.
    let id = house.zitadel()["id"].as_str().unwrap().to_owned();
    house.ask("POST", &format!("/admin/v1/idps/saml/{id}/_generate_certificate"), &json!({}));
    assert_ne!(house.page("certificate"), certificate);
}

#[test]
fn the_default_key_of_an_environment_is_on_zitadels_pages() {
    let house = House::open();
    house.create_at_pingone(&json!({}));
    let key = json!({
        "name": "default", "algorithm": "RSA", "keyLength": 2048, "signatureAlgorithm": "SHA256withRSA",
        "subjectDN": "CN=default", "usageType": "SIGNING", "validityPeriod": 365, "default": true,
    });
    let keys = PINGONE.replace("identityProviders", "keys");
    house.ask("POST", &keys, &key);
    let before = house.0.service().last_change().unwrap();
    assert!(house.page("certificate").starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(house.0.service().last_change().unwrap(), before, "no key is made");
    let listed = house.ask("GET", &keys, &Value::Null);
    assert_eq!(listed["_embedded"]["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn a_provider_of_oktas_has_a_key_for_zitadels_pages() {
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
            }, "policy": {"accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"}},
        }),
    );
    let metadata = house.page("metadata");
    let keys = format!("/api/v1/idps/{}/credentials/keys", house.okta()["id"].as_str().unwrap());
    let keys = house.ask("GET", &keys, &Value::Null);
    assert!(metadata.contains(keys[0]["x5c"][0].as_str().unwrap()), "it is the key that it signs with");
}
