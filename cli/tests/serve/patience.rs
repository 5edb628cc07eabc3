//! Callers who do not finish, and very many of them.

use std::process::Command;

use crate::connection::Connection;
use crate::server::Server;
use crate::{JSON, KEYS};

#[test]
fn closes_half_sent_requests() {
    let server = Server::start(&[]);
    let mut half_a_head = Connection::open(&server);
    half_a_head.send(format!("GET {KEYS} HTTP/1.1\r\nhost: {}\r\n", server.address).as_bytes());
    let mut half_a_body = Connection::open(&server);
    half_a_body.begin("POST", KEYS, &[JSON, ("content-length", "1000")]);
    half_a_body.send(b"{");
    // Reading waits far longer than the server does, and then fails.
    assert!(half_a_head.is_closed());
    assert!(half_a_body.is_closed());
    assert_eq!(Connection::open(&server).ask("GET", KEYS, &[], b"").status, 200);
}

/// How many files this process may still open.
fn files_left() -> usize {
    let output = Command::new("sh").args(["-c", "ulimit -n"]).output().unwrap();
    let limit = String::from_utf8(output.stdout).unwrap();
    limit.trim().parse().unwrap_or(usize::MAX).saturating_sub(200)
}

#[test]
fn answers_beside_thousands_of_idle_connections() {
    // As on most systems, where a program has to ask for more.
    let server = Server::start_after("ulimit -S -n 1024", &[]);
    let _idle: Vec<_> = (0..files_left().min(2000)).map(|_| Connection::open(&server)).collect();
    assert_eq!(Connection::open(&server).ask("GET", KEYS, &[], b"").status, 200);
}

#[test]
fn silent_callers_lose_their_place_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let server = Server::start_after("ulimit -n 100", &["--db", file.to_str().unwrap()]);
    let idle: Vec<_> = (0..200.min(files_left())).map(|_| Connection::open(&server)).collect();
    assert_eq!(Connection::open(&server).ask("GET", KEYS, &[], b"").status, 200);
    drop(idle);
}
