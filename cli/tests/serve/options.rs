//! Options from a file and from the environment.

use std::fs;
use std::path::Path;

use crate::connection::Connection;
use crate::server::{Server, refused};
use crate::trusting::Authority;
use crate::{JSON, KEYS};

const FILE: &str = r#"
port = 0
body-limit = 100
allow-host = ["idp.example", "another.example:80"]
no-console = true

[[tokens]]
name = "alice"
token = "s3cret"

[[tokens]]
name = "reader"
token = "0pen"
access = "read-only"
"#;

/// The status of a request for this host with this token.
fn status(server: &Server, host: &str, token: &str, method: &str, body: &[u8]) -> u16 {
    let authorization = format!("Bearer {token}");
    let path = if method == "GET" { KEYS } else { "/_idpstore/v1/tenants" };
    let length = body.len().to_string();
    let headers = [("host", host), ("authorization", &*authorization), ("content-length", &length), JSON];
    let mut connection = Connection::open(server);
    connection.send(&crate::connection::head(method, path, &headers));
    connection.send(body);
    connection.answer(method).status
}

fn is_as_the_file_says(server: &Server) {
    for host in ["idp.example", "another.example", &server.address] {
        assert_eq!(status(server, host, "0pen", "GET", b""), 200, "{host}");
    }
    assert_eq!(status(server, "other.example", "0pen", "GET", b""), 403);
    assert_eq!(status(server, "idp.example", "wrong", "GET", b""), 401);
    assert_eq!(status(server, "idp.example", "0pen", "POST", br#"{"name": "Acme"}"#), 403);
    assert_eq!(status(server, "idp.example", "s3cret", "POST", br#"{"name": "Acme"}"#), 201);
    assert_eq!(status(server, "idp.example", "s3cret", "POST", &[b' '; 101]), 413);
}

#[test]
fn a_file_of_toml_is_found_in_the_working_directory_or_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("idpstore.toml"), FILE).unwrap();
    let mut found = Server::start_bare(|command| command.current_dir(folder.path()));
    found.line_with("options from ");
    is_as_the_file_says(&found);
    let elsewhere = folder.path().join("options.conf");
    fs::rename(folder.path().join("idpstore.toml"), &elsewhere).unwrap();
    let server = Server::start(&["--config", elsewhere.to_str().unwrap()]);
    is_as_the_file_says(&server);
    let plain = Server::start_with(|command| command.current_dir(folder.path()), &[]);
    assert_eq!(status(&plain, &plain.address, "any", "GET", b""), 200);
}

#[test]
fn the_line_wins_over_the_environment_and_both_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.toml");
    fs::write(&file, "token = \"file\"\nbody-limit = 1\nallow-host = \"file.example\"\n").unwrap();
    let file = file.to_str().unwrap();
    let server = Server::start(&["--config", file]);
    assert_eq!(status(&server, "file.example", "file", "GET", b""), 200);
    let server = Server::start_with(
        |command| command.env("IDPSTORE_TOKEN", "environment").env("IDPSTORE_ALLOW_HOST", "env.example"),
        &["--config", file],
    );
    assert_eq!(status(&server, "env.example", "environment", "GET", b""), 200);
    assert_eq!(status(&server, "env.example", "file", "GET", b""), 401);
    assert_eq!(status(&server, "file.example", "environment", "GET", b""), 403);
    let server = Server::start_with(
        |command| command.env("IDPSTORE_TOKEN", "environment"),
        &["--config", file, "--token", "line"],
    );
    assert_eq!(status(&server, "file.example", "line", "GET", b""), 200);
    assert_eq!(status(&server, "file.example", "environment", "GET", b""), 401);
}

#[test]
fn flags_and_lists_come_from_the_environment_too() {
    let authority = Authority::new();
    let folder: &Path = &authority.path("");
    let server = Server::start_bare(|command| {
        command
            .env("IDPSTORE_PORT", "0")
            .env("IDPSTORE_TLS", "true")
            .env("IDPSTORE_TLS_DIR", folder)
            .env("IDPSTORE_TLS_NAME", "one.example,two.example")
            .env("IDPSTORE_HARNESS", "1")
            .env("IDPSTORE_KEYS", "fixture")
            .env("IDPSTORE_SWITCH", "okta-lenient-documents,zitadel-unlimited-search")
            .env("IDPSTORE_ALLOW_METADATA_FETCH", "no")
    });
    for name in ["one.example", "two.example"] {
        let mut connection = authority.connect(&server, name).unwrap();
        assert_eq!(connection.ask("GET", "/_idpstore/harness/faults", &[], b"").status, 200);
    }
}

#[test]
fn a_file_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.toml");
    for (content, words) in [
        ("port = ", "cannot read `"),
        ("prot = 1", "there is no option `prot`"),
        ("db = 1979-05-27", "`db` has a value of another type"),
        ("[[tokens]]\nname = \"alice\"", "missing field `token`"),
        ("tls-cert = \"x.pem\"", "--tls-key"),
        ("harness-on-db = true", "is for `--harness`"),
    ] {
        fs::write(&file, content).unwrap();
        let line = refused("0", &["--config", file.to_str().unwrap()]);
        assert!(line.contains(words), "{line}");
    }
}

#[test]
fn a_port_is_wanted() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_idpstore")).arg("serve").output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && words.contains("the port is missing: give `--port`"), "{words}");
}
