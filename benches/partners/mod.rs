//! Partners with certificates of their own, made through Okta's API.

pub(crate) mod document;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http::{Method, Request};
use idpstore::IdpStore;
use idpstore::engine::MemoryEngine;
use idpstore::env::{CertificateSettings, Generator, SeededEntropy};
use idpstore::pki::{
    DistinguishedName, EcCurve, Hash, Issuance, KeySpec, NameAttribute, Profile, Timestamp, issue,
};
use idpstore::testing::{CannedKeys, FixedClock};
use serde_json::{Value, json};

/// The time in all stores.
pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_900_000_000);

pub(crate) const DAY: i64 = 24 * 60 * 60;

/// An empty store.
pub(crate) fn memory() -> IdpStore {
    let certificates =
        CertificateSettings { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..Default::default() };
    let builder = IdpStore::builder().engine(MemoryEngine::default()).clock(FixedClock::at(NOW));
    builder.keys(CannedKeys::default()).certificates(certificates).open().unwrap()
}

/// What is shown of a record that is made.
pub(crate) fn create(store: &IdpStore, path: &str, body: &Value) -> Value {
    let request =
        Request::builder().method(Method::POST).uri(path).header("content-type", "application/json");
    let response = store.handle(request.body(Bytes::from(body.to_string())).unwrap());
    assert!(response.status().is_success(), "{path}: {:?}", response.body());
    serde_json::from_slice(response.body()).unwrap()
}

/// The `kid` of a new trusted key with the certificate of this number, which ends after so many days.
pub(crate) fn trust(store: &IdpStore, number: usize, days: i64) -> String {
    let key = CannedKeys::key(6).unwrap();
    let name = DistinguishedName::new().with(NameAttribute::CommonName, format!("partner {number}"));
    let issuance = Issuance {
        serial_number: u128::try_from(number).unwrap().into(),
        not_before: NOW,
        not_after: NOW.plus_seconds(days * DAY),
        issuer: &name,
        subject: &name,
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let mut generator = Generator(&SeededEntropy::new([7; 32]));
    let certificate = issue(&issuance, &key.public_jwk(), &key, &mut generator).unwrap();
    let body = json!({"x5c": [BASE64_STANDARD.encode(certificate)]});
    create(store, "/api/v1/idps/credentials/keys", &body)["kid"].as_str().unwrap().to_owned()
}

/// Okta's document of the SAML provider with this number, which trusts this key.
pub(crate) fn saml(number: usize, kid: &str) -> Value {
    document::saml(&format!("Partner {number} of Okta"), &format!("https://idp{number}.example.com"), kid)
}
