//! The controls of a harness over HTTP, as tests in other languages use them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::connection::{Answer, Connection};
use crate::server::{Server, refused};

const HARNESS: &str = "/_idpstore/harness";
const JSON: (&str, &str) = ("content-type", "application/json");
const IDPS: &str = "/api/v1/idps";

fn ask(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let length = body.len().to_string();
    Connection::open(server).ask(method, path, &[JSON, ("content-length", &length)], &body)
}

fn control(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let answer = ask(server, method, &format!("{HARNESS}{path}"), body);
    assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
    if answer.status == 204 { Value::Null } else { answer.json() }
}

fn names(server: &Server) -> Vec<String> {
    let list = ask(server, "GET", IDPS, &Value::Null).json();
    list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

fn seed(name: &str) -> Value {
    json!({"providers": [{"name": name, "protocol": {"type": "saml", "entity_id": format!("urn:{name}")}}]})
}

#[test]
fn a_test_in_any_language_controls_the_store() {
    let server = Server::start(&["--harness", "--keys", "fixture"]);
    assert_eq!(control(&server, "POST", "/seed", &seed("first"))["planned"][0]["outcome"], "created");
    control(&server, "POST", "/snapshots/one", &Value::Null);
    control(&server, "POST", "/seed", &seed("second"));
    assert_eq!(names(&server), ["first", "second"]);
    control(&server, "POST", "/snapshots/one/restore", &Value::Null);
    assert_eq!(names(&server), ["first"]);
    assert_eq!(control(&server, "GET", "/snapshots", &Value::Null), json!({"items": [{"name": "one"}]}));

    control(&server, "POST", "/clock", &json!({"now": "2030-01-01T00:00:00Z"}));
    let clock = control(&server, "POST", "/clock/advance", &json!({"seconds": 86_400}));
    assert!(clock["now"].as_str().unwrap().starts_with("2030-01-02T00:00:0"), "{clock}");
    control(&server, "POST", "/seed", &seed("third"));
    let third = &ask(&server, "GET", "/api/v1/idps?q=third", &Value::Null).json()[0];
    assert!(third["created"].as_str().unwrap().starts_with("2030-01-02"), "{third}");

    let fault = json!({"operation": "listIdentityProviders", "status": 429, "times": 1});
    assert_eq!(control(&server, "POST", "/faults", &fault)["number"], 1);
    let refused = ask(&server, "GET", IDPS, &Value::Null);
    assert_eq!((refused.status, &*refused.headers["x-rate-limit-remaining"]), (429, "0"));
    assert_eq!(control(&server, "GET", "/faults", &Value::Null), json!({"items": []}));
    let served = control(&server, "GET", "/requests?operation=listIdentityProviders", &Value::Null);
    let served = served["items"].as_array().unwrap();
    assert_eq!((served.len(), &served[3]["status"], &served[3]["fault"]), (4, &json!(429), &json!(true)));

    control(&server, "POST", "/reset", &Value::Null);
    assert_eq!(names(&server), [""; 0]);
    assert!(control(&server, "GET", "/clock", &Value::Null)["now"].as_str().unwrap() < "2030");
    assert_eq!(control(&server, "GET", "/snapshots", &Value::Null), json!({"items": []}));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the time that a delay takes is what is tested")]
fn an_answer_is_delayed_or_lost() {
    let server = Server::start(&["--harness"]);
    let add = |fault: Value| control(&server, "POST", "/faults", &fault);
    add(json!({"path": IDPS, "delay": 300, "times": 1}));
    let start = Instant::now();
    assert_eq!(ask(&server, "GET", IDPS, &Value::Null).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
    add(json!({"path": IDPS, "drop": true, "times": 1}));
    let mut connection = Connection::open(&server);
    connection.begin("GET", IDPS, &[]);
    assert!(connection.ends_unanswered());
    assert_eq!(ask(&server, "GET", IDPS, &Value::Null).status, 200);
}

#[test]
fn what_is_refused_changes_nothing() {
    let server = Server::start(&["--harness", "--token", "secret"]);
    let with = |token: &str, path: &str, body: &Value| {
        let body = body.to_string().into_bytes();
        let (length, bearer) = (body.len().to_string(), format!("Bearer {token}"));
        let headers = [JSON, ("content-length", &*length), ("authorization", &*bearer)];
        let answer = Connection::open(&server).ask("POST", &format!("{HARNESS}{path}"), &headers, &body);
        answer.status
    };
    assert_eq!(with("wrong", "/faults", &json!({"status": 500})), 401);
    assert_eq!(with("secret", "/faults", &json!({"status": 200})), 422);
    let bearer = [("authorization", "Bearer secret")];
    let refused = Connection::open(&server).ask("PUT", &format!("{HARNESS}/clock"), &bearer, b"");
    assert_eq!((refused.status, &*refused.headers["allow"]), (405, "GET, POST"));
    assert_eq!(with("secret", "/faults", &json!({"stat": 500})), 422);
    assert_eq!(with("secret", "/faults", &json!([null, "listIdentityProviders"])), 422);
    assert_eq!(with("secret", "/faults?plan=true", &json!({"status": 500})), 422);
    assert_eq!(with("secret", "/snapshots/none/restore", &json!({})), 404);
    assert_eq!(with("secret", "/nothing", &json!({})), 404);
    assert_eq!(with("secret", "/faults", &json!({"status": 500})), 201);
    assert_eq!(with("secret", "/faults", &json!({"status": 500})), 201, "no fault applies to the controls");
}

#[test]
fn each_test_begins_anew() {
    let server = Server::start(&["--harness", "--keys", "fixture", "--rate-limit", "3/60s"]);
    let year = json!({"owners": ["tenant"], "key": "EC-P-256", "years": 1});
    for _ in 0..2 {
        assert_eq!(ask(&server, "POST", "/_idpstore/v1/rotation/prepare", &year).status, 200);
        assert_eq!(
            control(&server, "POST", "/clock/advance", &json!({"seconds": 370 * 86_400}))["brought"],
            5
        );
        control(&server, "POST", "/reset", &Value::Null);
        let served = control(&server, "GET", "/requests", &Value::Null);
        assert_eq!(served, json!({"items": []}), "the controls are not limited, and not noted");
    }
}

#[test]
fn there_are_no_controls_without_the_option_and_none_of_a_file() {
    let server = Server::start(&[]);
    assert_eq!(ask(&server, "POST", &format!("{HARNESS}/reset"), &Value::Null).status, 404);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let file = file.to_str().unwrap();
    let words = refused("0", &["--harness", "--db", file]);
    assert!(words.contains("allow it with `--harness-on-db`"), "{words}");
    let server = Server::start(&["--harness", "--harness-on-db", "--db", file]);
    control(&server, "POST", "/seed", &seed("first"));
    control(&server, "POST", "/reset", &Value::Null);
    assert_eq!(names(&server), [""; 0]);
}
