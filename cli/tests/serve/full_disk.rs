//! A disk that is full, and has space again later.

use std::fs::File;
use std::process::Command;

use serde_json::{Value, json};

use crate::JSON;
use crate::connection::{Answer, Connection};
use crate::server::Server;

const PROVIDERS: &str = "/api/v1/idps";

/// Lets no file grow beyond 2 MiB, as a full disk would; the process learns of it by an error, not by a signal.
const SMALL_DISK: &str = "trap '' XFSZ; ulimit -S -f 4096";

/// More providers than the small disk holds.
const MANY: usize = 10_000;

fn create(server: &Server, name: &str) -> Answer {
    let client = json!({"client_id": "id", "client_secret": "secret"});
    let policy = json!({
        "provisioning": {"action": "AUTO"},
        "accountLink": {"action": "AUTO"},
        "subject": {"matchType": "USERNAME"},
    });
    let protocol = json!({"type": "OIDC", "credentials": {"client": client}});
    let document = json!({"type": "GOOGLE", "name": name, "protocol": protocol, "policy": policy});
    Connection::open(server).ask("POST", PROVIDERS, &[JSON], document.to_string().as_bytes())
}

/// How many providers with such a name there are.
fn count(server: &Server, name: &str) -> usize {
    let path = format!("{PROVIDERS}?limit=200&q={name}");
    let answer = Connection::open(server).ask("GET", &path, &[], b"");
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json().as_array().map_or(0, Vec::len)
}

/// A server that has just refused a write, because the disk is full.
fn fill(arguments: &[&str]) -> Server {
    let mut server = Server::start_after(SMALL_DISK, arguments);
    assert!(server.line().starts_with("data in "));
    let refused =
        (0..MANY).map(|number| create(&server, &format!("Number {number}"))).find(|one| one.status != 200);
    let refused = refused.unwrap();
    assert_eq!(refused.status, 500, "{}", refused.json());
    let failed = server.line();
    assert!(failed.contains("ERROR") && failed.contains("the file cannot be used"), "{failed}");
    assert!(failed.contains("File too large"), "the cause is printed: {failed}");
    let answered = server.line();
    assert!(answered.contains("status=500") && answered.contains("File too large"), "{answered}");
    server
}

fn give_space(server: &Server) {
    let limit = Command::new("prlimit").args(["--fsize=unlimited:", "--pid", &server.process()]).status();
    assert!(limit.unwrap().success());
}

#[test]
fn goes_on_once_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let mut server = fill(&["--db", file.to_str().unwrap()]);
    assert_eq!(count(&server, "Number%200"), 1, "it can be read meanwhile");
    assert!(server.line().contains("the file is open again"));
    give_space(&server);
    assert_eq!(create(&server, "Later").status, 200);
    server.kill();
    let server = Server::start(&["--db", file.to_str().unwrap()]);
    assert_eq!((count(&server, "Later"), count(&server, "Number%200")), (1, 1));
}

#[test]
fn who_shares_the_file_goes_on_while_one_has_no_space() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let arguments = ["--db", file.to_str().unwrap(), "--share"];
    let other = Server::start(&arguments);
    let mut server = fill(&arguments);
    assert_eq!(create(&other, "Meanwhile").status, 200);
    assert_eq!(count(&server, "Meanwhile"), 1, "it can be read");
    assert!(server.line().contains("the file is open again"));
    give_space(&server);
    assert_eq!(create(&server, "Later").status, 200);
    for one in [server, other] {
        assert_eq!((count(&one, "Later"), count(&one, "Meanwhile"), count(&one, "Number%200")), (1, 1, 1));
        one.kill();
    }
    assert_eq!(count(&Server::start(&["--db", arguments[1]]), "Later"), 1);
}

#[test]
fn does_not_make_a_new_store_of_a_file_that_was_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("idps.redb");
    let server = fill(&["--db", file.to_str().unwrap()]);
    File::create(&file).unwrap();
    give_space(&server);
    let refused = create(&server, "Later");
    assert_eq!(refused.status, 500, "{}", refused.json());
    assert_eq!(refused.json().get("id"), None::<&Value>);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0, "it is left as it is");
}
