//! Calls of procedures: gRPC over HTTP/2, gRPC-Web and Connect.

use std::io::{Read as _, Write as _};

use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, Engine as _};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::JSON;
use crate::connection::Connection;
use crate::http2::{ask, call, framed};
use crate::server::Server;

const ADD: &str = "/zitadel.admin.v1.AdminService/AddGoogleProvider";
const GET: &str = "/zitadel.admin.v1.AdminService/GetProviderByID";
const LIST: &str = "/zitadel.admin.v1.AdminService/ListProviders";

/// The words for a provider that is missing, and the same as a detail of the error.
const MISSING: &str = "Identity Provider Configuration doesn't exist (QUERY-SAFrt)";
const DETAIL: &[u8] = b"\x0a\x0bQUERY-SAFrt\x12\x2dIdentity Provider Configuration doesn't exist";

/// A text as a field of a message.
fn text(number: u8, text: &str) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// The message that adds a provider of Google.
fn google(name: &str) -> Vec<u8> {
    [text(1, name), text(2, "client"), text(3, "secret"), text(4, "openid"), text(4, "email")].concat()
}

/// The id in the answer to it: the second field, behind the details.
fn id_of(answer: &[u8]) -> String {
    let (_, behind) = field(answer, 0x0a);
    let (id, _) = field(behind, 0x12);
    String::from_utf8(id.to_vec()).unwrap()
}

