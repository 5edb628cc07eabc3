//! PingOne's API with what no scenario can hold: numbers beyond 64 bits, bytes that OpenSSL judges, documents
//! that are fetched, switches.

#![cfg(all(feature = "testing", feature = "pingone"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod der;
mod judge;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use idpstore::env::Fetcher;
use idpstore::pingone::KEEP_LOGIN_BUTTON_ICONS;
use idpstore::pki::{Certificate, pem};
use idpstore::testing::CannedKeys;
use idpstore::{Builder, Error, ErrorKind, IdpStore, SigningKeyQuery};
use judge::Judge;
use serde_json::{Value, json};

const ENVIRONMENT: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f";

struct Door(IdpStore);

impl Door {
    fn new(builder: Builder) -> Self {
        Self(builder.keys(CannedKeys::default()).open().unwrap())
    }

    fn ask(&self, method: &str, path: &str, header: (&str, &str), body: impl Into<Bytes>) -> (u16, Bytes) {
        let request = http::Request::builder().method(method).uri(format!("{ENVIRONMENT}{path}"));
        let answer = self.0.handle(request.header(header.0, header.1).body(body.into()).unwrap());
        (answer.status().as_u16(), answer.into_body())
    }

    fn send(&self, method: &str, path: &str, document: &Value) -> (u16, Value) {
        let json = ("content-type", "application/json");
        let (status, body) = self.ask(method, path, json, document.to_string());
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn get(&self, path: &str, accept: &str) -> Bytes {
        let (status, body) = self.ask("GET", path, ("accept", accept), "");
        assert_eq!(status, 200, "{path}");
        body
    }

    /// Sends a form with a file and other parts.
    fn form(&self, method: &str, path: &str, file: &[u8], parts: &[(&str, &str)]) -> (u16, String) {
        let mut body = Vec::new();
        let head = |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        for (name, text) in parts {
            body.extend(format!("{}{text}\r\n", head(name)).bytes());
        }
        body.extend([head("file").as_bytes(), file, b"\r\n--b--\r\n"].concat());
        let (status, body) =
            self.ask(method, path, ("content-type", "multipart/form-data; boundary=b"), body);
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

fn key(more: &Value) -> Value {
    let mut key = json!({
        "name": "Key", "algorithm": "RSA", "keyLength": 2048, "signatureAlgorithm": "SHA384withRSA",
        "subjectDN": "CN=Key, OU=Ping Identity, O=Ping Identity, L=, ST=, C=US", "usageType": "SIGNING",
        "validityPeriod": 365,
    });
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    key
}

#[test]
fn serial_numbers_keep_all_their_digits() {
    const LARGEST: &str = "1461501637330902918203684832716283019655932542975"; // 20 octets
    let door = Door::new(IdpStore::builder());
    let document = key(
        &json!({"serialNumber": "?", "algorithm": "EC", "keyLength": 256, "signatureAlgorithm": "SHA256withECDSA"}),
    );
    let body = document.to_string().replace("\"?\"", LARGEST);
    let (status, made) = door.ask("POST", "/keys", ("content-type", "application/json"), body);
    let made = String::from_utf8(made.to_vec()).unwrap();
    assert_eq!(status, 201, "{made}");
    let wanted = format!("\"serialNumber\":{LARGEST},");
    assert!(made.contains(&wanted), "{made}");
    let listed = String::from_utf8(door.get("/keys", "application/json").to_vec()).unwrap();
    assert!(listed.contains(&wanted), "{listed}");
    for wrong in ["1461501637330902918203684832716283019655932542976", "-1", "1.5", "1e3"] {
        let (status, _) = door.ask(
            "POST",
            "/keys",
            ("content-type", "application/json"),
            document.to_string().replace("\"?\"", wrong),
        );
        assert_eq!(status, 400, "{wrong}");
    }
}

#[test]
fn openssl_accepts_what_is_exported_and_its_answer_is_installed() {
    let (judge, door) = (Judge::new(), Door::new(IdpStore::builder()));
    judge.says("genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key");
    judge.says("req -x509 -new -key ca.key -subj /C=GB/CN=CA -days 4000 -out ca.pem");
    judge.says("req -x509 -new -key ca.key -subj /CN=other -days 4000 -out other.pem");
    for (more, signature) in [
        (json!({}), "sha384WithRSAEncryption"),
        (
            json!({"algorithm": "EC", "keyLength": 384, "signatureAlgorithm": "SHA512withECDSA"}),
            "ecdsa-with-SHA512",
        ),
    ] {
        let (status, made) = door.send("POST", "/keys", &key(&more));
        assert_eq!(status, 201, "{made}");
        let path = format!("/keys/{}", made["id"].as_str().unwrap());
        judge.put("own.pem", door.get(&path, "application/x-x509-ca-cert"));
        judge.put("own.p7", door.get(&path, "application/x-pkcs7-certificates"));
        judge.put("own.csr", door.get(&format!("{path}/csr"), "application/x-pem-file"));
        judge.put("own.der", door.get(&format!("{path}/csr"), "application/pkcs10"));
        assert_eq!(judge.says("verify -check_ss_sig -CAfile own.pem own.pem"), "own.pem: OK");
        assert!(judge.says("x509 -in own.pem -noout -text").contains(signature));
        judge.says("pkcs7 -inform DER -in own.p7 -print_certs -out from.pem");
        assert_eq!(judge.field("from.pem", "fingerprint"), judge.field("own.pem", "fingerprint"));
        judge.says("req -in own.csr -verify -noout");
        judge.says("req -inform DER -in own.der -out own2.csr");
        assert_eq!(judge.get("own.csr"), judge.get("own2.csr"));
        judge.says("x509 -req -in own.csr -CA ca.pem -CAkey ca.key -set_serial 0xB0C3683309055365 -days 3560 -out answer.pem");
        let file = ["other.pem", "ca.pem", "answer.pem"].map(|name| judge.get(name)).concat();
        let (status, answer) = door.form("PUT", &format!("{path}/csr"), &file, &[]);
        assert_eq!(status, 200, "{answer}");
        let kept =
            door.0.service().signing_keys(&SigningKeyQuery::default()).unwrap().items.pop().unwrap().chain;
        let subjects = kept.iter().map(|text| {
            Certificate::from_der(&pem::base64_any(text).unwrap()).unwrap().subject().to_string()
        });
        let key = "C=US, O=Ping Identity, OU=Ping Identity, CN=Key";
        assert!(
            subjects.eq([key, "C=GB, CN=CA", "CN=other"]),
            "the leaf, its issuer, and what is left: {kept:?}"
        );
        for wanted in [
            "\"name\":\"Key (CA)\"",
            "\"serialNumber\":12737138739537859429",
            "\"issuerDN\":\"CN=CA, C=GB\"",
            "\"validityPeriod\":3560",
        ] {
            assert!(answer.contains(wanted), "{wanted} {answer}");
        }
        judge.put("back.pem", door.get(&path, "application/x-x509-ca-cert"));
        assert_eq!(judge.field("back.pem", "fingerprint"), judge.field("answer.pem", "fingerprint"));
    }
}

#[test]
fn its_packages_become_keys_and_its_messages_certificates() {
    let (judge, door) = (Judge::new(), Door::new(IdpStore::builder()));
    judge.makes("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /C=GB/O=Org/CN=packed -days 10");
    judge.says("pkcs12 -export -inkey made.key -in made.pem -out made.p12 -passout pass:secret");
    judge.says("crl2pkcs7 -nocrl -certfile made.pem -outform DER -out made.p7");
    let usage = ("usageType", "SIGNING");
    let (status, made) = door.form("POST", "/keys", &judge.get("made.p12"), &[usage, ("password", "secret")]);
    assert_eq!(status, 201, "{made}");
    assert!(made.contains("\"subjectDN\":\"CN=packed, O=Org, C=GB\"") && !made.contains("PRIVATE"), "{made}");
    let (status, refused) = door.form("POST", "/keys", &judge.get("made.p12"), &[usage]);
    assert!(status == 400 && refused.contains("\"target\":\"password\""), "{refused}");
    let (status, made) = door.form("POST", "/certificates", &judge.get("made.p7"), &[usage]);
    assert!(status == 202 && made.contains("\"subjectDN\":\"C=GB,O=Org,CN=packed\""), "{made}");
}

#[test]
fn packages_of_other_programs_become_keys_and_refusals_name_the_cause() {
    let (judge, door) = (Judge::new(), Door::new(IdpStore::builder()));
    let vector = |name: &str| {
        std::fs::read(format!("{}/tests/vectors/pkcs12/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let sent = |file: &[u8], password: &str| {
        let parts = [("usageType", "SIGNING"), ("password", password)];
        let (status, body) = door.form("POST", "/keys", file, &parts);
        (status, serde_json::from_str::<Value>(&body).unwrap())
    };
    for (name, subject) in [
        ("bouncycastle-ber.p12", "CN=packed, O=Org, C=GB"),
        ("pbmac1.p12", "CN=leaf.example.com, O=Example, C=US"),
    ] {
        let (status, made) = sent(&vector(name), "pw");
        assert_eq!((status, &made["subjectDN"]), (201, &json!(subject)), "{made}");
    }
    judge.makes("RSA -pkeyopt rsa_keygen_bits:2048", "-subj /CN=packed");
    judge.says("pkcs12 -export -nomac -inkey made.key -in made.pem -out nomac.p12 -passout pass:pw");
    judge.says("pkcs8 -topk8 -nocrypt -in made.key -outform DER -out other.der");
    let parts = [der::key_bag(&judge.get("other.der")), der::certificate_bag(&vector("certificate.der"))];
    let allowed = "which cannot be used here: allowed are RSA, and EC on P-256, P-384 and P-521";
    for (file, password, target, message) in [
        (vector("key-only.p12"), "pw", "file", "holds a private key without its certificate"),
        (der::package(&[der::data(&parts)]), "pw", "file", "holds a private key without its certificate"),
        (vector("ed25519.p12"), "pw", "file", &*format!("has the key type Ed25519, {allowed}")),
        (
            judge.get("nomac.p12"),
            "bad",
            "password",
            "is not the password of the file, or the file is damaged",
        ),
        (vector("rc4.p12"), "bad", "password", "is not the password of the file"),
        (vector("certificate.der"), "pw", "file", "is a certificate, not a PKCS #12 file"),
        (
            b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(),
            "pw",
            "file",
            "is a Java keystore (JKS), not a PKCS #12 file",
        ),
    ] {
        let (status, refused) = sent(&file, password);
        let wanted = json!([{"code": "INVALID_VALUE", "target": target, "message": message}]);
        assert_eq!((status, &refused["details"]), (400, &wanted), "{refused}");
    }
}

/// Knows one document, and notes what it was asked for.
#[derive(Debug, Default)]
struct OneDocument(Arc<Mutex<Vec<String>>>);

impl Fetcher for OneDocument {
    fn get(&self, url: &str) -> idpstore::Result<Vec<u8>> {
        self.0.lock().unwrap().push(url.to_owned());
        match url {
            "https://op.example/found" => Ok(br#"{"issuer":"https://op.example","unknown":[1]}"#.to_vec()),
            "https://op.example/other" => Ok(b"<html>".to_vec()),
            _ => Err(Error::new(ErrorKind::Malformed).context("status 404")),
        }
    }
}

#[test]
fn metadata_is_fetched_and_not_kept() {
    const DISCOVER: (&str, &str) =
        ("content-type", "application/vnd.pingidentity.openid-configuration.discover+json");
    let fetcher = OneDocument::default();
    let asked = Arc::clone(&fetcher.0);
    let door = Door::new(IdpStore::builder().fetcher(fetcher));
    let discover =
        |url: &str| door.ask("POST", "/identityProviders", DISCOVER, json!({"url": url}).to_string());
    let (status, found) = discover("https://op.example/found");
    assert_eq!((status, &found[..]), (200, &br#"{"issuer":"https://op.example","unknown":[1]}"#[..]));
    for wrong in ["https://op.example/other", "https://op.example/none"] {
        let (status, refused) = discover(wrong);
        let refused: Value = serde_json::from_slice(&refused).unwrap();
        assert_eq!((status, &refused["details"][0]["target"]), (400, &json!("url")));
    }
    assert_eq!(asked.lock().unwrap().len(), 3);
    let (_, listed) = door.send("GET", "/identityProviders", &json!({}));
    assert_eq!(listed["size"], 0);
}

#[test]
fn the_switch_lets_login_buttons_change() {
    let google = |icon: &str| json!({"name": "Google", "type": "GOOGLE", "enabled": true, "clientId": "id", "clientSecret": "secret", "loginButtonIcon": {"id": icon}});
    for (builder, wanted) in
        [(IdpStore::builder(), "first"), (IdpStore::builder().switch(KEEP_LOGIN_BUTTON_ICONS), "second")]
    {
        let door = Door::new(builder);
        let (_, made) = door.send("POST", "/identityProviders", &google("first"));
        let path = format!("/identityProviders/{}", made["id"].as_str().unwrap());
        let (status, replaced) = door.send("PUT", &path, &google("second"));
        assert_eq!((status, &replaced["loginButtonIcon"]["id"]), (200, &json!(wanted)));
    }
}

#[test]
fn of_a_deleted_key_no_default_stays_behind() {
    let door = Door::new(IdpStore::builder());
    for usage in ["SIGNING", "ENCRYPTION"] {
        let before = door.0.service().tenant().unwrap();
        let (_, made) = door.send("POST", "/keys", &key(&json!({"usageType": usage, "default": true})));
        assert_ne!(door.0.service().tenant().unwrap(), before, "{usage}");
        let path = format!("/keys/{}", made["id"].as_str().unwrap());
        assert_eq!(door.send("DELETE", &path, &Value::Null).0, 204);
        assert_eq!(door.0.service().tenant().unwrap(), before, "{usage}");
    }
}

#[test]
fn keys_of_any_size_are_refused_in_no_time() {
    let door = Door::new(IdpStore::builder());
    for bits in [100_000, 600_000] {
        let file = der::package(&[der::data(&[der::key_bag(&der::rsa_pkcs8_of(bits))])]);
        let (answered, body) = door.form("POST", "/keys", &file, &[("usageType", "SIGNING")]);
        let words = format!("an RSA modulus of {bits} bits is not within 1024 to 8192");
        assert_eq!(answered, 400, "{body}");
        assert!(body.contains(&words) && body.contains(r#""target":"file""#), "{body}");
    }
    let listed: Value = serde_json::from_slice(&door.get("/keys", "application/json")).unwrap();
    assert_eq!(listed["size"], 0, "{listed}");
}
