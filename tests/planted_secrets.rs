//! Secrets are planted wherever a record can hold one, and looked for in everything that leaves by serde or `Debug`.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Debug;

use idpstore::model::{
    AppleKey, Application, Client, IdentityProvider, Key, OpenIdConnect, Protocol, Remainder, Remainders,
    Secret, Social, Tenant, User, UserState, social,
};
use idpstore::pki::{DistinguishedName, Hash, KeySpec, NameAttribute, Profile, Timestamp};
use idpstore::testing::CannedKeys;
use idpstore::{CertificatePlan, IdpStore, NewKey, Owner, Service};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const PLANTED: &str = "planted-5f1d";

fn planted() -> Secret {
    Secret::new(PLANTED.to_owned())
}

fn remainders() -> Remainders {
    let Value::Object(said) = json!({"note": {"password": PLANTED}, "list": [PLANTED]}) else {
        unreachable!()
    };
    Remainders::from([("okta".to_owned(), Remainder::from(said))])
}

fn provider(service: &Service, protocol: &Protocol) -> IdentityProvider {
    let make = service.create_provider(|draft| {
        let new = IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol.clone());
        Ok(IdentityProvider { remainders: remainders(), ..new })
    });
    make.unwrap()
}

fn client() -> Client {
    Client { id: Some("client".to_owned()), secret: Some(planted()), ..Client::default() }
}

fn held_key(service: &Service) -> Key {
    let name = DistinguishedName::new().with(NameAttribute::CommonName, "us");
    let plan = |now: Timestamp| CertificatePlan {
        subject: name.clone(),
        issuer: name.clone(),
        serial_number: 1.into(),
        not_before: now,
        not_after: now.plus_calendar_years(2),
        spec: KeySpec::Rsa { bits: 2048 },
        hash: Hash::Sha256,
        profile: Profile::Bare,
    };
    let make = service.create_signing_key(Owner::Tenant, |draft| {
        draft.set_tenant(Tenant { remainders: remainders(), ..draft.tenant()? })?;
        Ok(NewKey { remainders: remainders(), ..plan(draft.now()).into() })
    });
    make.unwrap()
}

/// Looks for everything that is secret; what may be read again is a record without its secrets.
fn keeps<T: Debug + Serialize + DeserializeOwned>(secrets: &[&str], record: &T) -> T {
    let json = serde_json::to_string(record).unwrap();
    let value = serde_json::to_value(record).unwrap().to_string();
    for told in [&json, &value, &format!("{record:?}"), &format!("{record:#?}")] {
        for secret in secrets {
            assert!(!told.contains(secret), "{told}");
        }
    }
    serde_json::from_str(&json).unwrap()
}

#[test]
fn no_secret_leaves_a_record_by_serde_or_debug() {
    let store = IdpStore::builder().keys(CannedKeys::default()).open().unwrap();
    let service = store.service();
    let key = held_key(&service);
    let private = key.private.as_ref().unwrap().reveal().unwrap().to_owned();
    let (start, end) = (&private[..60], &private[private.len() - 60..]);
    let secrets = [PLANTED, start, end];

    let oidc = Protocol::OpenIdConnect(OpenIdConnect { client: client(), ..OpenIdConnect::default() });
    let apple_key = AppleKey { private_key: Some(planted()), ..AppleKey::default() };
    let social = Social {
        service: social::APPLE.to_owned(),
        client: client(),
        tenant: None,
        apple_key: Some(apple_key),
    };
    for protocol in [oidc, Protocol::Social(social)] {
        let provider = provider(&service, &protocol);
        assert_eq!(service.provider(provider.id).unwrap(), provider, "the store keeps the secrets");
        let public = keeps(&secrets, &provider);
        assert_eq!((public.id, public.name, public.remainders.len()), (provider.id, provider.name, 0));
        keeps(&secrets, &protocol);
    }
    let application = service
        .create_application(|draft| {
            let new = Application::new(draft.id(), draft.now(), "Wiki");
            Ok(Application { remainders: remainders(), ..new })
        })
        .unwrap();
    assert_eq!(service.application(application.id).unwrap(), application);
    keeps(&secrets, &application);
    let user = service
        .create_user(|draft| {
            let (id, now) = (draft.id(), draft.now());
            let (login, remainders) = ("ada@example.com".to_owned(), remainders());
            let (state, activated) = (UserState::Active, None);
            Ok(User { id, created: now, updated: now, login, state, activated, remainders })
        })
        .unwrap();
    assert_eq!(service.user(user.id).unwrap(), user);
    keeps(&secrets, &user);
    let tenant = service.tenant().unwrap();
    assert_eq!(tenant.remainders, remainders());
    assert_eq!(keeps(&secrets, &tenant), Tenant { remainders: Remainders::new(), ..tenant });
    assert_eq!(service.signing_key(key.id).unwrap(), key);
    let public = keeps(&secrets, &key);
    assert_eq!(public, Key { private: None, remainders: Remainders::new(), ..key });
    for change in service.changes(0, 100).unwrap() {
        keeps(&secrets, &change);
    }

    let octets = format!("{:?}", PLANTED.as_bytes());
    let octets = octets.trim_matches(['[', ']']);
    for told in [format!("{:?}", store.snapshot().unwrap()), format!("{store:?}"), format!("{service:#?}")] {
        assert!(secrets.iter().all(|secret| !told.contains(secret)) && !told.contains(octets), "{told}");
    }
}