/// What a field holds, and what is behind it.
fn field(bytes: &[u8], tag: u8) -> (&[u8], &[u8]) {
    let (&[first, length], left) = bytes.split_first_chunk().unwrap();
    assert_eq!(first, tag, "{bytes:?}");
    left.split_at(length.into())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

#[test]
fn grpc_reads_and_writes_on_the_port_of_the_rest() {
    let server = Server::start(&[]);
    let added = call(&server, ADD, &[], &google("one"));
    assert_eq!(added.headers["content-type"], "application/grpc");
    assert_eq!(added.headers["cache-control"], "no-store");
    let id = id_of(added.message());
    let read = call(&server, GET, &[], &text(1, &id));
    let message = read.message().to_vec();
    assert!(contains(&message, b"one") && contains(&message, b"\x12\x06openid\x12\x05email"), "{message:?}");
    assert!(!contains(&message, b"secret"));
    assert_eq!(call(&server, GET, &[], &text(1, &id)).message(), message, "the same bytes each time");
    let rest =
        Connection::open(&server).ask("GET", &format!("/admin/v1/idps/templates/{id}"), &[], b"").json();
    assert_eq!(rest["idp"]["name"], "one");

    let again = json!({ "id": id }).to_string();
    let over_json = ask(
        &server,
        &server.address,
        GET,
        &[("content-type", "application/grpc+json")],
        &framed(0, again.as_bytes()),
    );
    let document: Value = serde_json::from_slice(over_json.message()).unwrap();
    assert_eq!(
        (document, &over_json.headers["content-type"]),
        (rest, &"application/grpc+json".parse().unwrap())
    );
}

#[test]
fn errors_have_a_code_words_and_details() {
    let server = Server::start(&[]);
    let missing = call(&server, GET, &[], &text(1, "nope"));
    assert_eq!(missing.outcome(), ("5", MISSING));
    assert!(missing.trailers.is_none() && missing.body.is_empty(), "{missing:?}");
    let details = BASE64_STANDARD_NO_PAD.decode(&missing.headers["grpc-status-details-bin"]).unwrap();
    assert!(details.starts_with(b"\x08\x05\x12\x3b"), "{details:?}");
    assert!(contains(&details, b"type.googleapis.com/zitadel.v1.ErrorDetail") && details.ends_with(DETAIL));

    let rule = call(&server, GET, &[], b"");
    let words = "invalid GetProviderByIDRequest.Id: value length must be between 1 and 200 runes, inclusive";
    assert_eq!((rule.outcome(), rule.headers.get("grpc-status-details-bin")), (("3", words), None));

    let organization = [("x-zitadel-orgid", "\u{fc}ber")];
    let management = "/zitadel.management.v1.ManagementService/ListProviders";
    assert_eq!(call(&server, management, &organization, b"").outcome().0, "7");
}

#[test]
fn unknown_procedures_are_unimplemented() {
    let server = Server::start(&[]);
    for (path, words) in [
        (
            "/zitadel.admin.v1.AdminService/Nope",
            "unknown method Nope for service zitadel.admin.v1.AdminService",
        ),
        ("/no.such.Service/Nope", "unknown service no.such.Service"),
        ("/nope", "unknown service /nope"),
    ] {
        assert_eq!(call(&server, path, &[], b"").outcome(), ("12", words), "{path}");
    }
    let connect = Connection::open(&server).ask("POST", "/no.such.Service/Nope", &[PROTO], b"");
    assert_eq!(connect.status, 404);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let server = Server::start(&[]);
    let outcome = |headers: &[(&str, &str)], body: &[u8]| {
        let headers = [&[("content-type", "application/grpc")], headers].concat();
        let answer = ask(&server, &server.address, GET, &headers, body);
        let (code, words) = answer.outcome();
        (code.to_owned(), words.to_owned())
    };
    let invalid = "grpc: error unmarshalling request: string field contains invalid UTF-8";
    assert_eq!(outcome(&[], &framed(0, b"\x0a\x01\xff")), ("13".to_owned(), invalid.to_owned()));
    assert_eq!(outcome(&[], &framed(0, b"\x0a\x05x")).0, "13");
    assert_eq!(outcome(&[], b"").0, "13");
    assert_eq!(outcome(&[], &[framed(0, b""), framed(0, b"")].concat()).0, "13");
    assert_eq!(outcome(&[], &framed(1, &packed(b""))).0, "13", "compressed with nothing");
    assert_eq!(outcome(&[("grpc-encoding", "zstd")], &framed(0, b"")).0, "12");
    assert_eq!(outcome(&[("grpc-timeout", "soon")], &framed(0, b"")).0, "13");

    let mut connection = Connection::open(&server);
    let mut refused = |headers: &[(&str, &str)], body: &[u8]| {
        let answer = connection.ask("POST", GET, &[&[PROTO], headers].concat(), body);
        assert_eq!(answer.headers["content-type"], "application/json");
        (answer.status, answer.json()["code"].as_str().unwrap().to_owned())
    };
    let invalid = (400, "invalid_argument".to_owned());
    assert_eq!(refused(&[], b"\x0a\x01\xff"), invalid);
    assert_eq!(refused(&[("connect-protocol-version", "2")], b""), invalid);
    assert_eq!(refused(&[("connect-timeout-ms", "12345678901")], b""), invalid);
    assert_eq!(refused(&[("content-encoding", "br")], b""), (501, "unimplemented".to_owned()));
    let grpc_over_1 = connection.ask("POST", GET, &[("content-type", "application/grpc")], &framed(0, b""));
    assert_eq!(grpc_over_1.status, 415);
}

const PROTO: (&str, &str) = ("content-type", "application/proto");

#[test]
fn connect_speaks_binary_and_gzip() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    let added = connection.ask("POST", ADD, &[PROTO, ("content-encoding", "gzip")], &packed(&google("one")));
    assert_eq!((added.status, &*added.headers["content-type"]), (200, "application/proto"));
    let id = id_of(&added.body);
    assert_eq!(connection.ask("POST", GET, &[PROTO], &text(1, &id)).status, 200);
    let missing = connection.ask("POST", GET, &[PROTO], &text(1, "nope"));
    assert_eq!((missing.status, &*missing.headers["content-type"]), (404, "application/json"));
    let error = missing.json();
    assert_eq!((&error["code"], &error["message"]), (&json!("not_found"), &json!(MISSING)));
    assert_eq!(error["details"][0]["value"], BASE64_STANDARD_NO_PAD.encode(DETAIL));

    for number in 0..20 {
        assert_eq!(connection.ask("POST", ADD, &[PROTO], &google(&format!("more {number}"))).status, 200);
    }
    for content_type in [PROTO, JSON] {
        let body: &[u8] = if content_type == JSON { b"{}" } else { b"" };
        let plain = connection.ask("POST", LIST, &[content_type], body);
        let small = connection.ask("POST", LIST, &[content_type, ("accept-encoding", "br, gzip")], body);
        assert_eq!(small.headers["content-encoding"], "gzip");
        assert!(small.body.len() < plain.body.len() / 2);
        // The time of the view differs.
        assert!(unpacked(&small.body).len().abs_diff(plain.body.len()) < 16);
    }
}

