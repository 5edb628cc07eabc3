//! One store, three APIs: what is made or changed through one is there through the others.

#![cfg(all(feature = "okta", feature = "pingone", feature = "zitadel", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

mod apple;
mod linking;
mod oidc;
mod saml;
mod social;

use bytes::Bytes;
use idpstore::env::CertificateSettings;
use idpstore::model::IdentityProvider;
use idpstore::pki::KeySpec;
use idpstore::testing::CannedKeys;
use idpstore::{IdpStore, ProviderQuery};
use serde_json::{Value, json};

/// A store with one provider.
struct Store(IdpStore);

impl Store {
    fn open() -> Self {
        let certificates = CertificateSettings { spec: KeySpec::Rsa { bits: 2048 }, ..Default::default() };
        Self(IdpStore::builder().keys(CannedKeys::default()).certificates(certificates).open().unwrap())
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.attempt(method, path, body);
        assert!(status < 300, "{method} {path} {body}: {status} {answer}");
        answer
    }

    fn attempt(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request =
            http::Request::builder().method(method).uri(path).header("content-type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.0.handle(request.body(body).unwrap());
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    /// The provider as Okta shows it; without the times, which each writing changes.
    fn okta(&self) -> Value {
        let mut all = self.send("GET", "/api/v1/idps", &Value::Null);
        assert_eq!(all.as_array().unwrap().len(), 1);
        let mut shown = all[0].take();
        shown["lastUpdated"] = Value::Null;
        shown
    }

    fn put_to_okta(&self, document: &Value) {
        self.send("PUT", &format!("/api/v1/idps/{}", document["id"].as_str().unwrap()), document);
    }

    /// Where PingOne's API has its providers.
    fn providers(&self) -> String {
        let tenant = self.0.service().tenant().unwrap().id;
        format!("/v1/environments/{}/identityProviders", tenant.to_uuid())
    }

    fn pingone(&self) -> Value {
        let mut all = self.send("GET", &self.providers(), &Value::Null);
        assert_eq!(all["_embedded"]["identityProviders"].as_array().unwrap().len(), 1);
        let mut shown = all["_embedded"]["identityProviders"][0].take();
        shown["updatedAt"] = Value::Null;
        shown
    }

    fn put_to_pingone(&self, document: &Value) {
        self.send("PUT", &format!("{}/{}", self.providers(), document["id"].as_str().unwrap()), document);
    }

    fn zitadel(&self) -> Value {
        let mut all = self.send("POST", "/admin/v1/idps/templates/_search", &json!({}));
        assert_eq!(all["details"]["totalResult"], "1");
        let mut shown = all["result"][0].take();
        shown["details"] = Value::Null;
        shown
    }

    /// Updates the provider through ZITADEL's API: `settings` and the options besides.
    fn put_to_zitadel(&self, kind: &str, settings: &Value, options: &Value) {
        let shown = self.zitadel();
        let mut update = settings.clone();
        update["name"] = shown["name"].clone();
        update["providerOptions"] = options.clone();
        self.send("PUT", &format!("/admin/v1/idps/{kind}/{}", shown["id"].as_str().unwrap()), &update);
    }

    /// What the three APIs show.
    fn shown(&self) -> [Value; 3] {
        [self.okta(), self.pingone(), self.zitadel()]
    }

    /// The provider itself.
    fn record(&self) -> IdentityProvider {
        let all = ProviderQuery { limit: 2, ..ProviderQuery::default() };
        let mut found = self.0.service().providers(&all).unwrap().items;
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    /// Clients of all three APIs write back what they have read, and nothing changes.
    fn survives_clients_that_write_back_what_they_read(&self, kind: &str, config: &str) {
        let before = self.shown();
        self.put_to_okta(&before[0]);
        assert_eq!(self.shown(), before, "after Okta's");
        self.put_to_pingone(&before[1]);
        assert_eq!(self.shown(), before, "after PingOne's");
        let shown = &before[2]["config"];
        self.put_to_zitadel(kind, &shown[config], &shown["options"]);
        assert_eq!(self.shown(), before, "after ZITADEL's");
    }
}

/// The document with one of its members changed, or removed if `value` is null.
fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = document.clone();
    let (around, member) = pointer.rsplit_once('/').unwrap();
    let members = changed.pointer_mut(around).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    changed
}
