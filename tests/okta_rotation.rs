//! A provider's signing key is changed in one transaction, which changes nothing else.
#![cfg(feature = "okta")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use bytes::Bytes;
use idpstore::model::{Id, IdentityProvider, MutualTls, Protocol, Saml, State};
use idpstore::okta::{rotate_signing_key, use_signing_key};
use idpstore::{IdpStore, Owner, Service};

/// A store's service with one provider, its id, and that in Okta's spelling.
fn made(protocol: &Protocol) -> (Service, Id, String) {
    let store = IdpStore::in_memory().unwrap();
    let service = store.service();
    let provider = service.create_provider(|draft| {
        let new = IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol.clone());
        Ok(IdentityProvider { state: State::Inactive, ..new })
    });
    let response = store.handle(http::Request::get("/api/v1/idps").body(Bytes::new()).unwrap());
    let listed: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    let spelled = listed.pointer("/0/id").and_then(serde_json::Value::as_str).unwrap();
    (service, provider.unwrap().id, spelled.to_owned())
}

#[test]
fn a_rotation_changes_the_key_and_nothing_else() {
    let (service, id, spelled) = made(&Protocol::Saml(Saml::default()));
    let before = service.provider(id).unwrap();
    let first = rotate_signing_key(&service, &spelled, 2).unwrap();
    let second = rotate_signing_key(&service, &spelled, 2).unwrap();
    assert_ne!(first, second);
    use_signing_key(&service, &spelled, &first).unwrap();
    let after = service.provider(id).unwrap();
    assert_eq!(after.signing_key.as_deref(), Some(first.as_str()));
    let (updated, sequence, signing_key) = (before.updated, before.sequence, before.signing_key.clone());
    assert_eq!(IdentityProvider { updated, sequence, signing_key, ..after }, before);
    assert_eq!(service.signing_keys(&Owner::Provider(id).into()).unwrap().items.len(), 2);
    assert!(use_signing_key(&service, &spelled, "none").is_err());
}

#[test]
fn a_rotation_that_is_refused_leaves_no_key() {
    let (service, id, spelled) = made(&Protocol::MutualTls(MutualTls::default()));
    let changes = service.last_change().unwrap();
    assert!(rotate_signing_key(&service, &spelled, 2).is_err());
    assert!(rotate_signing_key(&service, &spelled, 11).is_err());
    assert_eq!(service.last_change().unwrap(), changes);
    assert!(service.signing_keys(&Owner::Provider(id).into()).unwrap().items.is_empty());
}
