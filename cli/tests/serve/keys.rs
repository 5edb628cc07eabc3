//! Where private keys come from, and of which kind a service provider's is.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::JSON;
use crate::connection::Connection;
use crate::server::{Server, misused, refused};

/// What `openssl` prints with these arguments for this input.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

/// The public key of a new service provider, as `openssl` describes it.
fn service_providers_key(arguments: &[&str]) -> String {
    let server = Server::start(arguments);
    let metadata = "PEVudGl0eURlc2NyaXB0b3IgeG1sbnM9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDptZXRhZGF0YSIvPg==";
    let body = json!({"name": "Partner", "metadataXml": metadata}).to_string();
    let made = Connection::open(&server).ask("POST", "/admin/v1/idps/saml", &[JSON], body.as_bytes()).json();
    let id = made.get("id").and_then(Value::as_str).unwrap_or_else(|| panic!("{made}"));
    let path = format!("/idps/{id}/saml/certificate");
    let certificate = Connection::open(&server).ask("GET", &path, &[], b"").body;
    let key = openssl(&["x509", "-noout", "-pubkey"], &certificate);
    String::from_utf8(openssl(&["pkey", "-pubin", "-noout", "-text"], &key)).unwrap()
}

#[test]
fn a_service_providers_key_is_of_the_kind_that_is_set() {
    assert!(service_providers_key(&["--certificate-key", "RSA-2048"]).contains("(2048 bit)"));
    assert!(service_providers_key(&["--certificate-key", "EC-P-256"]).contains("P-256"));
    assert!(service_providers_key(&["--certificate-key", "RSA-2056"]).contains("(2056 bit)"));
}

#[test]
fn test_keys_are_the_same_each_time() {
    let first = service_providers_key(&["--keys", "fixture"]);
    assert!(first.contains("(2048 bit)"));
    assert_eq!(service_providers_key(&["--keys", "fixture"]), first);
    assert_ne!(service_providers_key(&["--keys", "generate", "--certificate-key", "RSA-2048"]), first);
    let curve = service_providers_key(&["--keys", "fixture", "--certificate-key", "EC-P-384"]);
    assert!(curve.contains("P-384"));
}

#[test]
fn test_keys_do_not_last() {
    let words = refused("0", &["--keys", "fixture", "--db", "never-made.redb"]);
    assert!(words.contains("`--keys fixture`"), "{words}");
    assert!(!std::path::Path::new("never-made.redb").exists());
}

#[test]
fn unknown_kinds_and_sources_are_refused() {
    let words = misused(&["--certificate-key", "RSA-1024"]);
    assert!(words.contains("2048 to 8192 bits"), "{words}");
    assert!(misused(&["--certificate-key", "DSA"]).contains("not a key specification"));
    assert!(misused(&["--keys", "webcrypto"]).contains("[possible values: generate, fixture]"));
}
