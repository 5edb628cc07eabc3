//! Tokens as clients get them from their vendors, and what they are good for.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::server::{self, Server};
use crate::signer::{BY_ASSERTION, Holder, ID, holders, post, refused, status, token};

pub(crate) const PING_ONE: &str = "/9f2c8a70-5f13-4d5e-8d21-0a6f5b3c2e11/as/token";
const OKTA: &str = "/oauth2/v1/token";
const ZITADEL: &str = "/oauth/v2/token";

/// A path of each API.
const APIS: [&str; 4] = [
    "/api/v1/idps",
    "/v1/environments",
    "/zitadel.admin.v1.AdminService/ListProviders",
    "/_idpstore/v1/providers",
];

/// What each API answers to this token.
fn at_each(server: &Server, token: &str) -> Vec<u16> {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", &*authorization), ("content-type", "application/json")];
    let ask = |method, path: &str| Connection::open(server).ask(method, path, &headers, b"{}").status;
    let each = |(method, path)| {
        let status = ask(method, path);
        assert_eq!(ask(method, &format!("/{path}")), status, "{path} behind another slash");
        status
    };
    ["GET", "GET", "POST", "GET"].into_iter().zip(APIS).map(each).collect()
}

fn by_assertion(server: &Server, assertion: &str) -> crate::connection::Answer {
    post(server, OKTA, &[], &format!("{BY_ASSERTION}{assertion}"))
}

fn endpoint(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

fn profile(server: &Server, holder: &Holder, audience: &str) -> crate::connection::Answer {
    let assertion = holder.assertion(audience, &json!({}));
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    post(server, ZITADEL, &[], &format!("grant_type={grant}&scope=openid&assertion={assertion}"))
}

/// A server for these clients, and the folder of its file.
pub(crate) fn serve_clients(clients: &Value, arguments: &[&str]) -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idpstore.json");
    std::fs::write(&file, json!({ "clients": clients }).to_string()).unwrap();
    (Server::start(&[&["--config", file.to_str().unwrap()], arguments].concat()), folder)
}

#[test]
fn pingone_gives_tokens_for_secrets() {
    let server = Server::start(&[]);
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{ID}:any")));
    let grant = "grant_type=client_credentials&scope=p1:read:user";
    let in_body = format!("{grant}&client_id={ID}&client_secret=any");
    for answer in
        [post(&server, PING_ONE, &[("authorization", &basic)], grant), post(&server, PING_ONE, &[], &in_body)]
    {
        let (body, token) = (answer.json(), token(&answer));
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(body["scope"], "p1:read:user");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(at_each(&server, &token), [401, 200, 401, 401]);
    }
    let no_uuid = post(&server, PING_ONE, &[], &format!("{grant}&client_id=me&client_secret=any"));
    assert_eq!(refused(&no_uuid), (401, "invalid_client".to_owned()));
    assert!(no_uuid.headers["www-authenticate"].starts_with("Basic"));
    for (form, error) in [
        ("", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
    ] {
        assert_eq!(refused(&post(&server, PING_ONE, &[], form)), (400, error.to_owned()), "{form}");
    }
    let both = post(&server, PING_ONE, &[("authorization", &basic)], &in_body);
    assert_eq!(refused(&both), (400, "invalid_request".to_owned()));
}

/// PingOne's SDK for Go repeats a request whose refusal reads like one of these, for a minute.
#[test]
fn a_refusal_of_pingone_is_none_that_clients_repeat() {
    let server = Server::start(&["--token", "s3cret"]);
    let form = format!("grant_type=client_credentials&client_id={ID}&client_secret=any");
    let answer = post(&server, PING_ONE, &[], &form);
    assert_eq!(answer.status, 401);
    let text = String::from_utf8(answer.body).unwrap().to_lowercase();
    for repeated in ["unsupported authentication method", "429 ", "500 ", "501 ", "502 ", "503 ", "504 "] {
        assert!(!text.contains(repeated), "{text}");
    }
}

#[test]
fn okta_gives_tokens_for_assertions() {
    let server = Server::start(&[]);
    let [holder, _] = holders();
    let url = endpoint(&server, OKTA);
    let assertion = holder.assertion(&url, &json!({}));
    let answer = by_assertion(&server, &assertion);
    let body = answer.json();
    assert_eq!(
        (&body["token_type"], &body["scope"]),
        (&json!("Bearer"), &json!("okta.idps.read okta.apps.manage"))
    );
    assert_eq!(at_each(&server, &token(&answer)), [200, 401, 401, 401]);
    let again = by_assertion(&server, &assertion);
    assert_eq!(refused(&again), (401, "invalid_client".to_owned()));
    assert_eq!(again.json()["error_description"], "The client_assertion token has already been used.");

    let query = format!("{OKTA}?{BY_ASSERTION}{}", holder.assertion(&url, &json!({})));
    token(&Connection::open(&server).ask("POST", &query, &[], b""));
    for claims in [
        json!({"aud": "https://other.example/oauth2/v1/token"}),
        json!({"aud": endpoint(&server, "")}),
        json!({"exp": 1_000_000_000}),
        json!({"sub": "other"}),
    ] {
        let answer = by_assertion(&server, &holder.assertion(&url, &claims));
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()), "{claims}");
    }
    let secret = format!("grant_type=client_credentials&client_id={ID}&client_secret=any");
    assert_eq!(refused(&post(&server, OKTA, &[], &secret)).0, 401);
    assert_eq!(refused(&post(&server, OKTA, &[], "grant_type=password")).1, "unsupported_grant_type");
}

