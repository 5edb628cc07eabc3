//! Documents are fetched only if the host allows it, of a bounded size, and from addresses that are open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::json;

use crate::connection::{Answer, Connection};
use crate::server::Server;

pub(crate) const PROVIDERS: &str = "/v1/environments/00000000-0000-7000-8010-69647073746f/identityProviders";

pub(crate) const DISCOVER: (&str, &str) =
    ("content-type", "application/vnd.pingidentity.openid-configuration.discover+json");

/// A partner that answers each request with this, and the URL that it answers at.
pub(crate) fn partner(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/.well-known/openid-configuration", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            // The client may close the connection early.
            let _ = stream.get_mut().write_all(&answer);
        }
    });
    url
}

pub(crate) fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    [format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n").as_bytes(), body]
        .concat()
}

fn discover(server: &Server, url: &str) -> Answer {
    Connection::open(server).ask("POST", PROVIDERS, &[DISCOVER], json!({"url": url}).to_string().as_bytes())
}

#[test]
fn fetches_from_this_machine_if_allowed() {
    let metadata = json!({"issuer": "https://op.example"});
    let url = partner(answer("200 OK", metadata.to_string().as_bytes()));
    let allowed = discover(&Server::start(&["--allow-metadata-fetch"]), &url);
    assert_eq!((allowed.status, allowed.json()), (200, metadata));
    let refused = discover(&Server::start(&[]), &url);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json().get("code"), Some(&json!("REQUEST_FAILED")));
}

#[test]
fn refuses_what_is_too_large_missing_or_behind_the_machine() {
    let server = Server::start(&["--allow-metadata-fetch"]);
    let large = partner(answer("200 OK", &vec![b' '; (1 << 20) + 1]));
    let missing = partner(answer("404 Not Found", b"{\"issuer\":\"x\"}"));
    let elsewhere = partner(answer("302 Found\r\nlocation: http://169.254.169.254/latest", b""));
    for url in [&large, &missing, &elsewhere, "http://10.0.0.1/", "file:///etc/passwd", "nonsense"] {
        let refused = discover(&server, url);
        assert_eq!(refused.status, 400, "{url}");
        assert_eq!(refused.json().pointer("/details/0/target"), Some(&json!("url")), "{url}");
    }
}
