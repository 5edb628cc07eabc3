//! Applications that were made through another API, as Okta's shows them.

#![cfg(all(feature = "okta", feature = "testing"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use bytes::Bytes;
use http::{Request, StatusCode};
use idpstore::model::{Application, Id, Remainder};
use idpstore::pki::Timestamp;
use idpstore::testing::{CannedKeys, FixedClock};
use idpstore::{ErrorKind, IdpStore};
use serde_json::{Value, json};

/// Its clock stands, so that ids follow one another.
fn store() -> IdpStore {
    let clock = FixedClock::at(Timestamp::from_unix_seconds(1_768_471_200));
    IdpStore::builder().keys(CannedKeys::default()).clock(clock).open().unwrap()
}

/// An application of another dialect, which has said something of it that Okta does not understand.
fn neighbours(store: &IdpStore, entity_id: Option<&str>) -> Id {
    let made = store.service().create_application(|draft| {
        let mut application = Application::new(draft.id(), draft.now(), "From elsewhere");
        application.entity_id = entity_id.map(str::to_owned);
        let said = json!({"colour": "green"}).as_object().unwrap().clone();
        application.remainders.insert("neighbour".to_owned(), Remainder::from(said));
        Ok(application)
    });
    made.unwrap().id
}

fn ask(store: &IdpStore, method: &str, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
    let request =
        Request::builder().method(method).uri(format!("https://example.okta.com/api/v1/apps{path}"));
    let request = request.header("content-type", "application/json");
    let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
    let response = store.handle(request.body(body).unwrap());
    (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
}

#[test]
fn one_that_speaks_saml_is_shown_as_such_and_can_be_replaced() {
    let store = store();
    let id = neighbours(&store, Some("urn:elsewhere"));
    let (_, listed) = ask(&store, "GET", "", None);
    let shown = &listed[0];
    assert_eq!(shown["signOnMode"], "SAML_2_0");
    assert_eq!(shown["label"], "From elsewhere");
    assert_eq!(shown["name"], format!("idpstore_fromelsewhere_{}", id.number()));
    assert_eq!(shown["settings"]["signOn"]["audience"], "urn:elsewhere");
    assert_eq!(shown["credentials"]["signing"], json!({}));

    // The shortest replacement gives it what every SAML application here has: a key.
    let path = format!("/{}", shown["id"].as_str().unwrap());
    let document = json!({"label": "Renamed", "signOnMode": "SAML_2_0"});
    let (status, replaced) = ask(&store, "PUT", &path, Some(&document));
    assert_eq!(status, StatusCode::OK, "{replaced}");
    assert_eq!(replaced["name"], shown["name"]);
    assert_eq!(replaced["settings"], shown["settings"]);
    let (_, keys) = ask(&store, "GET", &format!("{path}/credentials/keys"), None);
    assert_eq!(keys[0]["kid"], replaced["credentials"]["signing"]["kid"]);

    let record = store.service().application(id).unwrap();
    assert_eq!((record.name.as_str(), record.entity_id.as_deref()), ("Renamed", Some("urn:elsewhere")));
    assert_eq!(record.remainders["neighbour"]["colour"], "green");
}

#[test]
fn one_that_speaks_something_else_is_not_shown() {
    let store = store();
    let id = neighbours(&store, None);
    let speaks_saml = neighbours(&store, Some("urn:elsewhere"));
    let (_, listed) = ask(&store, "GET", "", None);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    // Ids count up, so the hidden one's is the spelling before.
    let shown = listed[0]["id"].as_str().unwrap();
    assert_eq!(speaks_saml.number(), id.number() + 1);
    let hidden = format!("{}{}1ds", &shown[..16], char::from(shown.as_bytes()[16] - 1));
    for (method, path) in [("GET", ""), ("DELETE", ""), ("GET", "/credentials/keys"), ("PUT", "")] {
        let document = json!({"label": "x", "signOnMode": "BOOKMARK", "name": "bookmark"});
        let (status, body) = ask(&store, method, &format!("/{hidden}{path}"), Some(&document));
        assert_eq!(
            (status, &body["errorCode"]),
            (StatusCode::NOT_FOUND, &json!("E0000007")),
            "{method} {path}"
        );
    }
}

#[test]
fn of_many_that_use_a_key_ten_are_named() {
    let store = store();
    let application = json!({"label": "x", "name": "bookmark", "signOnMode": "BOOKMARK"});
    let (_, made) = ask(&store, "POST", "", Some(&application));
    let (_, keys) = ask(&store, "GET", &format!("/{}/credentials/keys", made["id"].as_str().unwrap()), None);
    let service = store.service();
    let key = service.create_trusted_key(keys[0]["x5c"][0].as_str().unwrap()).unwrap();
    for number in 0..12 {
        let trusting = service.create_application(|draft| {
            let mut application = Application::new(draft.id(), draft.now(), format!("{number}"));
            application.trusted_keys = vec![key.kid.clone()];
            Ok(application)
        });
        trusting.unwrap();
    }
    let refused = service.delete_trusted_key(&key.kid).unwrap_err();
    let by = (0..10).map(|number| number.to_string()).collect();
    assert_eq!(refused.kind(), &ErrorKind::InUse { by });
    assert_eq!(service.key_users(&key.kid).unwrap().len(), 12);
}

#[test]
fn no_label_takes_away_the_next_number() {
    let sign_on = json!({
        "ssoAcsUrl": "https://app.example.com/acs", "recipient": "https://app.example.com/acs",
        "destination": "https://app.example.com/acs", "audience": "urn:app",
        "subjectNameIdTemplate": "${user.userName}", "responseSigned": true, "assertionSigned": true,
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256", "honorForceAuthn": true,
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    });
    let own = json!({"label": "wiki", "signOnMode": "SAML_2_0", "settings": {"signOn": sign_on}});
    for (chosen, expected) in [
        (u64::MAX, ["1", "2", "3"]),
        (u64::from(u32::MAX) + 1, ["1", "2", "3"]),
        (u64::from(u32::MAX), ["4294967296", "4294967297", "4294967298"]),
    ] {
        let store = store();
        let label = format!("idpstore_wiki_{chosen}");
        let named = store
            .service()
            .create_application(|draft| Ok(Application::new(draft.id(), draft.now(), label.clone())));
        named.unwrap();
        for number in expected {
            let (status, made) = ask(&store, "POST", "", Some(&own));
            assert_eq!(status, StatusCode::OK, "{made}");
            assert_eq!(made["name"], format!("idpstore_wiki_{number}"), "{chosen}");
        }
    }
}

#[test]
fn the_secret_of_a_client_is_shown_only_by_the_call_that_writes_it() {
    let store = store();
    let client = json!({"client_secret": "hush", "token_endpoint_auth_method": "client_secret_basic"});
    let made = json!({
        "name": "oidc_client", "label": "App", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": client},
    });
    let (status, made) = ask(&store, "POST", "", Some(&made));
    assert_eq!(
        (status, &made["credentials"]["oauthClient"]["client_secret"]),
        (StatusCode::OK, &json!("hush"))
    );
    let path = format!("/{}", made["id"].as_str().unwrap());
    // What was a client may become something else, and something else may hold what only clients have.
    let bookmark = json!({"name": "bookmark", "label": "App", "signOnMode": "BOOKMARK"});
    assert_eq!(ask(&store, "PUT", &path, Some(&bookmark)).0, StatusCode::OK);
    let key = json!({"kty": "RSA", "n": "AQ", "d": "hush"});
    let mut other = bookmark;
    other["credentials"] = json!({"oauthClient": {"client_secret": "hush"}});
    other["settings"] = json!({"oauthClient": {"jwks": {"keys": [key]}}});
    assert_eq!(ask(&store, "POST", "", Some(&other)).0, StatusCode::OK);
    for path in ["", path.as_str()] {
        let (_, shown) = ask(&store, "GET", path, None);
        assert!(!shown.to_string().contains("hush"), "{shown}");
    }
}

#[test]
fn the_response_or_the_assertion_stays_signed() {
    let store = store();
    let sign_on = |response: bool, assertion: bool| {
        json!({
            "label": "App", "signOnMode": "SAML_2_0",
            "settings": {"signOn": {
                "ssoAcsUrl": "https://app.example/acs", "audience": "urn:app",
                "responseSigned": response, "assertionSigned": assertion,
            }},
        })
    };
    let (status, made) = ask(&store, "POST", "", Some(&sign_on(false, true)));
    assert_eq!(status, StatusCode::OK, "{made}");
    let path = format!("/{}", made["id"].as_str().unwrap());
    let (status, refused) = ask(&store, "PUT", &path, Some(&sign_on(false, false)));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let cause = &refused["errorCauses"][0]["errorSummary"];
    assert_eq!(cause, "settings.signOn.responseSigned: The field has an invalid value");
    assert_eq!(ask(&store, "PUT", &path, Some(&sign_on(true, false))).0, StatusCode::OK);
}