#[test]
fn a_server_goes_by_its_public_name_too() {
    let server = Server::start(&["--base-url", "https://idp.example"]);
    let [holder, _] = holders();
    for audience in [endpoint(&server, OKTA), format!("https://idp.example{OKTA}")] {
        token(&by_assertion(&server, &holder.assertion(&audience, &json!({}))));
    }
    let issuer = Connection::open(&server).ask("GET", "/.well-known/openid-configuration", &[], b"").json();
    let issuer = issuer["issuer"].as_str().unwrap();
    assert_eq!(issuer, "https://idp.example");
    token(&profile(&server, &holder, issuer));
    let other = holder.assertion("https://other.example/oauth2/v1/token", &json!({}));
    assert_eq!(refused(&by_assertion(&server, &other)).0, 401);
}

#[test]
fn zitadel_gives_tokens_for_its_jwt_profile_and_for_secrets() {
    let server = Server::start(&[]);
    let [holder, _] = holders();
    let read = |path: &str| Connection::open(&server).ask("GET", path, &[], b"").json();
    let found = read("/.well-known/openid-configuration");
    let issuer = found["issuer"].as_str().unwrap();
    assert_eq!(
        (issuer, &found["token_endpoint"]),
        (&*endpoint(&server, ""), &json!(endpoint(&server, ZITADEL)))
    );
    assert_eq!(found["jwks_uri"], endpoint(&server, "/oauth/v2/keys"));
    for audience in [issuer, &endpoint(&server, "/"), &endpoint(&server, ZITADEL)] {
        let answer = profile(&server, &holder, audience);
        assert_eq!(answer.json()["scope"], "openid");
        assert_eq!(at_each(&server, &token(&answer)), [401, 401, 200, 401], "{audience}");
    }
    let basic = format!("Basic {}", BASE64_STANDARD.encode("service:any"));
    let answer = post(&server, ZITADEL, &[("authorization", &basic)], "grant_type=client_credentials");
    assert_eq!(at_each(&server, &token(&answer)), [401, 401, 200, 401]);
    assert_eq!(
        refused(&profile(&server, &holder, "http://other.example")),
        (400, "invalid_grant".to_owned())
    );

    let jwt = token(&answer);
    let [head, _, _] = jwt.split('.').collect::<Vec<_>>()[..] else { panic!("{jwt}") };
    let head = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(head).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    let keys = read("/oauth/v2/keys")["keys"].clone();
    assert_eq!((&keys[0]["kid"], &keys[0]["alg"], &keys[0]["d"]), (&head["kid"], &head["alg"], &Value::Null));
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
fn where_a_token_is_required_only_listed_clients_get_some() {
    let closed = Server::start(&["--token", "s3cret"]);
    let [holder, other] = holders();
    let assertion = |server: &Server, by: &Holder| by.assertion(&endpoint(server, OKTA), &json!({}));
    assert_eq!(refused(&by_assertion(&closed, &assertion(&closed, &holder))).0, 401);
    assert_eq!(refused(&profile(&closed, &holder, &endpoint(&closed, ""))).0, 400);
    let form = "grant_type=client_credentials&client_id=reader&client_secret=hush";
    assert_eq!(refused(&post(&closed, ZITADEL, &[], form)).0, 401);

    let clients = json!([
        {"name": "reader", "id": "reader", "secret": "hush", "access": "read-only"},
        {"name": "robot", "id": ID, "key": holder.pem()},
    ]);
    let (server, _folder) = serve_clients(&clients, &[]);
    assert_eq!(status(&server, "/api/v1/idps", "SSWS any"), 401);
    assert_eq!(refused(&by_assertion(&server, &assertion(&server, &other))).0, 401, "another key");
    assert_eq!(refused(&profile(&server, &other, &endpoint(&server, ""))).0, 400);
    let full = token(&by_assertion(&server, &assertion(&server, &holder)));
    assert_eq!(at_each(&server, &full), [200, 401, 401, 401]);
    assert_eq!(
        at_each(&server, &token(&profile(&server, &holder, &endpoint(&server, "")))),
        [401, 401, 200, 401]
    );
    for wrong in
        ["client_id=reader&client_secret=hus", "client_id=reader", "client_id=robot&client_secret=hush"]
    {
        let answer = post(&server, PING_ONE, &[], &format!("grant_type=client_credentials&{wrong}"));
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()), "{wrong}");
    }

    let reads = format!("Bearer {}", token(&post(&server, PING_ONE, &[], form)));
    assert_eq!(status(&server, "/v1/environments", &reads), 200);
    let json = ("content-type", "application/json");
    let make = |path, authorization: &str, body: &[u8]| {
        Connection::open(&server).ask("POST", path, &[("authorization", authorization), json], body).status
    };
    assert_eq!(make("/v1/environments", &reads, b"{}"), 403);
    let user = br#"{"profile": {"firstName": "Ada", "lastName": "L", "email": "a@us.example", "login": "a@us.example"}}"#;
    assert_eq!(make("/api/v1/users", &format!("Bearer {full}"), user), 200);
}

