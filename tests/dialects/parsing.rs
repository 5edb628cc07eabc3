//! ZITADEL's SAML providers are described by their metadata, which is parsed once in each request that brings it, however
//! often the unit of work is run, and in no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::Request;
use idpstore::IdpStore;
use idpstore::engine::MemoryEngine;
use idpstore::env::{CertificateSettings, Environment, Fetcher};
use idpstore::pki::{KeySpec, Timestamp};
use idpstore::saml::{CharacterSets, EncodingStandard};
use idpstore::testing::{CannedKeys, CountedEntropy, FixedClock, RerunEngine};
use serde_json::{Value, json};

use super::START;

/// Character sets that count how often they are needed: once each time that a document which is not in UTF-8 is parsed.
#[derive(Clone, Debug, Default)]
struct Counting(Arc<AtomicUsize>);

impl CharacterSets for Counting {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        self.0.fetch_add(1, Ordering::Relaxed);
        EncodingStandard.decode(label, bytes)
    }
}

/// Publishes the same metadata everywhere.
#[derive(Debug)]
struct Publishing;

impl Fetcher for Publishing {
    fn get(&self, _: &str) -> idpstore::Result<Vec<u8>> {
        Ok(metadata("fetched"))
    }
}

/// Metadata in windows-1252.
fn metadata(entity_id: &str) -> Vec<u8> {
    let place = "urn:oasis:names:tc:SAML:2.0";
    let xml = format!(
        r#"<?xml version="1.0" encoding="windows-1252"?>
<EntityDescriptor xmlns="{place}:metadata" entityID="https://{entity_id}.example.com">
<IDPSSODescriptor protocolSupportEnumeration="{place}:protocol">
<SingleSignOnService Binding="{place}:bindings:HTTP-POST" Location="https://{entity_id}.example.com/sso"/>
</IDPSSODescriptor></EntityDescriptor>"#
    );
    xml.into_bytes()
}

/// A store whose units of work all run twice.
fn store(sets: &Counting) -> IdpStore {
    let entropy = CountedEntropy::default();
    let engine = RerunEngine::new(MemoryEngine::default(), entropy.clone());
    let spec = KeySpec::Rsa { bits: 2048 };
    let environment = Environment {
        clock: Arc::new(FixedClock::at(Timestamp::from_unix_seconds(START))),
        entropy: Arc::new(entropy),
        keys: Arc::new(CannedKeys::default()),
        seal_entropy: None,
        signatures: None,
        derivation: None,
        fetcher: Some(Arc::new(Publishing)),
        character_sets: Arc::new(sets.clone()),
        certificates: CertificateSettings { spec, ..CertificateSettings::default() },
    };
    IdpStore::builder().engine(engine).open_in(environment).unwrap()
}

#[test]
fn metadata_is_parsed_once_in_each_request_that_brings_it() {
    let sets = Counting::default();
    let store = store(&sets);
    let call = |method: &str, path: &str, body: Value, parsed: usize| -> Value {
        sets.0.store(0, Ordering::Relaxed);
        let request = Request::builder().method(method).uri(path).body(body.to_string().into()).unwrap();
        let answer = store.handle(request);
        assert_eq!(answer.status(), 200, "{method} {path}: {:?}", answer.body());
        assert_eq!(sets.0.load(Ordering::Relaxed), parsed, "{method} {path}");
        serde_json::from_slice(answer.body()).unwrap()
    };
    let document = |entity_id: &str| json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(metadata(entity_id))});
    let made = call("POST", "/admin/v1/idps/saml", document("first"), 1);
    let id = made["id"].as_str().unwrap();
    let (path, template) = (format!("/admin/v1/idps/saml/{id}"), format!("/admin/v1/idps/templates/{id}"));
    let shown = call("GET", &template, Value::Null, 0);
    assert_eq!(shown["idp"]["config"]["saml"]["metadataXml"], document("first")["metadataXml"]);
    call("PUT", &path, document("first"), 1);
    call("PUT", &path, document("second"), 1);
    call("PUT", &path, json!({"name": "Partner", "metadataUrl": "https://idp.example.com"}), 1);
    call("GET", &format!("/v2/idps/{id}"), Value::Null, 0);
    call("POST", "/admin/v1/idps/templates/_search", json!({}), 0);
    call("POST", &format!("{path}/_generate_certificate"), json!({}), 0);
    call("DELETE", &template, Value::Null, 0);
}
