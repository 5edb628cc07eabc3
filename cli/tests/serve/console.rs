//! The console at `/`: who gets it, with which headers, and which token it has.

use std::process::Command;

use crate::connection::Connection;
use crate::server::Server;

/// A navigation, as the browser marks it.
const BY_HAND: (&str, &str) = ("sec-fetch-site", "none");

#[cfg(not(feature = "console"))]
#[test]
fn a_program_without_it_says_how_to_get_it() {
    let server = Server::start(&["--token", "s3cret"]);
    let answer = Connection::open(&server).ask("GET", "/", &[BY_HAND], b"");
    let words = String::from_utf8(answer.body).unwrap();
    assert_eq!((answer.status, words.lines().count()), (404, 1), "{words}");
    assert!(words.contains("--features console"), "{words}");
    assert!(answer.headers["content-type"].starts_with("text/plain"));
    server.signal("TERM");
    assert_eq!(server.end().all_stderr, "data in memory, gone on exit\n");

    let output = Command::new(env!("CARGO_BIN_EXE_idpstore")).arg("console").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--features console"));
}

#[cfg(feature = "console")]
mod with_it {
    use super::*;
    use crate::server::console_of;

    /// The token of a link.
    fn token(link: &str, server: &Server) -> String {
        let start = format!("http://{}/#token=", server.address);
        link.strip_prefix(&start).unwrap_or_else(|| panic!("{link}")).to_owned()
    }

    fn status(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        Connection::open(server).ask(method, path, headers, b"").status
    }

    #[test]
    fn a_page_and_what_it_loads() {
        let server = Server::start(&[]);
        let expected = [
            ("/", "text/html; charset=utf-8", &b"<!doctype html>"[..]),
            ("/console.js", "text/javascript; charset=utf-8", b""),
            ("/icon.svg", "image/svg+xml", b"<svg "),
        ];
        for (path, content_type, start) in expected {
            let answer = Connection::open(&server).ask("GET", path, &[BY_HAND], b"");
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body.starts_with(start) && answer.body.len() > 100, "{path}");
            for (name, value) in [
                ("content-type", content_type),
                ("content-security-policy", "default-src 'self'"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-cache"),
            ] {
                assert_eq!(answer.headers.get(name).map(String::as_str), Some(value), "{path}");
            }
            let head = Connection::open(&server).ask("HEAD", path, &[BY_HAND], b"");
            assert_eq!((head.status, &head.headers["etag"]), (200, &answer.headers["etag"]));
            let known = ("if-none-match", &*answer.headers["etag"]);
            let again = Connection::open(&server).ask("GET", path, &[BY_HAND, known], b"");
            assert_eq!((again.status, again.body.len()), (304, 0));
            let other = ("if-none-match", "\"other\"");
            assert_eq!(status(&server, "GET", path, &[BY_HAND, other]), 200);
        }
        // All else goes on to the store.
        for (method, path) in
            [("POST", "/"), ("GET", "/index.html"), ("GET", "//"), ("DELETE", "/console.js")]
        {
            let answer = Connection::open(&server).ask(method, path, &[], b"");
            assert!([404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
            assert!(!answer.headers.contains_key("content-security-policy"), "{method} {path}");
        }
        assert_eq!(status(&server, "GET", "/api/v1/idps", &[]), 200);
    }

    #[test]
    fn no_other_page_gains_anything() {
        let server = Server::start(&[]);
        let own = format!("http://{}", server.address);
        let foreign = ("origin", "https://app.example");
        for path in ["/", "/console.js", "/icon.svg", "/_idpstore/v1/providers"] {
            for site in ["cross-site", "same-site"] {
                assert_eq!(status(&server, "GET", path, &[("sec-fetch-site", site)]), 403, "{path} {site}");
            }
            let answer = Connection::open(&server).ask("GET", path, &[foreign], b"");
            assert_eq!(answer.status, 403, "{path}");
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
            // A name that is made to point at this machine.
            let mut connection = Connection::open(&server);
            connection.send(&crate::connection::head("GET", path, &[("host", "evil.example"), BY_HAND]));
            assert_eq!(connection.answer("GET").status, 403, "{path}");
            let page = [("origin", &*own), ("sec-fetch-site", "same-origin")];
            assert_eq!(status(&server, "GET", path, &page), 200, "{path}");
        }
        let preflight = [foreign, ("access-control-request-method", "GET")];
        assert_eq!(status(&server, "OPTIONS", "/", &preflight), 403);
    }

    #[test]
    fn where_a_token_is_required_it_has_its_own() {
        let api = "/_idpstore/v1/providers";
        let server = Server::start(&["--token", "s3cret"]);
        assert_eq!(status(&server, "GET", "/", &[BY_HAND]), 200, "the page itself holds no secret");
        assert_eq!(status(&server, "GET", api, &[]), 401);
        assert_eq!(status(&server, "GET", api, &[("authorization", "Bearer s3cret")]), 200);
        let (link, server) = console_of(server);
        let token = token(&link, &server);
        assert!(token.len() >= 43 && token != "s3cret", "256 bits: {token}");
        let bearer = format!("Bearer {token}");
        assert_eq!(status(&server, "GET", api, &[("authorization", &bearer)]), 200);
        let body = br#"{"version": 1, "providers": [{"name": "Partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}}]}"#;
        let headers = [crate::JSON, ("authorization", &*bearer)];
        assert_eq!(Connection::open(&server).ask("POST", "/_idpstore/v1/import", &headers, body).status, 200);
        let changes = Connection::open(&server).ask("GET", "/_idpstore/v1/changes", &headers, b"").json();
        assert_eq!(changes["items"][0]["actor"], "console", "{changes}");
        let (other, _other) = console_of(Server::start(&["--token", "s3cret"]));
        assert!(!other.contains(&token), "each process has another");
    }

    #[test]
    fn where_none_is_required_the_link_has_none() {
        let (link, server) = console_of(Server::start(&[]));
        assert_eq!(link, format!("http://{}/", server.address));
    }

    #[test]
    fn it_can_be_left_out() {
        let server = Server::start(&["--token", "s3cret", "--no-console"]);
        assert_eq!(status(&server, "GET", "/", &[BY_HAND]), 404);
        server.signal("TERM");
        assert_eq!(server.end().all_stderr, "data in memory, gone on exit\n");
    }

    #[test]
    fn the_command_requires_the_token_always() {
        let server = Server::of(&["console", "--no-open"]);
        assert_eq!(status(&server, "GET", "/_idpstore/v1/providers", &[]), 401);
        let (link, server) = console_of(server);
        let bearer = format!("Bearer {}", token(&link, &server));
        assert_eq!(status(&server, "GET", "/_idpstore/v1/providers", &[("authorization", &bearer)]), 200);
        server.signal("INT");
        let end = server.end();
        assert_eq!((end.status.code(), &*end.stdout), (Some(0), ""));
    }

    /// With a program in the place of `xdg-open`, which writes down what it is to open.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_command_opens_the_link() {
        use std::fs::{self, Permissions};
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let (browser, opened) = (folder.path().join("xdg-open"), folder.path().join("opened"));
        let pipe = Command::new("mkfifo").arg(&opened).status().unwrap();
        assert!(pipe.success());
        fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display())).unwrap();
        fs::set_permissions(&browser, Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let server = Server::of_with("PATH", &path, &["console"]);
        let opened = fs::read_to_string(opened).unwrap();
        let (link, _server) = console_of(server);
        assert_eq!(opened.trim_end(), link);
    }
}