#[test]
fn the_log_names_the_client() {
    let [holder, _] = holders();
    let clients = json!([{"name": "robot", "id": ID, "key": holder.jwk()}]);
    let (server, _folder) = serve_clients(&clients, &["--token", "s3cret"]);
    let url = endpoint(&server, OKTA);
    let authorization =
        format!("Bearer {}", token(&by_assertion(&server, &holder.assertion(&url, &json!({})))));
    let headers = [("authorization", &*authorization), ("content-type", "application/json")];
    let group = br#"{"profile": {"name": "Team"}}"#;
    assert_eq!(Connection::open(&server).ask("POST", "/api/v1/groups", &headers, group).status, 200);
    let changes = Connection::open(&server).ask(
        "GET",
        "/_idpstore/v1/changes",
        &[("authorization", "Bearer s3cret")],
        b"",
    );
    assert_eq!(changes.json()["items"][0]["actor"], "robot");
}

#[test]
fn tokens_end_by_the_clock_of_the_store() {
    let server = Server::start(&["--harness"]);
    let form = format!("grant_type=client_credentials&client_id={ID}&client_secret=any");
    let get = || format!("Bearer {}", token(&post(&server, PING_ONE, &[], &form)));
    let advance = |seconds: u32| {
        let body = json!({ "seconds": seconds }).to_string();
        let path = "/_idpstore/harness/clock/advance";
        let json = ("content-type", "application/json");
        assert_eq!(Connection::open(&server).ask("POST", path, &[json], body.as_bytes()).status, 200);
    };
    let first = get();
    advance(3500);
    assert_eq!(status(&server, "/v1/environments", &first), 200);
    advance(200);
    assert_eq!(status(&server, "/v1/environments", &first), 401);
    assert_eq!(status(&server, "/v1/environments", &get()), 200);
    let [holder, _] = holders();
    let assertion = holder.assertion(&endpoint(&server, OKTA), &json!({}));
    token(&by_assertion(&server, &assertion));
}

