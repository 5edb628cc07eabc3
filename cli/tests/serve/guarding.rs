//! The requests that web pages can cause.

use std::collections::BTreeMap;

use crate::connection::{Connection, head};
use crate::server::{Server, misused, refused};
use crate::{JSON, KEYS};

#[path = "../../../tests/cases-guard/table.rs"]
mod table;

/// The options of a server that allows these hosts and origins.
fn options<'a>(hosts: &'a [String], origins: &'a [String]) -> Vec<&'a str> {
    let hosts = hosts.iter().flat_map(|host| ["--allow-host", host]);
    hosts.chain(origins.iter().flat_map(|origin| ["--allow-origin", origin])).collect()
}

#[test]
fn pages_reach_the_store_only_if_they_are_allowed() {
    let mut servers = BTreeMap::new();
    let count = table::cases(0).len();
    for at in 0..count {
        let case = &table::cases(0)[at];
        let key = (case.allow_hosts.clone(), case.allow_origins.clone());
        let server =
            servers.entry(key).or_insert_with_key(|(hosts, origins)| Server::start(&options(hosts, origins)));
        // The same case, now that the port is known.
        let case = &table::cases(server.port().parse().unwrap())[at];
        let mut connection = Connection::open(server);
        let headers: Vec<_> = case.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        connection.send(&head(&case.method, &case.target, &headers));
        let answer = connection.answer(&case.method);
        case.check(answer.status, |name| answer.headers.get(name).cloned(), &answer.body);
    }
}

#[test]
fn a_page_is_refused_before_its_body_is_read() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    let page = [JSON, ("origin", "https://app.example"), ("content-length", "1000")];
    connection.begin("POST", KEYS, &page);
    assert_eq!(connection.answer("POST").status, 403);
}

#[test]
fn options_that_cannot_be_read_are_refused() {
    for (option, name) in [("--allow-host", "allow_hosts"), ("--allow-origin", "allow_origins")] {
        for value in table::refused(name) {
            let words = misused(&[&format!("{option}={value}")]);
            assert!(words.contains(option), "{words}");
        }
    }
    let words = refused("0", &["--allow-origin", "any", "--allow-origin", "https://app.example"]);
    assert!(words.contains("allows every page"), "{words}");
}
