//! What is printed of requests.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::JSON;
use crate::connection::Connection;
use crate::server::Server;

/// What is printed of a request that is full of secrets.
fn printed(form: &[&str]) -> Vec<String> {
    let server = Server::start(&[&["--token", "s3cret"], form].concat());
    let headers = [("authorization", "SSWS s3cret"), ("x-secret", "s3cret")];
    let path = "/api/v1/idps?q=s3cret";
    assert_eq!(Connection::open(&server).ask("GET", path, &headers, b"s3cret").status, 200);
    // Some terminals obey this character.
    assert_eq!(Connection::open(&server).ask("GET", "/\u{9b}2J", &[], b"").status, 404);
    server.signal("TERM");
    let printed = server.end().stderr;
    assert!(!printed.contains("s3cret") && !printed.contains('\u{9b}'), "{printed}");
    printed.lines().map(str::to_owned).collect()
}

#[test]
fn prints_a_line_for_each_request_if_wanted() {
    for form in [&["--log"][..], &["--log", "text"]] {
        let lines = printed(form);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[0], "data in memory, gone on exit");
        assert!(lines[1].contains("INFO method=GET path=/api/v1/idps status=200 ms="), "{lines:?}");
        assert!(lines[2].contains("status=404"), "{lines:?}");
    }
}

#[test]
fn prints_json_if_wanted() {
    let lines: Vec<Value> =
        printed(&["--log=json"]).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["message"], "data in memory, gone on exit");
    let request = &lines[1];
    assert_eq!((&request["method"], &request["path"]), (&"GET".into(), &"/api/v1/idps".into()));
    assert_eq!(request["status"], 200);
    assert!(request["ms"].is_number(), "{request}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn prints_no_requests_where_nobody_reads_along() {
    for form in [&[][..], &["--log", "off"]] {
        assert_eq!(printed(form), ["data in memory, gone on exit"]);
    }
}

#[test]
fn prints_requests_in_a_terminal() {
    let mut server = Server::in_terminal();
    assert_eq!(Connection::open(&server).ask("GET", "/api/v1/idps", &[], b"").status, 200);
    let printed = server.printed();
    assert!(printed.contains("path=/api/v1/idps status=200"), "{printed}");
}

#[test]
fn warns_of_a_file_that_others_can_read() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let started = |mode| {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let server = Server::start(&["--db", file.to_str().unwrap()]);
        server.signal("TERM");
        server.end().stderr
    };
    drop(Server::start(&["--db", file.to_str().unwrap()]));
    assert_eq!(started(0o600).lines().count(), 1);
    for mode in [0o640, 0o604] {
        let words = started(mode);
        assert_eq!(words.lines().count(), 2, "{words}");
        assert!(words.contains("WARN others can read the file"), "{words}");
    }
}

#[test]
fn warns_of_metadata_with_a_certificate_that_cannot_be_read() {
    let metadata = "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\"><IDPSSODescriptor><KeyDescriptor>\
        <KeyInfo><X509Data><X509Certificate>none</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
        </IDPSSODescriptor></EntityDescriptor>";
    let body = json!({"name": "Partner", "metadataXml": BASE64_STANDARD.encode(metadata)}).to_string();
    let server = Server::start(&["--keys", "fixture"]);
    assert_eq!(
        Connection::open(&server).ask("POST", "/admin/v1/idps/saml", &[JSON], body.as_bytes()).status,
        200
    );
    server.signal("TERM");
    let printed = server.end().stderr;
    let expected = "WARN `X509Certificate` 1 of the metadata is not a readable certificate method=POST \
                    path=/admin/v1/idps/saml";
    assert!(printed.contains(expected), "{printed}");
}