#[test]
fn compressed_calls_are_answered_compressed() {
    let server = Server::start(&[]);
    let headers = [("content-type", "application/grpc"), ("grpc-encoding", "gzip")];
    let added = ask(&server, &server.address, ADD, &headers, &framed(1, &packed(&google("one"))));
    assert_eq!(added.outcome(), ("0", ""));
    assert_eq!(added.headers["grpc-encoding"], "gzip");
    assert_eq!(added.headers["grpc-accept-encoding"], "identity,gzip");
    assert_eq!(added.body[0], 1);
    assert!(!id_of(&unpacked(&added.body[5..])).is_empty());
    let plain = ask(&server, &server.address, LIST, &headers, &framed(0, b""));
    assert_eq!(plain.outcome(), ("0", ""), "single messages may be uncompressed");
}

#[test]
fn grpc_web_has_its_trailers_in_the_body() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    for (media_type, is_text) in [
        ("application/grpc-web", false),
        ("application/grpc-web+proto", false),
        ("application/grpc-web-text", true),
        ("application/grpc-web-text+proto", true),
    ] {
        let mut send = |path: &str, message: &[u8]| {
            let frame = framed(0, message);
            // A text may come in several padded pieces.
            let pieces = || {
                frame.chunks(4).map(|piece| BASE64_STANDARD.encode(piece)).collect::<String>().into_bytes()
            };
            let body = if is_text { pieces() } else { frame.clone() };
            let answer =
                connection.ask("POST", path, &[("content-type", media_type), ("x-grpc-web", "1")], &body);
            assert_eq!((answer.status, &*answer.headers["content-type"]), (200, media_type));
            if is_text { BASE64_STANDARD.decode(answer.body).unwrap() } else { answer.body }
        };
        let added = send(ADD, &google("one"));
        let trailers = framed(0x80, b"grpc-status: 0\r\n");
        let message = added.strip_suffix(&trailers[..]).expect("trailers");
        assert_eq!(message[..5], framed(0, &message[5..])[..5]);
        let missing = send(GET, &text(1, "nope"));
        assert_eq!(missing[0], 0x80, "nothing but trailers");
        let words = format!("grpc-status: 5\r\ngrpc-message: {MISSING}\r\ngrpc-status-details-bin: ");
        assert!(missing[5..].starts_with(words.as_bytes()), "{missing:?}");
    }
}