#[test]
fn a_token_of_another_process_is_none() {
    let form = format!("grant_type=client_credentials&client_id={ID}&client_secret=hush");
    let clients = json!([{"name": "robot", "id": ID, "secret": "hush"}]);
    let [(one, _first), (other, _second)] = [serve_clients(&clients, &[]), serve_clients(&clients, &[])];
    let authorization = format!("Bearer {}", token(&post(&one, PING_ONE, &[], &form)));
    assert_eq!(status(&one, "/v1/environments", &authorization), 200);
    assert_eq!(status(&other, "/v1/environments", &authorization), 401);
    let forged = format!("{}AAAA", &authorization[..authorization.len() - 4]);
    assert_eq!(status(&one, "/v1/environments", &forged), 401);
}

#[test]
fn what_is_no_request_for_a_token_is_refused() {
    let server = Server::start(&[]);
    let mut connection = Connection::open(&server);
    for (path, allowed) in
        [(OKTA, "POST"), (ZITADEL, "POST"), (PING_ONE, "POST"), ("/oauth/v2/keys", "GET, HEAD")]
    {
        let method = if allowed == "POST" { "GET" } else { "POST" };
        let answer = connection.ask(method, path, &[], b"");
        assert_eq!((answer.status, &*answer.headers["allow"]), (405, allowed), "{path}");
    }
    let large = format!("grant_type=client_credentials&scope={}", "a".repeat(40_000));
    assert_eq!(refused(&post(&server, OKTA, &[], &large)), (400, "invalid_request".to_owned()));
    let json = ("content-type", "application/json");
    let answer = connection.ask("POST", OKTA, &[json], br#"{"grant_type": "client_credentials"}"#);
    assert_eq!(refused(&answer), (400, "invalid_request".to_owned()));
    let page = ("origin", "https://page.example");
    assert_eq!(post(&server, OKTA, &[page], "grant_type=client_credentials").status, 403);
}

#[test]
fn secrets_of_clients_are_not_printed() {
    let clients = json!([{"name": "robot", "id": ID, "secret": "s3cret"}]);
    let (server, folder) = serve_clients(&clients, &["--log"]);
    let form = format!("grant_type=client_credentials&client_id={ID}&client_secret=s3cret");
    let made = token(&post(&server, PING_ONE, &[], &form));
    post(&server, PING_ONE, &[], &form.replace("s3cret", "s3cret2"));
    server.signal("TERM");
    let printed = server.end().stderr;
    assert!(printed.contains("/as/token status=200") && printed.contains("status=401"), "{printed}");
    assert!(!printed.contains("s3cret") && !printed.contains(&made), "{printed}");
    let file = folder.path().join("idpstore.json");
    std::fs::write(
        &file,
        r#"{"clients": [{"name": "robot", "id": "1", "secret": "s3cret", "key": "s3cret"}]}"#,
    )
    .unwrap();
    let line = server::refused("0", &["--config", file.to_str().unwrap()]);
    assert!(
        line.contains("the client `robot`: it needs a `secret` or a `key`") && !line.contains("s3cret"),
        "{line}"
    );
}
