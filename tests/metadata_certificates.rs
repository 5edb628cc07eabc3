//! Certificates in a partner's metadata: read however they are spelled, and never dropped in silence.

#![cfg(all(feature = "okta", feature = "zitadel", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use bytes::Bytes;
use idpstore::env::{CertificateSettings, Fetcher};
use idpstore::model::IdentityProvider;
use idpstore::pki::{EcCurve, KeySpec, bundle, pem};
use idpstore::testing::CannedKeys;
use idpstore::{IdpStore, ProviderQuery, Response, Warnings};
use serde_json::{Value, json};

/// What a partner publishes at every URL.
#[derive(Debug)]
struct Partner(String);

impl Fetcher for Partner {
    fn get(&self, _: &str) -> idpstore::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }
}

fn open(published: &str) -> IdpStore {
    let spec = KeySpec::Ec { curve: EcCurve::P256 };
    let certificates = CertificateSettings { spec, ..CertificateSettings::default() };
    let builder = IdpStore::builder().keys(CannedKeys::default()).certificates(certificates);
    builder.fetcher(Partner(published.to_owned())).open().unwrap()
}

fn ask(store: &IdpStore, method: &str, path: &str, body: &Value) -> (Value, Response) {
    let request =
        http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let response = store.handle(request.body(body).unwrap());
    let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    assert_eq!(response.status(), 200, "{method} {path}: {answer}");
    (answer, response)
}

/// Makes a provider of this metadata.
fn add(store: &IdpStore, xml: &str) -> (IdentityProvider, Response) {
    let body = json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(xml)});
    let (_, response) = ask(store, "POST", "/admin/v1/idps/saml", &body);
    (only(store), response)
}

fn update(store: &IdpStore, xml: &str) -> (IdentityProvider, Response) {
    let path = format!("/admin/v1/idps/saml/{}", only(store).id.number());
    let body = json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(xml)});
    let (_, response) = ask(store, "PUT", &path, &body);
    (only(store), response)
}

fn only(store: &IdpStore) -> IdentityProvider {
    let service = store.service();
    let mut ids = service.provider_ids(&ProviderQuery::all()).unwrap().items;
    let id = ids.pop().unwrap();
    assert_eq!(ids, []);
    service.provider(id).unwrap()
}

/// The certificates that it trusts, in DER.
fn trusted(store: &IdpStore) -> Vec<Vec<u8>> {
    let key = |kid: &String| store.service().trusted_key(kid).unwrap();
    only(store).trusted_keys.iter().map(|kid| pem::base64_any(&key(kid).chain[0]).unwrap()).collect()
}

/// Metadata with these contents of elements `X509Certificate`, of which the first is of a key that encrypts.
fn metadata(signing: &[&str]) -> String {
    let key = |usage: &str, content: &str| {
        format!(
            "<KeyDescriptor use=\"{usage}\"><KeyInfo><X509Data><X509Certificate>{content}</X509Certificate></X509Data>\
             </KeyInfo></KeyDescriptor>"
        )
    };
    let keys: String = signing.iter().map(|content| key("signing", content)).collect();
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
         <IDPSSODescriptor>{}{keys}<SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.example.com/sso\"/>\
         </IDPSSODescriptor></EntityDescriptor>",
        key("encryption", "none of these sign")
    )
}

/// Two certificates in DER.
fn ders() -> [Vec<u8>; 2] {
    let jwk: Value = serde_json::from_str(include_str!("vectors/rfc7517-b.json")).unwrap();
    let first = BASE64_STANDARD.decode(jwk["x5c"][0].as_str().unwrap()).unwrap();
    let store = open("");
    add(&store, &metadata(&[]));
    let id = only(&store).id.number();
    let request = http::Request::get(format!("/idps/{id}/saml/certificate")).body(Bytes::new()).unwrap();
    let second = bundle::certificates(store.handle(request).body()).unwrap().remove(0);
    [first, second]
}

