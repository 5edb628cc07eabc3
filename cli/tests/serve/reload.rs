//! What a server reads again on SIGHUP, and what it reports to the manager that started it.

use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;

use serde_json::{Value, json};

use crate::KEYS;
use crate::connection::Connection;
use crate::server::{PATIENCE, Server};
use crate::signer::{ID, post, token};
use crate::tokens::{PING_ONE, serve_clients};
use crate::trusting::{self, Authority, certified};

/// The status that each token gets.
fn statuses(server: &Server, tokens: [&str; 2]) -> [u16; 2] {
    let status = |token: &str| {
        let authorization = format!("Bearer {token}");
        Connection::open(server).ask("GET", KEYS, &[("authorization", &authorization)], b"").status
    };
    tokens.map(status)
}

fn write(path: &Path, content: &str) {
    fs::write(path, content).unwrap();
}

#[test]
fn the_token_of_a_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    write(&file, "first\n");
    let mut server = Server::start(&["--token-file", file.to_str().unwrap()]);
    let mut kept = Connection::open(&server);
    assert_eq!(kept.ask("GET", KEYS, &[("authorization", "Bearer first")], b"").status, 200);
    write(&file, "second\n");
    assert_eq!(statuses(&server, ["first", "second"]), [200, 401], "not before the signal");
    server.signal("HUP");
    server.line_with("the tokens were read again");
    assert_eq!(statuses(&server, ["first", "second"]), [401, 200]);
    assert_eq!(kept.ask("GET", KEYS, &[("authorization", "Bearer first")], b"").status, 401, "at once");
    for broken in ["", "two words"] {
        write(&file, broken);
        server.signal("HUP");
        let line = server.line_with("the tokens stay as they are");
        assert!(line.contains("WARN") && line.contains("visible ASCII"), "{line}");
        assert_eq!(statuses(&server, ["first", "second"]), [401, 200]);
    }
}

#[test]
fn the_tokens_of_the_options_are_read_again_and_never_all_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.toml");
    let of = |token: &str| format!("[[tokens]]\nname = \"alice\"\ntoken = \"{token}\"\n");
    write(&file, &of("first"));
    let mut server = Server::start(&["--config", file.to_str().unwrap()]);
    write(&file, &of("second"));
    server.signal("HUP");
    server.line_with("the tokens were read again");
    assert_eq!(statuses(&server, ["first", "second"]), [401, 200]);
    for (broken, words) in [("[[tokens", "cannot read"), ("body-limit = 1", "would let all callers in")] {
        write(&file, broken);
        server.signal("HUP");
        let line = server.line_with("stay as they are");
        assert!(line.contains(words), "{line}");
        assert_eq!(statuses(&server, ["first", "second"]), [401, 200]);
    }
}

#[test]
fn clients_are_read_again_and_lose_their_tokens_with_their_place() {
    let client = |id: &str| json!([{"name": "robot", "id": id, "secret": "s3cret"}]);
    let (mut server, folder) = serve_clients(&client(ID), &[]);
    let file = folder.path().join("idpstore.json");
    let read_again = |server: &mut Server, options: &Value| {
        write(&file, &options.to_string());
        server.signal("HUP");
        server.line_with("the tokens were read again");
    };
    let ask = |server: &Server| {
        let form = format!("grant_type=client_credentials&client_id={ID}&client_secret=s3cret");
        post(server, PING_ONE, &[], &form)
    };
    let authorization = format!("Bearer {}", token(&ask(&server)));
    let list = |server: &Server| {
        let headers = [("authorization", authorization.as_str())];
        Connection::open(server).ask("GET", "/v1/environments", &headers, b"").status
    };
    assert_eq!(list(&server), 200);
    let unchanged = json!({"clients": client(ID), "tokens": [{"name": "other", "token": "t0ken"}]});
    read_again(&mut server, &unchanged);
    assert_eq!(list(&server), 200);
    read_again(&mut server, &json!({"clients": [{"name": "robot", "id": ID, "secret": "another"}]}));
    assert_eq!(list(&server), 401, "a secret that was replaced ends what it was good for");
    read_again(&mut server, &json!({"clients": client("other")}));
    assert_eq!((ask(&server).status, list(&server)), (401, 401));
}

#[test]
fn connections_that_begin_after_the_signal_see_the_new_certificate() {
    let authority = Authority::new();
    let folder = authority.path("");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    trusting::authority(&folder);
    certified(&folder, "own", "first.example");
    let mut server = Server::start(&["--tls-cert", &path("own.pem"), "--tls-key", &path("own.key")]);
    let mut kept = authority.connect(&server, "first.example").unwrap();
    assert_eq!(kept.ask("GET", KEYS, &[], b"").status, 200);
    certified(&folder, "own", "second.example");
    assert!(authority.connect(&server, "second.example").is_err(), "not before the signal");
    server.signal("HUP");
    server.line_with("the certificate was read again");
    let mut begun = authority.connect(&server, "second.example").unwrap();
    assert_eq!((begun.ask("GET", KEYS, &[], b"").status, kept.ask("GET", KEYS, &[], b"").status), (200, 200));
    for name in ["own.pem", "own.key"] {
        let before = fs::read(path(name)).unwrap();
        write(&folder.join(name), "none");
        server.signal("HUP");
        let line = server.line_with("the certificate stays as it is");
        assert!(line.contains("WARN") && line.contains(name), "{line}");
        fs::write(path(name), before).unwrap();
        assert!(authority.connect(&server, "second.example").is_ok());
    }
}

#[test]
fn the_manager_learns_when_it_is_ready_reloads_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let abstract_name = format!("idpstore-test-{}", std::process::id());
    let sockets = [
        (UnixDatagram::bind(&path).unwrap(), path.to_str().unwrap().to_owned()),
        (
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&abstract_name).unwrap()).unwrap(),
            format!("@{abstract_name}"),
        ),
    ];
    for (socket, name) in sockets {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let next = || {
            let mut buffer = [0; 200];
            let length = socket.recv(&mut buffer).unwrap();
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        };
        let server = Server::start_with(|command| command.env("NOTIFY_SOCKET", &name), &[]);
        assert_eq!(next(), "READY=1");
        server.signal("HUP");
        let reloading = next();
        let time = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
        assert!(time.parse::<u64>().unwrap() > 0);
        assert_eq!(next(), "READY=1");
        server.signal("TERM");
        assert_eq!(next(), "STOPPING=1");
        assert_eq!(server.end().status.code(), Some(0));
    }
}

#[test]
fn a_server_ends_with_its_terminal() {
    let server = Server::in_terminal();
    let address = server.address.clone();
    server.kill();
    // The terminal is gone with the program that had made it.
    while std::net::TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
}
