//! Apple's key: PEM at PingOne, PEM without its armour at Okta, the octets of the file at ZITADEL
//! (`docs/decisions/0061-which-secrets-are-returned.md`).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use idpstore::model::Protocol;
use idpstore::pki::pem;
use serde_json::{Value, json};

use super::{Store, with};

/// One key in PKCS #8 (RFC 5208), as DER; the octet makes it another one.
fn der(octet: u8) -> Vec<u8> {
    let algorithm = b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let key = [&b"\x30\x25\x02\x01\x01\x04\x20"[..], &[octet; 32]].concat();
    let octets = [b"\x02\x01\x00", &algorithm[..], &[0x04, u8::try_from(key.len()).unwrap()], &key].concat();
    [&[0x30, u8::try_from(octets.len()).unwrap()], &octets[..]].concat()
}

fn armoured(octet: u8) -> String {
    pem::encode("PRIVATE KEY", &der(octet))
}

/// The texts in which people have a key.
fn spellings(octet: u8) -> Vec<String> {
    let (pem, bare) = (armoured(octet), BASE64_STANDARD.encode(der(octet)));
    vec![
        pem.trim_end().to_owned(),
        pem.replace('\n', "\r\n"),
        pem.replace('\n', "\\n"),
        format!("\n{pem}\n"),
        pem::wrap_base64(&der(octet), 64),
        bare.trim_end_matches('=').to_owned(),
        bare,
        pem,
    ]
}

fn okta(key: &str) -> Value {
    let signing = json!({"teamId": "0123456789", "kid": "0123456789", "privateKey": key});
    let credentials = json!({"client": {"client_id": "id"}, "signing": signing});
    json!({"type": "APPLE", "name": "A", "protocol": {"credentials": credentials}, "policy": {}})
}

fn pingone(key: &str) -> Value {
    json!({
        "name": "A", "type": "APPLE", "enabled": true, "clientId": "id", "keyId": "0123456789",
        "teamId": "0123456789", "clientSecretSigningKey": key,
    })
}

fn zitadel(key: &[u8]) -> Value {
    json!({
        "name": "A", "clientId": "id", "keyId": "0123456789", "teamId": "0123456789",
        "privateKey": BASE64_STANDARD.encode(key),
    })
}

fn key(store: &Store) -> String {
    match store.record().protocol {
        Protocol::Social(social) => {
            social.apple_key.unwrap().private_key.unwrap().reveal().unwrap().to_owned()
        }
        _ => panic!("not Apple's"),
    }
}

#[test]
fn a_key_is_the_same_however_okta_and_zitadel_receive_it() {
    for text in spellings(1) {
        let store = Store::open();
        store.send("POST", "/api/v1/idps", &okta(&text));
        assert_eq!(key(&store), armoured(1), "{text}");
        let store = Store::open();
        store.send("POST", "/admin/v1/idps/apple", &zitadel(text.as_bytes()));
        assert_eq!(key(&store), armoured(1), "{text}");
    }
    let store = Store::open();
    store.send("POST", "/admin/v1/idps/apple", &zitadel(&der(1)));
    assert_eq!(key(&store), armoured(1));
}

#[test]
fn pingone_returns_its_own_spelling_until_another_key_is_received() {
    for text in spellings(1) {
        let store = Store::open();
        store.send("POST", &store.providers(), &pingone(&text));
        for same in spellings(1) {
            let signing = json!({"teamId": "0123456789", "kid": "0123456789", "privateKey": same});
            store.put_to_okta(&with(&store.okta(), "/protocol/credentials/signing", signing));
            store.put_to_zitadel("apple", &zitadel(same.as_bytes()), &json!({}));
            assert_eq!(store.pingone()["clientSecretSigningKey"], text);
        }
        store.put_to_zitadel("apple", &zitadel(armoured(2).as_bytes()), &json!({}));
        assert_eq!(store.pingone()["clientSecretSigningKey"], Value::Null);
        // The same key once more, but received elsewhere.
        store.put_to_zitadel("apple", &zitadel(text.as_bytes()), &json!({}));
        assert_eq!(store.pingone()["clientSecretSigningKey"], Value::Null);
        let document = with(&store.pingone(), "/clientSecretSigningKey", json!(text));
        store.put_to_pingone(&document);
        assert_eq!(store.pingone(), document);
        store.survives_clients_that_write_back_what_they_read("apple", "apple");
    }
}

#[test]
fn what_is_no_key_is_kept_as_it_is() {
    for text in [
        "secret",
        "MIGTAgEAMBM........Cb9Pny",
        "-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----",
        "MAA=",
    ] {
        let store = Store::open();
        store.send("POST", "/api/v1/idps", &okta(text));
        assert_eq!(key(&store), text);
        store.put_to_zitadel("apple", &zitadel(b"\xff\xfe"), &json!({}));
        store.put_to_zitadel("apple", &zitadel(text.as_bytes()), &json!({}));
        assert_eq!(key(&store), text);
    }
}
