//! `idpstore serve` from the outside: the built binary, sockets, signals and files.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where it fails")]

mod clock;
mod connection;
mod console;
mod dpop;
mod durability;
mod fetching;
mod full_disk;
mod grpc;
mod guarding;
mod harness;
mod http2;
mod keys;
mod kills;
mod logging;
mod moving;
mod options;
mod patience;
mod proxy;
mod reach;
mod refusals;
mod reload;
mod remote;
mod sealing;
mod server;
mod sharing;
mod signer;
mod stopping;
mod tls;
mod tokens;
mod tonic;
mod trusting;
mod wire;

use std::process::Command;

use connection::Connection;
use serde_json::{Value, json};
use server::Server;

/// Where the keys that identity providers are trusted by live.
const KEYS: &str = "/api/v1/idps/credentials/keys";

const JSON: (&str, &str) = ("content-type", "application/json");

/// A request body with a certificate that no other has.
fn fresh_certificate() -> Vec<u8> {
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null"];
    let output = Command::new("openssl").args(request).args(["-subj", "/CN=partner"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pem = String::from_utf8(output.stdout).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    json!({ "x5c": [base64] }).to_string().into_bytes()
}

/// Imports the certificate in `body` and gives the `kid` of the new key.
fn import(server: &Server, body: &[u8]) -> String {
    let answer = Connection::open(server).ask("POST", KEYS, &[JSON], body);
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json().get("kid").and_then(Value::as_str).unwrap().to_owned()
}

/// The `kid`s of all keys that the server has.
fn kids(server: &Server) -> Vec<String> {
    let answer = Connection::open(server).ask("GET", KEYS, &[], b"");
    assert_eq!(answer.status, 200, "{}", answer.json());
    let keys: Vec<Value> = serde_json::from_value(answer.json()).unwrap();
    keys.iter().map(|key| key.get("kid").and_then(Value::as_str).unwrap().to_owned()).collect()
}
