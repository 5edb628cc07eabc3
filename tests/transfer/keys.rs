//! Private keys and secrets: left out, kept, and missing.

use idpstore::env::KeySource;
use idpstore::model::Role;
use idpstore::pki::{DistinguishedName, EcCurve, KeySpec, NameAttribute, PrivateKey};
use idpstore::testing::CannedKeys;
use idpstore::{IdpStore, NewRequest, NewSigningKey, Owner, Result, Secrets};
use serde_json::json;

use super::{EXPORTED, IN_THE_CLEAR, edited, export, import, plan, seeded, store};

#[test]
fn nothing_secret_is_exported() {
    for secret in ["hush", "private", "apiKey"] {
        assert!(!EXPORTED.contains(secret) && IN_THE_CLEAR.contains(secret), "{secret}");
    }
}

#[test]
fn a_key_without_its_private_part_is_kept_and_reported_and_cannot_sign() {
    let (store, _) = store();
    let plan = store.plan_import(EXPORTED, false, |_| {}).unwrap();
    let [kid] = plan.cannot_sign() else { panic!("one key: {:?}", plan.cannot_sign()) };
    store.import(&plan, |_| {}).unwrap();
    assert!(store.check().unwrap().is_sound());
    let owner = Owner::Provider(store.providers().with_alias("partner").unwrap().id);
    let key = store.service().signing_key((owner, kid.as_str())).unwrap();
    assert!(key.is_signing() && !key.can_sign());
    assert_eq!(export(&store, Secrets::LeftOut), EXPORTED, "what is left out is all that is missing");

    let whole = seeded().0.service().signing_key((owner, kid.as_str())).unwrap();
    assert!(whole.can_sign());
}

