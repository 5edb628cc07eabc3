//! How a server ends.

use std::net::TcpStream;

use crate::connection::{Connection, head};
use crate::server::Server;
use crate::{JSON, KEYS, fresh_certificate};

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
    connection.send(&head("POST", KEYS, &headers));
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