#[test]
fn every_operation_is_a_procedure() {
    let server = Server::start(&[]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi/zitadel.json");
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let segments: Vec<_> = path.split('/').skip(1).collect();
        let service = match segments[..] {
            ["admin", ..] => "zitadel.admin.v1.AdminService",
            ["management", ..] => "zitadel.management.v1.ManagementService",
            ["auth", ..] => "zitadel.auth.v1.AuthService",
            ["v2", "idps", ..] => "zitadel.idp.v2.IdentityProviderService",
            ["v2", "settings", ..] => "zitadel.settings.v2.SettingsService",
            ["v2beta", "settings", ..] => "zitadel.settings.v2beta.SettingsService",
            ["v2", ..] => "zitadel.user.v2.UserService",
            ["v2beta", ..] => "zitadel.user.v2beta.UserService",
            ["resources", ..] => "zitadel.resources.user.v3alpha.ZITADELUsers",
            _ => continue, // pages for partners
        };
        for operation in methods.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            let answer = call(&server, &format!("/{service}/{name}"), &[], b"");
            assert!(!matches!(answer.outcome().0, "12" | "13"), "{service}/{name}: {answer:?}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn tokens_hosts_and_limits_are_those_of_the_rest() {
    let server = Server::start(&["--token", "s3cret", "--body-limit", "4096"]);
    assert_eq!(call(&server, LIST, &[], b"").outcome(), ("16", "auth header missing"));
    let token = ("authorization", "Bearer s3cret");
    call(&server, LIST, &[token], b"").message();
    let grpc = ("content-type", "application/grpc");
    let stranger = ask(&server, "evil.example", LIST, &[grpc, token], &framed(0, b""));
    assert_eq!(stranger.status, 403);
    let page = ask(&server, &server.address, LIST, &[grpc, token, ("origin", "https://evil.example")], b"");
    assert_eq!(page.status, 403);

    let too_large = ("8", "grpc: received message larger than allowed");
    let large = vec![b'x'; 4097];
    assert_eq!(call(&server, LIST, &[token], &large).outcome(), too_large);
    assert_eq!(call(&server, LIST, &[], &large).outcome().0, "16", "strangers learn nothing of limits");
    let escaped = [&[0x0a, 0xe8, 0x07][..], &[1; 1000]].concat(); // a name that takes 6000 bytes as JSON
    assert_eq!(
        call(&server, ADD, &[token], &escaped).outcome().0,
        "3",
        "JSON may be longer than the message"
    );
    let query = [0x12, 4, 0x12, 2, 0x10, 1]; // whose JSON is more than ten times longer
    call(&server, LIST, &[token], &query.repeat(100)).message();
    assert_eq!(call(&server, LIST, &[token], &query.repeat(680)).outcome(), too_large, "but not much longer");
    let gzip = ("grpc-encoding", "gzip");
    let bomb = framed(1, &packed(&vec![b'x'; 1 << 20]));
    assert_eq!(ask(&server, &server.address, LIST, &[grpc, token, gzip], &bomb).outcome(), too_large);
    let mut connection = Connection::open(&server);
    let mut send = |headers: &[(&str, &str)], body: &[u8]| {
        connection.ask("POST", LIST, &[&[token], headers].concat(), body)
    };
    assert_eq!(send(&[PROTO], &large).status, 429);
    assert_eq!(send(&[PROTO, ("content-encoding", "gzip")], &packed(&vec![b'x'; 1 << 20])).status, 429);
    let text = BASE64_STANDARD.encode(framed(0, &[b'x'; 9000])).into_bytes();
    let text = send(&[("content-type", "application/grpc-web-text")], &text);
    assert!(contains(&BASE64_STANDARD.decode(text.body).unwrap(), b"grpc-status: 8\r\n"));
}

#[test]
fn requests_count_and_are_noted() {
    let server = Server::start(&["--harness", "--rate-limit", "4/60s"]);
    call(&server, LIST, &[], b"").message();
    assert_eq!(call(&server, LIST, &[], b"\x0a\x05x").outcome().0, "13");
    assert_eq!(call(&server, "/zitadel.admin.v1.AdminService/Nope", &[], b"").outcome().0, "12");
    let fault =
        json!({"operation": "zitadel.admin.v1.AdminService/ListProviders", "status": 503, "times": 1});
    let controls = |method: &str, path: &str, body: &Value| {
        Connection::open(&server).ask(
            method,
            &format!("/_idpstore/harness{path}"),
            &[JSON],
            body.to_string().as_bytes(),
        )
    };
    controls("POST", "/faults", &fault);
    assert_eq!(call(&server, LIST, &[], b"").outcome().0, "14");
    let delay =
        json!({"operation": "zitadel.admin.v1.AdminService/ListProviders", "delay": 600_000, "times": 2});
    assert_eq!(controls("POST", "/faults", &delay).status, 201);
    assert_eq!(call(&server, LIST, &[("grpc-timeout", "50m")], b"").outcome().0, "4");
    let late = Connection::open(&server).ask("POST", LIST, &[PROTO, ("connect-timeout-ms", "50")], b"");
    assert_eq!((late.status, &late.json()["code"]), (504, &json!("deadline_exceeded")));
    assert_eq!(call(&server, LIST, &[], b"").outcome(), ("8", "quota exhausted"));

    let used_up = Connection::open(&server).ask("POST", LIST, &[PROTO], b"");
    assert_eq!((used_up.status, &used_up.json()["code"]), (429, &json!("resource_exhausted")));

    let noted = controls("GET", "/requests", &json!({})).json();
    let noted: Vec<_> =
        noted["items"].as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(noted, [200, 415, 404, 503, 200, 429, 429, 429]);
}

#[test]
fn health_is_for_anyone() {
    let server = Server::start(&["--token", "s3cret"]);
    let check = "/grpc.health.v1.Health/Check";
    for service in ["", "zitadel.admin.v1.AdminService"] {
        assert_eq!(call(&server, check, &[], &text(1, service)).message(), b"\x08\x01");
    }
    assert_eq!(call(&server, check, &[], &text(1, "nope")).outcome(), ("5", "unknown service"));
    let json = Connection::open(&server).ask("POST", check, &[JSON], b"{}");
    assert_eq!((json.status, json.json()), (200, json!({"status": "SERVING"})));
}

#[test]
fn http_2_serves_the_other_apis_too() {
    let server = Server::start(&[]);
    let made = ask(&server, &server.address, "/_idpstore/v1/tenants", &[JSON], br#"{"name": "Acme"}"#);
    assert_eq!((made.status, made.trailers.is_none()), (201, true));
}
