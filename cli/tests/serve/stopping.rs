//! How a server ends.

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::connection::Connection;
use crate::fetching::{DISCOVER, PROVIDERS};
use crate::server::Server;
use crate::{JSON, KEYS, fresh_certificate};

const PINGONE_KEYS: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/keys";

fn ends_cleanly(signal: &str) {
    let server = Server::start(&[]);
    let _silent = Connection::open(&server);
    let mut idle = Connection::open(&server);
    assert_eq!(idle.ask("GET", KEYS, &[], b"").status, 200);
    server.signal(signal);
    assert!(idle.is_closed());
    let end = server.end();
    assert_eq!(end.status.code(), Some(0), "{}", end.stderr);
    assert_eq!(end.stdout, "", "only the address is for scripts");
    assert_eq!(end.stderr, "data in memory, gone on exit\n");
}

#[test]
fn ends_cleanly_on_sigterm() {
    ends_cleanly("TERM");
}

#[test]
fn ends_cleanly_on_sigint() {
    ends_cleanly("INT");
}

#[test]
fn answers_what_is_under_way() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    let certificate = fresh_certificate();
    let length = certificate.len().to_string();
    let headers = [JSON, ("content-length", &length), ("expect", "100-continue")];
    connection.begin("POST", KEYS, &headers);
    assert_eq!(connection.answer("POST").status, 100, "now the server waits for the body");
    server.signal("TERM");
    // It has seen the signal once it takes no more connections.
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    connection.send(&certificate);
    assert_eq!(connection.answer("POST").status, 200);
    assert!(connection.is_closed());
    assert_eq!(server.end().status.code(), Some(0));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the time it takes to end is what is tested")]
fn ends_while_it_computes_and_waits() {
    let server = Server::start(&["--allow-metadata-fetch"]);
    // A partner that never answers.
    let partner = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", partner.local_addr().unwrap());
    let mut fetching = Connection::open(&server);
    let document = json!({ "url": url }).to_string();
    let length = document.len().to_string();
    fetching.begin("POST", PROVIDERS, &[DISCOVER, ("content-length", &length)]);
    fetching.send(document.as_bytes());
    let _fetch = partner.accept().unwrap();
    // Keys that take minutes, also where others are made.
    let keys: Vec<_> = (0..3).map(|number| large_key(&server, number)).collect();
    let mut half_sent = Connection::open(&server);
    half_sent.begin("POST", KEYS, &[JSON, ("content-length", "1000")]);
    assert_eq!(Connection::open(&server).ask("GET", KEYS, &[], b"").status, 200, "others are answered");
    let start = Instant::now();
    server.signal("TERM");
    assert_eq!(server.end().status.code(), Some(0));
    let time = start.elapsed();
    // It promises 5 seconds; the rest is for a loaded machine. The fetch alone would take 10.
    assert!(time < Duration::from_secs(9), "{time:?}");
    // With luck, a key is found early; not all of them are.
    assert!(keys.into_iter().any(Connection::ends_unanswered), "it did not wait for the keys");
}

/// Asks for an RSA key of 7680 bits.
fn large_key(server: &Server, number: usize) -> Connection {
    let document = json!({
        "name": format!("Number {number}"),
        "algorithm": "RSA",
        "keyLength": 7680,
        "signatureAlgorithm": "SHA512withRSA",
        "subjectDN": "CN=example.com",
        "usageType": "SIGNING",
        "validityPeriod": 365,
    });
    let document = document.to_string();
    let length = document.len().to_string();
    let mut connection = Connection::open(server);
    connection.begin("POST", PINGONE_KEYS, &[JSON, ("content-length", &length)]);
    connection.send(document.as_bytes());
    connection
}