#[test]
fn a_private_part_can_be_brought_later() {
    let (store, _) = store();
    import(&store, EXPORTED, false);
    let lines = plan(&store, IN_THE_CLEAR, false);
    assert!(
        lines[0].starts_with("~ signing key ") && lines[0].ends_with(" private: another secret"),
        "{lines:?}"
    );
    import(&store, IN_THE_CLEAR, false);
    let clear = |text: &str| {
        text.lines().filter(|line| !line.contains("\"updated\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(clear(&export(&store, Secrets::InTheClear)), clear(IN_THE_CLEAR));
}

#[test]
fn any_number_of_keys_may_be_left_to_the_store() {
    /// Keys that are made quickly, whatever is requested.
    #[derive(Debug, Default)]
    struct Quick(CannedKeys);
    impl KeySource for Quick {
        fn generate(&self, _: KeySpec) -> Result<PrivateKey> {
            self.0.generate(KeySpec::Ec { curve: EcCurve::P256 })
        }
    }
    let store = IdpStore::builder().keys(Quick::default()).open().unwrap();
    let keys: Vec<_> = (0..150).map(|number| json!({"kid": format!("key {number}")})).collect();
    import(&store, &json!({"signing_keys": keys}).to_string(), false);
    assert_eq!(store.unused_keys().unwrap().len(), 150);
}

#[test]
fn a_key_that_does_not_fit_is_refused() {
    let (store, _) = store();
    let other = include_str!("../vectors/keys/rsa-2048-h.pem");
    let other: String = other.lines().filter(|line| !line.contains("PRIVATE KEY")).collect();
    let trusted: serde_json::Value = serde_json::from_str(EXPORTED).unwrap();
    let certificate = trusted["trusted_keys"][0]["chain"][0].clone();
    for (member, value, words) in [
        ("private", json!(other), "at /signing_keys/0/private: is not the private part of this key"),
        ("private", json!("AAAA"), "at /signing_keys/0/private: "),
        ("chain", json!([certificate]), "at /signing_keys/0/chain/0: is a certificate of another key"),
        ("chain", json!(["AAAA"]), "at /signing_keys/0/chain/0: "),
        ("chain", json!([]), "at /signing_keys/0/chain: "),
        ("request", json!({"id": "x", "der": "AAAA", "owner": "1"}), "at /signing_keys/0/request: "),
        ("owners", json!([{"owner": "1", "since": "today"}]), "at /signing_keys/0/owners"),
    ] {
        let document = edited(EXPORTED, |document| document["signing_keys"][0][member] = value);
        let lines = plan(&store, &document, false);
        assert!(lines.iter().any(|line| line.contains(words)), "{words}: {lines:?}");
    }
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| {
        let key = &mut document["signing_keys"][0];
        key["jwk"] =
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        key.as_object_mut().unwrap().remove("chain");
        key["request"] = json!({"id": "a", "der": "AAAA", "owner": "1"});
    });
    assert!(plan(&store, &document, false)[0].contains("at /signing_keys/0/jwk"));
}

#[test]
fn a_key_without_its_private_part_signs_no_request() {
    let (store, _) = store();
    import(&store, EXPORTED, false);
    let partner = store.providers().with_alias("partner").unwrap();
    let key = store.signing_keys(Owner::Provider(partner.id)).list().unwrap().remove(0);
    let [environment, key] = [idpstore::model::Tenant::DEFAULT, key.id].map(idpstore::pingone::id);
    let request = http::Request::get(format!("/v1/environments/{environment}/keys/{key}/csr"))
        .header("accept", "application/pkcs10")
        .body(bytes::Bytes::new());
    assert!(store.handle(request.unwrap()).status().is_client_error());
}

#[test]
fn a_pending_request_is_exported_and_imported() {
    let (whole, _) = seeded();
    let partner = Owner::Provider(whole.providers().with_alias("partner").unwrap().id);
    let subject = DistinguishedName::new().with(NameAttribute::CommonName, "sp.example.com");
    let made = whole.signing_keys(partner).request(&NewRequest::new(subject)).unwrap();
    let document = export(&whole, Secrets::InTheClear);
    assert_eq!(plan(&whole, &document, true), [""; 0]);

    let (other, _) = store();
    import(&other, &document, false);
    assert_eq!(other.signing_keys(partner).requests().unwrap(), [made]);
    assert_eq!(export(&other, Secrets::InTheClear), document);

    for (member, value) in [("id", "AAAA"), ("der", "!"), ("owner", "77")] {
        let wrong =
            edited(&document, |document| document["signing_keys"][1]["request"][member] = json!(value));
        let lines = plan(&store().0, &wrong, false);
        let is_refused = |line: &String| line.contains(" at /signing_keys/1/request");
        assert!(lines.iter().any(is_refused), "{member}: {lines:?}");
    }
}

#[test]
fn a_key_in_use_keeps_its_certificates_and_all_of_a_chain_are_read() {
    let (store, _) = seeded();
    let without = edited(EXPORTED, |document| document["signing_keys"][0]["chain"] = json!([]));
    let lines = plan(&store, &without, false);
    assert!(lines.iter().any(|line| line.contains("at /signing_keys/0/chain: ")), "{lines:?}");
    let garbled = edited(EXPORTED, |document| {
        let chain = document["signing_keys"][0]["chain"].as_array_mut().unwrap();
        chain.push(json!("AAAA"));
    });
    let lines = plan(&store, &garbled, false);
    assert!(lines.iter().any(|line| line.starts_with("! refused signing key")), "{lines:?}");
}

#[test]
fn a_document_calls_no_two_keys_alike() {
    let (store, _) = seeded();
    let document = edited(EXPORTED, |document| {
        let mut other = document["trusted_keys"][0].clone();
        other.as_object_mut().unwrap().retain(|name, _| name == "kid");
        other["chain"] = document["signing_keys"][0]["chain"].clone();
        document["trusted_keys"].as_array_mut().unwrap().push(other);
        document["trusted_keys"][1]["kid"] = json!("partner");
        document["trusted_keys"][0] =
            json!({"kid": "partner", "chain": document["trusted_keys"][0]["chain"]});
    });
    let lines = plan(&store, &document, false);
    assert!(
        lines.iter().any(|line| line.ends_with("is what the document calls another key, too")),
        "{lines:?}"
    );
}

#[test]
fn the_roles_of_owners_are_imported() {
    let (store, _) = seeded();
    let owner = Owner::Provider(store.providers().with_alias("partner").unwrap().id);
    let new = NewSigningKey { spec: KeySpec::Ec { curve: EcCurve::P256 }, ..NewSigningKey::default() };
    let next = store.rotation().prepare(&[owner], &new).unwrap().kid;
    let rotating = export(&store, Secrets::InTheClear);
    let role = |kid: &str| {
        let keys = store.rotation().status(owner).unwrap().keys;
        keys.iter().find(|owned| owned.key.kid == kid).unwrap().role
    };
    store.rotation().retire(&next, &[]).unwrap();
    assert_eq!(role(&next), Role::Retired);
    let lines = plan(&store, &rotating, false);
    assert!(lines[0].starts_with("~ owner of a key ") && lines.len() == 1, "{lines:?}");
    import(&store, &rotating, false);
    assert_eq!(role(&next), Role::Next);
    let two = edited(&rotating, |document| {
        for key in document["signing_keys"].as_array_mut().unwrap() {
            key["owners"] = json!([{"owner": "partner", "planned": "next"}]);
        }
    });
    let lines = plan(&store, &two, false);
    assert!(lines.iter().any(|line| line.ends_with("has another next key")), "{lines:?}");
}
