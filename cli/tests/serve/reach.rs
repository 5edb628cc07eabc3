//! Where a server listens, and the scheme and host by which its callers know it.

use serde_json::Value;

use crate::connection::Connection;
use crate::server::{Server, misused, refused};
use crate::trusting::Authority;

/// How URLs begin in what a server answers to a request with these headers.
fn base(server: &Server, headers: &[(&str, &str)]) -> Value {
    let mut connection = Connection::open(server);
    connection.send(&crate::connection::head("GET", "/.well-known/okta-organization", headers));
    let answer = connection.answer("GET");
    match answer.status {
        200 => answer.json().pointer("/_links/organization/href").unwrap().clone(),
        status => status.into(),
    }
}

#[test]
fn other_addresses_than_loopback_need_a_token_and_tls() {
    let authority = Authority::new();
    let folder = authority.path("").to_str().unwrap().to_owned();
    let tls = ["--tls", "--tls-dir", &folder];
    let all = ["--host", "0.0.0.0"];
    let token = ["--token", "s3cret"];
    for (given, missing) in [
        (&[][..], "require a token (`--token-file`) and TLS (`--tls`), or give `--insecure`"),
        (&token[..], "require TLS (`--tls`), or"),
        (&tls[..], "require a token (`--token-file`), or"),
    ] {
        let words = refused("0", &[&all[..], given].concat());
        assert!(words.contains("other machines can reach 0.0.0.0") && words.contains(missing), "{words}");
    }
    let server = Server::start(&[&all[..], &tls, &token].concat());
    assert!(server.url.starts_with("https://0.0.0.0:"), "{}", server.url);
    let mut connection = authority.connect(&server, "localhost").unwrap();
    connection
        .send(format!("GET /api/v1/idps HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", server.port()).as_bytes());
    assert_eq!(connection.answer("GET").status, 401);
    let server = Server::start(&[&all[..], &["--insecure"]].concat());
    let host = format!("127.0.0.1:{}", server.port());
    assert_eq!(base(&server, &[("host", &host)]), format!("http://{host}"));
    assert_eq!(base(&server, &[("host", "idpstore:80")]), 403, "names of the network are to be allowed");
    let server = Server::start(&["--host", "127.0.0.2"]);
    assert!(server.address.starts_with("127.0.0.2:"), "all of loopback is this machine's own");
    assert!(misused(&["--host", "example.com"]).contains("--host"));
}

#[test]
fn urls_begin_as_the_request_names_the_server() {
    let server = Server::start(&["--allow-host", "example.okta.com"]);
    let localhost = format!("localhost:{}", server.port());
    for host in [&*server.address, &localhost, "example.okta.com", "example.okta.com:8443"] {
        assert_eq!(base(&server, &[("host", host)]), format!("http://{host}"));
    }
    assert_eq!(base(&server, &[("host", "evil.example")]), 403);
}

#[test]
fn urls_begin_as_the_option_says() {
    let server = Server::start(&["--base-url", "https://idp.example/"]);
    for host in [&*server.address, "idp.example"] {
        assert_eq!(base(&server, &[("host", host)]), "https://idp.example");
    }
    assert!(misused(&["--base-url", "idp.example"]).contains("--base-url"));
}

#[test]
fn what_a_proxy_reports_counts_if_it_is_trusted() {
    let proxied = |server: &Server, more: &[(&str, &str)]| {
        base(server, &[&[("host", &*server.address)], more].concat())
    };
    let forwarded = [("forwarded", "for=192.0.2.1;host=idp.example;proto=https")];
    let x = [("x-forwarded-proto", "https"), ("x-forwarded-host", "idp.example")];
    let allowed = ["--allow-host", "idp.example"];
    for proxy in ["192.0.2.1", "::1"] {
        let server = Server::start(&[&allowed[..], &["--trust-proxy", proxy]].concat());
        for headers in [&forwarded[..], &x] {
            assert_eq!(proxied(&server, headers), server.url, "it comes from 127.0.0.1");
        }
    }
    let server = Server::start(
        &[&allowed[..], &["--trust-proxy", "192.0.2.1", "--trust-proxy", "127.0.0.1"]].concat(),
    );
    for headers in [&forwarded[..], &x] {
        assert_eq!(proxied(&server, headers), "https://idp.example");
    }
    assert_eq!(proxied(&server, &[]), server.url);
    assert_eq!(
        proxied(&server, &[("forwarded", "host=evil.example")]),
        403,
        "proxies pass on what callers send"
    );
    assert_eq!(proxied(&server, &[("forwarded", "host=\"a b\"")]), 400);
    assert_eq!(
        base(&server, &[("host", "inner"), forwarded[0]]),
        "https://idp.example",
        "the proxy's own word for it"
    );
    let page = ("origin", "https://idp.example");
    assert_eq!(proxied(&server, &[forwarded[0], page]), "https://idp.example", "a page of its own");
    assert_eq!(proxied(&server, &[page]), 403);
}
