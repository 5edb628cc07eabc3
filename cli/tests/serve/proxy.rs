//! `serve` as a proxy to itself, and to no other.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::json;

use crate::KEYS;
use crate::connection::{Answer, Connection, head};
use crate::server::Server;
use crate::trusting::{Authority, secured};

/// Asks a server for a way to a host.
fn connect(connection: &mut Connection, host: &str) -> Answer {
    connection.send(&head("CONNECT", host, &[("host", host)]));
    connection.answer("CONNECT")
}

#[test]
fn a_client_reaches_the_names_of_pingone_through_it() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    for name in ["api.pingone.localhost", "auth.pingone.localhost"] {
        let mut proxy = Connection::open(&server);
        assert_eq!(connect(&mut proxy, &format!("{name}:443")).status, 200);
        let stream = secured(proxy.into_stream(), &authority.path("ca.pem"), name).unwrap();
        let mut connection = Connection::over(stream, name);
        for _ in 0..2 {
            let answer = connection.ask("GET", "/v1/environments", &[], b"");
            let own = json!({"self": {"href": format!("https://{name}/v1/environments")}});
            assert_eq!((answer.status, &answer.json()["_links"]), (200, &own));
        }
    }
}

#[test]
fn clients_of_http_1_0_are_taken_through_too() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let mut proxy = Connection::open(&server);
    proxy.send(b"CONNECT api.pingone.localhost:443 HTTP/1.0\r\n\r\n");
    assert_eq!(proxy.answer("CONNECT").status, 200);
    let stream = secured(proxy.into_stream(), &authority.path("ca.pem"), "api.pingone.localhost").unwrap();
    assert_eq!(Connection::over(stream, "api.pingone.localhost").ask("GET", KEYS, &[], b"").status, 200);
}

#[test]
fn no_other_server_is_reached() {
    let authority = Authority::new();
    let server = authority.start(&["--allow-host", "idp.example:8443"]);
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let port = other.local_addr().unwrap().port();
    let mut proxy = Connection::open(&server);
    for host in ["127.0.0.1", "localhost", "[::1]", "idp.example", "api.pingone.localhost.example"] {
        let refusal = connect(&mut proxy, &format!("{host}:{port}"));
        assert_eq!(refusal.status, 403, "{host}");
        assert!(
            String::from_utf8_lossy(&refusal.body).contains("does not answer for the host"),
            "{refusal:?}"
        );
    }
    proxy.send(&head("CONNECT", "api.pingone.localhost:443", &[("host", "idp.example:443")]));
    assert_eq!(proxy.answer("CONNECT").status, 403, "the host is named twice");
    assert_eq!(other.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nothing was connected");
    assert_eq!(connect(&mut proxy, "idp.example:8443").status, 200);

    let plain = Server::start(&[]);
    let mut proxy = Connection::open(&plain);
    for target in [format!("http://127.0.0.1:{port}/"), "http://idp.example/".to_owned()] {
        let host = target.trim_start_matches("http://").trim_end_matches('/').to_owned();
        proxy.send(&head("GET", &target, &[("host", &host)]));
        assert_eq!(proxy.answer("GET").status, 403);
    }
    assert_eq!(other.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nothing was connected");
}

#[test]
fn requests_in_absolute_form_are_answered_in_clear_text() {
    let server = Server::start(&["--allow-host", "example.okta.com"]);
    let mut proxy = Connection::open(&server);
    for host in [&server.address, "example.okta.com"] {
        proxy.send(&head("GET", &format!("http://{host}/.well-known/okta-organization"), &[("host", host)]));
        let answer = proxy.answer("GET");
        assert_eq!(answer.json()["_links"]["organization"]["href"], format!("http://{host}"));
    }
}

#[test]
fn a_way_that_leads_nowhere_is_refused_with_words() {
    let plain = Server::start(&[]);
    let refusal = connect(&mut Connection::open(&plain), &plain.address);
    assert_eq!(refusal.status, 501);
    assert!(String::from_utf8_lossy(&refusal.body).contains("`--tls`"), "{refusal:?}");

    let authority = Authority::new();
    let server = authority.start(&[]);
    let mut within = authority.connect(&server, "127.0.0.1").unwrap();
    within.send(&head("CONNECT", "api.pingone.localhost:443", &[("host", "api.pingone.localhost:443")]));
    let refusal = within.answer("CONNECT");
    assert_eq!(refusal.status, 501);
    assert!(String::from_utf8_lossy(&refusal.body).contains("without TLS"), "{refusal:?}");
}

#[test]
fn a_way_that_is_not_used_is_closed() {
    let server = Authority::new().start(&[]);
    let mut silent = Connection::open(&server);
    assert_eq!(connect(&mut silent, "api.pingone.localhost:443").status, 200);
    // Reading waits far longer than the server does, and then fails.
    assert!(silent.is_closed());
    let mut stopped = Connection::open(&server);
    assert_eq!(connect(&mut stopped, "api.pingone.localhost:443").status, 200);
    server.signal("TERM");
    assert!(stopped.is_closed());
    assert_eq!(server.end().status.code(), Some(0));
}