#[test]
fn certificates_are_read_in_every_spelling() {
    let [first, second] = ders();
    let armoured = |der: &[u8]| pem::encode("CERTIFICATE", der);
    let pair = [armoured(&first), armoured(&second)];
    let bags = format!("Bag Attributes\n    friendlyName: a\nsubject=CN = a\n{}", armoured(&first));
    let split = BASE64_STANDARD.encode(&first).replace('/', "<!-- - -->/");
    let spellings: [(&str, String, &[&Vec<u8>]); 9] = [
        ("base64", BASE64_STANDARD.encode(&first), &[&first]),
        ("base64 in lines", pem::wrap_base64(&first, 76).replace('\n', "&#13;\n   "), &[&first]),
        ("base64 in pieces", split, &[&first]),
        ("PEM", armoured(&first), &[&first]),
        ("PEM in CDATA", format!("<![CDATA[\r\n{}]]>", armoured(&first)), &[&first]),
        ("bag attributes", bags, &[&first]),
        ("base64 of PEM", BASE64_STANDARD.encode(armoured(&first)), &[&first]),
        ("PEM run together", pair.concat().replace('\n', ""), &[&first, &second]),
        (
            "DER run together",
            BASE64_STANDARD.encode([first.clone(), second.clone()].concat()),
            &[&first, &second],
        ),
    ];
    for (name, content, expected) in spellings {
        let store = open("");
        let (provider, response) = add(&store, &metadata(&[&content]));
        assert_eq!(trusted(&store).iter().collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(provider.warnings, [""; 0], "{name}");
        assert!(response.extensions().get::<Warnings>().is_none(), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_a_warning_of_the_record() {
    let [first, _] = ders();
    let good = BASE64_STANDARD.encode(&first);
    let expected = ["`X509Certificate` 2 of the metadata is not a readable certificate"];
    let bad = metadata(&[&good[..40], &good]);
    let warned = |(provider, response): (IdentityProvider, Response)| {
        assert_eq!(provider.warnings, expected);
        assert_eq!(response.extensions().get::<Warnings>().unwrap().0, expected);
    };
    let store = open(&bad);
    warned(add(&store, &bad));
    assert_eq!(trusted(&store).len(), 1, "the other one is trusted");
    let report = store.check().unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert!(report.warnings[0].to_string().ends_with(expected[0]), "{}", report.warnings[0]);
    assert!(report.is_sound());
    let public = serde_json::to_value(only(&store)).unwrap();
    assert_eq!(public["warnings"][0], expected[0]);

    let (provider, response) = update(&store, &metadata(&[&good]));
    assert_eq!(provider.warnings, [""; 0]);
    assert!(response.extensions().get::<Warnings>().is_none());
    assert_eq!(store.check().unwrap().warnings, []);
    warned(update(&store, &bad));

    // By its URL, too.
    let store = open(&bad);
    let body = json!({"name": "Partner", "metadataUrl": "https://idp.example.com/metadata"});
    let (_, response) = ask(&store, "POST", "/management/v1/idps/saml", &body);
    assert_eq!(response.extensions().get::<Warnings>().unwrap().0, expected);
}

#[test]
fn a_warning_goes_with_the_metadata_that_it_is_about() {
    let store = open("");
    let good = BASE64_STANDARD.encode(&ders()[0]);
    add(&store, &metadata(&["", &good]));
    let path = format!(
        "/api/v1/idps/{}",
        ask(&store, "GET", "/api/v1/idps", &Value::Null).0[0]["id"].as_str().unwrap()
    );
    let mut document = ask(&store, "GET", &path, &Value::Null).0;
    document["name"] = "Renamed".into();
    ask(&store, "PUT", &path, &document);
    assert_eq!(only(&store).warnings.len(), 1, "the metadata is as it was");
    document["protocol"]["endpoints"]["sso"]["url"] = "https://new.example.com/sso".into();
    ask(&store, "PUT", &path, &document);
    assert_eq!(only(&store).warnings, [""; 0]);
}

#[test]
fn many_certificates_that_cannot_be_read_are_not_all_listed() {
    let store = open("");
    let (provider, _) = add(&store, &metadata(&[""; 500]));
    assert_eq!(provider.warnings.len(), 21);
    assert_eq!(provider.warnings[20], "further certificates of the metadata cannot be read");
}

#[test]
fn metadata_that_is_written_has_the_certificates_in_plain_base64() {
    let store = open("");
    let der = &ders()[0];
    let body = json!({"x5c": [BASE64_URL_SAFE_NO_PAD.encode(der)]});
    let (key, _) = ask(&store, "POST", "/api/v1/idps/credentials/keys", &body);
    ask(
        &store,
        "POST",
        "/api/v1/idps",
        &json!({
            "type": "SAML2", "name": "Partner", "protocol": {
                "type": "SAML2",
                "endpoints": {"sso": {"url": "https://idp.example.com/sso", "binding": "HTTP-POST"}},
                "credentials": {"trust": {"issuer": "https://idp.example.com", "kid": key["kid"]}},
            }, "policy": {"accountLink": {"action": "AUTO"}, "provisioning": {"action": "AUTO"}},
        }),
    );
    let shown = || ask(&store, "POST", "/admin/v1/idps/templates/_search", &json!({})).0["result"][0].take();
    let before = shown();
    let xml = before["config"]["saml"]["metadataXml"].as_str().unwrap();
    let written = String::from_utf8(BASE64_STANDARD.decode(xml).unwrap()).unwrap();
    assert!(written.contains(&format!(">{}<", BASE64_STANDARD.encode(der))), "{written}");
    // So writing it back changes nothing.
    update(&store, &written);
    assert_eq!(only(&store).trusted_keys, [key["kid"].as_str().unwrap()]);
    assert!(!only(&store).remainders["zitadel"].contains_key("metadataXml"));
}
