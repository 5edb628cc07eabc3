//! What goes over the socket.

use crate::connection::Connection;
use crate::server::{Server, refused};
use crate::{JSON, KEYS, fresh_certificate, import, kids};

#[test]
fn answers_at_the_address_it_prints() {
    let server = Server::start(&[]);
    let answer = Connection::open(&server).ask("GET", KEYS, &[], b"");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), serde_json::json!([]));
    assert!(!answer.headers.contains_key("server"));
    assert_eq!(Connection::open(&server).ask("GET", "/no/such/path", &[], b"").status, 404);
}

#[test]
fn keeps_connections_alive() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    let certificate = fresh_certificate();
    assert_eq!(connection.ask("POST", KEYS, &[JSON], &certificate).status, 200);
    assert_eq!(connection.ask("GET", "/no/such/path", &[], b"").status, 404);
    let keys = connection.ask("GET", KEYS, &[], b"").json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
fn answers_head_without_a_body() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    assert_ne!(connection.ask("HEAD", KEYS, &[], b"").status, 500);
    assert_eq!(connection.ask("HEAD", "/no/such/path", &[], b"").status, 404);
    // A body that was sent nonetheless would be read as the start of this answer.
    assert_eq!(connection.ask("GET", KEYS, &[], b"").status, 200);
}

#[test]
fn answers_callers_who_have_closed_their_side() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    connection.begin("GET", KEYS, &[]);
    connection.finish();
    assert_eq!(connection.answer("GET").status, 200);
    assert!(connection.is_closed());
}

#[test]
fn answers_in_parallel() {
    let server = Server::start(&[]);
    // Connections without a request hold up no others.
    let _idle: Vec<_> = (0..8).map(|_| Connection::open(&server)).collect();
    let mut made: Vec<String> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8).map(|_| scope.spawn(|| import(&server, &fresh_certificate()))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let mut there = kids(&server);
    made.sort();
    there.sort();
    assert_eq!(made, there);
}

#[test]
fn refuses_large_bodies_with_a_whole_answer() {
    let server = Server::start(&["--body-limit", "4096"]);
    let mut connection = Connection::open(&server);
    // Far more than the socket's buffers hold: who sends first and reads later needs all of it taken in.
    let large = vec![b' '; 64 << 20];
    let refusal = connection.ask("POST", KEYS, &[JSON], &large);
    assert!((400..500).contains(&refusal.status), "{}", refusal.status);
    assert!(refusal.json().is_object());
    assert_eq!(connection.ask("GET", KEYS, &[], b"").status, 200);
}

#[test]
fn refuses_large_bodies_before_they_end() {
    let server = Server::start(&["--body-limit", "4096"]);
    let mut connection = Connection::open(&server);
    connection.begin("POST", KEYS, &[JSON, ("transfer-encoding", "chunked")]);
    connection.send(format!("1001\r\n{}\r\n", " ".repeat(4097)).as_bytes());
    let refusal = connection.answer("POST");
    assert!((400..500).contains(&refusal.status), "{}", refusal.status);
    connection.send(b"0\r\n\r\n");
    assert_eq!(connection.ask("GET", KEYS, &[], b"").status, 200);
}

#[test]
fn takes_bodies_up_to_the_limit() {
    let certificate = fresh_certificate();
    let limit = certificate.len() + 10;
    let server = Server::start(&["--body-limit", &limit.to_string()]);
    let padded = |length| {
        let mut body = certificate.clone();
        body.resize(length, b' ');
        body
    };
    let mut connection = Connection::open(&server);
    assert!((400..500).contains(&connection.ask("POST", KEYS, &[JSON], &padded(limit + 1)).status));
    assert_eq!(connection.ask("POST", KEYS, &[JSON], &padded(limit)).status, 200);
}

#[test]
fn asks_for_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "s3cret\n").unwrap();
    let servers = [
        Server::start(&["--token", "s3cret"]),
        Server::start(&["--token-file", file.to_str().unwrap()]),
        Server::start_with_token("s3cret"),
    ];
    servers.iter().for_each(asks_for_it);
    let words = refused("0", &["--token", "s3cret", "--token-file", file.to_str().unwrap()]);
    assert!(words.contains("twice"), "{words}");
}

#[test]
fn options_and_named_tokens_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.json");
    let tokens = r#"[{"name": "alice", "token": "s3cret"}, {"name": "reader", "token": "0pen", "access": "read-only"}]"#;
    std::fs::write(&file, format!(r#"{{"body-limit": 100, "tokens": {tokens}}}"#)).unwrap();
    let file = file.to_str().unwrap();
    let server = Server::start(&["--config", file]);
    let mut connection = Connection::open(&server);
    let mut ask = |method: &str, path: &str, token: &str, body: &[u8]| {
        let authorization = format!("Bearer {token}");
        connection.ask(method, path, &[("authorization", &authorization), JSON], body)
    };
    let tenants = "/_idpstore/v1/tenants";
    assert_eq!(ask("GET", tenants, "0pen", b"").status, 200);
    assert_eq!(ask("POST", tenants, "0pen", br#"{"name": "Acme"}"#).status, 403);
    assert_eq!(ask("POST", tenants, "wrong", br#"{"name": "Acme"}"#).status, 401);
    assert_eq!(ask("POST", tenants, "s3cret", br#"{"name": "Acme"}"#).status, 201);
    assert_eq!(ask("POST", tenants, "s3cret", &[b' '; 101]).status, 413);
    let log = ask("GET", "/_idpstore/v1/changes", "0pen", b"");
    assert_eq!(log.json()["items"][0]["actor"], "alice");

    let one = Server::start(&["--config", file, "--token", "other"]);
    let mut connection = Connection::open(&one);
    let mut status = |token| connection.ask("GET", tenants, &[("authorization", token)], b"").status;
    assert_eq!((status("Bearer other"), status("Bearer s3cret")), (200, 401));
}

#[test]
fn a_file_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.json");
    for (content, words) in [
        ("{", "cannot read `"),
        (r#"{"prot": 1}"#, "there is no option `prot`"),
        (r#"{"tokens": [{"name": "alice"}]}"#, "missing field `token`"),
    ] {
        std::fs::write(&file, content).unwrap();
        let line = refused("0", &["--config", file.to_str().unwrap()]);
        assert!(line.contains(words), "{line}");
    }
}

fn asks_for_it(server: &Server) {
    let mut connection = Connection::open(server);
    let mut status = |headers: &[(&str, &str)]| connection.ask("GET", KEYS, headers, b"").status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("authorization", "SSWS s3cre")]), 401);
    assert_eq!(status(&[("authorization", "Basic s3cret")]), 401);
    assert_eq!(status(&[("authorization", "SSWS s3cret")]), 200);
    assert_eq!(status(&[("authorization", "SSWSs3cret")]), 200);
    assert_eq!(status(&[("authorization", "Bearer s3cret")]), 200);
}

#[test]
fn refuses_more_requests_than_it_was_told_to_answer() {
    let server = Server::start(&["--rate-limit", "2/60s"]);
    let mut connection = Connection::open(&server);
    assert_eq!(connection.ask("GET", KEYS, &[], b"").headers["x-rate-limit-remaining"], "1");
    assert_eq!(connection.ask("GET", KEYS, &[], b"").status, 200);
    let refused = connection.ask("GET", KEYS, &[], b"");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["errorCode"], "E0000047");
}
