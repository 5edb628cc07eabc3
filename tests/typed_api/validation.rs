//! What the typed API refuses: names, URLs and entity ids that no vendor would take.

use bytes::Bytes;
use idpstore::model::{
    Application, Endpoint, IdentityProvider, OpenIdConnect, Protocol, Remainders, Saml, Tenant, User,
    UserState, place,
};
use idpstore::{IdpStore, Reason, Result, Service, Violation};
use serde_json::json;

use super::protocol;

fn service() -> Service {
    IdpStore::in_memory().unwrap().service()
}

fn named(service: &Service, name: &str) -> Result<IdentityProvider> {
    service.create_provider(|draft| Ok(IdentityProvider::new(draft.id(), draft.now(), name, protocol())))
}

fn application(service: &Service, entity_id: &str) -> Result<Application> {
    service.create_application(|draft| {
        let new = Application::new(draft.id(), draft.now(), "Wiki");
        Ok(Application { entity_id: Some(entity_id.to_owned()), ..new })
    })
}

fn violations<T: std::fmt::Debug>(outcome: Result<T>) -> Vec<Violation> {
    outcome.unwrap_err().violations().to_vec()
}

#[test]
fn names_are_not_empty_and_not_endless() {
    let service = service();
    let (empty, long) = (Reason::Empty, Reason::OutOfRange(1, 1024));
    for (name, reason) in [(String::new(), empty), ("x".repeat(1025), long)] {
        let expected = [Violation::new(place::NAME, reason.clone())];
        assert_eq!(violations(named(&service, &name)), expected);
        let application =
            service.create_application(|draft| Ok(Application::new(draft.id(), draft.now(), name.as_str())));
        assert_eq!(violations(application), expected);
        let tenant = service.create_tenant(|draft| Ok(Tenant::new(draft.id(), draft.now(), name.as_str())));
        assert_eq!(violations(tenant), expected);
        let user = service.create_user(|draft| {
            Ok(User {
                id: draft.id(),
                created: draft.now(),
                updated: draft.now(),
                login: name.clone(),
                state: UserState::Active,
                activated: None,
                remainders: Remainders::new(),
            })
        });
        assert_eq!(violations(user), [Violation::new(place::LOGIN, reason)]);
    }
    named(&service, &"ß".repeat(1024)).unwrap();
    assert_eq!(service.last_change().unwrap(), 1);
}

#[test]
fn an_entity_id_is_that_of_one_application_of_a_tenant() {
    let service = service();
    let wiki = application(&service, "urn:wiki").unwrap();
    let taken = Violation::new(place::ENTITY_ID, Reason::Taken(wiki.id.number().into()));
    assert_eq!(violations(application(&service, "urn:wiki")), std::slice::from_ref(&taken));
    let other = application(&service, "urn:other").unwrap();
    let twin = service.update_application(other.id, |old, _| {
        Ok(Application { entity_id: wiki.entity_id.clone(), ..old.clone() })
    });
    assert_eq!(violations(twin), [taken]);
    service.update_application(wiki.id, |old, _| Ok(old.clone())).unwrap();
    let tenant = service.create_tenant(|draft| Ok(Tenant::new(draft.id(), draft.now(), "Two"))).unwrap();
    application(&service.for_tenant(tenant.id), "urn:wiki").unwrap();
    assert_eq!(violations(application(&service, "")), [Violation::new(place::ENTITY_ID, Reason::Empty)]);
}

#[test]
fn urls_are_urls() {
    let endpoint = |location: &str| Endpoint { location: location.to_owned(), ..Endpoint::default() };
    let saml = |location: &str, response: &str| {
        Protocol::Saml(Saml {
            single_sign_on: Some(endpoint(location)),
            single_logout: Some(Endpoint {
                response_location: Some(response.to_owned()),
                alternatives: vec![endpoint(location)],
                ..endpoint("https://idp.example.com/slo")
            }),
            ..Saml::default()
        })
    };
    let oidc = |url: &str| {
        Protocol::OpenIdConnect(OpenIdConnect {
            issuer: Some(url.to_owned()),
            token_endpoint: Some(url.to_owned()),
            ..OpenIdConnect::default()
        })
    };
    let service = service();
    let create = |protocol: &Protocol| {
        service.create_provider(|draft| {
            Ok(IdentityProvider::new(draft.id(), draft.now(), "Partner", protocol.clone()))
        })
    };
    let places = |protocol: &Protocol| -> Vec<_> {
        violations(create(protocol)).into_iter().map(|violation| violation.pointer).collect()
    };
    for wrong in [
        "",
        "idp.example.com/sso",
        "ftp://idp.example.com",
        "https://",
        "https://idp example",
        "javascript:x",
    ] {
        assert_eq!(places(&oidc(wrong)), [place::ISSUER, place::TOKEN_ENDPOINT], "{wrong}");
        let endpoints = [place::SINGLE_SIGN_ON, place::SINGLE_LOGOUT, place::SINGLE_LOGOUT];
        assert_eq!(places(&saml(wrong, wrong)), endpoints, "{wrong}");
    }
    let right = ["https://idp.example.com/sso?a=b#c", "http://localhost:8080", "https://[::1]/"];
    for right in right {
        create(&oidc(right)).unwrap();
        create(&saml(right, right)).unwrap();
    }
}

#[test]
fn what_a_vendor_has_taken_may_stay() {
    let store = IdpStore::in_memory().unwrap();
    let service = store.service();
    let post = |path: &str, document: serde_json::Value| {
        let request = http::Request::post(format!("https://example.okta.com/api/v1/{path}"));
        let request = request.header("content-type", "application/json");
        let response = store.handle(request.body(Bytes::from(document.to_string())).unwrap());
        assert_eq!(response.status(), 200, "{response:?}");
        serde_json::from_slice::<serde_json::Value>(response.body()).unwrap()
    };
    for label in ["One", "Two"] {
        post(
            "apps",
            json!({"label": label, "signOnMode": "SAML_2_0", "settings": {"signOn": {
                "ssoAcsUrl": "https://app.example.com", "audience": "urn:same", "recipient": "https://app.example.com",
                "destination": "https://app.example.com", "subjectNameIdTemplate": "${user.userName}",
                "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                "responseSigned": true, "assertionSigned": true, "signatureAlgorithm": "RSA_SHA256",
                "digestAlgorithm": "SHA256", "honorForceAuthn": true,
                "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            }}}),
        );
    }
    let page = service.applications(&idpstore::ApplicationQuery { limit: 9, ..Default::default() });
    let all = page.unwrap().items;
    assert_eq!(all[0].entity_id, all[1].entity_id);
    let renamed = service
        .update_application(all[1].id, |old, _| Ok(Application { name: "New".to_owned(), ..old.clone() }));
    assert_eq!(renamed.unwrap().name, "New");
}
