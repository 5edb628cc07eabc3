//! TLS: certificates that are made or given, the protocols behind them, and callers who do not shake hands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use bytes::Bytes;
use http::Request;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::connection::{Connection, socket};
use crate::http2::{self, framed};
use crate::server::{PATIENCE, Server, misused, refused};
use crate::trusting::{self, Authority, certified, secured};
use crate::{JSON, KEYS};

const ORGANIZATION: &str = "/.well-known/okta-organization";

/// A client that trusts this authority, or the public ones.
fn agent(authority: Option<&Authority>) -> Agent {
    let roots = authority.map_or(RootCerts::WebPki, |authority| {
        let pem = fs::read(authority.path("ca.pem")).unwrap();
        RootCerts::new_with_certs(&[Certificate::from_pem(&pem).unwrap()])
    });
    let tls = TlsConfig::builder().root_certs(roots).build();
    Agent::config_builder().tls_config(tls).proxy(None).build().into()
}

#[test]
fn a_client_that_trusts_the_authority_is_answered() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let url = format!("{}{ORGANIZATION}", server.url);
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let mut response = agent(Some(&authority)).get(&url).call().unwrap();
    let answered = response.body_mut().read_to_string().unwrap();
    assert!(answered.contains(&format!(r#""href":"{}""#, server.url)), "{answered}");
    let refusal = agent(None).get(&url).call().unwrap_err().to_string();
    assert!(refusal.contains("UnknownIssuer"), "{refusal}");
    let localhost = url.replace("127.0.0.1", "localhost");
    assert_eq!(agent(Some(&authority)).get(&localhost).call().unwrap().status(), 200);
}

#[test]
fn the_authority_is_the_same_at_the_next_start() {
    let authority = Authority::new();
    drop(authority.start(&[]));
    let first = agent(Some(&authority));
    let mode = authority.path("ca-key.pem").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let server = authority.start(&[]);
    assert_eq!(first.get(format!("{}{ORGANIZATION}", server.url)).call().unwrap().status(), 200);
    let mut another = authority.start(&["--tls-name", "idp.example"]);
    another.line_with("WARN the certification authority is a new one");
    assert!(first.get(format!("{}{ORGANIZATION}", another.url)).call().is_err());
    assert!(authority.connect(&another, "idp.example").is_ok());
}

#[cfg(unix)]
#[test]
fn warns_of_a_key_that_others_can_read() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--tls", "--tls-dir", folder.path().to_str().unwrap()];
    drop(Server::start(&arguments));
    fs::set_permissions(folder.path().join("ca-key.pem"), Permissions::from_mode(0o644)).unwrap();
    Server::start(&arguments).line_with("others can read");
}

#[test]
fn the_start_shows_how_clients_come_to_trust_it() {
    let authority = Authority::new();
    let mut server = authority.start(&[]);
    let file = authority.path("ca.pem");
    for variable in
        ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"]
    {
        server.line_with(&format!("{variable}={}", file.display()));
    }
    server.line_with("keytool");
}

#[test]
fn the_authority_vouches_for_no_other_name() {
    let authority = Authority::new();
    drop(authority.start(&[]));
    let folder = authority.path("");
    for (name, is_trusted) in [("auth.pingone.localhost", true), ("idp.example", false)] {
        certified(&folder, name, name);
        let path = |end: &str| folder.join(format!("{name}.{end}")).to_str().unwrap().to_owned();
        let server = Server::start(&["--tls-cert", &path("pem"), "--tls-key", &path("key")]);
        let connected = authority.connect(&server, name).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(connected.is_ok(), is_trusted, "{connected:?}");
        assert!(is_trusted || connected.unwrap_err().contains("NameConstraintViolation"));
    }
}

#[test]
fn a_certificate_of_ones_own_is_shown() {
    let authority = Authority::new();
    let folder = authority.path("");
    trusting::authority(&folder);
    certified(&folder, "own", "idp.example");
    certified(&folder, "other", "other.example");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let server = Server::start(&["--tls-cert", &path("own.pem"), "--tls-key", &path("own.key")]);
    let stream = authority.connect(&server, "idp.example").unwrap().into_stream();
    let mut connection = Connection::over(stream, "idp.example");
    assert_eq!(connection.ask("GET", KEYS, &[], b"").status, 200, "its names are those of the server");
    for (certificate, key, words) in [
        ("own.pem", "other.key", "other.key"),
        ("none.pem", "own.key", "none.pem"),
        ("own.key", "own.key", "there is no certificate in it"),
        ("own.pem", "own.pem", "own.pem"),
    ] {
        let line = refused("0", &["--tls-cert", &path(certificate), "--tls-key", &path(key)]);
        assert!(line.contains(words), "{line}");
    }
    assert!(misused(&["--tls-cert", &path("own.pem")]).contains("--tls-key"));
    assert!(misused(&["--tls", "--tls-name", "*.example"]).contains("--tls-name"));
}

/// Sends a request over HTTP/2 and TLS.
fn over_http2(
    authority: &Authority,
    server: &Server,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> http2::Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut request = Request::post(format!("https://localhost:{}{path}", server.port()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (request, body) = (request.body(()).unwrap(), Bytes::copy_from_slice(body));
    let exchange = async {
        let stream = TcpStream::connect(&server.address).await.unwrap();
        let config = trusting::trusting(&authority.path("ca.pem"), &[b"h2", b"http/1.1"]);
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(config).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        http2::exchange_over(stream, request, body).await
    };
    runtime.block_on(async { timeout(PATIENCE, exchange).await }).expect("an answer in time").unwrap()
}

#[test]
fn http_2_and_grpc_are_spoken_by_agreement() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let answer = over_http2(&authority, &server, "/_idpstore/v1/tenants", &[JSON], br#"{"name": "Acme"}"#);
    assert_eq!(answer.status, 201, "{answer:?}");
    let headers = [("content-type", "application/grpc"), ("te", "trailers")];
    let check = over_http2(&authority, &server, "/grpc.health.v1.Health/Check", &headers, &framed(0, b""));
    assert_eq!(check.message(), [8, 1]);
}

#[test]
fn its_own_pages_may_use_it() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let mut connection = authority.connect(&server, "127.0.0.1").unwrap();
    let mut status = |origin: &str| connection.ask("GET", KEYS, &[("origin", origin)], b"").status;
    assert_eq!(status(&server.url), 200);
    assert_eq!(status(&server.url.replace("https", "http")), 403);
}

#[test]
fn a_plain_request_is_refused_with_words() {
    let server = Authority::new().start(&[]);
    for target in [KEYS.to_owned(), format!("http://{}{KEYS}", server.address)] {
        let refusal = Connection::open(&server).ask("GET", &target, &[], b"");
        assert_eq!(refusal.status, 400);
        assert!(String::from_utf8_lossy(&refusal.body).contains("this port speaks TLS"), "{refusal:?}");
    }
}

#[test]
fn callers_who_do_not_shake_hands_are_let_go() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let mut silent = Connection::open(&server);
    let mut half = Connection::open(&server);
    half.send(&[0x16, 3, 1, 2, 0, 1]);
    let mut garbage = Connection::open(&server);
    garbage.send(&[&[0x16][..], &[0xff; 64]].concat());
    assert!(garbage.is_closed_after_alert());
    let mut half_a_head = Connection::open(&server);
    half_a_head.send(b"CONNECT api.pingone.localhost:443 HTTP/1.1\r\n");
    assert_eq!(authority.connect(&server, "localhost").unwrap().ask("GET", KEYS, &[], b"").status, 200);
    // Reading waits far longer than the server does, and then fails.
    assert!(silent.is_closed());
    assert!(half.is_closed());
    assert!(half_a_head.is_closed());
}

#[test]
fn ends_while_callers_shake_hands() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    let mut half = Connection::open(&server);
    half.send(&[0x16, 3, 1, 2, 0, 1]);
    let mut idle = authority.connect(&server, "localhost").unwrap();
    assert_eq!(idle.ask("GET", KEYS, &[], b"").status, 200);
    server.signal("TERM");
    assert!(half.is_closed());
    assert!(idle.is_closed(), "with a word about it, for TLS has one");
    assert_eq!(server.end().status.code(), Some(0));
}

#[test]
fn another_name_than_its_own_is_not_trusted() {
    let authority = Authority::new();
    let server = authority.start(&[]);
    assert!(secured(socket(&server), &authority.path("ca.pem"), "api.pingone.localhost").is_ok());
    assert!(secured(socket(&server), &authority.path("ca.pem"), "idp.example").is_err());
}
